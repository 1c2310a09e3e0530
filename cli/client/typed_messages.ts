/**
 * Standard input as messages: each line is one.
 *
 * @module
 */

import type { Framing } from "../../lib/framing/mod.ts";
import { ProtocolError } from "../../lib/start.ts";
import { FrameDecoder, line } from "../../lib/core.ts";
import { errorText } from "../output/error_text.ts";
import { EXIT } from "../output/exit_code.ts";
import { Failure } from "../output/failure.ts";
import type { FormatName } from "../output/views/format_names.ts";
import { parserOf } from "../output/formats.ts";
import { formatSize } from "../arguments/sizes.ts";
import type { Input } from "../terminal/terminal.ts";

/** What is typed, and how. */
export interface TypedOptions {
  /** The format of a line. */
  readonly format: FormatName;
  /** The framing on the wire. */
  readonly framing: Framing;
  /** Largest message in bytes. */
  readonly maxMessageBytes: number;
  /** Whether empty lines are left out. */
  readonly skipEmpty: boolean;
}

// What some editors put in front of UTF-8.
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

const READ_BYTES = 64 * 1024;

/** Reads messages from standard input. */
export class TypedMessages {
  readonly #input: Input;
  readonly #options: TypedOptions;
  readonly #lines: FrameDecoder;
  // The lines that the messages of the last batch were on.
  #numbers: number[] = [];
  #ended = false;

  constructor(input: Input, options: TypedOptions) {
    const { format, maxMessageBytes } = options;
    this.#input = input;
    this.#options = options;
    // A byte takes at most six characters in the other formats: JSON's \u0041.
    const longest = format === "text"
      ? maxMessageBytes
      : 6 * maxMessageBytes + 4096;
    this.#lines = new FrameDecoder(rule(options), { maxMessageBytes: longest });
  }

  /**
   * Reads until there is at least one message.
   *
   * @returns All messages that are here, or `undefined` at the end.
   * @throws {Failure} If a line is not a message. The next call goes on after it.
   */
  async next(): Promise<Uint8Array[] | undefined> {
    while (!this.#ended) {
      const messages = this.#take();
      if (messages.length > 0) return messages;
      const chunk = new Uint8Array(READ_BYTES);
      const count = await this.#input.read(chunk);
      if (count === null) this.#ended = true;
      else this.#lines.push(chunk.subarray(0, count));
    }
    const last = this.#take();
    return last.length === 0 ? undefined : last;
  }

  /**
   * Tells on which line of the input a message was.
   *
   * @param index Which message of the last batch.
   * @returns The number of the line, from 1.
   */
  lineOf(index: number): number {
    return this.#numbers[index] ?? this.#lines.count;
  }

  #take(): Uint8Array[] {
    this.#numbers = [];
    const parse = parserOf(this.#options.format);
    const messages: Uint8Array[] = [];
    for (;;) {
      const line = this.#line();
      if (line === undefined) return messages;
      if (this.#isLeftOut(line)) continue;
      try {
        messages.push(parse(this.#withoutMark(line)));
        this.#numbers.push(this.#lines.count);
      } catch (cause) {
        throw new Failure(
          EXIT.local,
          `line ${this.#lines.count} of standard input: ${errorText(cause)}`,
          { cause },
        );
      }
    }
  }

  /** Between values of JSON a blank line means nothing. */
  #isLeftOut(line: Uint8Array): boolean {
    const { format, skipEmpty } = this.#options;
    if (line.length === 0) return skipEmpty || format === "json";
    return format === "json" &&
      line.every((byte) => byte === 32 || byte === 13);
  }

  /** As text every byte is sent; elsewhere a mark in front is in the way. */
  #withoutMark(line: Uint8Array): Uint8Array {
    const isMarked = this.#lines.count === 1 &&
      this.#options.format !== "text" &&
      BYTE_ORDER_MARK.every((byte, i) => line[i] === byte);
    return isMarked ? line.subarray(BYTE_ORDER_MARK.length) : line;
  }

  #line(): Uint8Array | undefined {
    try {
      return this.#ended ? this.#lines.end() : this.#lines.next();
    } catch (cause) {
      if (!(cause instanceof ProtocolError)) throw cause;
      const limit = formatSize(this.#options.maxMessageBytes);
      throw new Failure(
        EXIT.framing,
        `message ${
          this.#lines.count + 1
        } of standard input is longer than ${limit}; see --max-message`,
        { cause },
      );
    }
  }
}

/** What cuts the input: lines, unless text is sent without boundaries. */
function rule({ format, framing }: TypedOptions): Framing | string {
  if (format === "text" && framing.boundary === "none") return "raw";
  if (format === "text" && framing.boundary === "close") return "close";
  // Not by name: the table of framings is loaded only if a framing is given.
  return line({ eof: true });
}
