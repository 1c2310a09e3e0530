/**
 * The contracts of a framing: the rule for where a message begins and ends.
 *
 * ```text
 *           Framing            immutable, shared, has a canonical string
 *          /       \
 *     Decoder     Encoder      one pair per connection, may hold state
 *  queue -> message   message -> sink
 * ```
 *
 * Nothing here awaits or opens anything, so the same framing serves a socket, a
 * file, a datagram and a test. To write a framing of your own, implement
 * {@linkcode Framing} and check it with `verifyFraming` of
 * `@parley/parley/testing`.
 *
 * @module
 */

import type { ByteQueue } from "../bytes/byte_queue.ts";
import type { ByteSink } from "../bytes/byte_sink.ts";

/**
 * The default of every `maxMessageBytes`: 1 MiB. Between 64 KiB, about which
 * users of other libraries complain, and 8 MiB, which a thousand peers turn
 * into 8 GiB of memory.
 */
export const DEFAULT_MAX_MESSAGE_BYTES: number = 1024 * 1024;

/** What a decoder and an encoder are told about their connection. */
export interface CodecOptions {
  /**
   * Largest message in bytes, as the user receives it: without header,
   * delimiter, padding and escapes. The same bound holds for sending.
   */
  readonly maxMessageBytes: number;
}

/**
 * Takes messages off the front of a byte queue. It belongs to one stream.
 *
 * A decoder consumes whole frames only: when it returns `undefined` or throws,
 * the bytes of the message are still in the queue. That is what makes the
 * result independent of how the bytes were cut, and lets an error say where the
 * message begins. Bytes between frames that mean nothing may be dropped.
 */
export interface Decoder {
  /**
   * Removes one message from the front of the queue.
   *
   * @param queue All bytes received and not yet taken.
   * @returns The message, or `undefined` when more bytes are needed.
   * @throws {ProtocolError} If the bytes can never become a message. The same
   * bytes must give the same error however they were cut, so it is decided at
   * the first byte that is wrong, and tells nothing of the bytes behind it; what
   * it rests on goes into its detail `firstBytes`.
   */
  decode(queue: ByteQueue): Uint8Array | undefined;

  /**
   * As {@linkcode Decoder.decode}, once the peer has finished sending and
   * `decode` has returned `undefined`.
   *
   * @param queue The bytes left over.
   * @returns A final message, or `undefined` when the end is a clean one.
   * @throws {ProtocolError} With code `"truncated"` if a message was cut off.
   */
  decodeEnd(queue: ByteQueue): Uint8Array | undefined;

  /**
   * How many bytes the message that has begun still lacks, as far as is known
   * after `decode` returned `undefined`; 0 when nothing is known. Only a hint
   * for how much to read at once.
   */
  readonly missingBytes?: number;

  /**
   * How many bytes between two frames the last call of `decode` dropped in front
   * of the message it returned, in a framing that has such bytes.
   */
  readonly skippedBytes?: number;
}

/** Turns messages into frames. It belongs to one stream. */
export interface Encoder {
  /**
   * Appends one frame to the sink. What the decoder would refuse is refused
   * here, before a byte is appended.
   *
   * @param message The payload.
   * @param sink Where the frame goes.
   * @throws {RangeError} If the message cannot be sent in this framing: too
   * large for the limit or for the header, or it holds its own delimiter.
   */
  encode(message: Uint8Array, sink: ByteSink): void;
}

/**
 * What tells the receiver that a message is over:
 *
 * - `"frame"`: the bytes themselves (a length, a delimiter),
 * - `"close"`: the end of the stream, so there is one message,
 * - `"none"`: nothing; messages are chunks and depend on the network's cuts.
 */
export type Boundary = "frame" | "close" | "none";

/** A rule for where messages begin and end; immutable and shared. */
export interface Framing {
  /** What tells the receiver that a message is over. */
  readonly boundary: Boundary;

  /**
   * Makes the decoder for one stream.
   *
   * @param options The limit.
   * @returns A decoder at the beginning of a stream.
   */
  decoder(options: CodecOptions): Decoder;

  /**
   * Makes the encoder for one stream.
   *
   * @param options The limit.
   * @returns An encoder at the beginning of a stream.
   */
  encoder(options: CodecOptions): Encoder;

  /**
   * The canonical string, such as `length:4,le`; `parseFraming` reads it back.
   *
   * @returns The string.
   */
  toString(): string;
}
