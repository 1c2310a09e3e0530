/**
 * The members of a room by their framings: those whose framings write the same frames
 * share them.
 *
 * @module
 */

import type { Framing } from "../../framing/framing.ts";
import { Roster } from "../../roster.ts";
import type { Member } from "../members/member.ts";
import { Packer, packerKey } from "./parcel.ts";

/** The members of a room whose framings write the same frames. */
export interface Group {
  readonly key: string | Framing;
  readonly packer: Packer;
  readonly members: Roster<Membership>;
}

/** A member in a room. */
export interface Membership {
  place: number;
  readonly member: Member;
  readonly group: Group;
}

/** All members of a room. */
export class Groups {
  /** How many members there are. */
  size = 0;
  readonly #maxMessageBytes: number;
  readonly #groups = new Map<string | Framing, Group>();

  /** @param maxMessageBytes The most bytes of a message that a member is sent. */
  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  [Symbol.iterator](): IterableIterator<Group> {
    return this.#groups.values();
  }

  /** Counts a member in. It is given nothing before `enter`. */
  reserve(member: Member): Membership {
    this.size++;
    return { place: -1, member, group: this.#groupOf(member) };
  }

  /** Adds a member that was counted. */
  enter(membership: Membership): void {
    membership.group.members.add(membership);
  }

  /** Takes a member out. */
  delete(membership: Membership): void {
    const { group } = membership;
    group.members.delete(membership);
    if (group.members.size === 0) this.#groups.delete(group.key);
    this.size--;
  }

  #groupOf(member: Member): Group {
    const { framing } = member.connection;
    const key = packerKey(framing);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const packer = new Packer(framing, this.#maxMessageBytes);
    const group: Group = { key, packer, members: new Roster() };
    this.#groups.set(key, group);
    return group;
  }
}
