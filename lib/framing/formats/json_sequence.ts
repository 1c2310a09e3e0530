/**
 * JSON text sequences (RFC 7464): a record separator, a JSON text, a line feed.
 *
 * ```text
 * 1E {"a":1} LF   1E [1, LF 2] LF
 * ```
 *
 * A JSON text may hold line feeds of its own, between braces or brackets. To
 * wait for the next separator would tell them apart, and hold back every
 * message until the next one is sent. So the decoder follows strings and
 * nesting, and the text ends with the first line feed outside of them.
 *
 * @module
 */

import { OptionRangeError } from "../../check.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { PartList } from "../explain/part_list.ts";
import type { Decoder, Encoder, Framing } from "../framing.ts";
import { JsonEnd } from "./json_end.ts";
import {
  checkSendSize,
  evidence,
  malformed,
  nameOf,
  tooLarge,
  truncated,
} from "../limits.ts";
import { namedFraming } from "./named_framing.ts";
import { dropUpTo } from "./resync.ts";

const RS = 0x1e;
const LF = 0x0a;
const BLANK: ReadonlySet<number> = new Set([0x20, 0x09, LF, 0x0d]);

/**
 * Makes the framing of JSON text sequences. A message is the text without
 * separator and line feed; whether it is JSON is for the encoding to check.
 * Several separators count as one, blanks between texts are skipped. A text cut
 * by the next separator is an error and not skipped, as RFC 7464 would allow,
 * since a message that vanishes is worse than one that fails.
 *
 * @returns The framing `json-seq`. Its encoder refuses what would not arrive as
 * one message: an empty or blank text, a separator in it, unbalanced brackets.
 *
 * @example Reading two texts
 * ```ts
 * import { FrameDecoder, jsonSequence } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(jsonSequence());
 * decoder.push(new TextEncoder().encode('\x1e{"a":1}\n\x1e[1,\n2]\n'));
 * assertEquals(new TextDecoder().decode(decoder.next()), '{"a":1}');
 * assertEquals(new TextDecoder().decode(decoder.next()), "[1,\n2]");
 * ```
 */
export function jsonSequence(): Framing {
  return JSON_SEQUENCE;
}

const JSON_SEQUENCE: Framing = namedFraming(
  "json-seq",
  (maxMessageBytes) => new JsonSequenceDecoder(maxMessageBytes),
  (maxMessageBytes) => new JsonSequenceEncoder(maxMessageBytes),
  { badFrames: "skip", explain },
);

function explain(parts: PartList, frame: Uint8Array): void {
  const text = frame.findIndex((byte) => byte !== RS && !BLANK.has(byte));
  const begin = frame.lastIndexOf(RS, text === -1 ? frame.length : text);
  const blanks = begin !== -1 ? begin : text !== -1 ? text : frame.length;
  parts.add("filler", blanks, "blanks");
  if (begin === -1) return;
  parts.add("delimiter", 1, "RS");
  const end = new JsonEnd();
  for (let at = begin + 1; at < frame.length; at++) {
    const byte = frame[at]!;
    if (byte === LF && end.complete) {
      parts.add("payload", at - parts.at).add("delimiter", 1, "LF");
      return;
    }
    end.add(byte);
  }
  parts.add("payload", parts.rest);
}

class JsonSequenceDecoder implements Decoder {
  skippedBytes = 0;
  readonly #max: number;
  readonly #text = new JsonEnd();
  // Bytes of the frame that were scanned, including the separator.
  #searched = 0;
  // Whether part of a bad text was dropped.
  #isResyncing = false;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    this.skippedBytes = 0;
    if (this.#searched === 0 && !this.#begin(queue)) return undefined;
    if (!this.#findEnd(queue)) return undefined;
    const size = this.#searched - 1;
    this.#searched = 0;
    this.#text.reset();
    const message = queue.take(size, 1);
    queue.skip(1);
    return message;
  }

  resync(queue: ReadableQueue): boolean {
    // The bad text's own separator does not begin the next text.
    if (!this.#isResyncing && queue.has(1) && queue.byte(0) === RS) {
      queue.skip(1);
    }
    this.#isResyncing = !dropUpTo(queue, RS);
    this.#searched = 0;
    this.#text.reset();
    return !this.#isResyncing;
  }

  decodeEnd(queue: ReadableQueue): undefined {
    const { length } = queue;
    if (length === 0) return undefined;
    throw truncated(
      `the stream ended after ${
        length - 1
      } bytes of a text, before the line feed that ends it`,
    );
  }

  /**
   * Drops blanks and all separators but the last; says if a text follows it.
   */
  #begin(queue: ReadableQueue): boolean {
    while (queue.has(1)) {
      const first = queue.byte(0);
      if (first === RS) {
        // Only the next byte tells whether this separator is the last.
        if (!queue.has(2)) return false;
        if (queue.byte(1) !== RS) {
          this.#searched = 1;
          return true;
        }
      } else if (!BLANK.has(first)) {
        throw malformed(
          `a text must begin with the record separator 1e, not with ${
            nameOf(first)
          }`,
          evidence(queue, 1),
        );
      }
      queue.skip(1);
      this.skippedBytes++;
    }
    return false;
  }

  /**
   * Looks for the line feed that ends the text. In one loop over all bytes: a call
   * of the queue per line costs much more than the bytes of a short line.
   */
  #findEnd(queue: ReadableQueue): boolean {
    const text = this.#text;
    const here = queue.gather();
    for (let at = this.#searched; at < here; at++) {
      const byte = queue.byte(at);
      if (byte === LF && text.complete) {
        this.#searched = at;
        return true;
      }
      if (byte === RS) {
        throw malformed(
          `its text is cut by another record separator after ${
            at - 1
          } bytes, before the line feed that ends it`,
          evidence(queue, at + 1),
        );
      }
      if (at > this.#max) {
        throw tooLarge(undefined, this.#max, evidence(queue, at + 1));
      }
      text.add(byte);
    }
    this.#searched = here;
    return false;
  }
}

class JsonSequenceEncoder implements Encoder {
  readonly #max: number;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    const text = new JsonEnd();
    for (let i = 0; i < message.length; i++) {
      const byte = message[i]!;
      if (byte === RS || (byte === LF && text.complete)) {
        throw new OptionRangeError({
          action: `send message with ${
            byte === RS ? "a record separator" : "a line feed behind its JSON"
          }`,
          reason: "it would end the text",
        });
      }
      text.add(byte);
    }
    if (!text.complete) {
      throw new OptionRangeError({
        action:
          'send message in framing "json-seq" that is not one whole JSON text',
        reason: "the receiver could not tell its end",
      });
    }
    sink.byte(RS);
    sink.payload(message);
    sink.byte(LF);
  }
}
