/**
 * Decompresses bodies by the platform's `DecompressionStream`.
 *
 * A thousand bytes out of one is no exception but what both formats can do, and
 * the platform gives all that a piece becomes at once. So the pieces are small,
 * and whoever reads counts what they become.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import type { HeaderField } from "../../wire/events.ts";
import { HttpError } from "../../wire/http_error.ts";
import type { BodySource } from "../request/outgoing_body.ts";
import { valueOf } from "../request/request_fields.ts";

/** A coding of a body that can be undone. */
export type Coding = "gzip" | "deflate";

// Becomes 4 MiB at most: both formats end at 1032 for one. Pieces of 64 KiB are
// no faster.
const PIECE_BYTES = 4096;
// Each is a layer of work that the server asks for at no cost of its own.
const MAX_CODINGS = 3;

/**
 * Finds out how a body was compressed.
 *
 * @param fields The response's fields.
 * @returns The codings in the order in which they are to be undone; none if the
 * body is not compressed, or in a way that is not known here.
 */
export function codingsOf(fields: readonly HeaderField[]): Coding[] {
  const value = valueOf(fields, "content-encoding");
  if (value === undefined) return [];
  const codings = value.toLowerCase().split(",")
    .map((coding) => coding.trim().replace(/^x-gzip$/, "gzip"))
    .filter((coding) => coding !== "" && coding !== "identity");
  const isKnown = codings.every((coding): coding is Coding =>
    coding === "gzip" || coding === "deflate"
  );
  return isKnown && codings.length <= MAX_CODINGS ? codings.reverse() : [];
}

/** A body decompressed. */
export class Decompressed implements BodySource {
  readonly #inner: BodySource;
  readonly #coding: Coding;
  #reader:
    | Promise<ReadableStreamDefaultReader<Uint8Array> | undefined>
    | undefined;
  #rest: Uint8Array = new Uint8Array(0);
  #isWhole = false;
  #innerFailed = false;
  #innerFailure: unknown;

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
    const reader = await (this.#reader ??= this.#open());
    // No byte is no gzip either, but what some servers send for an empty body.
    if (reader === undefined) return undefined;
    try {
      return (await reader.read()).value;
    } catch (cause) {
      if (this.#innerFailed) throw this.#innerFailure;
      throw this.#damaged(cause);
    }
  }

  cancel(reason: unknown): void {
    this.#inner.cancel(reason);
  }

  async #open(): Promise<ReadableStreamDefaultReader<Uint8Array> | undefined> {
    // Two bytes tell which of two formats "deflate" is.
    while (this.#rest.length < 2 && !this.#isWhole) await this.#more();
    if (this.#rest.length === 0) return undefined;
    const pieces = new ReadableStream<BufferSource>({
      pull: (controller) => this.#pull(controller),
      cancel: (reason) => this.#inner.cancel(reason),
    }, { highWaterMark: 0 });
    const stream: ReadableStream<Uint8Array> = pieces.pipeThrough(
      new DecompressionStream(this.#format()),
    );
    return stream.getReader();
  }

  /**
   * RFC 9110 section 8.4.1.2 means zlib's format, and says that some servers send
   * it without its head. That has two bytes, by which it is recognised.
   */
  #format(): CompressionFormat {
    if (this.#coding === "gzip") return "gzip";
    const [first = 0, second = 0] = this.#rest;
    const isZlib = (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
    return isZlib ? "deflate" : "deflate-raw";
  }

  async #pull(
    controller: ReadableStreamDefaultController<BufferSource>,
  ): Promise<void> {
    if (this.#rest.length === 0 && !this.#isWhole) await this.#more();
    if (this.#rest.length === 0) return controller.close();
    controller.enqueue(this.#rest.slice(0, PIECE_BYTES));
    this.#rest = this.#rest.subarray(PIECE_BYTES);
  }

  async #more(): Promise<void> {
    let part: Uint8Array | undefined;
    try {
      part = await this.#inner.read();
    } catch (error) {
      this.#innerFailed = true;
      this.#innerFailure = error;
      throw error;
    }
    if (part === undefined) {
      this.#isWhole = true;
    } else if (this.#rest.length === 0) {
      this.#rest = part;
    } else {
      this.#rest = concat([this.#rest, part]);
    }
  }

  #damaged(cause: unknown): HttpError {
    const clause = "RFC 9110 8.4.1";
    const what = this.#isWhole && this.#rest.length === 0
      ? "is cut off, or does not match its checksum"
      : "is damaged, or something stands behind it";
    return new HttpError(
      "malformed",
      400,
      clause,
      `Cannot read HTTP: the body's ${this.#coding} data ${what} (${clause})`,
      { cause },
    );
  }
}
