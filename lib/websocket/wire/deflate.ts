/**
 * Compression of messages: permessage-deflate (RFC 7692).
 *
 * Both ends may remember the last 32 KiB of what was sent ("context takeover"), so
 * that later messages refer to earlier ones. DEFLATE gets that memory as a
 * dictionary, which is what its window is. So each message is one call that takes
 * no more time than its bytes need, and its result is bounded.
 *
 * @module
 */

import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import type { Deflater } from "./websocket_encoder.ts";
import type { Inflater } from "./decoder_options.ts";

// A flush ends with an empty block, of which the last 4 bytes are left out
// (RFC 7692 section 7.2.1).
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);
// DEFLATE refers to nothing that is further back.
const WINDOW_BYTES = 32 * 1024;

/** What was agreed on for one direction. */
export interface CompressionContext {
  /** Whether later messages may refer to earlier ones. */
  readonly takesOver: boolean;
  /** The size of the window, as a power of two: 8 to 15. */
  readonly windowBits: number;
}

/** Compresses the messages of one direction. */
export class MessageDeflater implements Deflater {
  readonly #history: History;
  readonly #windowBits: number;
  readonly #leastBytes: number;

  /**
   * @param leastBytes Shorter messages are sent as they are: compressing them
   * takes more time than sending them.
   */
  constructor(context: CompressionContext, leastBytes: number) {
    this.#history = new History(context);
    // zlib takes 9 for 8 when it writes raw data; the peer could not read that.
    this.#windowBits = context.windowBits;
    this.#leastBytes = leastBytes;
  }

  deflate(payload: Uint8Array): Uint8Array | undefined {
    if (payload.length < this.#leastBytes) return undefined;
    const compressed = deflateRawSync(payload, {
      ...this.#history.asDictionary(),
      finishFlush: constants.Z_SYNC_FLUSH,
      windowBits: this.#windowBits,
    });
    this.#history.add(payload);
    return compressed.subarray(0, compressed.length - TAIL.length);
  }
}

/** Decompresses the messages of one direction. */
export class MessageInflater implements Inflater {
  readonly #history: History;

  constructor(context: CompressionContext) {
    this.#history = new History(context);
  }

  inflate(payload: Uint8Array, most: number): Uint8Array | undefined {
    const whole = new Uint8Array(payload.length + TAIL.length);
    whole.set(payload);
    whole.set(TAIL, payload.length);
    let message: Uint8Array;
    try {
      message = inflateRawSync(whole, {
        ...this.#history.asDictionary(),
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: Math.max(most, 1),
        windowBits: 15,
      });
    } catch (error) {
      if (isTooLarge(error)) return undefined;
      throw error;
    }
    if (message.length > most) return undefined;
    this.#history.add(message);
    return message;
  }
}

/** The last bytes of one direction. */
class History {
  readonly #bytes: Uint8Array | undefined;
  #length = 0;

  constructor({ takesOver, windowBits }: CompressionContext) {
    this.#bytes = takesOver
      ? new Uint8Array(Math.min(2 ** windowBits, WINDOW_BYTES))
      : undefined;
  }

  asDictionary(): { dictionary?: Uint8Array } {
    return this.#length === 0
      ? {}
      : { dictionary: this.#bytes!.subarray(0, this.#length) };
  }

  add(bytes: Uint8Array): void {
    const held = this.#bytes;
    if (held === undefined) return;
    const room = held.length;
    if (bytes.length >= room) {
      held.set(bytes.subarray(bytes.length - room));
      this.#length = room;
      return;
    }
    const kept = Math.min(this.#length, room - bytes.length);
    held.copyWithin(0, this.#length - kept, this.#length);
    held.set(bytes, kept);
    this.#length = kept + bytes.length;
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError &&
    (error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
}
