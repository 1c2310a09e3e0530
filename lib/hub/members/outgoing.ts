/**
 * What the members of a hub are to be sent in this turn.
 *
 * A message to a thousand members is a thousand writes. Each connection by itself
 * would look several times whether more comes before it writes. Here the hub looks
 * once for all of them, and then each member's parcel is written from the bytes that
 * all members share.
 *
 * @module
 */

import {
  type Flushable,
  FlushPolicy,
} from "../../session/channel/flush_policy.ts";

/** A member that has something to be written. */
export interface Sender {
  /** Begins to write it. */
  write(): void;
}

/** The members of a hub that have something to be written. */
export class Outgoing implements Flushable {
  position = 0;
  readonly #policy = new FlushPolicy(this);
  #senders: Sender[] = [];

  /** Writes for a member, once in this turn nothing more comes for any. */
  add(sender: Sender): void {
    this.#senders.push(sender);
    this.position++;
    this.#policy.added();
  }

  flush(): void {
    const senders = this.#senders;
    this.#senders = [];
    for (const sender of senders) sender.write();
  }
}
