/**
 * What a hub says to its members, as text or as JSON.
 *
 * @module
 */

import { describeError } from "../../errors.ts";
import type { RoomGap } from "../backbone.ts";
import {
  faultOfMemberName,
  faultOfName,
  MAX_ROOM_NAME_BYTES,
} from "./names.ts";

/** How notices are written; `"none"` sends none. */
export type NoticeForm = "none" | "text" | "json";

/** Why a member is in a room no more. */
export type LeaveReason =
  /** It closed the connection, or finished sending. */
  | "left"
  /** It went to another room. */
  | "moved"
  /** The connection was lost. */
  | "lost"
  /** It did not take its messages. */
  | "slow"
  /** It broke the framing, or sent what the backbone does not take. */
  | "refused"
  /** The hub is shutting down. */
  | "stopping";

/** Past messages that a member does not get on joining, as its queue is small. */
export interface QueueGap {
  /** They did not fit into the queue. */
  readonly reason: "queue";
  /** Always `undefined`: they may be of any hub. */
  readonly hub: undefined;
  /** How many are missing. */
  readonly missed: number;
  /** The most bytes that may wait for a member; the history may take half. */
  readonly queueBytes: number;
}

/** Something that a hub says to members. */
export type HubNotice =
  /** A member has joined the room. `you` is set for that member itself. */
  | {
    readonly event: "joined";
    readonly room: string;
    readonly name: string;
    readonly you?: true;
    /** How many members this hub has in the room. */
    readonly members?: number;
  }
  /** A member has finished sending, and listens or is gone. */
  | { readonly event: "finished"; readonly name: string }
  /** A member is in the room no more. */
  | {
    readonly event: "left";
    readonly room: string;
    readonly name: string;
    readonly why: LeaveReason;
  }
  /** A member has another name. */
  | {
    readonly event: "renamed";
    readonly name: string;
    readonly before: string;
  }
  /** Messages were not delivered to you, as you did not take them in time. */
  | {
    readonly event: "dropped";
    readonly missed: number;
    /** How many were dropped for you in all. */
    readonly total: number;
  }
  /** Messages were not delivered to you, as your framing cannot hold them. */
  | {
    readonly event: "skipped";
    readonly missed: number;
    readonly reason: string;
  }
  /** What you said was not done, and not passed on. */
  | { readonly event: "refused"; readonly reason: string }
  /** Messages of other hubs are missing here, or messages of this hub there. */
  | { readonly event: "gap"; readonly room: string } & (RoomGap | QueueGap)
  /** The room is cut off from other machines. */
  | { readonly event: "cut_off" }
  /** The room is shared with other machines again. */
  | { readonly event: "back" }
  /** The hub is shutting down. */
  | { readonly event: "stopping" };

const UTF8 = new TextEncoder();

/** An error as a member reads it, who cannot set the options of the hub. */
export function reasonFor(error: unknown): string {
  return describeError(error, () => undefined);
}

/**
 * The message that tells a notice.
 *
 * @returns Its bytes, or `undefined` if the hub sends none.
 */
export function noticeBytes(
  notice: HubNotice,
  form: NoticeForm,
): Uint8Array | undefined {
  if (form === "none") return undefined;
  return UTF8.encode(
    form === "json" ? JSON.stringify(notice) : `* ${noticeText(notice)}`,
  );
}

/**
 * Says a notice in a sentence.
 *
 * @param notice The notice.
 * @returns The sentence, without a period.
 *
 * @example A notice in JSON, shown to a person
 * ```ts
 * import { type HubNotice, noticeText } from "@parley/parley/hub";
 * import { assertEquals } from "@std/assert";
 *
 * const line = '{"event":"joined","room":"red","name":"ann"}';
 * assertEquals(noticeText(JSON.parse(line) as HubNotice), "ann joined red");
 * ```
 */
export function noticeText(notice: HubNotice): string {
  switch (notice.event) {
    case "joined": {
      const { members, name, room, you } = notice;
      const here = members === undefined ? "" : ` (${members} here)`;
      return you === true
        ? `you are ${name} in ${room}${here}`
        : `${name} joined ${room}${here}`;
    }
    case "finished":
      return `${notice.name} has finished sending`;
    case "left":
      return `${notice.name} left ${notice.room}${WHY[notice.why]}`;
    case "renamed":
      return `${notice.before} is now ${notice.name}`;
    case "dropped":
      return `${
        messages(notice.missed)
      } to you dropped, as you read too slowly; ${notice.total} in all`;
    case "skipped":
      return `${messages(notice.missed)} to you skipped: ${notice.reason}`;
    case "refused":
      return `not passed on: ${notice.reason}`;
    case "gap":
      return gapText(notice);
    case "cut_off":
      return "this room is cut off from other machines";
    case "back":
      return "this room is shared with other machines again";
    case "stopping":
      return "the hub is shutting down";
  }
}

const WHY: Record<LeaveReason, string> = {
  left: "",
  moved: " for another room",
  lost: ": the connection was lost",
  slow: ": it read too slowly",
  refused: ": it sent what cannot be passed on",
  stopping: ": the hub is shutting down",
};

const GAP: Record<RoomGap["reason"], string> = {
  cut_off: "the machines were cut off from each other",
  slow: "this machine was too slow",
  history: "they are older than the history that is kept",
  refused: "the store refused them",
};

function gapText(gap: RoomGap | QueueGap): string {
  const { hub, missed, reason } = gap;
  const what = missed === undefined
    ? "some messages are missing"
    : `${missed} ${missed === 1 ? "message is" : "messages are"} missing`;
  const why = reason === "queue"
    ? `the history may take half of your queue of ${gap.queueBytes} bytes`
    : GAP[reason];
  return `${what}${hub === undefined ? "" : ` from hub ${hub}`}: ${why}`;
}

function messages(count: number): string {
  return `${count} ${count === 1 ? "message" : "messages"}`;
}

const KNOWN = new TextDecoder("utf-8", { fatal: true });

/** What another hub has announced; `undefined` if it is not an announcement. */
export function readAnnouncement(bytes: Uint8Array): HubNotice | undefined {
  try {
    const notice = JSON.parse(KNOWN.decode(bytes));
    const { before, event, name, room } = notice;
    // Any program on the backbone can announce.
    if (!isMemberName(name)) return undefined;
    if (event === "renamed" && isMemberName(before)) {
      return { event, name, before };
    }
    if (typeof room !== "string") return undefined;
    if (faultOfName(room, MAX_ROOM_NAME_BYTES) !== undefined) return undefined;
    if (event === "joined") return { event, name, room };
    if (event === "left" && Object.hasOwn(WHY, notice.why)) {
      return { event, name, room, why: notice.why };
    }
  } catch {
    // Of another version of the hub, or of another program.
  }
  return undefined;
}

function isMemberName(name: unknown): name is string {
  return typeof name === "string" && faultOfMemberName(name) === undefined;
}
