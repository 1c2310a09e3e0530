/**
 * JSON values one after the other, with or without blanks between them.
 *
 * ```text
 * {"a":1}{"b":2} LF [3, LF 4] 5 LF
 * ```
 *
 * Each value ends where its grammar ends, so what pretty printers, `jq` and
 * programs without any separator send is read alike, and lines of JSON too.
 * Only a number needs a byte after it: `1` could become `12`.
 *
 * @module
 */

import { ByteQueue } from "../../bytes/byte_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { OptionRangeError } from "../../check.ts";
import { ProtocolError } from "../../errors.ts";
import type { PartList } from "../explain/part_list.ts";
import type { Decoder, Encoder, Framing } from "../framing.ts";
import { checkSendSize, truncated } from "../limits.ts";
import { namedFraming } from "./named_framing.ts";
import { isBlank, JsonScanner } from "./json_scanner.ts";

const LF = 0x0a;

/**
 * Makes the framing of JSON values (RFC 8259). A message is the text of one
 * value without the blanks around it. Its grammar is checked to the byte, so a
 * message is always JSON as far as its structure goes; whether its strings are
 * UTF-8 is for the encoding to check. Values may be nested 100 deep.
 *
 * A number at the very end of a stream is `truncated`, since more digits may
 * have been lost.
 *
 * @returns The framing `json`. Its encoder writes a line feed after each value,
 * and refuses what is not exactly one value, without blanks around it.
 *
 * @example Values with and without a separator
 * ```ts
 * import { FrameDecoder, jsonValues } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(jsonValues());
 * decoder.push(new TextEncoder().encode('{"a":1}{"b":2} 3\n'));
 * assertEquals(new TextDecoder().decode(decoder.next()), '{"a":1}');
 * assertEquals(new TextDecoder().decode(decoder.next()), '{"b":2}');
 * assertEquals(new TextDecoder().decode(decoder.next()), "3");
 * ```
 */
export function jsonValues(): Framing {
  return JSON_VALUES;
}

const JSON_VALUES: Framing = namedFraming(
  "json",
  (maxMessageBytes) => new JsonValuesDecoder(maxMessageBytes),
  (maxMessageBytes) => new JsonValuesEncoder(maxMessageBytes),
  { explain },
);

function explain(parts: PartList, frame: Uint8Array): void {
  const queue = new ByteQueue();
  queue.push(frame);
  parts.add("filler", skipBlanks(queue), "blanks");
  const scanner = new JsonScanner(frame.length);
  try {
    parts.add("payload", scanner.scan(queue) ? scanner.size : parts.rest);
    // What is sent ends with a blank, which is read before the next value.
    const rest = frame.subarray(parts.at);
    if (rest.every(isBlank)) parts.add("filler", rest.length, "blanks");
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}

class JsonValuesDecoder implements Decoder {
  skippedBytes = 0;
  readonly #scanner: JsonScanner;

  constructor(maxMessageBytes: number) {
    this.#scanner = new JsonScanner(maxMessageBytes);
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    const scanner = this.#scanner;
    this.skippedBytes = scanner.hasBegun ? 0 : skipBlanks(queue);
    if (!scanner.scan(queue)) return undefined;
    const message = queue.take(scanner.size);
    scanner.reset();
    return message;
  }

  decodeEnd(queue: ReadableQueue): undefined {
    const { length } = queue;
    if (length === 0) return undefined;
    throw truncated(
      this.#scanner.canEnd
        ? `the stream ended after a number of ${length} bytes, and only a byte behind a number ends it`
        : `the stream ended after ${length} bytes of a JSON value`,
    );
  }
}

/** Drops the blanks in front and says how many there were. */
function skipBlanks(queue: ReadableQueue): number {
  let skipped = 0;
  while (queue.has(1) && isBlank(queue.byte(0))) {
    queue.skip(1);
    skipped++;
  }
  return skipped;
}

class JsonValuesEncoder implements Encoder {
  readonly #max: number;
  readonly #scanner: JsonScanner;
  readonly #queue = new ByteQueue();

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
    this.#scanner = new JsonScanner(maxMessageBytes);
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    const size = message.length;
    checkSendSize(size, this.#max);
    const reason = this.#refusal(message);
    if (reason !== undefined) {
      throw new OptionRangeError({
        action: `send message of ${size} bytes`,
        reason:
          `it must be one JSON value without blanks around it, and ${reason}`,
      });
    }
    sink.payload(message);
    sink.byte(LF);
  }

  /** Why the message is not one value, or `undefined` if it is. */
  #refusal(message: Uint8Array): string | undefined {
    const scanner = this.#scanner;
    const queue = this.#queue;
    queue.push(message);
    try {
      if (scanner.scan(queue)) {
        return scanner.size === message.length
          ? undefined
          : `its value ends after ${scanner.size} bytes`;
      }
      return scanner.canEnd
        ? undefined
        : `it ends inside a value, after ${message.length} bytes`;
    } catch (error) {
      if (error instanceof ProtocolError) return error.reason;
      throw error;
    } finally {
      scanner.reset();
      // Releases the message, which may be large.
      queue.retire();
    }
  }
}
