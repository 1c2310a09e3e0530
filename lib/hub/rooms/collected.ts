/**
 * The messages of one sender that came in one turn. They are given to the members
 * together, so that the cost of a member is mostly the cost of a parcel, and not of a
 * message.
 *
 * They are given when the turn is over, when another sender follows, or when there is
 * enough for a parcel.
 *
 * @module
 */

import type { RoomMessage } from "../backbone.ts";

/** Who has sent messages. */
export interface Sender {
  readonly hub: string;
  readonly member: number;
}

/** Collects messages until they are given. */
export class Collected {
  readonly #most: number;
  readonly #give: (messages: readonly Uint8Array[], sender: Sender) => void;
  #messages: Uint8Array[] = [];
  #bytes = 0;
  #hub = "";
  #member = 0;
  // A turn that has given what it collected may begin again.
  #isScheduled = false;
  readonly #turnOver = () => {
    this.#isScheduled = false;
    this.flush();
  };

  /**
   * @param most How many bytes are collected before they are given.
   * @param give Takes messages of one sender.
   */
  constructor(
    most: number,
    give: (messages: readonly Uint8Array[], sender: Sender) => void,
  ) {
    this.#most = most;
    this.#give = give;
  }

  /** Adds a message. */
  add({ bytes, hub, member }: RoomMessage): void {
    if (
      member !== this.#member || hub !== this.#hub || this.#bytes >= this.#most
    ) {
      this.flush();
      this.#hub = hub;
      this.#member = member;
    }
    this.#messages.push(bytes);
    this.#bytes += bytes.length;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(this.#turnOver);
  }

  /** Gives what was collected. */
  flush(): void {
    if (this.#messages.length === 0) return;
    const messages = this.#messages;
    this.#messages = [];
    this.#bytes = 0;
    this.#give(messages, { hub: this.#hub, member: this.#member });
  }
}
