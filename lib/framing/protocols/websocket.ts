/**
 * WebSocket (RFC 6455): frames, and the HTTP heads that come before them.
 *
 * ```text
 * GET /chat HTTP/1.1 CR LF ... CR LF CR LF          from the client, if it is seen
 * 81 85  37 FA 21 3D  7F 9F 4D 51 58                FIN and text, masked, 5 bytes
 * 81 05  48 65 6C 6C 6F                             the same from the server
 * ```
 *
 * No frame begins like a head, so the stream may also begin after it. A message
 * is one frame, not what several fragments make together.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { PacketScanner } from "../formats/packet.ts";
import type { CodecOptions } from "../framing.ts";
import { evidence, malformed, nameOf, tooLarge } from "../limits.ts";
import { sideOf } from "../side.ts";
import { HttpHeadScanner } from "./http_head.ts";
import { PhasedScanner, type Phases } from "./phases.ts";

const FIN = 0x80;
const COMPRESSED = 0x40;
const RESERVED = 0x30;
const MASKED = 0x80;
const CONTROL = 0x08;
const MOST_CONTROL_BYTES = 125;
const CONTINUATION = 0;
// Text, binary, and the control frames close, ping, pong.
const OPCODES = [CONTINUATION, 1, 2, 8, 9, 10];

/** Makes the scanner of one direction. */
export function websocketScanner(
  maxMessageBytes: number,
  options: CodecOptions,
): PacketScanner {
  const isClient = sideOf("websocket", options) === "client";
  return new PhasedScanner(
    new HeadThenFrames(
      new HttpHeadScanner(isClient ? "GET " : "HTTP/", maxMessageBytes),
      new FrameScanner(isClient, maxMessageBytes),
    ),
  );
}

class HeadThenFrames implements Phases {
  readonly #head: HttpHeadScanner;
  readonly #frames: FrameScanner;
  #hasBegun = false;

  constructor(head: HttpHeadScanner, frames: FrameScanner) {
    this.#head = head;
    this.#frames = frames;
  }

  choose(queue: ReadableQueue): PacketScanner {
    const isHead = !this.#hasBegun &&
      queue.byte(0) === this.#head.begin.charCodeAt(0);
    return isHead ? this.#head : this.#frames;
  }

  accept(queue: ReadableQueue, scanner: PacketScanner): void {
    // A server may first ask for a password, and is then asked again.
    this.#hasBegun = scanner === this.#frames;
    if (scanner === this.#frames) this.#frames.accept(queue);
  }
}

/** Finds the end of a frame. */
class FrameScanner implements PacketScanner {
  leastBytes: number;
  readonly #isMasked: boolean;
  readonly #max: number;
  readonly #least: number;
  // Bytes of the header that were looked at, and how many it has.
  #searched = 0;
  #header: number;
  // Whether a message has begun whose last fragment has not come.
  #inFragments = false;

  constructor(isMasked: boolean, maxMessageBytes: number) {
    this.#isMasked = isMasked;
    this.#max = maxMessageBytes;
    this.#least = this.#header = this.leastBytes = isMasked ? 6 : 2;
  }

  /** Notes a frame, which may begin or end a message of several fragments. */
  accept(queue: ReadableQueue): void {
    const first = queue.byte(0);
    if ((first & CONTROL) === 0) this.#inFragments = (first & FIN) === 0;
  }

  reset(): void {
    this.#searched = 0;
    this.leastBytes = this.#header = this.#least;
  }

  scan(queue: ReadableQueue): boolean {
    for (; this.#searched < this.#header; this.#searched++) {
      const at = this.#searched;
      if (!queue.has(at + 1)) return false;
      const byte = queue.byte(at);
      if (at === 0) this.#first(queue, byte);
      else if (at === 1) this.#second(queue, byte);
      else if (at === this.#header - (this.#isMasked ? 5 : 1)) {
        this.#length(queue, at);
      }
    }
    return queue.has(this.leastBytes);
  }

  #first(queue: ReadableQueue, byte: number): void {
    const opcode = byte & 0x0f;
    const isControl = (opcode & CONTROL) !== 0;
    const isFinal = (byte & FIN) !== 0;
    const reason = !OPCODES.includes(opcode)
      ? `its opcode ${opcode} is reserved`
      : (byte & RESERVED) !== 0
      ? "its second and third reserved bits must not be set"
      // Set by permessage-deflate in the first frame of a message.
      : (byte & COMPRESSED) !== 0 && (isControl || opcode === CONTINUATION)
      ? "its first reserved bit must not be set in such a frame"
      : isControl && !isFinal
      ? "a control frame must not be a fragment"
      : !isControl && (opcode === CONTINUATION) !== this.#inFragments
      ? this.#inFragments
        ? "the message before it lacks its last fragment"
        : "it continues a message that has not begun"
      : undefined;
    if (reason !== undefined) throw malformed(reason, evidence(queue, 1));
  }

  #second(queue: ReadableQueue, byte: number): void {
    const length = byte & 0x7f;
    const isControl = (queue.byte(0) & CONTROL) !== 0;
    const reason = ((byte & MASKED) !== 0) !== this.#isMasked
      ? `a ${this.#isMasked ? "client" : "server"} must ${
        this.#isMasked ? "" : "not "
      }mask its frames, and its second byte is ${nameOf(byte)}`
      : isControl && length > MOST_CONTROL_BYTES
      ? `a control frame has at most ${MOST_CONTROL_BYTES} bytes`
      : undefined;
    if (reason !== undefined) throw malformed(reason, evidence(queue, 2));
    const extra = length === 127 ? 8 : length === 126 ? 2 : 0;
    this.#header = this.#least + extra;
    if (extra === 0) this.#know(queue, length, 2);
    else this.leastBytes = this.#header;
  }

  /** Reads the length in two or eight bytes, of which the last one is here. */
  #length(queue: ReadableQueue, at: number): void {
    let value = 0n;
    for (let i = 2; i <= at; i++) value = value * 256n + BigInt(queue.byte(i));
    const least = at === 3 ? 126n : 65_536n;
    if (value < least || value >= 2n ** 63n) {
      throw malformed(
        value < least
          ? `its length of ${value} must be written with fewer bytes`
          : "the first bit of its length must not be set",
        evidence(queue, at + 1),
      );
    }
    this.#know(queue, value, at + 1);
  }

  #know(queue: ReadableQueue, length: number | bigint, seen: number): void {
    const whole = BigInt(this.#header) + BigInt(length);
    const size = whole > Number.MAX_SAFE_INTEGER ? whole : Number(whole);
    if (typeof size === "bigint" || size > this.#max) {
      throw tooLarge(size, this.#max, evidence(queue, seen));
    }
    this.leastBytes = size;
  }
}
