/**
 * What a channel still wants while it is draining: messages that had begun to
 * arrive.
 *
 * A last look decides which ones those are. Until it is over, what arrives is
 * wanted. From then on nothing that begins behind it is.
 *
 * @module
 */

import type { ByteQueue } from "../../../bytes/byte_queue.ts";
import type { Time } from "../../../time/time.ts";
import { LastLook } from "./last_look.ts";
import type { Traffic } from "../traffic.ts";

/** The last messages of one channel; it exists only while the channel is draining. */
export class Draining {
  readonly #queue: ByteQueue;
  #look: LastLook | undefined;
  // Place in the stream after which no message begins any more.
  #lastBegin = Infinity;

  /**
   * Begins to look at what has arrived.
   *
   * @param onOver Called once, when it is known what had arrived.
   */
  constructor(
    queue: ByteQueue,
    traffic: Traffic,
    time: Time,
    onOver: () => void,
  ) {
    this.#queue = queue;
    this.#look = new LastLook(traffic, time, () => {
      this.#look = undefined;
      // What is here now was here in time; a message that it begins is wanted.
      this.#lastBegin = queue.offset + queue.length;
      onOver();
    });
  }

  /** Whether more may have arrived than was read. */
  get isLooking(): boolean {
    return this.#look !== undefined;
  }

  /** Whether everything that is wanted was taken. */
  get isOver(): boolean {
    return this.#queue.offset >= this.#lastBegin;
  }

  /** Looks no more; what begins after this moment is wanted as well. */
  clear(): void {
    this.#look?.clear();
    this.#look = undefined;
  }
}
