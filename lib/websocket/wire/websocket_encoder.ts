/**
 * Messages in, frames of WebSocket out (RFC 6455 section 5).
 *
 * @module
 */

import type { ByteSink } from "../../bytes/byte_sink.ts";
import { OptionRangeError } from "../../check.ts";
import type { Encoder, Side } from "../../framing/framing.ts";
import { checkSendSize } from "../../framing/limits.ts";
import type { MessageKind } from "./assembly.ts";
import { type CloseStatus, encodeClose } from "./close_status.ts";
import { appendHeader, FIN, MASKED, OPCODES, RSV1 } from "./frame_header.ts";
import { maskInto } from "./mask.ts";

// Masked payloads are written through a buffer of this size, which all connections
// share, as an encoder awaits nothing.
const PIECE_BYTES = 16 * 1024;
let piece: Uint8Array | undefined;
// 2 bytes, 8 of length, 4 of key.
const MOST_HEADER_BYTES = 14;

/** Compresses the payloads of one stream, in order. */
export interface Deflater {
  /**
   * Compresses one message.
   *
   * @param payload The message.
   * @returns The compressed payload, or `undefined` to send it as it is.
   */
  deflate(payload: Uint8Array): Uint8Array | undefined;
}

/** Options for {@linkcode WebSocketEncoder}. */
export interface WebSocketEncoderOptions {
  /** The side that sends the frames. */
  readonly from: Side;
  /** Largest message in bytes, before compression. */
  readonly maxMessageBytes: number;
  /**
   * Gives a key for each frame of a client, 32 bits that no script can predict
   * (section 5.3).
   */
  readonly newKey: () => number;
  /** Compresses, if that was agreed on. */
  readonly deflater?: Deflater | undefined;
  /**
   * Largest payload of a frame in bytes; larger messages are sent in fragments.
   *
   * @default {Infinity}
   */
  readonly maxFrameBytes?: number | undefined;
}

/** Makes the frames of one stream. */
export class WebSocketEncoder implements Encoder {
  /** What the messages are that follow. */
  kind: MessageKind = "binary";
  readonly #options: WebSocketEncoderOptions;
  readonly #isMasked: boolean;
  readonly #maxFrame: number;

  /** Creates an encoder at the beginning of a stream. */
  constructor(options: WebSocketEncoderOptions) {
    this.#options = options;
    this.#isMasked = options.from === "client";
    this.#maxFrame = options.maxFrameBytes ?? Infinity;
  }

  /**
   * Appends a message of the present {@linkcode WebSocketEncoder.kind}. A text has
   * to be UTF-8: what sends bytes as text checks them before.
   *
   * @throws {RangeError} If it is above the limit.
   */
  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#options.maxMessageBytes);
    const compressed = this.#options.deflater?.deflate(message);
    const payload = compressed ?? message;
    const flags = compressed === undefined ? 0 : RSV1;
    const opcode = this.kind === "text" ? OPCODES.text : OPCODES.binary;
    if (payload.length <= this.#maxFrame) {
      return this.#frame(FIN | flags | opcode, payload, sink);
    }
    this.#fragments(flags | opcode, payload, sink);
  }

  /** Appends a ping. */
  ping(payload: Uint8Array, sink: ByteSink): void {
    this.#control(OPCODES.ping, payload, sink);
  }

  /** Appends a pong. */
  pong(payload: Uint8Array, sink: ByteSink): void {
    this.#control(OPCODES.pong, payload, sink);
  }

  /** Appends a close frame, behind which nothing may be sent. */
  close(status: CloseStatus, sink: ByteSink): void {
    this.#control(OPCODES.close, encodeClose(status), sink);
  }

  #control(opcode: number, payload: Uint8Array, sink: ByteSink): void {
    if (payload.length > 125) {
      throw new OptionRangeError({
        action: `send a control frame of ${payload.length} bytes`,
        reason: "the limit is 125 bytes",
      });
    }
    this.#frame(FIN | opcode, payload, sink);
  }

  #fragments(first: number, payload: Uint8Array, sink: ByteSink): void {
    const most = this.#maxFrame;
    for (let begin = 0; begin < payload.length; begin += most) {
      const opcode = begin === 0 ? first : OPCODES.continuation;
      const isLast = begin + most >= payload.length;
      const fragment = payload.subarray(begin, begin + most);
      this.#frame(isLast ? FIN | opcode : opcode, fragment, sink);
    }
  }

  #frame(first: number, payload: Uint8Array, sink: ByteSink): void {
    if (!this.#isMasked) {
      appendHeader(sink, first, 0, payload.length);
      return sink.payload(payload);
    }
    // A long frame would make the buffer grow many times.
    sink.reserve(MOST_HEADER_BYTES + payload.length);
    appendHeader(sink, first, MASKED, payload.length);
    const key = this.#options.newKey();
    sink.uint32(key);
    piece ??= new Uint8Array(PIECE_BYTES + 4);
    for (let begin = 0; begin < payload.length; begin += PIECE_BYTES) {
      const from = payload.subarray(begin, begin + PIECE_BYTES);
      // At the same place within a word, so that words can be masked at once.
      const place = from.byteOffset & 3;
      const masked = piece.subarray(place, place + from.length);
      maskInto(from, masked, key);
      sink.copy(masked);
    }
  }
}
