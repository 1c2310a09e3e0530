/**
 * The frame at the front of a queue: its header, field by field as the bytes come.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { Side } from "../../framing/framing.ts";
import { evidence, malformed } from "../../framing/limits.ts";
import {
  FIN,
  hasWrongBit,
  headerSize,
  isOverlong,
  MASKED,
  payloadLength,
  RSV1,
} from "./frame_header.ts";
import { checkFirstByte, checkSecondByte, isControl } from "./frame_rules.ts";

/** Reads one header after the other. */
export class FrameReader {
  /** What the frame is; one of `OPCODES`. */
  opcode = 0;
  /** Whether the frame is the last one of its message. */
  isFinal = false;
  /** Whether the first reserved bit is set: the message is compressed. */
  isCompressed = false;
  /** Size of the header in bytes. */
  size = 0;
  /** Size of the payload in bytes. */
  length = 0;
  /** The key of a masked frame, its first byte in the highest bits; otherwise 0. */
  key = 0;
  readonly #from: Side;
  readonly #mayCompress: boolean;

  /**
   * @param from The side that sends the frames.
   * @param mayCompress Whether compression was agreed on.
   */
  constructor(from: Side, mayCompress: boolean) {
    this.#from = from;
    this.#mayCompress = mayCompress;
  }

  /** Whether the frame is a control frame. */
  get isControl(): boolean {
    return isControl(this.opcode);
  }

  /** Size of the whole frame in bytes. */
  get frameBytes(): number {
    return this.size + this.length;
  }

  /** Whether the frames are masked. */
  get isMasked(): boolean {
    return this.#from === "client";
  }

  /**
   * Reads up to the length.
   *
   * @param isInside Whether the message has begun in an earlier frame.
   * @returns Whether the length is here.
   * @throws {ProtocolError} At the first byte that no frame has there.
   */
  readLength(queue: ReadableQueue, isInside: boolean): boolean {
    if (!queue.has(1)) return false;
    const first = queue.byte(0);
    const wrong = checkFirstByte(first, isInside, this.#mayCompress);
    if (wrong !== undefined) throw wrong;
    if (!queue.has(2)) return false;
    const second = queue.byte(1);
    const wrongToo = checkSecondByte(first, second, this.#from);
    if (wrongToo !== undefined) throw wrongToo;
    const known = headerSize(second & ~MASKED);
    if (!queue.has(known)) return false;
    if (hasWrongBit(queue, second)) {
      throw malformed(
        "the first bit of its length is set",
        evidence(queue, known),
      );
    }
    this.length = payloadLength(queue, second);
    if (isOverlong(second, this.length)) {
      throw malformed(
        `its length ${this.length} is written in more bytes than it needs`,
        evidence(queue, known),
      );
    }
    this.opcode = first & 0xf;
    this.isFinal = (first & FIN) !== 0;
    this.isCompressed = (first & RSV1) !== 0;
    this.size = headerSize(second);
    return true;
  }

  /**
   * Reads the key, where there is one.
   *
   * @returns Whether the header is whole.
   */
  readKey(queue: ReadableQueue): boolean {
    if (!queue.has(this.size)) return false;
    this.key = this.isMasked ? queue.uint32(this.size - 4) : 0;
    return true;
  }
}
