/**
 * The rooms that one member is in, and what it is called there.
 *
 * @module
 */

import { MAX_ROOMS_PER_MEMBER } from "../hub_options.ts";
import type { Room } from "../rooms/room.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { Member, MemberHome } from "./member.ts";
import { guestName, isGuestName, lookOf } from "./names.ts";
import { type LeaveReason, reasonFor } from "./notice.ts";

/** What the rooms of a member need of its hub. */
export interface MemberRoomsHome extends MemberHome {
  readonly rooms: Rooms;
  /** What the names of the members of this hub look like. */
  readonly names: Set<string>;
  /** Whether the hub is shutting down. */
  readonly isStopping: boolean;
}

/** Lets one member into rooms and out of them. */
export class MemberRooms {
  readonly #member: Member;
  readonly #home: MemberRoomsHome;

  constructor(member: Member, home: MemberRoomsHome) {
    this.#member = member;
    this.#home = home;
  }

  /** The rooms. */
  [Symbol.iterator](): IterableIterator<Room> {
    return this.#member.places.keys();
  }

  /** Finds a room that the member is in. */
  named(name: string): Room | undefined {
    for (const room of this) {
      if (room.name === name) return room;
    }
    return undefined;
  }

  /**
   * Lets the member into a room.
   *
   * @throws {RangeError} If there are too many rooms.
   * @throws {unknown} What keeps the hub out of the room.
   */
  async join(name: string): Promise<Room> {
    const member = this.#member;
    const room = await this.#home.rooms.reserve(name);
    room.add(member);
    this.#home.tell({ type: "joined", member, room: name });
    room.announce({ event: "joined", room: name, name: member.name }, member);
    return room;
  }

  /**
   * Lets the member into a room, or tells it why not.
   *
   * @throws {unknown} What keeps the hub out of the room.
   */
  async tryToJoin(name: string): Promise<Room | undefined> {
    if (this.#member.places.size >= MAX_ROOMS_PER_MEMBER) {
      this.refuse(
        `you are in ${MAX_ROOMS_PER_MEMBER} rooms, the most that a member can be in; connect again to leave them`,
      );
      return undefined;
    }
    try {
      return await this.join(name);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.refuse(reasonFor(error));
      return undefined;
    }
  }

  /** Lets the member out of a room. */
  leave(room: Room, why: LeaveReason, error?: unknown): void {
    const member = this.#member;
    room.remove(member);
    this.#home.tell({ type: "left", member, room: room.name, why, error });
    if (!this.#home.isStopping) {
      room.announce({ event: "left", room: room.name, name: member.name, why });
    }
    this.#home.rooms.release(room);
  }

  /** Lets the member out of all rooms. Its name is free then. */
  leaveAll(why: LeaveReason, error: unknown): void {
    this.#home.names.delete(lookOf(this.#member.name));
    for (const room of [...this]) this.leave(room, why, error);
  }

  /** Gives the member another name, or tells it that the name is taken. */
  rename(name: string): void {
    const { names } = this.#home;
    const member = this.#member;
    const before = member.name;
    if (before === name) return;
    const look = lookOf(name);
    // The name of a guest that may come.
    const isGuests = isGuestName(look) && name !== guestName(member.id);
    const isTaken = names.has(look) && look !== lookOf(before);
    if (isGuests || isTaken) {
      return this.refuse(`the name ${name} is taken`);
    }
    names.delete(lookOf(before));
    names.add(look);
    member.rename(name);
    this.#home.tell({ type: "renamed", member, before });
    for (const room of this) {
      room.announce({ event: "renamed", name, before });
    }
  }

  /** Tells the member that what it has sent was not done, and why. */
  refuse(reason: string): void {
    const member = this.#member;
    member.refused++;
    this.#home.tell({ type: "not_passed_on", member, reason });
    member.say({ event: "refused", reason });
  }
}
