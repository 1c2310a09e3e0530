/**
 * The line before a chunk's data: its size, and extensions (RFC 9112 section
 * 7.1.1).
 *
 * ```text
 * 5;name=value CR LF
 * ```
 *
 * @module
 */

import type { ByteQueue } from "../../../bytes/byte_queue.ts";
import { evidence, nameOf } from "../../../framing/limits.ts";
import { latin1 } from "../characters.ts";
import { type HttpError, malformed, tooLarge } from "../http_error.ts";
import type { HttpReadSettings } from "../http_limits.ts";
import type { Allowance } from "./allowance.ts";

// 2^53-1 has fourteen digits; two more leave room for leading zeros.
const MOST_DIGITS = 16;
/** Where the chunked coding is specified. */
export const CHUNKED_CLAUSE = "RFC 9112 7.1";

/** Reads the lines of one chunked body, one after the other. */
export class ChunkLine {
  readonly #settings: HttpReadSettings;
  readonly #allowance: Allowance;
  // Bytes of the line that were scanned.
  #scanned = 0;

  constructor(settings: HttpReadSettings, allowance: Allowance) {
    this.#settings = settings;
    this.#allowance = allowance;
  }

  /**
   * Takes a line off the front of the queue, once all of it is here.
   *
   * @param received Bytes of the body before this chunk.
   * @returns The chunk's size, or -1 if more bytes are needed.
   * @throws {HttpError} If the line is malformed, or a limit is exceeded.
   */
  read(queue: ByteQueue, received: number): number {
    const end = this.#end(queue, received);
    if (end === -1) return -1;
    const line = latin1(queue.peek(0, end), true);
    const { size, extension } = parse(line, queue);
    if (extension !== "") this.#checkExtension(extension);
    this.#checkSize(size, received);
    queue.skip(end + 2);
    this.#scanned = 0;
    return size;
  }

  /** Most bytes that an extension may have now. */
  get #mostExtension(): number {
    return Math.min(
      this.#settings.maxExtensionBytes,
      this.#allowance.leftBytes,
    );
  }

  /** Position of the line's CR, once its LF is here too. */
  #end(queue: ByteQueue, received: number): number {
    const furthest = MOST_DIGITS + this.#mostExtension;
    const size = Math.min(queue.length, furthest + 2);
    queue.has(size);
    let at = this.#scanned;
    for (; at < size; at++) {
      const byte = queue.byte(at);
      if (byte === 0x0d) break;
      if (byte === 0x0a || (byte < 0x20 && byte !== 0x09) || byte > 0x7e) {
        throw malformed(
          CHUNKED_CLAUSE,
          `${nameOf(byte)} stands in the line of a chunk's size`,
          { firstBytes: evidence(queue, at + 1) },
        );
      }
      if (at === furthest) throw this.#tooLong(queue, received);
    }
    this.#scanned = at;
    if (at + 1 >= size) return -1;
    if (queue.byte(at + 1) === 0x0a) return at;
    throw malformed(
      CHUNKED_CLAUSE,
      "CR without LF in the line of a chunk's size",
      { firstBytes: evidence(queue, at + 2) },
    );
  }

  #tooLong(queue: ByteQueue, received: number): HttpError {
    const line = latin1(queue.peek(0, MOST_DIGITS + 1), true);
    // An error in the size comes first, wherever the network cut the rest.
    this.#checkSize(parse(line, queue).size, received);
    return this.#extensionTooLong();
  }

  #checkSize(size: number, received: number): void {
    const { maxBodyBytes } = this.#settings;
    if (size <= maxBodyBytes - received) return;
    throw tooLarge(413, "body", maxBodyBytes, "maxBodyBytes", received + size);
  }

  #checkExtension(extension: string): void {
    if (extension.length > this.#mostExtension) throw this.#extensionTooLong();
    this.#allowance.spend(extension.length);
    const isValid = isExtension(extension) ||
      (/^[ \t]*$/.test(extension) &&
        this.#allowance.forgive("chunk_size_blanks"));
    if (isValid) return;
    throw malformed(
      "RFC 9112 7.1.1",
      `${
        JSON.stringify(extension.slice(0, 32))
      } behind a chunk's size is not an extension`,
    );
  }

  #extensionTooLong(): HttpError {
    const { maxExtensionBytes } = this.#settings;
    if (this.#allowance.leftBytes < maxExtensionBytes) {
      return this.#allowance.exceeded();
    }
    return tooLarge(
      431,
      "extension of a chunk",
      maxExtensionBytes,
      "maxExtensionBytes",
    );
  }
}

/** Reads the size, and leaves the rest of the line as it is. */
function parse(
  line: string,
  queue: ByteQueue,
): { readonly size: number; readonly extension: string } {
  const digits = /^[0-9A-Fa-f]*/.exec(line)![0];
  if (digits.length === 0 || digits.length > MOST_DIGITS) {
    throw malformed(
      CHUNKED_CLAUSE,
      `a chunk's size must be 1 to ${MOST_DIGITS} hexadecimal digits`,
      { firstBytes: evidence(queue, line.length) },
    );
  }
  const size = parseInt(digits, 16);
  if (size > Number.MAX_SAFE_INTEGER) {
    throw malformed(CHUNKED_CLAUSE, "a chunk's size is above 2^53-1");
  }
  return { size, extension: line.slice(digits.length) };
}

/**
 * A token, or a quoted string; the two are what an extension's value may be.
 */
const TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
const EXTENSION = new RegExp(
  `^[ \\t]*;[ \\t]*${TOKEN}(?:[ \\t]*=[ \\t]*(?:${TOKEN}|"(?:[\\t !#-[\\]-~]|\\\\[\\t -~])*"))?`,
);

/** Whether a text is a list of extensions. */
function isExtension(text: string): boolean {
  let rest = text;
  while (rest !== "") {
    const match = EXTENSION.exec(rest);
    if (match === null) return false;
    rest = rest.slice(match[0].length);
  }
  return true;
}
