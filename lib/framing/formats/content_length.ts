/**
 * Messages after a block of header lines that says their length: the base
 * protocol of LSP and DAP.
 *
 * ```text
 * Content-Length: 5 CR LF
 * CR LF
 * h e l l o
 * ```
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import {
  addAnnounced,
  AnnouncedDecoder,
  type HeaderReader,
} from "./announced.ts";
import type { PartList } from "../explain/part_list.ts";
import { MOST_DIGITS } from "./digits.ts";
import type { Encoder, Framing } from "../framing.ts";
import { checkSendSize, evidence, malformed, nameOf } from "../limits.ts";
import { namedFraming } from "./named_framing.ts";

/**
 * How long the block of header lines may be, in bytes: 8 KiB, as in web servers.
 */
const MAX_HEADER_BLOCK_BYTES: number = 8 * 1024;

const CR = 13;
const LF = 10;

/**
 * Makes the framing of LSP and DAP. The name `Content-Length` is read in any
 * case and with any spaces around its value, other headers are ignored; lines
 * must end with CR LF, and the length must be there, be digits, and be the same
 * if it is there twice.
 *
 * @returns The framing `content-length`.
 *
 * @example Reading one message
 * ```ts
 * import { contentLength, FrameDecoder } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(contentLength());
 * decoder.push(new TextEncoder().encode("Content-Length: 2\r\n\r\n{}"));
 * assertEquals(new TextDecoder().decode(decoder.next()), "{}");
 * ```
 */
export function contentLength(): Framing {
  return CONTENT_LENGTH;
}

const CONTENT_LENGTH: Framing = namedFraming(
  "content-length",
  (maxMessageBytes) =>
    new AnnouncedDecoder(
      new HeaderBlockReader(),
      maxMessageBytes,
    ),
  (maxMessageBytes) => new ContentLengthEncoder(maxMessageBytes),
  { explain },
);

/** Adds a part for each header line, the empty line and the payload. */
function explain(parts: PartList, frame: Uint8Array): void {
  const reader = new HeaderBlockReader();
  addAnnounced(parts, frame, reader, (header) => {
    for (let from = 0; from < header - 2;) {
      const end = frame.indexOf(LF, from) + 1;
      const line = latin1(frame.subarray(from, end));
      if (/^content-length:/i.test(line)) {
        parts.add("length", end - from, `length ${reader.size}`);
      } else parts.add("header", end - from, "header line");
      from = end;
    }
    parts.add("delimiter", 2, "empty line");
  });
}

// RFC 9110, section 5.6.2: the characters of a name.
const NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

class HeaderBlockReader implements HeaderReader {
  size: number | bigint = 0;
  // Where the line begins that is being read, and up to where it holds no LF.
  #line = 0;
  #searched = 0;
  #digits: string | undefined;

  read(queue: ReadableQueue): number {
    for (;;) {
      const end = queue.indexOf(LF, this.#searched);
      if ((end === -1 ? queue.length : end + 1) > MAX_HEADER_BLOCK_BYTES) {
        throw malformed(
          `its header block is longer than ${MAX_HEADER_BLOCK_BYTES} bytes`,
          evidence(queue, MAX_HEADER_BLOCK_BYTES),
        );
      }
      const begin = this.#line;
      if (queue.has(begin + 1)) checkBegin(queue, begin);
      if (end === -1) {
        this.#searched = queue.length;
        return 0;
      }
      this.#line = this.#searched = end + 1;
      const line = latin1(queue.peek(begin, end));
      const [reason, hint] = endOf(line, begin) ?? this.#readLine(line) ?? [];
      if (reason !== undefined) {
        throw malformed(reason, evidence(queue, end + 1), hint);
      }
      if (line === "\r") return this.#finish(queue, end + 1);
    }
  }

  #finish(queue: ReadableQueue, header: number): number {
    const digits = this.#digits;
    if (digits === undefined) {
      throw malformed(
        "its header has no Content-Length",
        evidence(queue, header),
        "the empty line ends the header block",
      );
    }
    this.#line = this.#searched = 0;
    this.#digits = undefined;
    const size = Number(digits);
    this.size = size <= Number.MAX_SAFE_INTEGER ? size : BigInt(digits);
    return header;
  }

  /** Takes a line in; returns what is wrong with it. */
  #readLine(line: string): Refusal | undefined {
    const last = line.length - 1;
    if (last === 0) return undefined;
    // No regular expression over the whole line: a line of 8 KiB of spaces must
    // not cost more than other lines.
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon));
    if (!NAME.test(name)) {
      return [
        `its header line ${quote(line)} is not a name, ":" and a value`,
        /^content-[a-z]+[ \t]+$/i.test(name)
          ? "no blank may stand before the colon"
          : "is that a line of a log? Logs belong on standard error",
      ];
    }
    if (name.toLowerCase() !== "content-length") return;
    const value = trim(line, colon + 1, last);
    const digits = value.replace(/^0+(?=\d)/, "");
    if (!/^\d+$/.test(digits) || digits.length > MOST_DIGITS) {
      return [
        `its Content-Length is ${
          quote(value)
        } instead of 1 to ${MOST_DIGITS} digits`,
      ];
    }
    if (this.#digits !== undefined && this.#digits !== digits) {
      return [`it has two lengths, ${this.#digits} and ${digits}`];
    }
    this.#digits = digits;
    return undefined;
  }
}

/** What is wrong with a line, and what it looks like. */
type Refusal = readonly [reason: string, hint?: string];

/** Refuses the first byte of a line if no header line begins with it. */
function checkBegin(queue: ReadableQueue, begin: number): void {
  const first = queue.byte(begin);
  const character = String.fromCharCode(first);
  if (NAME.test(character) || first === CR || first === LF) return;
  const isJson = character === "{" || character === "[";
  throw malformed(
    `a header line cannot begin with ${nameOf(first)}, at position ${
      begin + 1
    }`,
    evidence(queue, begin + 1),
    isJson ? "this looks like JSON without a header" : undefined,
  );
}

/** Looks at how a line ends; a message for each way to get it wrong. */
function endOf(line: string, begin: number): Refusal | undefined {
  const last = line.length - 1;
  const cr = line.indexOf("\r");
  if (cr !== -1 && cr === last) return undefined;
  if (cr === -1) {
    return [
      `the line feed (0a) at position ${
        begin + last + 2
      } has no CR (0d) before it`,
      "header lines end with CR LF, and these end with LF",
    ];
  }
  return [
    `the CR (0d) at position ${begin + cr + 1} is followed by ${
      nameOf(line.charCodeAt(cr + 1))
    } instead of LF (0a)`,
    line[cr + 1] === "\r"
      ? "CR LF was turned into CR CR LF, as text mode on Windows does"
      : undefined,
  ].filter((part) => part !== undefined) as [string, string?];
}

/** A character for each byte, so that no header is refused for its encoding. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The part of a line without the spaces and tabs around it. */
function trim(line: string, from: number, to: number): string {
  const isBlank = (at: number) => line[at] === " " || line[at] === "\t";
  while (from < to && isBlank(from)) from++;
  while (to > from && isBlank(to - 1)) to--;
  return line.slice(from, to);
}

/** A line for a message, shortened, its control characters escaped. */
function quote(line: string): string {
  const text = line.replace(/\r$/, "");
  return JSON.stringify(text.length <= 40 ? text : text.slice(0, 40) + "...");
}

class ContentLengthEncoder implements Encoder {
  readonly #max: number;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    sink.ascii(`Content-Length: ${message.length}\r\n\r\n`);
    sink.payload(message);
  }
}
