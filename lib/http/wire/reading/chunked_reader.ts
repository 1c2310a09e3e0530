/**
 * The chunked coding (RFC 9112 section 7.1).
 *
 * ```text
 * 5;name=value CR LF  h e l l o CR LF  0 CR LF  trailer: x CR LF  CR LF
 * ```
 *
 * Read to the letter: sizes with a sign, a prefix or spaces, lines that end with
 * a lone LF, and malformed extensions are all known ways to make two machines
 * disagree about where a request ends.
 *
 * Small chunks that are here together become one part of the body. A part for
 * each would cost a program that collects a body of one-byte chunks a hundred
 * times the body.
 *
 * @module
 */

import type { ByteQueue } from "../../../bytes/byte_queue.ts";
import { evidence, nameOf } from "../../../framing/limits.ts";
import { latin1 } from "../characters.ts";
import type { BodyData, MessageEnd } from "../events.ts";
import { type Fields, parseFields } from "../fields.ts";
import { malformed, tooLarge, truncated } from "../http_error.ts";
import type { HttpReadSettings } from "../http_limits.ts";
import { Allowance } from "./allowance.ts";
import { type BodyReader, MOST_JOINED_BYTES, takeData } from "./body_parts.ts";
import { CHUNKED_CLAUSE, ChunkLine } from "./chunk_line.ts";
import { LineScanner, type ScanRules } from "./line_scanner.ts";

// A chunk of this size is a part of its own. Smaller ones are put together.
const SMALL_BYTES = 4 * 1024;

/**
 * Reads one chunked body.
 *
 * ```text
 * size ─► data ─► data end ─► size ...
 *   └─► trailers, once the size is 0
 * ```
 */
export class ChunkedReader implements BodyReader {
  readonly #settings: HttpReadSettings;
  readonly #allowance: Allowance;
  readonly #isResponse: boolean;
  readonly #line: ChunkLine;
  // What comes next.
  #part: "size" | "data" | "data end" | "trailers" = "size";
  // Bytes of the line end behind the data that were looked at.
  #scanned = 0;
  #missing = 0;
  #received = 0;
  #trailers: LineScanner | undefined;
  // What was found behind data that was still to be given.
  #failure: unknown;

  /**
   * Begins a body.
   *
   * @param allowance The allowance of a response, which its head has used part
   * of; a request begins one here.
   */
  constructor(settings: HttpReadSettings, allowance: Allowance | undefined) {
    this.#settings = settings;
    this.#allowance = allowance ?? new Allowance(settings);
    this.#isResponse = allowance !== undefined;
    this.#line = new ChunkLine(settings, this.#allowance);
  }

  next(queue: ByteQueue): BodyData | MessageEnd | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#nextData(queue)) {
      return this.#part === "trailers" ? this.#readTrailers(queue) : undefined;
    }
    const data = takeData(queue, this.#missing);
    if (data === undefined) return undefined;
    this.#took(data.bytes.length);
    return this.#missing === 0 && data.bytes.length < SMALL_BYTES
      ? this.#withNextChunks(data, queue)
      : data;
  }

  end(): MessageEnd {
    const where = this.#part === "trailers"
      ? "inside the trailers of a chunked body"
      : `inside a chunked body, after ${this.#received} bytes of it`;
    throw truncated(where);
  }

  /** Goes on to the data of a chunk, and tells whether it is there. */
  #nextData(queue: ByteQueue): boolean {
    for (;;) {
      switch (this.#part) {
        case "size": {
          const size = this.#line.read(queue, this.#received);
          if (size === -1) return false;
          this.#missing = size;
          this.#part = size === 0 ? "trailers" : "data";
          break;
        }
        case "data":
          if (this.#missing > 0) return true;
          this.#part = "data end";
          break;
        case "data end":
          if (!this.#skipLineEnd(queue)) return false;
          this.#part = "size";
          break;
        case "trailers":
          return false;
      }
    }
  }

  #took(count: number): void {
    this.#missing -= count;
    this.#received += count;
  }

  /** Adds the data of the chunks behind a small one, as far as it is here. */
  #withNextChunks(first: BodyData, queue: ByteQueue): BodyData {
    if (!this.#mayGoOn(queue)) return first;
    const most = Math.min(first.bytes.length + queue.length, MOST_JOINED_BYTES);
    const joined = new Uint8Array(most);
    joined.set(first.bytes);
    let size = first.bytes.length;
    do {
      const count = Math.min(this.#missing, queue.length, most - size);
      queue.has(count);
      joined.set(queue.peek(0, count), size);
      queue.skip(count);
      this.#took(count);
      size += count;
    } while (this.#missing === 0 && size < most && this.#mayGoOn(queue));
    return { type: "data", bytes: joined.subarray(0, size) };
  }

  /** Whether data of the next chunk is here; an error waits for its turn. */
  #mayGoOn(queue: ByteQueue): boolean {
    try {
      return this.#nextData(queue) && queue.length > 0;
    } catch (error) {
      this.#failure = error;
      return false;
    }
  }

  /** Skips the line end behind a chunk's data. */
  #skipLineEnd(queue: ByteQueue): boolean {
    for (let at = this.#scanned; at < 2; at++) {
      if (!queue.has(at + 1)) {
        this.#scanned = at;
        return false;
      }
      if (queue.byte(at) === (at === 0 ? 0x0d : 0x0a)) continue;
      throw malformed(
        CHUNKED_CLAUSE,
        `a chunk's data is followed by ${nameOf(queue.byte(at))}, not by ${
          at === 0 ? "CR LF" : "the LF of CR LF"
        }`,
        { firstBytes: evidence(queue, at + 1) },
      );
    }
    queue.skip(2);
    this.#scanned = 0;
    return true;
  }

  #readTrailers(queue: ByteQueue): MessageEnd | undefined {
    const allowance = this.#allowance;
    const scanner = this.#trailers ??= new LineScanner(
      trailerRules(this.#settings, allowance),
    );
    const { bounds } = scanner;
    if (!scanner.scan(queue, allowance)) return undefined;
    let trailers: Fields["all"] = [];
    if (bounds.length > 2) {
      const block = queue.peek(0, scanner.scanned);
      const fields = parseFields(
        latin1(block, scanner.isAscii),
        bounds,
        0,
        this.#isResponse,
      );
      checkTrailers(fields);
      trailers = fields.all;
    }
    queue.skip(scanner.scanned);
    return { type: "end", trailers };
  }
}

function trailerRules(
  settings: HttpReadSettings,
  allowance: Allowance,
): ScanRules {
  const { maxFields, maxTrailerBytes } = settings;
  // The empty line ends every chunked body and is not overhead.
  const leftBytes = allowance.leftBytes + 2;
  return {
    bareLineFeed: settings.bareLineFeed,
    maxFirstBytes: 0,
    maxRestBytes: Math.min(maxTrailerBytes, leftBytes),
    maxLines: maxFields,
    firstTooLong: () =>
      malformed(CHUNKED_CLAUSE, "trailers have no first line"),
    restTooLong: () =>
      leftBytes < maxTrailerBytes ? allowance.exceeded() : tooLarge(
        431,
        "block of trailers",
        maxTrailerBytes,
        "maxTrailerBytes",
      ),
    tooManyLines: () =>
      tooLarge(431, "number of trailers", maxFields, "maxFields"),
    checkFirst() {},
  };
}

/** Refuses what would change the message after it was read. */
function checkTrailers(fields: Fields): void {
  const { hosts, lengths, transferEncoding } = fields;
  if (lengths === 0 && transferEncoding === undefined && hosts === 0) return;
  throw malformed(
    "RFC 9110 6.5.1",
    "a trailer must not say where the message ends or whose it is",
  );
}
