/**
 * The options of `parley-server tap`.
 *
 * @module
 */

import { type Address, DEFAULT_CONNECT_TIMEOUT_MS } from "../../mod.ts";
import { readAddress } from "../arguments/address.ts";
import { parseFraming, raw } from "../../lib/framing/mod.ts";
import {
  deadline,
  FORMAT_OPTION,
  LOG_OPTIONS,
  MESSAGE_OPTIONS,
  VIEWS_HELP,
} from "../arguments/common_options.ts";
import {
  about,
  choice,
  flag,
  optional,
  repeated,
  setting,
  type ValuesOf,
} from "../arguments/option.ts";
import { oneOf } from "../arguments/values.ts";
import { UsageError } from "../output/failure.ts";
import { FAULT_OPTIONS } from "../faults/fault_options.ts";
import { RECORD_OPTIONS } from "../recording/record/record_options.ts";
import { SERVER_OPTIONS } from "../server/server_option_table.ts";

import {
  CONNECTION_LIMITS,
  LISTENING_OPTIONS,
} from "../target/listening_options.ts";
import { PEER_TIMEOUT_OPTION } from "../target/peer_timeout_option.ts";
import { TARGET_TLS_OPTIONS } from "../target/target_options.ts";
import {
  WEBSOCKET_OPTIONS,
  WEBSOCKET_SERVER_OPTIONS,
} from "../websocket/websocket_options.ts";
import { parseFilter } from "./filter.ts";
import { parseFramingOrAuto } from "./guessed_framing.ts";

const only = oneOf(["to-server", "to-client"]);

const ONE_MESSAGE = { datagrams: "one datagram is one message" };

// The screen of --help has no room for all that a service's has.
const { usual: _, ...MAX_CONNECTIONS } = CONNECTION_LIMITS["max-connections"];

/** The options by their names. */
export const TAP_OPTIONS = {
  ...about({ subject: "messages", appliesTo: ["stream"] }, {
    "frame": {
      ...setting(
        "SPEC",
        { value: raw(), text: "raw" },
        parseFramingOrAuto,
        "where a message ends, both ways: line, length:4, redis, ...; raw shows each read, auto guesses; see help frames",
        { usual: true, instead: ONE_MESSAGE },
      ),
    },
    "frame-to-server": optional(
      "SPEC",
      parseFraming,
      "where a message of the client ends, if that differs",
      { instead: ONE_MESSAGE },
    ),
    "frame-to-client": optional(
      "SPEC",
      parseFraming,
      "where a message of the server ends, if that differs",
      { instead: ONE_MESSAGE },
    ),
    "max-message": {
      ...MESSAGE_OPTIONS["max-message"],
      appliesTo: ["stream"],
      help:
        "largest message that is looked for; behind a larger one reads are shown as they are",
    },
  }),
  ...about({ subject: "what is shown" }, {
    "format": {
      ...FORMAT_OPTION,
      help: `how messages are shown: text, json, hex, base64, ${VIEWS_HELP}`,
    },
    "annotate": flag(
      "draws the bytes of each message below its line, with the parts of its frame",
      { usual: true },
    ),
    "filter": repeated(
      "TEXT|/RE/",
      parseFilter,
      "shows only messages with this text, or that this regular expression matches; ! in front hides them; repeatable",
      { usual: true },
    ),
    "page": optional(
      "PORT",
      parsePage,
      "shows the conversation in a browser: 8080, 0, HOST:PORT",
      { usual: true },
    ),
    "only": optional(
      "DIRECTION",
      only,
      "shows one direction alone: to-server or to-client",
      { usual: true, words: only.words },
    ),
  }),
  ...about({ subject: "TARGET" }, {
    "connect": choice(
      "WHEN",
      "early",
      oneOf(["early", "late"]),
      "when it connects: early, with the client, so that the server can speak first; or late, with the client's first byte",
      { appliesTo: ["stream"] },
    ),
    "connect-timeout": {
      ...deadline(DEFAULT_CONNECT_TIMEOUT_MS, "bounds connecting to TARGET"),
      appliesTo: ["stream"],
    },
    "peer-timeout": PEER_TIMEOUT_OPTION,
  }),
  ...TARGET_TLS_OPTIONS,
  ...about({ subject: "connections", appliesTo: ["stream"] }, {
    "idle-timeout": deadline(
      Infinity,
      "closes a connection without a byte in either direction for this long: ms, s, m, h, such as 90s; or none, for no bound",
    ),
    "send-timeout": SERVER_OPTIONS["send-timeout"],
    ...CONNECTION_LIMITS,
    "max-connections": {
      ...MAX_CONNECTIONS,
      appliesTo: ["stream", "datagrams"],
      help: "most connections, or UDP peers, at once",
    },
  }),
  ...LISTENING_OPTIONS,
  ...WEBSOCKET_OPTIONS,
  ...WEBSOCKET_SERVER_OPTIONS,
  ...RECORD_OPTIONS,
  ...FAULT_OPTIONS,
  ...LOG_OPTIONS,
} as const;

/** The options' values. */
export type TapOptions = ValuesOf<typeof TAP_OPTIONS>;

function parsePage(text: string): Address {
  const address = readAddress(text);
  if (address.transport === "tcp") return address;
  throw new UsageError(
    `the page is served over tcp:, not at ${address}; write for example: --page 8080`,
  );
}
