/**
 * A room of a hub that stores nothing: core NATS, at most once.
 *
 * @module
 */

import type { Msg, Subscription } from "@nats-io/nats-core";
import type {
  BackboneHub,
  RoomLink,
  RoomListener,
} from "../../hub/backbone.ts";
import type { Alarm, Sleeper } from "../../time/alarm.ts";
import { ClosedError } from "../../errors.ts";
import { GapWatch } from "./gap_watch.ts";
import {
  envelopeOf,
  eventHeaders,
  eventOf,
  type HubEvent,
  isStored,
  type Subjects,
} from "../nats_message.ts";
import type { NatsConnection } from "../line/nats_transport.ts";

/** What a room needs of the hub's other rooms. */
export interface CoreOwner {
  readonly hub: BackboneHub;
  readonly alarm: Alarm;
  /** The connection, while NATS is there. */
  readonly connection: NatsConnection | undefined;
  /** Whether NATS is there, and no publication waits for it. */
  readonly isOpen: boolean;
  /** Hands a publication to NATS, now or later. */
  send(
    room: CoreRoom,
    member: number,
    bytes: Uint8Array,
  ): Promise<void> | undefined;
  /** The room was left. */
  left(room: CoreRoom): void;
}

// The answers of the hubs that were in the room before take a moment to come.
const SETTLE_MS = 5_000;
// After each of these pauses a hub tells the number of its last message again, so
// that a gap at the end shows even if nothing follows.
const FIRST_QUIET_MS = 1_000;
const LONGEST_QUIET_MS = 64_000;

/** A room, through core NATS. */
export class CoreRoom implements RoomLink {
  readonly name: string;
  readonly subjects: Subjects;
  /** The number of the last publication of this hub. */
  number = 0;
  readonly #owner: CoreOwner;
  readonly #watch = new GapWatch();
  readonly #subscriptions: Subscription[] = [];
  #settle: Sleeper | undefined;
  #quiet: Sleeper | undefined;
  // How many publications were dropped while NATS was away.
  #dropped = 0;
  // How often NATS was there.
  #attached = 0;
  // `undefined` once the room was left.
  #listener: RoomListener | undefined;

  constructor(
    owner: CoreOwner,
    name: string,
    subjects: Subjects,
    listener: RoomListener,
  ) {
    this.name = name;
    this.subjects = subjects;
    this.#owner = owner;
    this.#listener = listener;
  }

  publish(member: number, bytes: Uint8Array): Promise<void> | undefined {
    const listener = this.#listener;
    if (listener === undefined) throw this.#closed();
    const { id } = this.#owner.hub;
    listener.message({ bytes, hub: id, member, sequence: undefined });
    const wait = this.#owner.send(this, member, bytes);
    this.#tellLater(FIRST_QUIET_MS);
    return wait;
  }

  announce(bytes: Uint8Array): void {
    if (this.#listener !== undefined) this.#tell("announce", bytes);
  }

  leave(): Promise<void> {
    if (this.#listener !== undefined) {
      this.#tell("leave");
      this.#end();
      this.#owner.left(this);
    }
    return Promise.resolve();
  }

  /** A publication is given up: NATS is away, and too much waits for it already. */
  drop(): void {
    this.#dropped++;
  }

  /** NATS, or one of its servers, takes less than before. */
  refused(): void {
    const hub = this.#owner.hub.id;
    this.#listener?.gap({ reason: "refused", hub, missed: 1 });
  }

  /** NATS is there: listens to the room. */
  attach({ nc }: NatsConnection): void {
    if (this.#attached++ > 0) this.#watch.settle();
    else this.#settle = this.#wake(SETTLE_MS, () => this.#watch.settle());
    const { messages, hubs } = this.subjects;
    const listen = (subject: string, hear: (message: Msg) => void) => {
      const callback = (error: Error | null, message: Msg) => {
        // The line has told the hub what the server refused.
        if (error === null) hear(message);
      };
      this.#subscriptions.push(nc.subscribe(subject, { callback }));
    };
    listen(messages, (message) => this.#message(message));
    listen(hubs, (message) => this.#event(message));
    listen(`${hubs}.${this.#owner.hub.id}`, (message) => this.#event(message));
  }

  /** What waited has been sent: tells and asks which numbers were the last. */
  catchUp(): void {
    // What it has published before others could hear it does not count as missing.
    this.#tell(this.#attached === 1 ? "enter" : "ask");
    if (this.#dropped === 0) return;
    const hub = this.#owner.hub.id;
    this.#listener?.gap({ reason: "cut_off", hub, missed: this.#dropped });
    this.#dropped = 0;
  }

  /** The connection is lost, and with it what it listened to. */
  detach(): void {
    this.#subscriptions.length = 0;
  }

  #message(message: Msg): void {
    const { hub, member, number } = envelopeOf(message);
    if (hub === this.#owner.hub.id) return;
    // Hubs that store their messages repeat what was not acknowledged.
    if (hub !== "" && number > 0 && !isStored(message)) {
      const missed = this.#watch.message(hub, number);
      // To show it now would be out of its sender's order.
      if (missed === "late") return;
      this.#missing(hub, missed);
    }
    const bytes = message.data;
    this.#listener?.message({ bytes, hub, member, sequence: undefined });
  }

  #event(message: Msg): void {
    const { hub, number } = envelopeOf(message);
    const event = eventOf(message);
    if (hub === "" || hub === this.#owner.hub.id || event === undefined) return;
    if (event === "announce") {
      return this.#listener?.announcement(message.data);
    }
    const missed = event === "enter"
      ? this.#watch.entered(hub, number)
      : this.#watch.told(hub, number);
    this.#missing(hub, missed);
    if (event === "leave") this.#watch.forget(hub);
    if (event !== "enter" && event !== "ask") return;
    // To that hub alone: with many hubs that come back at once, answers to all
    // would be as many as the third power of the hubs.
    this.#tell("last", undefined, `.${hub}`);
  }

  #missing(hub: string, missed: number): void {
    if (missed > 0) this.#listener?.gap({ reason: "cut_off", hub, missed });
  }

  #tell(event: HubEvent, bytes?: Uint8Array, to = ""): void {
    const { connection, isOpen } = this.#owner;
    if (connection === undefined || !connection.isOpen()) return;
    // The others would take what still waits for missing.
    if (event !== "announce" && !isOpen) return;
    const headers = eventHeaders(event, this.#owner.hub.id, this.number);
    connection.nc.publish(`${this.subjects.hubs}${to}`, bytes, { headers });
  }

  /** Tells the number of the last message once the room is quiet. */
  #tellLater(pauseMs: number): void {
    if (this.#quiet !== undefined || this.#listener === undefined) return;
    const { number } = this;
    this.#quiet = this.#wake(pauseMs, () => {
      this.#quiet = undefined;
      this.#tell("last");
      const isQuiet = number === this.number;
      const next = isQuiet ? 2 * pauseMs : FIRST_QUIET_MS;
      if (next <= LONGEST_QUIET_MS) this.#tellLater(next);
    });
  }

  #wake(afterMs: number, wake: () => void): Sleeper {
    const { alarm } = this.#owner;
    const sleeper = { place: -1, untilMs: alarm.nowMs + afterMs, wake };
    alarm.add(sleeper);
    return sleeper;
  }

  #end(): void {
    this.#listener = undefined;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#subscriptions.length = 0;
    for (const sleeper of [this.#settle, this.#quiet]) {
      if (sleeper !== undefined) this.#owner.alarm.delete(sleeper);
    }
  }

  #closed(): ClosedError {
    return new ClosedError({
      action: `publish in room ${JSON.stringify(this.name)}`,
      reason: "it was left",
    });
  }
}
