/**
 * The options of `parley-server hub`.
 *
 * @module
 */

import { DEFAULT_MAX_ROOMS, DEFAULT_QUEUE_BYTES } from "../../lib/hub/mod.ts";
import {
  deadline,
  LOG_OPTIONS,
  MESSAGE_OPTIONS,
} from "../arguments/common_options.ts";
import {
  about,
  choice,
  flag,
  optional,
  setting,
  type ValuesOf,
} from "../arguments/option.ts";
import { parseSize, writtenSize } from "../arguments/sizes.ts";
import { oneOf, parseCount, parseWhole } from "../arguments/values.ts";
import { UsageError } from "../output/failure.ts";
import { NATS_OPTIONS } from "./nats/nats_options.ts";
import { SERVER_OPTIONS } from "../server/server_option_table.ts";
import {
  CONNECTION_LIMITS,
  LISTENING_OPTIONS,
} from "../target/listening_options.ts";
import {
  WEBSOCKET_OPTIONS,
  WEBSOCKET_SERVER_OPTIONS,
} from "../websocket/websocket_options.ts";

/** Where members find their room. */
export interface RoomChoice {
  /** The room of every member. */
  readonly room?: string;
  /** Where messages of JSON name their room. */
  readonly roomPath?: string;
}

// As many as one can look at; each is sent to every member that joins.
const MOST_HISTORY = 1_000_000;

/** The options by their names. */
export const HUB_OPTIONS = {
  ...about({ subject: "rooms", usual: true }, {
    "room": optional(
      "NAME",
      parseRoom,
      "the room of every member, json:.path reads it from each message; unless given, lobby, and members say /join NAME",
      { sets: ["room", "roomPath"] },
    ),
    "history": setting(
      "N",
      { value: 0, text: "0" },
      parseHistory,
      "sends a member that joins the last N messages",
    ),
    "names": flag(
      "puts the sender's name before each message",
    ),
    "notices": choice(
      "FORM",
      "none",
      oneOf(["none", "text", "json"]),
      "tells members who joins and leaves, and what they miss: none, text, json",
    ),
  }),
  ...about({ subject: "rooms" }, {
    "max-rooms": setting(
      "N",
      { value: DEFAULT_MAX_ROOMS, text: `${DEFAULT_MAX_ROOMS}` },
      parseCount,
      "most rooms with members at once",
    ),
  }),
  ...NATS_OPTIONS,
  ...about({ subject: "slow members", usual: true }, {
    "queue": setting(
      "SIZE",
      writtenSize(DEFAULT_QUEUE_BYTES),
      parseSize,
      "most bytes that wait for one member",
      { sets: ["queueBytes"] },
    ),
    "when-slow": choice(
      "POLICY",
      "close",
      oneOf(["close", "drop", "wait"]),
      "what happens beyond that: close the member, drop messages to it, or let senders wait",
    ),
  }),
  ...about({ subject: "messages" }, {
    "frame": MESSAGE_OPTIONS.frame,
    "max-message": MESSAGE_OPTIONS["max-message"],
    "bad-frames": MESSAGE_OPTIONS["bad-frames"],
  }),
  ...about({ subject: "connections", appliesTo: ["stream"] }, {
    "idle-timeout": deadline(
      Infinity,
      "closes a member without a byte in either direction for this long",
    ),
    "no-half-open": flag(
      "a member leaves at once when it finishes sending",
      { sets: ["allowHalfOpen"] },
    ),
    "message-timeout": SERVER_OPTIONS["message-timeout"],
    "send-timeout": SERVER_OPTIONS["send-timeout"],
    ...CONNECTION_LIMITS,
    "grace": {
      ...CONNECTION_LIMITS.grace,
      help:
        "how long members may take to receive what waits for them, at SIGINT or SIGTERM",
      appliesTo: ["stream"],
    },
  }),
  ...LISTENING_OPTIONS,
  ...WEBSOCKET_OPTIONS,
  "ws-type": {
    ...WEBSOCKET_OPTIONS["ws-type"],
    help:
      "what messages are sent as over ws: text, binary, auto (text where it is UTF-8), same; auto unless given",
  },
  ...WEBSOCKET_SERVER_OPTIONS,
  ...LOG_OPTIONS,
} as const;

/** The options' values. */
export type HubOptionValues = ValuesOf<typeof HUB_OPTIONS>;

/** Reads where members find their room; the library checks the name. */
function parseRoom(text: string): RoomChoice {
  return text.startsWith("json:")
    ? { roomPath: text.slice("json:".length) }
    : { room: text };
}

function parseHistory(text: string): number {
  const count = parseWhole(text);
  if (count <= MOST_HISTORY) return count;
  throw new UsageError(
    `${text} messages are too many; write at most ${MOST_HISTORY}`,
  );
}
