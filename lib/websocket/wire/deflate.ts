/**
 * Compression of messages: permessage-deflate (RFC 7692).
 *
 * Both ends may remember the last 32 KiB of what they sent ("context takeover"), so
 * that later messages refer to earlier ones. What is received may do so. What is
 * sent does not, and both ends say so in the handshake (RFC 7692 section 7.1.1), so
 * the peer need not remember anything: each message is one call that takes no more
 * time than its bytes need.
 *
 * The reason is the runtime. `deflateRawSync` ignores its `dictionary`, in Deno 2.6.10
 * and 2.9.6: a message that repeats the one before takes 45 bytes with it and without
 * it. `_handle.writeSync` of a `DeflateRaw` keeps its window and makes 9 bytes of it, in
 * both. But it belongs to the inside of `node:zlib`, and takes 256 KiB for each
 * connection. The streams of `node:zlib` and `CompressionStream` are asynchronous, which
 * an encoder cannot be.
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
// The header of a stored block (RFC 1951 section 3.2.4): its type, its length and
// the complement of that.
const STORED_HEADER_BYTES = 5;
const NOTHING = new Uint8Array(0);

/** What was agreed on for one direction. */
export interface CompressionContext {
  /** Whether later messages may refer to earlier ones. */
  readonly takesOver: boolean;
  /** The size of the window, as a power of two: 8 to 15. */
  readonly windowBits: number;
}

/** Compresses the messages of one direction, each for itself. */
export class MessageDeflater implements Deflater {
  readonly #windowBits: number;
  readonly #leastBytes: number;

  /**
   * @param leastBytes Shorter messages are sent as they are: compressing them
   * takes more time than sending them.
   */
  constructor({ windowBits }: CompressionContext, leastBytes: number) {
    // zlib takes 9 for 8 when it writes raw data; the peer could not read that.
    this.#windowBits = windowBits;
    this.#leastBytes = leastBytes;
  }

  deflate(payload: Uint8Array): Uint8Array | undefined {
    if (payload.length < this.#leastBytes) return undefined;
    const compressed = deflateRawSync(payload, {
      finishFlush: constants.Z_SYNC_FLUSH,
      windowBits: this.#windowBits,
    });
    return plain(compressed, 0, compressed.length - TAIL.length);
  }
}

/** Decompresses the messages of one direction. */
export class MessageInflater implements Inflater {
  readonly #history: History;

  constructor(context: CompressionContext) {
    this.#history = new History(context);
  }

  inflate(payload: Uint8Array, most: number): Uint8Array | undefined {
    // What a message may refer to stands before it as a stored block. A dictionary
    // would be shorter, but the runtime's `inflateRawSync` ignores it.
    const { block, length } = this.#history;
    const whole = new Uint8Array(block.length + payload.length + TAIL.length);
    whole.set(block);
    whole.set(payload, block.length);
    whole.set(TAIL, block.length + payload.length);
    let inflated: Uint8Array;
    try {
      inflated = inflateRawSync(whole, {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: Math.max(length + most, 1),
        windowBits: 15,
      });
    } catch (error) {
      if (isTooLarge(error)) return undefined;
      throw error;
    }
    if (inflated.length > length + most) return undefined;
    const message = plain(inflated, length, inflated.length);
    this.#history.add(message);
    return message;
  }
}

/** The last bytes of one direction, as a stored block. */
class History {
  // Made for the first message: most connections are quiet.
  #stored: Uint8Array | undefined;
  readonly #room: number;
  /** How many bytes are held. */
  length = 0;

  constructor({ takesOver, windowBits }: CompressionContext) {
    this.#room = takesOver ? Math.min(2 ** windowBits, WINDOW_BYTES) : 0;
  }

  /** The block that gives these bytes; nothing if there are none. */
  get block(): Uint8Array {
    return this.#stored === undefined || this.length === 0
      ? NOTHING
      : this.#stored.subarray(0, STORED_HEADER_BYTES + this.length);
  }

  add(bytes: Uint8Array): void {
    if (this.#room === 0) return;
    const stored = this.#stored ??= new Uint8Array(
      STORED_HEADER_BYTES + this.#room,
    );
    const held = stored.subarray(STORED_HEADER_BYTES);
    const added = bytes.subarray(Math.max(0, bytes.length - held.length));
    const kept = Math.min(this.length, held.length - added.length);
    held.copyWithin(0, this.length - kept, this.length);
    held.set(added, kept);
    this.length = kept + added.length;
    const view = new DataView(stored.buffer);
    view.setUint16(1, this.length, true);
    view.setUint16(3, ~this.length & 0xffff, true);
  }
}

/** A part of zlib's result, as bytes and not as the subclass `Buffer`. */
function plain(bytes: Uint8Array, begin: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + begin, end - begin);
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError &&
    (error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
}
