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
import { RepeatedHead } from "./repeated_head.ts";

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
  // Whether an empty line came before the head.
  #skipped = false;
  #scanner: LineScanner;
  // Read before the rest only if the rest was not here, or is malformed.
  #line: L | undefined;
  // The head before, and one that came twice in a row.
  #before = "";
  #repeated: RepeatedHead<L> | undefined;

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
    this.#isResponse = of === "response";
    this.#scanner = new LineScanner(this.#rules);
  }

  /** Whether a part of a head was seen; an empty line before it does not count. */
  get begun(): boolean {
    return this.#scanner.scanned > 0;
  }

  /** The head that comes again and again, always as the same object. */
  get repeated(): Head<L> | undefined {
    return this.#repeated?.head;
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
    if (queue.length === 0) return undefined;
    const isNew = this.#scanner.scanned === 0 && !this.#skipped;
    if (isNew && this.#repeated?.takeFrom(queue)) return this.#repeated.head;
    if (!this.#reachRest(queue)) return undefined;
    const scanner = this.#scanner;
    if (!this.#reachEnd(queue, allowance)) return undefined;
    const text = latin1(queue.peek(0, scanner.scanned), scanner.isAscii);
    const { bounds } = scanner;
    const line = this.#line ?? this.#parseLine(text.slice(0, bounds[1]));
    queue.skip(scanner.scanned);
    this.#begin();
    this.#skipped = false;
    const fields = parseFields(text, bounds, 2, this.#isResponse);
    const head = { line, fields, text };
    if (!this.#isResponse) this.#remember(head);
    return head;
  }

  /**
   * The error for a stream that ended inside a head.
   *
   * @returns The error, to be thrown.
   */
  cutOff(): HttpError {
    return truncated(
      this.#scanner.bounds.length === 0
        ? "inside the first line of a message"
        : "inside the header fields of a message; the empty line that ends them is missing",
    );
  }

  /** Drops what is known of heads before. */
  forget(): void {
    this.#before = "";
    this.#repeated = undefined;
  }

  #begin(): void {
    this.#scanner = new LineScanner(this.#rules);
    this.#line = undefined;
  }

  #remember(head: Head<L>): void {
    // Only a head that comes a second time is worth its memory.
    if (head.text === this.#before) this.#repeated = RepeatedHead.of(head);
    this.#before = head.text;
  }

  /** Goes on behind the first line, and tells whether that is here. */
  #reachRest(queue: ByteQueue): boolean {
    const scanner = this.#scanner;
    if (scanner.bounds.length > 0) return true;
    if (!scanner.scan(queue)) return false;
    if (scanner.bounds[1]! > 0) return true;
    // Some clients send one behind a body (RFC 9112 section 2.2).
    if (this.#isResponse || this.#skipped) {
      throw malformed("RFC 9112 2.2", "an empty line stands before the head");
    }
    queue.skip(scanner.scanned);
    this.#begin();
    this.#skipped = true;
    return this.#reachRest(queue);
  }

  /** Goes on to the end of the head, and tells whether that is here. */
  #reachEnd(queue: ByteQueue, allowance: Allowance | undefined): boolean {
    let isHere = false;
    try {
      return isHere = this.#scanner.scan(queue, allowance);
    } finally {
      // Its faults are those that count, and they are not waited for.
      if (!isHere && this.#line === undefined) this.#readLine(queue);
    }
  }

  #readLine(queue: ByteQueue): void {
    const { bounds, isAscii } = this.#scanner;
    const line = latin1(queue.peek(0, bounds[1]!), isAscii);
    this.#line = this.#parseLine(line);
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
