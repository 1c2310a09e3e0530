/**
 * A room of a hub that stores its messages: JetStream, one order on all machines.
 *
 * ```text
 *   start ──► following ──► current      all that the store had was seen
 *     ▲           │            │
 *     └───────────┴────────────┘         NATS is back, or the store fell silent
 * ```
 *
 * Every message, also of this hub's own members, comes from the store with its
 * sequence. After an interruption the room goes on from the last sequence.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ClosedError } from "../../errors.ts";
import type {
  BackboneHub,
  RoomLink,
  RoomListener,
} from "../../hub/backbone.ts";
import {
  envelopeOf,
  eventHeaders,
  eventOf,
  type Subjects,
  subjectsOf,
} from "../nats_message.ts";
import type { Destination, Outbox, Publication } from "./outbox.ts";
import { RecentIds } from "./recent_ids.ts";
import type { Following, RoomStore, StoredMessage } from "./room_store.ts";

/** What a room needs of the hub's other rooms. */
export interface OrderedOwner {
  readonly hub: BackboneHub;
  readonly outbox: Outbox;
  /** The store, while NATS is there. */
  readonly store: RoomStore | undefined;
  /** The store has answered, or, with an error, has not. */
  answered(store: RoomStore, error: unknown): void;
  /** The room was left, and has nothing under way. */
  left(room: OrderedRoom): void;
}

const RETRY_MS = 250;

/** A room, through JetStream. */
export class OrderedRoom implements RoomLink, Destination {
  readonly #owner: OrderedOwner;
  readonly #name: string;
  readonly #subjects: Subjects;
  readonly #recent = new RecentIds();
  // `undefined` once the room was left.
  #listener: RoomListener | undefined;
  #leaving: Promise<void> | undefined;
  // The last sequence that was seen; 0 for none.
  #sequence = 0;
  #wasCurrent = false;
  // Whether the next new message is the first one since an interruption.
  #isFirst = false;
  // Counts the starts: what belongs to an earlier one is ignored.
  #run = 0;
  #stops: (() => void)[] = [];
  // `undefined` while the room is current.
  #behind: PromiseWithResolvers<void> | undefined;

  constructor(owner: OrderedOwner, name: string, listener: RoomListener) {
    this.#owner = owner;
    this.#name = name;
    this.#subjects = subjectsOf(name);
    this.#listener = listener;
    this.interrupt();
  }

  current(): Promise<void> | undefined {
    return this.#behind?.promise;
  }

  publish(member: number, bytes: Uint8Array): Promise<void> | undefined {
    if (this.#listener === undefined) throw this.#closed();
    return this.#owner.outbox.add(this, member, bytes);
  }

  async store(publication: Publication): Promise<"stored" | "refused"> {
    const { hub, store } = this.#owner;
    if (store === undefined) throw this.#closed();
    const { bytes, member, number } = publication;
    const envelope = { hub: hub.id, member, number };
    try {
      const { messages } = this.#subjects;
      const result = await store.put(messages, bytes, envelope);
      this.#owner.answered(store, undefined);
      return result;
    } catch (error) {
      this.#owner.answered(store, error);
      throw error;
    }
  }

  refused(): void {
    const hub = this.#owner.hub.id;
    this.#listener?.gap({ reason: "refused", hub, missed: 1 });
  }

  announce(bytes: Uint8Array): void {
    if (this.#listener === undefined) return;
    const headers = eventHeaders("announce", this.#owner.hub.id, 0);
    this.#owner.store?.tell(this.#subjects.hubs, bytes, headers);
  }

  leave(): Promise<void> {
    return this.#leaving ??= this.#leave();
  }

  async #leave(): Promise<void> {
    this.#listener = undefined;
    // Until then its own messages show what the store has.
    await this.#owner.outbox.emptied(this);
    this.stop(this.#closed());
    this.#owner.left(this);
  }

  /** NATS is there, or the store fell silent: goes on after the last sequence. */
  async start(store: RoomStore): Promise<void> {
    this.interrupt();
    const run = this.#run;
    const { hubs, messages } = this.#subjects;
    this.#stops.push(store.hear(hubs, (message) => {
      if (eventOf(message) !== "announce") return;
      if (envelopeOf(message).hub === this.#owner.hub.id) return;
      this.#listener?.announcement(message.data);
    }));
    while (run === this.#run) {
      try {
        const hear = (message: StoredMessage) => {
          if (run === this.#run) this.#message(message);
        };
        const following = await store.follow(
          messages,
          this.#sequence + 1,
          hear,
        );
        if (run !== this.#run) return following.end();
        this.#follow(following);
        await following.silent;
        if (run === this.#run) void this.start(store);
        return;
      } catch {
        // The store does not answer for now. If that does not pass, the line is lost
        // or fails.
        await delay(RETRY_MS);
      }
    }
  }

  /** NATS is away: what it said before counts no more. */
  interrupt(): void {
    this.#run++;
    this.#isFirst = this.#wasCurrent;
    for (const stop of this.#stops.splice(0)) stop();
    if (this.#behind !== undefined) return;
    this.#behind = Promise.withResolvers();
    // It may be that nothing waits when the room is stopped.
    this.#behind.promise.catch(() => {});
  }

  /** Ends for good. */
  stop(error: unknown): void {
    this.interrupt();
    this.#behind?.reject(error);
  }

  #follow({ end, pending }: Following): void {
    this.#stops.push(end);
    if (pending === 0) this.#caughtUp();
  }

  /**
   * Tells a gap before the first message after an interruption, if some before it
   * may be gone. The store keeps `history` messages of a room: if it has fewer, none
   * is gone, and if the message is the next one in the store, none is either. With
   * exactly that many, and messages of other rooms before them, the members get a gap
   * although none may be missing: the store has no count of a room's messages.
   */
  #tellMissing({ pendingAtFirst, sequence }: StoredMessage): void {
    if (!this.#isFirst) return;
    this.#isFirst = false;
    if (pendingAtFirst < this.#owner.hub.history) return;
    if (sequence === this.#sequence + 1) return;
    this.#listener?.gap({
      reason: "history",
      hub: undefined,
      missed: undefined,
    });
  }

  #message(message: StoredMessage): void {
    const { bytes, envelope, pending, sequence } = message;
    const { hub, member, number } = envelope;
    if (sequence > this.#sequence) {
      this.#tellMissing(message);
      this.#sequence = sequence;
      if (hub === this.#owner.hub.id) this.#owner.outbox.seen(number);
      if (hub === "" || this.#recent.add(`${hub}.${number}`)) {
        this.#listener?.message({ bytes, hub, member, sequence });
      }
    }
    if (pending === 0) this.#caughtUp();
  }

  #caughtUp(): void {
    this.#wasCurrent = true;
    this.#behind?.resolve();
    this.#behind = undefined;
  }

  #closed(): ClosedError {
    return new ClosedError({
      action: `use room ${JSON.stringify(this.#name)}`,
      reason: "the hub has left it",
    });
  }
}
