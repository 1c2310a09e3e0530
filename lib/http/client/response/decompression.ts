/**
 * Decompresses bodies.
 *
 * Gzip and deflate can make a thousand bytes of one, and Brotli a million. So
 * the pieces are small, nothing is decompressed ahead of the reader, and the
 * reader counts.
 *
 * `node:zlib` does the work and not `DecompressionStream`, which refuses gzip
 * data of several members (RFC 1952 section 2.2), as servers send that join
 * files compressed before, and which takes half as long again.
 *
 * ```text
 *   idle ── a piece ──► busy ── it was taken ──► idle ── no piece is left ──► ending
 * ```
 *
 * @module
 */

import type { Transform } from "node:stream";
import { concat } from "@std/bytes/concat";
import type { HeaderField } from "../../wire/events.ts";
import { HttpError, READ_HTTP } from "../../wire/http_error.ts";
import type { BodySource } from "../request/outgoing_body.ts";
import { valueOf } from "../request/request_fields.ts";

/** A coding of a body that can be undone. */
export type Coding = "gzip" | "deflate" | "br";

// Becomes 4 MiB at most in gzip and deflate, which end at 1032 for one. The
// engine stops within a piece when 64 KiB are waiting to be read.
const PIECE_BYTES = 4096;
// Each is a layer of work that the server asks for at no cost of its own.
const MAX_CODINGS = 3;
// Any byte does.
const BEHIND_THE_END = Uint8Array.of(0);

const CUT_OFF = "is cut off";

/** What decompresses, and how many bytes it has used. */
type Engine = Transform & { readonly bytesWritten: number };

/** How a body was compressed. */
export interface Codings {
  /** The codings in the order of decompression. */
  readonly known: readonly Coding[];
  /**
   * The codings as the server wrote them, in lower case, if they cannot be
   * undone: one of them is unknown, or there are too many. Then none is undone.
   */
  readonly unknown: readonly string[];
}

/**
 * Finds out how a body was compressed.
 *
 * @returns The codings; none if the body is not compressed.
 */
export function codingsOf(fields: readonly HeaderField[]): Codings {
  const value = valueOf(fields, "content-encoding") ?? "";
  const codings = value.toLowerCase().split(",")
    .map((coding) => coding.trim().replace(/^x-gzip$/, "gzip"))
    .filter((coding) => coding !== "" && coding !== "identity");
  const isKnown = codings.every((coding): coding is Coding =>
    coding === "gzip" || coding === "deflate" || coding === "br"
  );
  return isKnown && codings.length <= MAX_CODINGS
    ? { known: codings.reverse(), unknown: [] }
    : { known: [], unknown: codings };
}

/** A body decompressed. */
export class Decompressed implements BodySource {
  readonly #inner: BodySource;
  readonly #coding: Coding;
  #opening: Promise<Engine | undefined> | undefined;
  #rest: Uint8Array = new Uint8Array(0);
  // The inner body has ended.
  #isWhole = false;
  // What the engine has been given: nothing new, a piece, or the end.
  #state: "idle" | "busy" | "ending" = "idle";
  // Bytes that were fed behind the end: none, or one.
  #probeBytes = 0;
  #fedBytes = 0;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  /**
   * Prepares to decompress.
   *
   * @param inner The bytes as they come.
   * @param coding How they are compressed.
   */
  constructor(inner: BodySource, coding: Coding) {
    this.#inner = inner;
    this.#coding = coding;
  }

  /**
   * Reads on.
   *
   * @returns The next bytes, or `undefined` at the end.
   * @throws {HttpError} If the bytes are not what the server says they are.
   * @throws {unknown} What reading them throws.
   */
  async read(): Promise<Uint8Array | undefined> {
    const engine = await (this.#opening ??= this.#open());
    // Some servers send no byte at all for an empty body, which is not gzip.
    if (engine === undefined) return undefined;
    for (;;) {
      const bytes: Uint8Array | null = engine.read();
      if (
        this.#probeBytes > 0 && (bytes !== null || this.#error !== undefined)
      ) {
        throw this.#damaged(CUT_OFF);
      }
      if (bytes !== null) return bytes;
      if (this.#error !== undefined) throw this.#failed(this.#error);
      if (engine.readableEnded) {
        this.#checkEnd(engine.bytesWritten);
        return undefined;
      }
      const progress = new Promise<void>((resolve) => this.#wake = resolve);
      if (this.#state === "idle") await this.#feed(engine);
      await progress;
    }
  }

  cancel(reason: unknown): void {
    this.#inner.cancel(reason);
  }

  async #open(): Promise<Engine | undefined> {
    // Two bytes tell which of two formats "deflate" is.
    while (this.#rest.length < 2 && !this.#isWhole) await this.#more();
    if (this.#rest.length === 0) return undefined;
    // Few programs need it, and loading it takes time.
    const zlib = await import("node:zlib");
    const engine: Engine = this.#coding === "gzip"
      ? zlib.createGunzip()
      : this.#coding === "br"
      ? zlib.createBrotliDecompress()
      : this.#isZlib
      ? zlib.createInflate()
      : zlib.createInflateRaw();
    engine.on("readable", () => this.#wake?.());
    engine.on("end", () => this.#wake?.());
    engine.on("error", (error: Error) => {
      this.#error = error;
      this.#wake?.();
    });
    return engine;
  }

  /**
   * RFC 9110 section 8.4.1.2 means zlib's format, and says that some servers
   * send it without its head. That has two bytes, by which it is recognised.
   */
  get #isZlib(): boolean {
    const [first = 0, second = 0] = this.#rest;
    return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
  }

  /**
   * Gives the engine a piece, or the end, once it is done with the one before.
   */
  async #feed(engine: Engine): Promise<void> {
    if (this.#rest.length === 0 && !this.#isWhole) await this.#more();
    const piece = this.#nextPiece();
    if (piece.length === 0) {
      this.#state = "ending";
      engine.end();
      return;
    }
    this.#state = "busy";
    this.#fedBytes += piece.length;
    engine.write(piece, () => {
      this.#state = "idle";
      this.#wake?.();
    });
  }

  /**
   * Takes the next piece, which is empty at the end.
   *
   * The runtime's Brotli engine does not report data that was cut off. So it
   * gets one byte more than there is: a whole stream leaves it unused, and one
   * that was cut off uses it. By then all that came before has been read.
   */
  #nextPiece(): Uint8Array {
    const piece = this.#rest.subarray(0, PIECE_BYTES);
    this.#rest = this.#rest.subarray(PIECE_BYTES);
    const isProbed = this.#probeBytes > 0;
    if (piece.length > 0 || this.#coding !== "br" || isProbed) return piece;
    this.#probeBytes = BEHIND_THE_END.length;
    return BEHIND_THE_END;
  }

  /** Checks that the data has ended where the body does. */
  #checkEnd(usedBytes: number): void {
    const bodyBytes = this.#fedBytes - this.#probeBytes;
    if (usedBytes > bodyBytes) throw this.#damaged(CUT_OFF);
    if (usedBytes < bodyBytes) {
      throw this.#damaged("is over, and something stands behind it");
    }
  }

  async #more(): Promise<void> {
    const part = await this.#inner.read();
    if (part === undefined) {
      this.#isWhole = true;
    } else if (this.#rest.length === 0) {
      this.#rest = part;
    } else {
      this.#rest = concat([this.#rest, part]);
    }
  }

  #failed(cause: Error): HttpError {
    const { code } = cause as { readonly code?: string };
    if (code === "Z_BUF_ERROR") return this.#damaged(CUT_OFF, cause);
    return this.#damaged(
      this.#coding === "br"
        ? "is damaged"
        : "is damaged, does not match its checksum, or something stands behind it",
      cause,
    );
  }

  #damaged(what: string, cause?: Error): HttpError {
    const clause = "RFC 9110 8.4.1";
    return new HttpError("malformed", 400, clause, {
      action: READ_HTTP,
      reason: `the body's ${this.#coding} data ${what} (${clause})`,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
