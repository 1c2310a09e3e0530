/**
 * The text of one frame, checked as its bytes come, so that text that is not UTF-8 is
 * refused at its first bad byte and not at the end of a long frame.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { Assembly } from "./assembly.ts";
import type { FrameReader } from "./frame_reader.ts";
import { maskInto } from "./mask.ts";

// Text that waits for the rest of its frame is unmasked for its check in pieces of
// this size. All connections share the buffer, as a check awaits nothing.
const CHECKED_BYTES = 16 * 1024;
let scratch: Uint8Array | undefined;

/** Checks the text of one frame after the other. */
export class FrameText {
  readonly #assembly: Assembly;
  // How much of the frame's text was checked already.
  #checked = 0;

  /** @param assembly The message that the frames belong to. */
  constructor(assembly: Assembly) {
    this.#assembly = assembly;
  }

  /** Begins the next frame. */
  begin(): void {
    this.#checked = 0;
  }

  /**
   * Checks what is here of a text whose frame is not whole.
   *
   * @throws {ProtocolError} If it is not UTF-8.
   */
  checkWaiting(queue: ReadableQueue, frame: FrameReader): void {
    const { isMasked, key, size } = frame;
    if (!this.#assembly.isText) return;
    while (size + this.#checked < queue.length) {
      const begin = size + this.#checked;
      const end = Math.min(queue.length, begin + CHECKED_BYTES);
      queue.has(end);
      let text = queue.peek(begin, end);
      if (isMasked) {
        scratch ??= new Uint8Array(CHECKED_BYTES);
        const clear = scratch.subarray(0, text.length);
        maskInto(text, clear, key, this.#checked);
        text = clear;
      }
      this.#assembly.check(text, this.#checked);
      this.#checked += text.length;
    }
  }

  /**
   * Checks the rest of a frame that is whole.
   *
   * @param payload All of its payload, unmasked.
   * @param isFinal Whether the message ends with it.
   * @throws {ProtocolError} If it is not UTF-8.
   */
  checkRest(payload: Uint8Array, isFinal: boolean): void {
    if (!this.#assembly.isText) return;
    this.#assembly.check(payload.subarray(this.#checked), this.#checked);
    if (isFinal) this.#assembly.checkEnd();
  }
}
