/**
 * Frames of WebSocket in, messages out (RFC 6455 section 5). Control frames go to
 * a `ControlReceiver` as they come, also between the fragments of a
 * message.
 *
 * ```text
 *              text, binary            continuation
 *             ┌─────────────┐          ┌─────────┐
 *             ▼   with FIN  │          ▼ no FIN  │
 *   between messages ───────┘ ──────► inside a message
 *             ▲      text, binary      │     │
 *             │        no FIN          │     │
 *             └─── continuation, FIN ──┘     │
 *             └────── close, from either ────┴──► closed
 *
 *   ping, pong: from either of the two, back to the same
 * ```
 *
 * Behind a close frame nothing is looked at any more.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { Decoder } from "../../framing/framing.ts";
import { evidence, tooLarge, truncated } from "../../framing/limits.ts";
import { Assembly, type MessageKind, tooManyFragments } from "./assembly.ts";
import { decodeClose } from "./close_status.ts";
import { inflated, mostCompressed } from "./compressed_message.ts";
import {
  DEFAULT_MAX_FRAGMENTS,
  type WebSocketDecoderOptions,
} from "./decoder_options.ts";
import { OPCODES } from "./frame_header.ts";
import { FrameReader } from "./frame_reader.ts";
import { isControl } from "./frame_rules.ts";
import { FrameText } from "./frame_text.ts";
import { MaskBlocks, maskInto } from "./mask.ts";

// From here on a copy would cost as much as unmasking. Control frames are shorter.
const IN_PLACE_FROM_BYTES = 4 * 1024;

// What a frame gives that ends no message.
const NO_MESSAGE = new Uint8Array(0);

type State = "between" | "inside" | "closed";

/** Takes the messages of one stream. */
export class WebSocketDecoder implements Decoder {
  /** How many bytes the frame that has begun still lacks; 0 if unknown. */
  missingBytes = 0;
  /** What the message is that was taken last. */
  kind: MessageKind = "binary";
  readonly #options: WebSocketDecoderOptions;
  readonly #maxFragments: number;
  readonly #frame: FrameReader;
  readonly #blocks = new MaskBlocks();
  readonly #assembly = new Assembly();
  readonly #text = new FrameText(this.#assembly);
  #state: State = "between";
  // Place in the stream of the data frame that has begun.
  #begunAt = -1;

  /** Creates a decoder at the beginning of a stream. */
  constructor(options: WebSocketDecoderOptions) {
    this.#options = options;
    this.#maxFragments = options.maxFragments ?? DEFAULT_MAX_FRAGMENTS;
    this.#frame = new FrameReader(
      options.from,
      options.inflater !== undefined,
    );
  }

  /** Whether a close frame came. */
  get isClosed(): boolean {
    return this.#state === "closed";
  }

  /** Whether a message has begun whose last fragment has not come. */
  get isInside(): boolean {
    return this.#state === "inside";
  }

  /** Takes the next message; control frames before it go to the receiver. */
  decode(queue: ReadableQueue): Uint8Array | undefined {
    while (this.#state !== "closed") {
      const message = this.#next(queue);
      if (message !== NO_MESSAGE) return message;
    }
    queue.skip(queue.gather());
    this.missingBytes = 0;
    return undefined;
  }

  /**
   * Stops where text follows binary or the other way round, so that all messages
   * of a batch are of one kind.
   */
  decodeBatch(queue: ReadableQueue, into: Uint8Array[], most: number): void {
    for (let count = 0; count < most; count++) {
      if (count > 0 && this.#beginsAnotherKind(queue)) return;
      const message = this.decode(queue);
      if (message === undefined) return;
      into.push(message);
    }
  }

  /**
   * Ends the stream.
   *
   * @throws {ProtocolError} With code `"truncated"` unless a close frame came.
   */
  decodeEnd(queue: ReadableQueue): undefined {
    if (this.#state === "closed") return undefined;
    throw truncated(
      this.#state === "inside" || queue.length > 0
        ? "the stream ended inside a message"
        : "the stream ended without a close frame",
    );
  }

  #beginsAnotherKind(queue: ReadableQueue): boolean {
    if (this.#state !== "between" || !queue.has(1)) return false;
    const other = this.kind === "text" ? OPCODES.binary : OPCODES.text;
    // A control frame may stand before it; then the batch ends as well.
    const opcode = queue.byte(0) & 0xf;
    return opcode === other || isControl(opcode);
  }

  /**
   * Takes one frame.
   *
   * @returns The message that it ends, {@linkcode NO_MESSAGE} if it ends none, or
   * `undefined` if it is not here yet.
   */
  #next(queue: ReadableQueue): Uint8Array | undefined {
    const frame = this.#frame;
    this.missingBytes = 0;
    if (!frame.readLength(queue, this.isInside)) return undefined;
    const { frameBytes, isControl, size } = frame;
    if (!isControl && this.#begunAt !== queue.offset) this.#begin(queue);
    if (!frame.readKey(queue) || !queue.has(frameBytes)) {
      if (!isControl && queue.length > size) {
        this.#text.checkWaiting(queue, frame);
      }
      this.missingBytes = frameBytes - queue.length;
      return undefined;
    }
    // It is taken at the end: an error about it says where it begins.
    const raw = queue.peek(size, frameBytes);
    let message;
    if (frame.isMasked && queue.isOwned && raw.length >= IN_PLACE_FROM_BYTES) {
      message = this.#unmaskedInPlace(raw);
    } else {
      const payload = frame.isMasked ? this.#blocks.copy(raw, frame.key) : raw;
      message = isControl ? this.#control(payload) : this.#data(payload);
    }
    queue.skip(frameBytes);
    return message;
  }

  /** Takes a large payload without a copy of it. */
  #unmaskedInPlace(payload: Uint8Array): Uint8Array {
    const { key } = this.#frame;
    maskInto(payload, payload, key);
    try {
      return this.#data(payload);
    } catch (error) {
      // An error shows the bytes as they came.
      maskInto(payload, payload, key);
      throw error;
    }
  }

  /** Begins a data frame, whose length is known. */
  #begin(queue: ReadableQueue): void {
    const { isCompressed, length, opcode, size } = this.#frame;
    if (opcode !== OPCODES.continuation) {
      const kind = opcode === OPCODES.text ? "text" : "binary";
      this.#assembly.begin(kind, isCompressed);
    }
    const { maxMessageBytes } = this.#options;
    const whole = this.#assembly.length + length;
    const most = this.#assembly.isCompressed
      ? mostCompressed(maxMessageBytes)
      : maxMessageBytes;
    if (whole > most) {
      throw tooLarge(
        whole,
        maxMessageBytes,
        evidence(queue, this.#frame.isMasked ? size - 4 : size),
      );
    }
    if (this.#assembly.fragments >= this.#maxFragments) {
      throw tooManyFragments(this.#maxFragments);
    }
    this.#begunAt = queue.offset;
    this.#text.begin();
  }

  #control(payload: Uint8Array): Uint8Array {
    const { control } = this.#options;
    switch (this.#frame.opcode) {
      case OPCODES.ping:
        control.ping(payload);
        break;
      case OPCODES.pong:
        control.pong(payload);
        break;
      default: {
        const status = decodeClose(payload);
        this.#state = "closed";
        control.close(status);
      }
    }
    return NO_MESSAGE;
  }

  #data(payload: Uint8Array): Uint8Array {
    const assembly = this.#assembly;
    const { isFinal } = this.#frame;
    this.#text.checkRest(payload, isFinal);
    if (!isFinal) {
      this.#state = "inside";
      assembly.add(payload);
      return NO_MESSAGE;
    }
    this.#state = "between";
    this.kind = assembly.kind;
    const message = assembly.finish(payload);
    return assembly.isCompressed ? this.#inflated(message) : message;
  }

  #inflated(payload: Uint8Array): Uint8Array {
    const { inflater, maxMessageBytes } = this.#options;
    const message = inflated(payload, inflater!, maxMessageBytes);
    if (this.kind === "text") {
      this.#assembly.begin("text", false);
      this.#assembly.check(message, 0);
      this.#assembly.checkEnd();
    }
    return message;
  }
}
