/**
 * Decompresses bodies.
 *
 * Both formats can make a thousand bytes of one. So the pieces are small,
 * nothing is decompressed ahead of the reader, and the reader counts.
 *
 * `node:zlib` does the work and not `DecompressionStream`, which refuses gzip
 * data of several members (RFC 1952 section 2.2), as servers send that join
 * files compressed before, and which takes half as long again.
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
export type Coding = "gzip" | "deflate";

// Becomes 4 MiB at most: both formats end at 1032 for one.
const PIECE_BYTES = 4096;
// Each is a layer of work that the server asks for at no cost of its own.
const MAX_CODINGS = 3;

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
    coding === "gzip" || coding === "deflate"
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
  // A piece, or the end, is being worked on.
  #isBusy = false;
  #isEnding = false;
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
      if (bytes !== null) return bytes;
      if (this.#error !== undefined) throw this.#damaged(this.#error);
      if (engine.readableEnded) {
        if (engine.bytesWritten < this.#fedBytes) throw this.#damaged();
        return undefined;
      }
      const progress = new Promise<void>((resolve) => this.#wake = resolve);
      if (!this.#isBusy && !this.#isEnding) await this.#feed(engine);
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
    const piece = this.#rest.subarray(0, PIECE_BYTES);
    if (piece.length === 0) {
      this.#isEnding = true;
      engine.end();
      return;
    }
    this.#rest = this.#rest.subarray(PIECE_BYTES);
    this.#isBusy = true;
    this.#fedBytes += piece.length;
    engine.write(piece, () => {
      this.#isBusy = false;
      this.#wake?.();
    });
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

  #damaged(cause?: Error): HttpError {
    const clause = "RFC 9110 8.4.1";
    const { code } = (cause ?? {}) as { readonly code?: string };
    const what = cause === undefined
      ? "is over, and something stands behind it"
      : code === "Z_BUF_ERROR"
      ? "is cut off"
      : "is damaged, does not match its checksum, or something stands behind it";
    return new HttpError("malformed", 400, clause, {
      action: READ_HTTP,
      reason: `the body's ${this.#coding} data ${what} (${clause})`,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
