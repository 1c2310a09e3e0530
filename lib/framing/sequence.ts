/**
 * One framing after another on the same connection: `A then B` is one frame of
 * A, then frames of B.
 *
 * ```text
 * fixed:8 then length:4,offset=3,adjust=1
 *
 *              ┌────────────────────────────────┐   ┌───┐
 * ───► first ──┴─ a message was decoded ──► next ┴──►last│ until the end
 * ```
 *
 * Bytes that have arrived already go to the next framing, wherever the network
 * has cut them, as all parts read from the same queue.
 *
 * @module
 */

import type { Hint } from "../errors.ts";
import type { ByteSink } from "../bytes/byte_sink.ts";
import type { ReadableQueue } from "../bytes/readable_queue.ts";
import { OptionTypeError } from "../check.ts";
import { compact } from "./compact.ts";
import { explainFrame } from "./explain/explain_frame.ts";
import type { CodecOptions, Decoder, Encoder, Framing } from "./framing.ts";
import { nameOf } from "./name.ts";

/**
 * Makes the framing in which the first message is in the first framing, the
 * second in the second, and all further ones in the last.
 *
 * @param parts The framings, at least two.
 * @returns The framing. Its string is `A then B`.
 * @throws {TypeError} If a part is `close`, whose message ends with the stream,
 * or a part other than the last is `raw`, whose messages have no end.
 *
 * @example A greeting of eight bytes, then frames
 * ```ts
 * import { FrameDecoder, parseFraming, sequence } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const framing = sequence(parseFraming("fixed:4"), parseFraming("length:1"));
 * assertEquals(framing.toString(), "fixed:4 then length:1");
 *
 * const decoder = new FrameDecoder(framing);
 * decoder.push(new TextEncoder().encode("HELO\x02hi\x01!"));
 * const texts: string[] = [];
 * for (let m; (m = decoder.next()) !== undefined;) {
 *   texts.push(new TextDecoder().decode(m));
 * }
 * assertEquals(texts, ["HELO", "hi", "!"]);
 * ```
 */
export function sequence(
  ...parts: readonly [Framing, Framing, ...Framing[]]
): Framing {
  const last = parts.at(-1)!;
  for (const part of parts) {
    if (part.boundary === "frame") continue;
    if (part === last && part.boundary === "none") continue;
    throw new OptionTypeError({
      action: `use framing "${nameOf(part)}" in a sequence`,
      reason: part.boundary === "none"
        ? "its messages have no end, so nothing can follow one"
        : "its message ends with the stream, so there is only one",
      advice: part.boundary === "none"
        ? `"${part}" can be the last framing`
        : 'use "raw" as the last framing to take all bytes that follow',
    });
  }
  const skips = parts.every(({ badFrames }) => badFrames === "skip");
  return {
    badFrames: skips ? "skip" : "fail",
    boundary: last.boundary,
    decoder: (options) => new SequenceDecoder(parts, options),
    encoder: (options) => new SequenceEncoder(parts, options),
    explain: (frame, { from, index = 0 } = {}) => {
      const part = Math.min(index, parts.length - 1);
      return explainFrame(parts[part]!, frame, { from, index: index - part });
    },
    toString: () => parts.map(nameOf).join(" then "),
  };
}

class SequenceDecoder implements Decoder {
  readonly #options: CodecOptions;
  // The framings that come after the one that is read now.
  readonly #rest: Framing[];
  #now!: Decoder;
  // The one that gave the last message, which knows what it dropped before it.
  #used: Decoder;
  /** Only there while the framing that is read now can skip a bad frame. */
  resync?: (queue: ReadableQueue) => boolean;

  constructor(parts: readonly Framing[], options: CodecOptions) {
    const [first, ...rest] = parts;
    this.#options = options;
    this.#rest = rest;
    this.#used = this.#started(first!);
  }

  get missingBytes(): number {
    return this.#now.missingBytes ?? 0;
  }

  waitHint(queue: ReadableQueue): Hint | undefined {
    return this.#now.waitHint?.(queue);
  }

  get skippedBytes(): number {
    return this.#used.skippedBytes ?? 0;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    try {
      const message = (this.#used = this.#now).decode(queue);
      if (message !== undefined) this.#goOn();
      return message;
    } catch (error) {
      // Whether it can be skipped may depend on what is wrong.
      this.#offerResync();
      throw error;
    }
  }

  decodeBatch(queue: ReadableQueue, into: Uint8Array[], most: number): void {
    for (let i = 0; i < most; i++) {
      if (this.#rest.length === 0 && this.#now.decodeBatch !== undefined) {
        return this.#now.decodeBatch(queue, into, most - i);
      }
      const begin = queue.offset;
      const message = this.decode(queue);
      if (message === undefined) return;
      into.push(compact(message, queue.offset - begin));
    }
  }

  skip(queue: ReadableQueue): number {
    if (this.#now.skip === undefined) return this.decode(queue)?.length ?? -1;
    const size = (this.#used = this.#now).skip!(queue);
    if (size !== -1) this.#goOn();
    return size;
  }

  decodeEnd(queue: ReadableQueue): Uint8Array | undefined {
    const message = (this.#used = this.#now).decodeEnd(queue);
    if (message !== undefined) this.#goOn();
    return message;
  }

  #goOn(): void {
    const next = this.#rest.shift();
    if (next !== undefined) this.#started(next);
  }

  #started(framing: Framing): Decoder {
    const decoder = this.#now = framing.decoder(this.#options);
    this.#offerResync();
    return decoder;
  }

  #offerResync(): void {
    const decoder = this.#now;
    if (decoder.resync === undefined) delete this.resync;
    else this.resync = (queue) => decoder.resync!(queue);
  }
}

class SequenceEncoder implements Encoder {
  readonly #options: CodecOptions;
  readonly #rest: Framing[];
  #now: Encoder;

  constructor(parts: readonly Framing[], options: CodecOptions) {
    const [first, ...rest] = parts;
    this.#options = options;
    this.#rest = rest;
    this.#now = first!.encoder(options);
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    this.#now.encode(message, sink);
    const next = this.#rest.shift();
    if (next !== undefined) this.#now = next.encoder(this.#options);
  }
}
