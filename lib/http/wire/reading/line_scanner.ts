/**
 * Finds the lines of a head or of trailers, looking at each byte once.
 *
 * ```text
 * GET / HTTP/1.1 CR LF   Host: a CR LF   CR LF   body ...
 * ├─ first line ─┤       ├─ line ─┤           ├ end
 * ```
 *
 * A byte that no line may hold is refused as soon as it is here: there is no
 * wait for the end of the line if the peer speaks TLS, or sends a NUL.
 *
 * @module
 */

import type { ByteQueue } from "../../../bytes/byte_queue.ts";
import { evidence, nameOf } from "../../../framing/limits.ts";
import { KINDS, latin1, TEXT } from "../characters.ts";
import { type HttpError, malformed } from "../http_error.ts";
import type { Allowance } from "./allowance.ts";

const LF = 10;
const CR = 13;

/** How far a scan may go, and what to say beyond. */
export interface ScanRules {
  /** Whether a lone LF ends a line. */
  readonly bareLineFeed: boolean;
  /** Most bytes of the first line, without its end; 0 if there is none. */
  readonly maxFirstBytes: number;
  /** Most bytes after the first line, with the empty line at the end. */
  readonly maxRestBytes: number;
  /** Most lines after the first one, without the empty line. */
  readonly maxLines: number;
  /** The error for a first line above its limit. */
  firstTooLong(): HttpError;
  /** The error for a rest above its limit. */
  restTooLong(): HttpError;
  /** The error for too many lines. */
  tooManyLines(): HttpError;
  /**
   * Reads a first line, for its errors alone.
   *
   * @throws {HttpError} If it is malformed.
   */
  checkFirst(line: string): void;
}

/** Finds the lines of one block at the front of a queue. */
export class LineScanner {
  /** Where each line begins and ends, in turn, without line ends. */
  readonly bounds: number[] = [];
  /** Whether every byte so far is below 80. */
  isAscii = true;
  /** Bytes scanned; the size of the whole block once its end was found. */
  scanned = 0;
  readonly #rules: ScanRules;
  #lineStart = 0;
  #restStart: number;
  #lines = 0;

  /**
   * Begins a block.
   *
   * @param rules How far to go.
   */
  constructor(rules: ScanRules) {
    this.#rules = rules;
    // Without a first line the rest begins at once.
    this.#restStart = rules.maxFirstBytes === 0 ? 0 : -1;
  }

  /**
   * Goes on to the end of the first line, then to the end of the block.
   *
   * @param queue The bytes; nothing of the block was taken.
   * @param allowance Which faults are accepted after the first line, if any may
   * be.
   * @returns Whether that end was found, its line being the last in
   * {@linkcode LineScanner.bounds}; or `false` if more bytes are needed.
   * @throws {HttpError} At the first byte that cannot be there.
   */
  scan(queue: ByteQueue, allowance?: Allowance): boolean {
    const rules = this.#rules;
    const isFirst = this.#restStart < 0;
    const furthest = isFirst
      ? this.#lineStart + rules.maxFirstBytes + 1
      : this.#restStart + rules.maxRestBytes;
    // One byte more tells a line end from a lone CR, and the limit's breach.
    const size = Math.min(queue.length, furthest + 1);
    queue.has(size);
    const bytes = queue.peek(0, size);
    const end = Math.min(size, furthest);
    let at = this.scanned;
    let seen = 0;
    while (at < end) {
      const byte = bytes[at]!;
      if ((KINDS[byte]! & TEXT) !== 0) {
        seen |= byte;
        at++;
        continue;
      }
      if (byte === CR) {
        // Its LF is not here yet, or is beyond the limit of the rest.
        if (at + 1 === size) break;
        if (bytes[at + 1] !== LF) throw loneReturn(queue, at);
        at++;
        if (at === furthest && !isFirst) break;
      } else if (byte !== LF) {
        if (isFirst || !forgives(allowance, byte)) {
          throw illegal(queue, at, byte);
        }
        at++;
        continue;
      } else if (!rules.bareLineFeed) {
        // A peer that does not speak HTTP ends its lines in other ways.
        if (isFirst && at > 0) {
          rules.checkFirst(latin1(bytes.subarray(0, at), false));
        }
        throw loneLineFeed(queue, at);
      }
      at++;
      if (seen > 0x7f) this.isAscii = false;
      const lineEnd = byte === CR ? at - 2 : at - 1;
      if (this.#ended(lineEnd, at)) return true;
    }
    this.scanned = at;
    if (seen > 0x7f) this.isAscii = false;
    if (isFirst ? at === furthest : size > furthest) {
      throw isFirst ? rules.firstTooLong() : rules.restTooLong();
    }
    return false;
  }

  /** Notes a line; tells whether it was the first one or the empty one. */
  #ended(lineEnd: number, next: number): boolean {
    const isEmpty = lineEnd === this.#lineStart;
    this.bounds.push(this.#lineStart, lineEnd);
    this.#lineStart = next;
    this.scanned = next;
    if (this.#restStart < 0) {
      this.#restStart = next;
      return true;
    }
    if (!isEmpty && ++this.#lines > this.#rules.maxLines) {
      throw this.#rules.tooManyLines();
    }
    return isEmpty;
  }
}

/** Whether a control byte is accepted; a NUL never is (RFC 9110 5.5). */
function forgives(allowance: Allowance | undefined, byte: number): boolean {
  return byte !== 0 && allowance?.forgive("control_byte") === true;
}

function loneReturn(queue: ByteQueue, at: number): HttpError {
  return malformed("RFC 9112 2.2", `CR without LF at byte ${at}`, {
    firstBytes: evidence(queue, at + 2),
  });
}

function loneLineFeed(queue: ByteQueue, at: number): HttpError {
  return malformed("RFC 9112 2.2", `LF without CR at byte ${at}`, {
    firstBytes: evidence(queue, at + 1),
    option: "bareLineFeed",
  });
}

function illegal(queue: ByteQueue, at: number, byte: number): HttpError {
  const hint = at > 0 ? undefined : PEERS[byte];
  return malformed(
    "RFC 9110 5.5",
    `${nameOf(byte)} at byte ${at} is not text`,
    {
      firstBytes: evidence(queue, at + 1),
      ...(hint === undefined ? {} : { hint }),
    },
  );
}

/** Who begins with such a byte: the types of a TLS record. */
const PEERS: Record<number, string> = {
  0x15: "this looks like TLS answering plain text; use an https: address",
  0x16: "this looks like TLS sent to a plain port",
};
