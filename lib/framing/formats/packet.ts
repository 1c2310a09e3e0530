/**
 * Framings whose message is the whole packet, header included.
 *
 * ```text
 * stream    [ packet ][ packet ][ pac
 *             a scanner finds its end; nothing is added or removed
 * message   [ packet ]
 * ```
 *
 * A program that sends back what it received sends the same bytes, and what a
 * tool shows is what the protocol's documentation draws. The encoder uses the
 * same scanner, so it refuses exactly what the decoder would refuse.
 *
 * @module
 */

import { ByteQueue } from "../../bytes/byte_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { OptionRangeError } from "../../check.ts";
import { ProtocolError } from "../../errors.ts";
import type { CodecOptions, Decoder, Encoder, Framing } from "../framing.ts";
import { checkSendSize, truncated } from "../limits.ts";
import { type Explain, namedFraming } from "./named_framing.ts";
import { dropThrough } from "./resync.ts";

/** Finds the end of the packet at the front of a queue. It takes nothing. */
export interface PacketScanner {
  /**
   * How many bytes the packet has at least, as far as the bytes so far tell;
   * its exact size once {@linkcode PacketScanner.scan} has returned `true`.
   */
  readonly leastBytes: number;

  /**
   * Continues where the last call stopped, so that each byte is scanned once.
   *
   * @param queue The bytes, the packet's first one in front.
   * @returns Whether the whole packet is here.
   * @throws {ProtocolError} At the first byte that cannot belong to a packet,
   * or that shows that the packet is above the limit.
   */
  scan(queue: ReadableQueue): boolean;

  /**
   * Notes the packet that {@linkcode PacketScanner.scan} has found, which is taken
   * or sent now, if it decides what the next one looks like.
   *
   * @param queue The bytes, the packet still in front.
   */
  accept?(queue: ReadableQueue): void;

  /** Starts again, for the next packet. */
  reset(): void;
}

/** Makes a scanner that refuses packets above a limit in bytes. */
export type MakeScanner = (
  maxMessageBytes: number,
  options: CodecOptions,
) => PacketScanner;

/** What a framing of whole packets may have. */
export interface PacketFramingOptions {
  /** Names the parts of a packet. */
  readonly explain?: Explain | undefined;
  /** The byte that ends every packet, if no other byte of one is the same. */
  readonly lastByte?: number;
}

/**
 * Makes a framing without options whose message is the whole packet.
 *
 * @param packet What a packet is called in errors, such as "RESP value".
 * @param scanner Makes a scanner.
 */
export function packetFraming(
  name: string,
  packet: string,
  scanner: MakeScanner,
  { explain, lastByte }: PacketFramingOptions = {},
): Framing {
  return namedFraming(
    name,
    (max, options) =>
      lastByte === undefined
        ? new PacketDecoder(scanner(max, options), packet)
        : new EndedPacketDecoder(scanner(max, options), packet, lastByte),
    (max, options) => new PacketEncoder(scanner(max, options), packet, max),
    // A scanner may follow both directions of its connection.
    { encodesAlike: false, explain },
  );
}

/** Decodes packets whose ends a scanner finds. */
export class PacketDecoder implements Decoder {
  missingBytes = 0;
  readonly #scanner: PacketScanner;
  readonly #packet: string;

  constructor(scanner: PacketScanner, packet: string) {
    this.#scanner = scanner;
    this.#packet = packet;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    const size = this.wholePacket(queue);
    return size === -1 ? undefined : queue.take(size);
  }

  skip(queue: ReadableQueue): number {
    const size = this.wholePacket(queue);
    if (size !== -1) queue.skip(size);
    return size;
  }

  /** Size of the packet at the front, or -1 when more bytes are needed. */
  protected wholePacket(queue: ReadableQueue): number {
    const scanner = this.#scanner;
    if (!scanner.scan(queue)) {
      const { length } = queue;
      this.missingBytes = length === 0
        ? 0
        : Math.max(0, scanner.leastBytes - length);
      return -1;
    }
    const size = scanner.leastBytes;
    scanner.accept?.(queue);
    scanner.reset();
    return size;
  }

  decodeEnd(queue: ReadableQueue): undefined {
    const { length } = queue;
    if (length === 0) return undefined;
    const { leastBytes } = this.#scanner;
    throw truncated(
      `the stream ended after ${length} bytes of a ${this.#packet}` +
        (leastBytes > length ? ` of at least ${leastBytes}` : ""),
    );
  }
}

/** Decodes packets with one last byte, at which it goes on after a bad one. */
class EndedPacketDecoder extends PacketDecoder {
  readonly #scanner: PacketScanner;
  readonly #last: number;

  constructor(scanner: PacketScanner, packet: string, last: number) {
    super(scanner, packet);
    this.#scanner = scanner;
    this.#last = last;
  }

  resync(queue: ReadableQueue): boolean {
    this.#scanner.reset();
    return dropThrough(queue, this.#last);
  }
}

/** Sends whole packets, and refuses what is not exactly one. */
export class PacketEncoder implements Encoder {
  readonly #scanner: PacketScanner;
  readonly #packet: string;
  readonly #max: number;
  readonly #queue = new ByteQueue();

  constructor(scanner: PacketScanner, packet: string, max: number) {
    this.#scanner = scanner;
    this.#packet = packet;
    this.#max = max;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    const size = message.length;
    checkSendSize(size, this.#max);
    const reason = this.#refusal(message);
    if (reason !== undefined) {
      throw new OptionRangeError({
        action: `send message of ${size} bytes`,
        reason: `it must be one whole ${this.#packet}, and ${reason}`,
      });
    }
    sink.payload(message);
  }

  /** Why the message is not one packet, or `undefined` if it is. */
  #refusal(message: Uint8Array): string | undefined {
    const queue = this.#queue;
    const scanner = this.#scanner;
    queue.push(message);
    try {
      const isWhole = message.length > 0 && scanner.scan(queue);
      const { leastBytes } = scanner;
      if (!isWhole) return `it ends after ${message.length} bytes`;
      if (leastBytes !== message.length) {
        return `its packet ends after ${leastBytes} bytes`;
      }
      scanner.accept?.(queue);
      return undefined;
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
