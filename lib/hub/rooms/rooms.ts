/**
 * The rooms of a hub that have members.
 *
 * @module
 */

import { OptionRangeError } from "../../check.ts";
import type { BackboneLink } from "../backbone.ts";
import { Room, type RoomHome } from "./room.ts";

/** Enters rooms when their first members come, and leaves them after the last. */
export class Rooms {
  readonly #home: RoomHome;
  readonly #link: BackboneLink;
  readonly #rooms = new Map<string, Room>();

  constructor(home: RoomHome, link: BackboneLink) {
    this.#home = home;
    this.#link = link;
  }

  /** The rooms. */
  [Symbol.iterator](): IterableIterator<Room> {
    return this.#rooms.values();
  }

  /**
   * Reserves a place in a room, which has to be released.
   *
   * @throws {RangeError} If there are too many rooms.
   * @throws {unknown} What keeps the hub out of the room.
   */
  async reserve(name: string): Promise<Room> {
    for (;;) {
      const room = this.#rooms.get(name);
      if (room === undefined) break;
      if (room.leaving === undefined) {
        room.users++;
        return await room.entered;
      }
      await room.leaving;
    }
    const { maxRooms } = this.#home.settings;
    if (this.#rooms.size >= maxRooms) {
      throw new OptionRangeError({
        action: `open room ${JSON.stringify(name)}`,
        reason:
          `the number of open rooms is ${this.#rooms.size}, and the limit is ${maxRooms}`,
        option: "maxRooms",
      });
    }
    const room = new Room(name, this.#home);
    room.users = 1;
    this.#rooms.set(name, room);
    room.entered = this.#enter(room);
    return await room.entered;
  }

  /** Gives a place in a room back; the last one leaves it. */
  release(room: Room): void {
    if (--room.users > 0) return;
    room.flush();
    room.leaving = room.link.leave().then(() => {
      this.#home.histories.forget(room.name);
      this.#rooms.delete(room.name);
      this.#home.tell({ type: "room_closed", stats: room.stats });
    });
  }

  /** Waits until no room is being left. */
  async settled(): Promise<void> {
    await Promise.all([...this].map(({ leaving }) => leaving));
  }

  async #enter(room: Room): Promise<Room> {
    try {
      room.link = await this.#link.enter(room.name, room);
      return room;
    } catch (error) {
      this.#rooms.delete(room.name);
      throw error;
    }
  }
}
