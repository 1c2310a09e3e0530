/**
 * A room of one hub: its members, and what they are given.
 *
 * ```text
 *   entering ── the backbone has let it in ──► open ── the last member left ──► left
 *
 *   message ─► collected in this turn ─► packed once for each framing ─► members
 * ```
 *
 * @module
 */

import type {
  RoomGap,
  RoomLink,
  RoomListener,
  RoomMessage,
} from "../backbone.ts";
import type { Histories } from "./histories.ts";
import type { HubEvent, RoomStats } from "../hub_event.ts";
import type { HubSettings } from "../hub_options.ts";
import type { Member } from "../members/member.ts";
import {
  type HubNotice,
  noticeBytes,
  readAnnouncement,
} from "../members/notice.ts";
import { Collected } from "./collected.ts";
import { type Group, Groups } from "./groups.ts";
import type { Parcel } from "./parcel.ts";
import { Pressure } from "./pressure.ts";

// A parcel ends here, as a write of this size is as fast as a larger one.
const PARCEL_BYTES = 64 * 1024;

/** What the rooms of a hub have in common. */
export interface RoomHome {
  readonly hubId: string;
  readonly settings: HubSettings;
  readonly histories: Histories;
  readonly maxSentMessageBytes: number;
  /** Whether the hub is shutting down: then no sender waits any more. */
  readonly isStopping: boolean;
  /** Reports an event. */
  tell(event: HubEvent): void;
}

/** A room of one hub. */
export class Room implements RoomListener {
  readonly name: string;
  /** How many are in it or on their way; `Rooms` counts them. */
  users = 0;
  /** Set once it is being left. */
  leaving: Promise<void> | undefined;
  /** What its messages go to. */
  link!: RoomLink;
  /** Resolves when `link` is there. */
  entered!: Promise<Room>;
  readonly #home: RoomHome;
  readonly #groups: Groups;
  readonly #parcelBytes: number;
  readonly #collected: Collected;
  readonly #pressure = new Pressure();
  #messages = 0;
  #deliveries = 0;
  #dropped = 0;
  #skipped = 0;

  constructor(name: string, home: RoomHome) {
    this.name = name;
    this.#home = home;
    const { queueBytes } = home.settings;
    const most = Math.min(PARCEL_BYTES, Math.ceil(queueBytes / 4));
    this.#parcelBytes = most;
    this.#groups = new Groups(home.maxSentMessageBytes);
    this.#collected = new Collected(most, (messages, { hub, member }) => {
      const isOurs = hub === home.hubId;
      this.#give(messages, isOurs ? member : undefined, true);
    });
  }

  get stats(): RoomStats {
    return {
      name: this.name,
      members: this.#groups.size,
      messages: this.#messages,
      deliveries: this.#deliveries,
      dropped: this.#dropped,
      skipped: this.#skipped,
    };
  }

  /** What senders wait for before they are read on; `undefined` if for nothing. */
  pressure(sender: Member): Promise<void> | undefined {
    return this.#home.isStopping ? undefined : this.#pressure.before(sender);
  }

  /** Takes note of a member that has fallen behind, or has not any more. */
  press(member: Member, isPressed: boolean): void {
    this.#pressure.set(member, isPressed);
  }

  /** Holds no sender up any more. */
  relieve(): void {
    this.#pressure.clear();
  }

  /** Lets a member in: it gets the past, then everything new. */
  add(member: Member): void {
    this.flush();
    const membership = this.#groups.reserve(member);
    member.places.set(this, membership);
    member.say({
      event: "joined",
      room: this.name,
      name: member.name,
      you: true,
      members: this.#groups.size,
    });
    this.#tellPast(member, membership.group);
    this.#groups.enter(membership);
    // It may have fallen behind in another room.
    if (member.queue.isPressed) this.press(member, true);
  }

  /** Lets a member go. */
  remove(member: Member): void {
    const membership = member.places.get(this);
    if (membership === undefined) return;
    this.flush();
    member.places.delete(this);
    this.#groups.delete(membership);
    this.press(member, false);
  }

  message(message: RoomMessage): void {
    const { histories, settings } = this.#home;
    this.#messages++;
    histories.add(this.name, message, settings.history);
    if (this.#groups.size > 0) this.#collected.add(message);
  }

  gap(gap: RoomGap): void {
    this.#home.tell({ type: "gap", room: this.name, gap });
    this.say({ event: "gap", room: this.name, ...gap });
  }

  announcement(bytes: Uint8Array): void {
    const notice = readAnnouncement(bytes);
    if (notice !== undefined) this.say(notice);
  }

  /** Tells members something, and other hubs that have members in this room. */
  announce(notice: HubNotice, except?: Member): void {
    const { notices } = this.#home.settings;
    if (notices === "none") return;
    this.say(notice, except);
    const bytes = noticeBytes(notice, "json");
    if (bytes !== undefined) this.link.announce(bytes);
  }

  /** Tells the members of this hub something. */
  say(notice: HubNotice, except?: Member): void {
    const bytes = noticeBytes(notice, this.#home.settings.notices);
    if (bytes === undefined) return;
    this.flush();
    this.#give([bytes], except, false);
  }

  /** Gives the members what was collected. */
  flush(): void {
    this.#collected.flush();
  }

  #give(
    messages: readonly Uint8Array[],
    except: number | Member | undefined,
    isCounted: boolean,
  ): void {
    for (const { members, packer } of this.#groups) {
      const parcels = packer.pack(messages, this.#parcelBytes, !isCounted);
      const skipped = isCounted ? packer.skipped : undefined;
      for (const { member } of members) {
        if (member === except || member.id === except) continue;
        for (const parcel of parcels) this.#deliver(member, parcel, isCounted);
        if (skipped === undefined) continue;
        this.#skipped += skipped.count;
        member.skipped(skipped);
      }
    }
  }

  #deliver(member: Member, parcel: Parcel, isCounted: boolean): void {
    if (!isCounted) {
      member.queue.push(parcel);
      return;
    }
    const given = member.deliver(parcel);
    this.#deliveries += given;
    this.#dropped += parcel.count - given;
  }

  /** Gives a new member the last messages, as many as find room in its queue. */
  #tellPast(member: Member, { packer }: Group): void {
    const { histories, settings } = this.#home;
    const past = histories.last(this.name, settings.history);
    let first = past.length;
    for (let room = settings.queueBytes / 2; first > 0; first--) {
      room -= past[first - 1]!.bytes.length;
      if (room < 0 && first < past.length) break;
    }
    if (first > 0) {
      member.say({
        ...{ event: "gap", room: this.name, hub: undefined, missed: first },
        ...{ reason: "queue", queueBytes: settings.queueBytes },
      });
    }
    if (first === past.length) return;
    const messages = past.slice(first).map(({ bytes }) => bytes);
    for (const parcel of packer.pack(messages, this.#parcelBytes)) {
      this.#deliver(member, parcel, true);
    }
    if (packer.skipped !== undefined) member.skipped(packer.skipped);
  }
}
