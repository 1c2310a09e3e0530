/**
 * A member of a hub: a connection, its name, its rooms, and what waits for it.
 *
 * @module
 */

import { ConnectionError } from "../../errors.ts";
import type { FramedConnection } from "../../session/messages/framed_connection.ts";
import type { Address } from "../../transport/address.ts";
import type { HubEvent } from "../hub_event.ts";
import type { HubSettings } from "../hub_options.ts";
import { MemberQueue, type QueueOwner } from "./member_queue.ts";
import { guestName } from "./names.ts";
import type { Outgoing } from "./outgoing.ts";
import { type HubNotice, noticeBytes } from "./notice.ts";
import { type Parcel, type Skipped, unpacked } from "../rooms/parcel.ts";
import type { Membership } from "../rooms/groups.ts";
import type { Room } from "../rooms/room.ts";

/** What went to and from a member so far. */
export interface HubMemberStats {
  /** Messages that it has sent to rooms. */
  readonly sent: number;
  /** Messages of others that it was given. */
  readonly delivered: number;
  /** Messages that were dropped, as it did not take them in time. */
  readonly dropped: number;
  /** Messages that its framing cannot hold. */
  readonly skipped: number;
  /** Messages of its own that were not passed on: no room, or a bad name. */
  readonly refused: number;
  /** Bytes that wait for it. */
  readonly bytesWaiting: number;
}

/** A member, as a program sees it. */
export interface HubMember {
  /** Its number in this hub, from 1. */
  readonly id: number;
  /** What it is called: the name that it gave itself, or `guest-` and its number. */
  readonly name: string;
  /** The peer's address. */
  readonly remoteAddress: Address;
  /** The names of the rooms that it is in. */
  readonly rooms: readonly string[];
  /** What went to and from it. */
  readonly stats: HubMemberStats;
}

/** What all members of a hub have in common. */
export interface MemberHome {
  readonly settings: HubSettings;
  /** What its members are to be sent in this turn. */
  readonly outgoing: Outgoing;
  /** Reports an event. */
  tell(event: HubEvent): void;
}

/** A member of a hub. */
export class Member implements HubMember, QueueOwner {
  /** Its place among all members. */
  place = -1;
  readonly id: number;
  readonly connection: FramedConnection<Uint8Array>;
  readonly queue: MemberQueue;
  /** Its place in each room that it is in. */
  readonly places = new Map<Room, Membership>();
  name: string;
  /** The room that it cannot leave, by its address. */
  fixedRoom: string | undefined;
  /** What messages begin with, where the hub puts names in front. */
  prefix: Uint8Array;
  /** Why it was cut, once it was. */
  cutBy: "slow" | undefined;
  sent = 0;
  refused = 0;
  readonly #home: MemberHome;
  #delivered = 0;
  #dropped = 0;
  #skipped = 0;
  // Dropped and not yet told.
  #untold = 0;

  constructor(
    id: number,
    connection: FramedConnection<Uint8Array>,
    home: MemberHome,
  ) {
    this.id = id;
    this.connection = connection;
    this.#home = home;
    this.queue = new MemberQueue(
      connection,
      home.settings,
      this,
      home.outgoing,
    );
    this.name = guestName(id);
    this.prefix = prefixOf(this.name);
  }

  get remoteAddress(): Address {
    return this.connection.remoteAddress;
  }

  get rooms(): readonly string[] {
    return [...this.places.keys()].map(({ name }) => name);
  }

  get stats(): HubMemberStats {
    return {
      sent: this.sent,
      delivered: this.#delivered,
      dropped: this.#dropped,
      skipped: this.#skipped,
      refused: this.refused,
      bytesWaiting: this.queue.bytes,
    };
  }

  /** Gives it another name. */
  rename(name: string): void {
    this.name = name;
    this.prefix = prefixOf(name);
  }

  /**
   * Gives it messages of a room.
   *
   * @returns How many it was given.
   */
  deliver(parcel: Parcel): number {
    if (this.cutBy === undefined && this.queue.push(parcel)) {
      this.#delivered += parcel.count;
      return parcel.count;
    }
    this.#dropped += parcel.count;
    if (this.#home.settings.whenSlow === "drop") this.#untold += parcel.count;
    else this.#cut(parcel.size);
    return 0;
  }

  /** Tells it something that the hub says. */
  say(notice: HubNotice): void {
    const bytes = noticeBytes(notice, this.#home.settings.notices);
    if (bytes !== undefined) this.queue.push(unpacked([bytes], true));
  }

  pressed(isPressed: boolean): void {
    for (const room of this.places.keys()) room.press(this, isPressed);
  }

  caughtUp(): void {
    const missed = this.#untold;
    if (missed === 0) return;
    this.#untold = 0;
    const total = this.#dropped;
    this.#home.tell({ type: "dropped", member: this, missed, total });
    this.say({ event: "dropped", missed, total });
  }

  skipped({ count, reason }: Skipped): void {
    this.#skipped += count;
    this.#home.tell({ type: "skipped", member: this, missed: count, reason });
    this.say({ event: "skipped", missed: count, reason });
  }

  #cut(size: number): void {
    if (this.cutBy !== undefined) return;
    this.cutBy = "slow";
    const { queueBytes } = this.#home.settings;
    this.connection.abort(
      new ConnectionError("overrun", {
        action: "keep member",
        address: `${this.name} (${this.remoteAddress})`,
        reason:
          `it reads too slowly: ${this.queue.bytes} bytes wait for it, and ${size} more do not fit below the limit of ${queueBytes}; it was given ${this.#delivered} messages`,
        option: "queueBytes",
      }),
    );
    this.queue.clear();
  }
}

const UTF8 = new TextEncoder();

function prefixOf(name: string): Uint8Array {
  return UTF8.encode(`${name}: `);
}
