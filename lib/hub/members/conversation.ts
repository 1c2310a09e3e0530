/**
 * What a hub does with one member, from its first byte to its last.
 *
 * ```text
 *   arriving ── first room ──► talking ── it has finished sending ──► listening
 *                                 │  │                                     │
 *                                 │  └── the same, without allowHalfOpen ──┤
 *                                 │                                        ▼
 *                                 └─── lost, cut, shutdown, closed ──────► gone
 * ```
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import type { BackboneDelivery } from "../backbone.ts";
import { firstRoom, notLetIn } from "./arrival.ts";
import { readCommand } from "./command.ts";
import type { Member, MemberHome } from "./member.ts";
import { guestName, isGuestName, lookOf } from "./names.ts";
import { type LeaveReason, reasonFor } from "./notice.ts";
import { within } from "../../time/within.ts";
import type { Room } from "../rooms/room.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { NoRoom } from "./routing.ts";
import { MAX_ROOMS_PER_MEMBER } from "../hub_options.ts";

/** What conversations need of their hub. */
export interface ConversationHome extends MemberHome {
  readonly delivery: BackboneDelivery;
  readonly rooms: Rooms;
  /** What the names of the members of this hub look like. */
  readonly names: Set<string>;
  /** Whether the hub is shutting down. */
  readonly isStopping: boolean;
}

/** One member's conversation with its hub. */
export class Conversation {
  readonly #home: ConversationHome;
  readonly #member: Member;
  // The room that messages go to, unless they name it.
  #room: Room | undefined;
  #hasLeft = false;

  constructor(member: Member, home: ConversationHome) {
    this.#member = member;
    this.#home = home;
  }

  /**
   * Talks until the member is gone.
   *
   * @throws {unknown} What ended it, if something failed.
   */
  async run(): Promise<void> {
    const { connection } = this.#member;
    let failure: unknown;
    try {
      await this.#arrive();
      for await (const batch of connection.batches()) {
        await this.#relief();
        for (const message of batch) {
          const taken = this.#take(message);
          if (taken !== undefined) await taken;
        }
      }
      await this.#finish();
    } catch (error) {
      failure = error;
      // The end of a connection does not say why, except over WebSocket.
      if (error instanceof ProtocolError) {
        this.#member.say({ event: "refused", reason: reasonFor(error) });
      }
      throw error;
    } finally {
      this.#leaveAll(this.#whyGone(failure), failure);
      this.#member.queue.clear();
    }
  }

  async #arrive(): Promise<void> {
    const first = firstRoom(this.#member, this.#home.settings);
    if (first === undefined) return;
    try {
      this.#room = await this.#join(first);
    } catch (error) {
      throw notLetIn(error);
    }
  }

  /**
   * Waits while other members of its rooms have fallen behind.
   *
   * @throws {unknown} Why the connection is lost, if it is lost meanwhile.
   */
  async #relief(): Promise<void> {
    for (const room of this.#member.places.keys()) {
      for (let relief; (relief = room.pressure(this.#member)) !== undefined;) {
        await this.#unlessLost(relief);
      }
    }
  }

  /** A member that is gone waits for nothing. */
  async #unlessLost(wait: Promise<void>): Promise<void> {
    const { signal } = this.#member.connection;
    const limit = within(Infinity, signal, () => undefined);
    try {
      await limit.race(wait);
    } finally {
      limit.clear();
    }
  }

  /**
   * What becomes of a member that has finished sending. Over TCP a program that has
   * ended looks the same, so it leaves where members may not be half open.
   */
  async #finish(): Promise<void> {
    const { connection, queue } = this.#member;
    // WebSocket ends both directions at once.
    const hasEnded = connection.endedBy === "peer" &&
      connection.channel.farewell !== undefined;
    if (this.#home.settings.allowHalfOpen && !hasEnded) await this.#listen();
    // Before the rest is written, which takes as long as the peer likes. When the
    // hub ends, members may still say something to each other.
    if (!this.#home.isStopping) this.#leaveAll(this.#whyGone(), undefined);
    await queue.flushed();
  }

  async #listen(): Promise<void> {
    const { name, connection: { signal } } = this.#member;
    if (signal.aborted) return;
    this.#home.tell({ type: "finished", member: this.#member });
    // To itself too: if it is gone, the system refuses what comes after that.
    for (const room of this.#member.places.keys()) {
      room.say({ event: "finished", name });
    }
    await new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true })
    );
  }

  /** Does what a message asks for; the promise is of what takes time. */
  #take(message: Uint8Array): Promise<void> | undefined {
    const { settings } = this.#home;
    const member = this.#member;
    const command = readCommand(message, {
      join: member.fixedRoom === undefined,
      name: settings.names,
    });
    if (command?.type === "join") return this.#change(command.name);
    if (command?.type === "name") return void this.#rename(command.name);
    if (command?.type === "refused") return void this.#refuse(command.reason);
    if (settings.roomOf === undefined || member.fixedRoom !== undefined) {
      return this.#publish(this.#room!, message);
    }
    const name = settings.roomOf(message);
    if (typeof name !== "string") return void this.#refuse(named(name));
    const room = this.#roomNamed(name);
    return room === undefined
      ? this.#joinAndPublish(name, message)
      : this.#publish(room, message);
  }

  #publish(room: Room, message: Uint8Array): Promise<void> | undefined {
    const { delivery, settings } = this.#home;
    const member = this.#member;
    member.sent++;
    const bytes = settings.names
      ? joined(member.prefix, message)
      // What is kept would keep the whole buffer that it was read into.
      : delivery === "local" && settings.history === 0
      ? message
      : message.slice();
    const wait = room.link.publish(member.id, bytes);
    return wait === undefined ? undefined : this.#unlessLost(wait);
  }

  async #joinAndPublish(name: string, message: Uint8Array): Promise<void> {
    const room = await this.#tryToJoin(name);
    if (room === undefined) return;
    await this.#relief();
    await this.#publish(room, message);
  }

  async #change(name: string): Promise<void> {
    const { settings } = this.#home;
    const before = this.#room;
    if (before?.name === name) return;
    if (this.#roomNamed(name) !== undefined) return;
    const room = await this.#tryToJoin(name);
    if (room === undefined || settings.roomOf !== undefined) return;
    this.#room = room;
    if (before !== undefined) this.#leave(before, "moved", undefined);
    // More for the new room may be in the same batch.
    await this.#relief();
  }

  /** Joins, or tells the member why not. */
  async #tryToJoin(name: string): Promise<Room | undefined> {
    if (this.#member.places.size >= MAX_ROOMS_PER_MEMBER) {
      this.#refuse(
        `you are in ${MAX_ROOMS_PER_MEMBER} rooms, the most that a member can be in; connect again to leave them`,
      );
      return undefined;
    }
    try {
      return await this.#join(name);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#refuse(reasonFor(error));
      return undefined;
    }
  }

  async #join(name: string): Promise<Room> {
    const member = this.#member;
    const room = await this.#home.rooms.reserve(name);
    room.add(member);
    this.#home.tell({ type: "joined", member, room: name });
    room.announce({ event: "joined", room: name, name: member.name }, member);
    return room;
  }

  #leave(room: Room, why: LeaveReason, error: unknown): void {
    const member = this.#member;
    room.remove(member);
    this.#home.tell({ type: "left", member, room: room.name, why, error });
    if (!this.#home.isStopping) {
      room.announce({ event: "left", room: room.name, name: member.name, why });
    }
    this.#home.rooms.release(room);
  }

  #leaveAll(why: LeaveReason, error: unknown): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    const member = this.#member;
    this.#home.names.delete(lookOf(member.name));
    for (const room of [...member.places.keys()]) this.#leave(room, why, error);
  }

  #rename(name: string): void {
    const { names } = this.#home;
    const member = this.#member;
    const before = member.name;
    if (before === name) return;
    const look = lookOf(name);
    // The name of a guest that may come.
    const isGuests = isGuestName(look) && name !== guestName(member.id);
    const isTaken = names.has(look) && look !== lookOf(before);
    if (isGuests || isTaken) {
      return this.#refuse(`the name ${name} is taken`);
    }
    names.delete(lookOf(before));
    names.add(look);
    member.rename(name);
    this.#home.tell({ type: "renamed", member, before });
    for (const room of member.places.keys()) {
      room.announce({ event: "renamed", name, before });
    }
  }

  #refuse(reason: string): void {
    const member = this.#member;
    member.refused++;
    this.#home.tell({ type: "not_passed_on", member, reason });
    member.say({ event: "refused", reason });
  }

  #roomNamed(name: string): Room | undefined {
    for (const room of this.#member.places.keys()) {
      if (room.name === name) return room;
    }
    return undefined;
  }

  #whyGone(error?: unknown): LeaveReason {
    if (this.#member.cutBy !== undefined) return this.#member.cutBy;
    if (this.#home.isStopping) return "stopping";
    if (error instanceof ProtocolError) {
      return error.code === "truncated" ? "lost" : "refused";
    }
    return error === undefined ? "left" : "lost";
  }
}

function named({ reason }: NoRoom): string {
  return `no room: ${reason}`;
}

function joined(prefix: Uint8Array, message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(prefix.length + message.length);
  bytes.set(prefix);
  bytes.set(message, prefix.length);
  return bytes;
}
