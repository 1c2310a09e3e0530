/**
 * The chunked coding (RFC 9112 section 7.1).
 *
 * ```text
 * 5;name=value CR LF  h e l l o CR LF  0 CR LF  trailer: x CR LF  CR LF
 * ```
 *
 * Read to the letter: sizes with a sign, a prefix or spaces, lines that end with
 * a lone LF, and extensions with anything odd in them are all known ways to make
 * two machines disagree about where a request ends.
 *
 * @module
 */

import type { ByteQueue } from "../../../bytes/byte_queue.ts";
import { evidence, nameOf } from "../../../framing/limits.ts";
import { type BodyReader, takeData } from "./body_reader.ts";
import { latin1 } from "../characters.ts";
import type { BodyData, MessageEnd } from "../events.ts";
import { type Fields, parseFields } from "../fields.ts";
import {
  type HttpError,
  malformed,
  tooLarge,
  truncated,
} from "../http_error.ts";
import type { HttpReadSettings } from "../http_limits.ts";
import { LineScanner, type ScanRules } from "./line_scanner.ts";

// 2^53-1 has fourteen digits; two more leave room for leading zeros.
const MOST_DIGITS = 16;
const CLAUSE = "RFC 9112 7.1";

/** Reads one chunked body. */
export class ChunkedReader implements BodyReader {
  readonly #settings: HttpReadSettings;
  // What comes next.
  #part: "size" | "data" | "data end" | "trailers" = "size";
  // Bytes of the chunk's line that were looked at.
  #scanned = 0;
  #missing = 0;
  #received = 0;
  #trailers: LineScanner | undefined;

  /**
   * Begins a body.
   *
   * @param settings The limits.
   */
  constructor(settings: HttpReadSettings) {
    this.#settings = settings;
  }

  next(queue: ByteQueue): BodyData | MessageEnd | undefined {
    for (;;) {
      switch (this.#part) {
        case "size":
          if (!this.#readSize(queue)) return undefined;
          break;
        case "data":
          if (this.#missing > 0) return this.#takeData(queue);
          this.#part = "data end";
          break;
        case "data end":
          if (!this.#skipLineEnd(queue)) return undefined;
          this.#part = "size";
          break;
        case "trailers":
          return this.#readTrailers(queue);
      }
    }
  }

  end(): MessageEnd {
    const where = this.#part === "trailers"
      ? "inside the trailers of a chunked body"
      : `inside a chunked body, after ${this.#received} bytes of it`;
    throw truncated(where);
  }

  #takeData(queue: ByteQueue): BodyData | undefined {
    const data = takeData(queue, this.#missing);
    if (data === undefined) return undefined;
    this.#missing -= data.bytes.length;
    this.#received += data.bytes.length;
    return data;
  }

  /** Reads the line before a chunk's data, once all of it is here. */
  #readSize(queue: ByteQueue): boolean {
    const end = this.#lineEnd(queue);
    if (end === -1) return false;
    const line = latin1(queue.peek(0, end), true);
    const size = this.#parseSize(line, queue);
    queue.skip(end + 2);
    this.#scanned = 0;
    this.#missing = size;
    this.#part = size === 0 ? "trailers" : "data";
    return true;
  }

  /** Position of the line's CR, once its LF is here too. */
  #lineEnd(queue: ByteQueue): number {
    const furthest = MOST_DIGITS + this.#settings.maxExtensionBytes;
    const size = Math.min(queue.length, furthest + 2);
    queue.has(size);
    let at = this.#scanned;
    for (; at < size; at++) {
      const byte = queue.byte(at);
      if (byte === 0x0d) break;
      if (byte === 0x0a || (byte < 0x20 && byte !== 0x09) || byte > 0x7e) {
        throw malformed(
          CLAUSE,
          `${nameOf(byte)} stands in the line of a chunk's size`,
          { firstBytes: evidence(queue, at + 1) },
        );
      }
      if (at === furthest) throw this.#lineTooLong(queue);
    }
    this.#scanned = at;
    if (at + 1 >= size) return -1;
    if (queue.byte(at + 1) === 0x0a) return at;
    throw malformed(CLAUSE, "CR without LF in the line of a chunk's size", {
      firstBytes: evidence(queue, at + 2),
    });
  }

  #lineTooLong(queue: ByteQueue): HttpError {
    const line = latin1(queue.peek(0, MOST_DIGITS + 1), true);
    // An error in the size comes first, wherever the network cut the rest.
    this.#parseSize(line, queue, true);
    const { maxExtensionBytes } = this.#settings;
    return tooLarge(
      431,
      "extension of a chunk",
      maxExtensionBytes,
      "maxExtensionBytes",
    );
  }

  #parseSize(line: string, queue: ByteQueue, isPart = false): number {
    const digits = /^[0-9A-Fa-f]*/.exec(line)![0];
    const extension = line.slice(digits.length);
    if (digits.length === 0 || digits.length > MOST_DIGITS) {
      throw malformed(
        CLAUSE,
        `a chunk's size must be 1 to ${MOST_DIGITS} hexadecimal digits`,
        { firstBytes: evidence(queue, line.length) },
      );
    }
    const size = parseInt(digits, 16);
    if (size > Number.MAX_SAFE_INTEGER) {
      throw malformed(CLAUSE, `a chunk's size is above 2^53-1`);
    }
    if (extension !== "" && !isPart) this.#checkExtension(extension);
    const { maxBodyBytes } = this.#settings;
    if (size > maxBodyBytes - this.#received) {
      const total = this.#received + size;
      throw tooLarge(413, "body", maxBodyBytes, "maxBodyBytes", total);
    }
    return size;
  }

  #checkExtension(extension: string): void {
    const { maxExtensionBytes } = this.#settings;
    if (extension.length > maxExtensionBytes) {
      throw tooLarge(
        431,
        "extension of a chunk",
        maxExtensionBytes,
        "maxExtensionBytes",
      );
    }
    if (isExtension(extension)) return;
    throw malformed(
      "RFC 9112 7.1.1",
      `${
        JSON.stringify(extension.slice(0, 32))
      } behind a chunk's size is no extension`,
    );
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
        CLAUSE,
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
    const scanner = this.#trailers ??= new LineScanner(
      trailerRules(this.#settings),
    );
    const { bounds } = scanner;
    if (!scanner.scan(queue)) return undefined;
    let trailers: Fields["all"] = [];
    if (bounds.length > 2) {
      const block = queue.peek(0, scanner.scanned);
      const fields = parseFields(latin1(block, scanner.isAscii), bounds, 0);
      checkTrailers(fields);
      trailers = fields.all;
    }
    queue.skip(scanner.scanned);
    return { type: "end", trailers };
  }
}

/** A token, or a quoted string; the two are what an extension's value may be. */
const TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
const EXTENSION = new RegExp(
  `^[ \\t]*;[ \\t]*${TOKEN}(?:[ \\t]*=[ \\t]*(?:${TOKEN}|"(?:[\\t !#-[\\]-~]|\\\\[\\t -~])*"))?`,
);

/** Whether a text is a list of extensions (RFC 9112 section 7.1.1). */
function isExtension(text: string): boolean {
  let rest = text;
  while (rest !== "") {
    const match = EXTENSION.exec(rest);
    if (match === null) return false;
    rest = rest.slice(match[0].length);
  }
  return true;
}

function trailerRules(settings: HttpReadSettings): ScanRules {
  const { maxFields, maxTrailerBytes } = settings;
  return {
    bareLineFeed: settings.bareLineFeed,
    maxFirstBytes: 0,
    maxRestBytes: maxTrailerBytes,
    maxLines: maxFields,
    firstTooLong: () => malformed(CLAUSE, "trailers have no first line"),
    restTooLong: () =>
      tooLarge(431, "block of trailers", maxTrailerBytes, "maxTrailerBytes"),
    tooManyLines: () =>
      tooLarge(431, "number of trailers", maxFields, "maxFields"),
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
