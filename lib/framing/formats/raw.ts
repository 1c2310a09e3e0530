/**
 * No framing: a message is whatever has arrived.
 *
 * ```text
 * sent        "hello"  "world"
 * received    "hel"  "lowor"  "ld"        or any other cut
 * ```
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { FramePart } from "../explain/frame_part.ts";
import { PartList } from "../explain/part_list.ts";
import type {
  Boundary,
  CodecOptions,
  Decoder,
  Encoder,
  Framing,
} from "../framing.ts";
import { checkSendSize } from "../limits.ts";

/**
 * Makes the framing without frames: each chunk is a message, and its end
 * depends on the network. An empty message leaves nothing on the wire.
 *
 * @returns The framing `raw`.
 *
 * @example Reading what is there
 * ```ts
 * import { FrameDecoder, raw } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(raw());
 * decoder.push(Uint8Array.of(1, 2, 3));
 * assertEquals(decoder.next(), Uint8Array.of(1, 2, 3));
 * ```
 */
export function raw(): Framing {
  return RAW;
}

class RawFraming implements Framing {
  readonly boundary: Boundary = "none";

  decoder(options: CodecOptions): Decoder {
    return new RawDecoder(options.maxMessageBytes);
  }

  encoder(options: CodecOptions): Encoder {
    return new RawEncoder(options.maxMessageBytes);
  }

  explain(frame: Uint8Array): FramePart[] {
    return new PartList(frame).add("payload", frame.length).finish();
  }

  toString(): string {
    return "raw";
  }
}

const RAW: Framing = new RawFraming();

class RawDecoder implements Decoder {
  readonly #max: number;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    const size = Math.min(queue.length, this.#max);
    return size > 0 && queue.has(size) ? queue.take(size) : undefined;
  }

  skip(queue: ReadableQueue): number {
    const size = Math.min(queue.length, this.#max);
    if (size === 0 || !queue.has(size)) return -1;
    queue.skip(size);
    return size;
  }

  decodeEnd(): undefined {
    return undefined;
  }
}

class RawEncoder implements Encoder {
  readonly #max: number;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    sink.payload(message);
  }
}
