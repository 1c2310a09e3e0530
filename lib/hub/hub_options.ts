/**
 * What can be chosen for a hub.
 *
 * @module
 */

import {
  checkInteger,
  checkOneOf,
  checkSize,
  OptionTypeError,
} from "../check.ts";
import { framingOf } from "../framing/by_name.ts";
import type { Framing } from "../framing/framing.ts";
import { nameOf } from "../framing/name.ts";
import type { ServeOptions } from "../session/serving/server_options.ts";
import { SYSTEM_TIME, type Time } from "../time/time.ts";
import type { Backbone } from "./backbone.ts";
import type { HubEvent } from "./hub_event.ts";
import { checkRoomName } from "./members/names.ts";
import type { NoticeForm } from "./members/notice.ts";
import { type RoomReader, roomReader } from "./members/routing.ts";

/** What happens to a member that does not take its messages. */
export type WhenSlow = "close" | "drop" | "wait";

/** The default of {@linkcode HubOptions.queueBytes}: 1 MiB. */
export const DEFAULT_QUEUE_BYTES: number = 1024 * 1024;

/** The default of {@linkcode HubOptions.backboneQueueBytes}: 16 MiB. */
export const DEFAULT_BACKBONE_QUEUE_BYTES: number = 16 * 1024 * 1024;

/** The default of {@linkcode HubOptions.maxRooms}. */
export const DEFAULT_MAX_ROOMS: number = 10_000;

/** The most rooms that one member is in, where its messages name them. */
export const MAX_ROOMS_PER_MEMBER: number = 64;

// Longer than a healthy program's longest pause, such as a garbage collection, and
// short enough that one dead member does not hold up a conversation.
const PATIENCE_MS = 100;

/** Options for `serveHub`: those of a server, and these. */
export interface HubOptions extends
  Omit<
    ServeOptions<"bytes">,
    "encoding" | "maxSentMessageBytes" | "onEvent" | "side"
  > {
  /**
   * Whether a member that has finished sending stays and listens, as `parley-client`
   * does when its standard input ends. Over TCP a program that has ended looks the
   * same: the hub notices it only when messages to it fail, and in a quiet room never.
   * With `false` a member that has finished sending leaves its rooms at once, is sent
   * what waits for it, and is closed.
   *
   * @default {true}
   */
  readonly allowHalfOpen?: boolean;
  /**
   * What the hub shares its rooms through.
   *
   * @default {`localBackbone()`: the rooms are this hub's alone}
   */
  readonly backbone?: Backbone | undefined;
  /**
   * The most bytes that may wait in the backbone until it has accepted them.
   *
   * @default {16_777_216}
   */
  readonly backboneQueueBytes?: number;
  /**
   * How many past messages a member gets on joining a room.
   *
   * @default {0}
   */
  readonly history?: number;
  /**
   * The most rooms with members at once. A member that asks for one more stays
   * where it is. If it is the room that the member arrives in, the connection is
   * closed; a WebSocket client gets code 1013 and the reason.
   *
   * @default {10_000}
   */
  readonly maxRooms?: number;
  /**
   * Whether a message begins with its sender's name, a colon and a blank. A member
   * says `/name NAME` as a message to have another name than `guest-7`. No other member
   * of this hub has a name that looks the same; members of other hubs may, as there is
   * no list of names that all hubs share.
   *
   * @default {false}
   */
  readonly names?: boolean;
  /**
   * Whether the hub itself says to members who joined and left, and what they miss:
   * as text that begins with `* `, or as JSON such as
   * `{"event":"joined","name":"ann","room":"red"}`.
   *
   * @default {"none"}
   */
  readonly notices?: NoticeForm;
  /** Called with every event. It must not throw. */
  readonly onEvent?: ((event: HubEvent) => void) | undefined;
  /**
   * The most bytes that may wait for one member, and always one message.
   *
   * @default {1_048_576}
   */
  readonly queueBytes?: number;
  /**
   * The room of every member. Without it, and without `roomPath`, members begin in
   * `lobby` and change rooms with the message `/join NAME`. A WebSocket client that
   * asks for a path such as `/red` is in room `red` in any case.
   */
  readonly room?: string | undefined;
  /**
   * Where messages, which are then JSON, name their room: `.room`, `.to.room`. A
   * member hears the rooms that it has named, also by `/join NAME`, until it
   * disconnects. After 64 rooms, it stays in those, and messages that name another
   * one are not passed on.
   */
  readonly roomPath?: string | undefined;
  /**
   * What happens to a member with more than `queueBytes` waiting. `"close"` cuts
   * it, `"drop"` drops what does not fit and tells how many, `"wait"` does not read
   * from senders until it has caught up: then one member can stop its rooms, and
   * no other hub can share them.
   *
   * In any case senders wait up to 100 ms for a member that has fallen behind, so a
   * burst costs no member its messages.
   *
   * @default {"close"}
   */
  readonly whenSlow?: WhenSlow;
}

/** The options with all defaults filled in. */
export class HubSettings {
  readonly allowHalfOpen: boolean;
  readonly backboneQueueBytes: number;
  readonly history: number;
  readonly maxRooms: number;
  readonly names: boolean;
  readonly notices: NoticeForm;
  readonly patienceMs: number;
  readonly queueBytes: number;
  readonly room: string | undefined;
  /** Reads the room of a message, if messages name it. */
  readonly roomOf: RoomReader | undefined;
  readonly whenSlow: WhenSlow;
  readonly time: Time;

  /**
   * Checks the options.
   *
   * @throws {TypeError} If one is invalid, or two contradict each other.
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(options: HubOptions, time: Time = SYSTEM_TIME) {
    const {
      allowHalfOpen = true,
      backboneQueueBytes = DEFAULT_BACKBONE_QUEUE_BYTES,
      history = 0,
      maxRooms = DEFAULT_MAX_ROOMS,
      names = false,
      notices = "none",
      queueBytes = DEFAULT_QUEUE_BYTES,
      room,
      roomPath,
      whenSlow = "close",
    } = options;
    checkFraming(options.framing);
    this.allowHalfOpen = allowHalfOpen;
    this.backboneQueueBytes = checkInteger(
      "backboneQueueBytes",
      backboneQueueBytes,
      1,
    );
    this.history = checkInteger("history", history, 0, MAX_HISTORY);
    this.maxRooms = checkSize("maxRooms", maxRooms, 1);
    this.notices = checkOneOf("notices", notices, ["none", "text", "json"]);
    this.queueBytes = checkInteger("queueBytes", queueBytes, 1);
    this.whenSlow = checkOneOf("whenSlow", whenSlow, ["close", "drop", "wait"]);
    if (whenSlow === "wait" && options.backbone !== undefined) {
      throw contradiction("whenSlow", "members of other hubs cannot wait");
    }
    if (roomPath !== undefined && room !== undefined) {
      throw contradiction("roomPath", "room gives every member its room");
    }
    if (roomPath !== undefined && names) {
      throw contradiction("names", "a name in front of JSON is not JSON");
    }
    this.names = names;
    this.patienceMs = whenSlow === "wait" ? Infinity : PATIENCE_MS;
    this.room = room === undefined ? undefined : checkRoomName("room", room);
    this.roomOf = roomPath === undefined ? undefined : roomReader(roomPath);
    this.time = time;
  }
}

// A member gets its history at once, as far as its queue has room.
const MAX_HISTORY = 1_000_000;

/**
 * Checks that members can say more than one message, each of them whole.
 *
 * @throws {TypeError} If the framing has no ends of messages.
 */
export function checkFraming(framing: Framing | string = "line"): void {
  const { boundary } = framingOf(framing);
  if (boundary === "frame") return;
  throw new OptionTypeError({
    action: "serve a hub in",
    option: "framing",
    value: nameOf(framing),
    reason: boundary === "none"
      ? "its messages have no end, and a hub passes on whole messages"
      : "it has one message in each direction, and members say more",
  });
}

function contradiction(option: string, reason: string): OptionTypeError {
  return new OptionTypeError({ action: "serve a hub", option, reason });
}
