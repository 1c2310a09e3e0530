/**
 * Reads the head of a message: its first line and its fields.
 *
 * @module
 */

import type { Allowance } from "./allowance.ts";
import type { ByteQueue } from "../../../bytes/byte_queue.ts";
import { latin1 } from "../characters.ts";
import { type Fields, parseFields } from "../fields.ts";
import {
  type HttpError,
  malformed,
  tooLarge,
  truncated,
} from "../http_error.ts";
import type { HttpReadSettings } from "../http_limits.ts";
import { LineScanner, type ScanRules } from "./line_scanner.ts";

/** A head, as it was read. */
export interface Head<L> {
  /** What its first line says. */
  readonly line: L;
  /** Its fields. */
  readonly fields: Fields;
  /** All of it as it came, with the empty line; a character for each byte. */
  readonly text: string;
}

/**
 * Reads the heads of one direction, one after the other.
 *
 * @typeParam L What a first line says.
 */
export class HeadReader<L> {
  readonly #parseLine: (line: string) => L;
  readonly #rules: ScanRules;
  readonly #isResponse: boolean;
  // Whether an empty line may come before a head (RFC 9112 section 2.2: some
  // clients send one behind a body).
  readonly #skipsLine: boolean;
  #skipped = false;
  #scanner: LineScanner;
  #line: L | undefined;

  /**
   * Makes a reader.
   *
   * @param of Whose heads.
   * @param parseLine Reads a first line.
   */
  constructor(
    settings: HttpReadSettings,
    of: "request" | "response",
    parseLine: (line: string) => L,
  ) {
    this.#parseLine = parseLine;
    this.#rules = rulesOf(settings, of, parseLine);
    this.#skipsLine = of === "request";
    this.#isResponse = of === "response";
    this.#scanner = new LineScanner(this.#rules);
  }

  /** Whether a part of a head was seen; an empty line before it does not count. */
  get begun(): boolean {
    return this.#scanner.scanned > 0;
  }

  /**
   * Takes a head off the front of the queue.
   *
   * @param allowance Which faults are accepted, if any may be; the same on each
   * call for one head.
   * @returns The head, or `undefined` if more bytes are needed.
   * @throws {HttpError} If it is malformed, or larger than the limits.
   */
  read(queue: ByteQueue, allowance?: Allowance): Head<L> | undefined {
    if (this.#line === undefined && !this.#readLine(queue)) return undefined;
    const scanner = this.#scanner;
    if (!scanner.scan(queue, allowance)) return undefined;
    const text = latin1(queue.peek(0, scanner.scanned), scanner.isAscii);
    queue.skip(scanner.scanned);
    const line = this.#line!;
    this.#scanner = new LineScanner(this.#rules);
    this.#line = undefined;
    this.#skipped = false;
    const fields = parseFields(text, scanner.bounds, 2, this.#isResponse);
    return { line, fields, text };
  }

  /**
   * The error for a stream that ended inside a head.
   *
   * @returns The error, to be thrown.
   */
  cutOff(): HttpError {
    return truncated(
      this.#line === undefined
        ? "inside the first line of a message"
        : "inside the header fields of a message; the empty line that ends them is missing",
    );
  }

  #readLine(queue: ByteQueue): boolean {
    const scanner = this.#scanner;
    if (!scanner.scan(queue)) return false;
    const end = scanner.bounds[1]!;
    if (end === 0) {
      if (!this.#skipsLine || this.#skipped) {
        throw malformed("RFC 9112 2.2", "an empty line stands before the head");
      }
      queue.skip(scanner.scanned);
      this.#scanner = new LineScanner(this.#rules);
      this.#skipped = true;
      return this.#readLine(queue);
    }
    const line = latin1(queue.peek(0, end), scanner.isAscii);
    this.#line = this.#parseLine(line);
    return true;
  }
}

// The connections of a server share their settings, and these with them.
const RULES = {
  request: new WeakMap<HttpReadSettings, ScanRules>(),
  response: new WeakMap<HttpReadSettings, ScanRules>(),
};

function rulesOf(
  settings: HttpReadSettings,
  of: "request" | "response",
  checkFirst: (line: string) => void,
): ScanRules {
  let rules = RULES[of].get(settings);
  if (rules === undefined) {
    rules = headRules(settings, of, checkFirst);
    RULES[of].set(settings, rules);
  }
  return rules;
}

function headRules(
  settings: HttpReadSettings,
  of: "request" | "response",
  checkFirst: (line: string) => void,
): ScanRules {
  const { maxFields, maxHeaderBytes, maxLineBytes } = settings;
  const line = of === "request" ? "request line" : "status line";
  return {
    bareLineFeed: settings.bareLineFeed,
    maxFirstBytes: maxLineBytes,
    maxRestBytes: maxHeaderBytes,
    maxLines: maxFields,
    firstTooLong: () => tooLarge(414, line, maxLineBytes, "maxLineBytes"),
    restTooLong: () =>
      tooLarge(431, "block of headers", maxHeaderBytes, "maxHeaderBytes"),
    tooManyLines: () =>
      tooLarge(431, "number of headers", maxFields, "maxFields"),
    checkFirst,
  };
}
