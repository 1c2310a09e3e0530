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
 * file, a datagram and a test. To write your own framing, implement
 * {@linkcode Framing} and check it with `verifyFraming` of
 * `@parley/parley/testing`.
 *
 * @module
 */

import type { Hint } from "../errors.ts";
import type { ByteSink } from "../bytes/byte_sink.ts";
import type { ReadableQueue } from "../bytes/readable_queue.ts";
import type { FramePart, FramePlace } from "./explain/frame_part.ts";

export type { ReadableQueue };

/**
 * The default of every `maxMessageBytes`: 1 MiB. Users of other libraries
 * complain about limits near 64 KiB, and at 8 MiB a thousand peers can hold
 * 8 GiB of memory.
 */
export const DEFAULT_MAX_MESSAGE_BYTES: number = 1024 * 1024;

/**
 * A side of a connection: `"client"` has opened it, `"server"` has accepted it.
 * In some protocols the two write differently.
 */
export type Side = "client" | "server";

/** What a decoder and an encoder know about their connection. */
export interface CodecOptions {
  /**
   * Any object that stands for the connection, the same one for the decoders and
   * encoders of both of its directions. With it they learn from each other what
   * one direction alone does not say: whether an SMTP server wants the mail that
   * its client has announced.
   */
  readonly connection?: object | undefined;
  /**
   * The side that writes the bytes: a decoder reads what that side has sent, an
   * encoder sends for it. Most framings are the same in both directions and
   * ignore it. A framing whose directions differ, such as `postgres`, throws a
   * `TypeError` without it.
   */
  readonly from?: Side | undefined;
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
 * the bytes of the message are still in the queue. Therefore the result does not
 * depend on how the bytes were cut, and an error can say where the message
 * begins. Meaningless bytes between frames may be dropped.
 *
 * Only `decode` and `decodeEnd` are required. The other members make decoding
 * faster or diagnoses better, and {@linkcode FrameDecoder} replaces those that
 * are missing.
 */
export interface Decoder {
  /**
   * Removes one message from the front of the queue.
   *
   * @param queue All bytes received and not yet taken.
   * @returns The message, or `undefined` when more bytes are needed.
   * @throws {ProtocolError} If the bytes can never become a message. The same
   * bytes must give the same error however they were cut. So decide at the first
   * byte that is wrong, and use no byte after it. {@linkcode FrameDecoder}
   * adds where in the stream it happened and what the bytes are.
   */
  decode(queue: ReadableQueue): Uint8Array | undefined;

  /**
   * Does the same after the peer has finished sending and `decode` has returned
   * `undefined`.
   *
   * @param queue The bytes left over.
   * @returns A final message, or `undefined` when the end is a clean one.
   * @throws {ProtocolError} With code `"truncated"` if a message was cut off.
   */
  decodeEnd(queue: ReadableQueue): Uint8Array | undefined;

  /**
   * Appends messages to an array, as repeated calls of `decode` would give them,
   * until `most` were appended or more bytes are needed. One loop over a whole
   * read costs less than a call for each message.
   *
   * @param queue All bytes received and not yet taken.
   * @param into Where the messages go.
   * @param most How many to append at most, at least 1.
   * @throws {ProtocolError} As `decode`, after the messages before the error were
   * appended.
   */
  decodeBatch?(queue: ReadableQueue, into: Uint8Array[], most: number): void;

  /**
   * Drops one message without making a view of it, for programs that only count.
   *
   * @param queue All bytes received and not yet taken.
   * @returns The message's size in bytes, or -1 when more bytes are needed.
   * @throws {ProtocolError} As `decode`.
   */
  skip?(queue: ReadableQueue): number;

  /**
   * Drops messages as repeated calls of `skip` would, until `most` were dropped,
   * more bytes are needed, or the next message would be refused.
   *
   * @param queue All bytes received and not yet taken.
   * @param most How many to drop at most, at least 1.
   * @returns How many were dropped.
   * @throws {ProtocolError} As `decode`, if it is about the first of them.
   */
  skipBatch?(queue: ReadableQueue, most: number): number;

  /**
   * Drops what is here of a frame that `decode` has refused. A decoder has this
   * member if the end of a frame can be found without its beginning; only then
   * can bad frames be skipped. It drops bytes as they come, so that a frame far
   * above the limit needs no memory.
   *
   * @param queue The bytes, those of the bad frame in front.
   * @returns Whether the end of the bad frame was found and dropped: then
   * `decode` goes on with the next frame. Otherwise it is called again with more
   * bytes.
   */
  resync?(queue: ReadableQueue): boolean;

  /**
   * Whether bytes of a message that is not whole were taken off the queue already, as
   * in a framing whose messages come in fragments. The time for the message runs then.
   */
  readonly isInside?: boolean;

  /**
   * What may be wrong if the rest of the message that has begun does not come.
   *
   * @param queue The bytes of that message.
   */
  waitHint?(queue: ReadableQueue): Hint | undefined;

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
   * large for the limit or for the header, or it contains its own delimiter.
   */
  encode(message: Uint8Array, sink: ByteSink): void;

  /**
   * Appends the frames of several messages, as repeated calls of `encode` would,
   * until the sink holds `untilBytes` or all messages are in it. At least one is
   * encoded.
   *
   * @param messages The payloads.
   * @param from Index of the first message to encode.
   * @param sink Where the frames go.
   * @param untilBytes Size of the sink in bytes at which to stop.
   * @returns Index of the first message that was not encoded.
   * @throws {RangeError} If the message at `from` cannot be sent. A later one
   * that cannot be sent is the index that is returned.
   */
  encodeBatch?(
    messages: readonly Uint8Array[],
    from: number,
    sink: ByteSink,
    untilBytes: number,
  ): number;
}

/**
 * What tells the receiver that a message is over:
 *
 * - `"frame"`: the bytes themselves (a length, a delimiter),
 * - `"close"`: the end of the stream, so there is one message,
 * - `"none"`: nothing; messages are chunks and depend on the network's cuts.
 */
export type Boundary = "frame" | "close" | "none";

/**
 * What happens to a bad frame: `"fail"` ends the stream with an error, `"skip"`
 * drops the frame, reports it and goes on with the next one.
 */
export type BadFrames = "fail" | "skip";

/** A rule for where messages begin and end; immutable and shared. */
export interface Framing {
  /**
   * What happens to bad frames unless the user chooses. `"skip"` is for framings
   * whose specification says so: SLIP, COBS, JSON text sequences.
   *
   * @default {"fail"}
   */
  readonly badFrames?: BadFrames;

  /** What tells the receiver that a message is over. */
  readonly boundary: Boundary;

  /**
   * Whether a message has the same frame on every connection, whatever was sent
   * before it, so that what goes to many peers can be encoded once. Framings of the
   * same `toString()` then write the same bytes.
   *
   * @default {false}
   */
  readonly encodesAlike?: boolean;

  /**
   * Makes the decoder for one stream.
   *
   * @param options The limit, and which side sends the stream.
   * @returns A decoder at the beginning of a stream.
   * @throws {TypeError} If the directions differ and the side is missing.
   */
  decoder(options: CodecOptions): Decoder;

  /**
   * Makes the encoder for one stream.
   *
   * @param options The limit, and for which side it encodes.
   * @returns An encoder at the beginning of a stream.
   * @throws {TypeError} If the directions differ and the side is missing.
   */
  encoder(options: CodecOptions): Encoder;

  /**
   * Names the parts of a frame, for people who look at its bytes. `explainFrame`
   * calls it, and replaces it if it is missing.
   *
   * It never throws: bytes that do not fit the framing are a part of kind
   * `"unknown"`. It may be given the beginning of a frame. It keeps no reference
   * to the bytes.
   *
   * @param frame The bytes that the decoder takes off its queue for one message,
   * as they lie on the wire: headers and delimiters included, and bytes before
   * them that the decoder drops.
   * @param place Where the frame stands.
   * @returns The parts in order. They cover the frame without gap or overlap.
   */
  explain?(frame: Uint8Array, place?: FramePlace): FramePart[];

  /**
   * The name that errors show. For a framing of this library it is the canonical
   * string, such as `length:4,le`, which `parseFraming` reads back; for your own
   * any short name. A framing without a `toString` of its own is called `custom`.
   *
   * @returns The string.
   */
  toString(): string;
}
