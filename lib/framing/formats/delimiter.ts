/**
 * Messages that end with a given sequence of bytes, or with one of several.
 *
 * ```text
 * delimiter:#*#           h e l l o # * # w o r l d # * #
 * delimiter:\0            h e l l o 00 w o r l d 00
 * delimiter:\r\n|\0      h e l l o CR LF w o r l d 00
 * delimiter:;,keep        hello; world;          the delimiter is part of a message
 * ```
 *
 * @module
 */

import { OptionRangeError } from "../../check.ts";
import { ByteQueue } from "../../bytes/byte_queue.ts";
import { escape } from "../grammar/escapes.ts";
import type { FramePart } from "../explain/frame_part.ts";
import { PartList } from "../explain/part_list.ts";
import type {
  Boundary,
  CodecOptions,
  Decoder,
  Encoder,
  Framing,
} from "../framing.ts";
import {
  DelimiterDecoder,
  DelimiterEncoder,
  type Ending,
} from "./delimiter_codec.ts";
import { type Finder, Search } from "./search.ts";
import { SetSearch, sorted } from "./set_search.ts";

/** Options for {@linkcode delimiter}. */
export interface DelimiterOptions {
  /**
   * Whether the end of the stream ends the last message as well. Otherwise a
   * last message without its delimiter is `truncated`.
   *
   * @default {false}
   */
  readonly eof?: boolean;
  /**
   * Whether the delimiter is part of the message, and counts toward the limit.
   * When sending, a message must end with it, and nothing is added.
   *
   * @default {false}
   */
  readonly keep?: boolean;
}

const LONGEST_BYTES = 256;
const MOST_DELIMITERS = 16;

/**
 * Makes the framing of messages that end with a given sequence of bytes, or with
 * one of several. The delimiter is not part of the message and does not count
 * toward the limit, unless `keep` is set.
 *
 * Of several delimiters the one that is complete first ends the message, and of
 * those that end at the same byte the longest: with `["\n", "\r\n"]` a CR in
 * front of an LF is never part of a message. The first one of the list is sent.
 *
 * @param delimiter The sequence, 1 to 256 bytes; a string stands for its UTF-8. Or
 * a list of 1 to 16 of them.
 * @param options What the end of the stream means, and what the message is.
 * @returns The framing. Its encoder refuses a message in which the receiver
 * would find the delimiter too early.
 * @throws {RangeError} If a delimiter is empty or too long, or there are too many.
 * @throws {TypeError} If a delimiter of a list could never be found, as another one
 * ends inside it.
 *
 * @example A delimiter cut by the network
 * ```ts
 * import { delimiter, FrameDecoder } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(delimiter("#*#"));
 * const texts: string[] = [];
 * for (const piece of ["one#", "*", "#two#*#"]) {
 *   decoder.push(new TextEncoder().encode(piece));
 *   for (let m; (m = decoder.next()) !== undefined;) {
 *     texts.push(new TextDecoder().decode(m));
 *   }
 * }
 * assertEquals(texts, ["one", "two"]);
 * ```
 */
export function delimiter(
  delimiter: Uint8Array | string | readonly (Uint8Array | string)[],
  options: DelimiterOptions = {},
): Framing {
  const given = typeof delimiter === "string" || delimiter instanceof Uint8Array
    ? [delimiter]
    : delimiter;
  if (given.length < 1 || given.length > MOST_DELIMITERS) {
    throw new OptionRangeError({
      action: `use ${given.length} delimiters`,
      reason: `there must be 1 to ${MOST_DELIMITERS}`,
    });
  }
  const { eof = false, keep = false } = options;
  return new DelimiterFraming({ all: given.map(toBytes), eof, keep });
}

function toBytes(delimiter: Uint8Array | string): Uint8Array {
  const bytes = typeof delimiter === "string"
    ? new TextEncoder().encode(delimiter)
    : delimiter.slice();
  if (bytes.length >= 1 && bytes.length <= LONGEST_BYTES) return bytes;
  throw new OptionRangeError({
    action: `use a delimiter of ${bytes.length} bytes`,
    reason: `it must have 1 to ${LONGEST_BYTES}`,
  });
}

class DelimiterFraming implements Framing {
  readonly boundary: Boundary = "frame";
  readonly encodesAlike = true;
  readonly #ending: Ending;
  readonly #finder: () => Finder;

  constructor(ending: Ending) {
    this.#ending = ending;
    const { all } = ending;
    const ordered = sorted(all);
    this.#finder = () =>
      all.length === 1 ? new Search(all[0]!) : new SetSearch(ordered);
  }

  decoder({ maxMessageBytes }: CodecOptions): Decoder {
    return new DelimiterDecoder(
      this.#finder(),
      this.#ending,
      maxMessageBytes,
    );
  }

  encoder({ maxMessageBytes }: CodecOptions): Encoder {
    return new DelimiterEncoder(this.#finder, this.#ending, maxMessageBytes);
  }

  explain(frame: Uint8Array): FramePart[] {
    const queue = new ByteQueue();
    queue.push(frame);
    const finder = this.#finder();
    const end = finder.find(queue);
    const size = end === -1 ? frame.length : end;
    const bytes = frame.subarray(size, size + finder.found);
    const parts = new PartList(frame).add("payload", size);
    return parts.add("delimiter", bytes.length, `delimiter ${escape(bytes)}`)
      .finish();
  }

  toString(): string {
    const { all, eof, keep } = this.#ending;
    return `delimiter:${all.map(escape).join("|")}` +
      (keep ? ",keep" : "") + (eof ? ",eof" : "");
  }
}
