/**
 * The options of `parley-server bridge`.
 *
 * @module
 */

import { parseFraming } from "../../lib/framing/mod.ts";
import { DEFAULT_CONNECT_TIMEOUT_MS, DEFAULT_FRAMING } from "../../mod.ts";
import {
  deadline,
  LOG_OPTIONS,
  MESSAGE_OPTIONS,
} from "../arguments/common_options.ts";
import {
  about,
  optional,
  setting,
  type ValuesOf,
} from "../arguments/option.ts";
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

const ONE_MESSAGE = "a frame of WebSocket is one message";
const ONE_DATAGRAM = "one datagram is one message";

/** The options by their names. */
export const BRIDGE_OPTIONS = {
  ...about({ subject: "messages" }, {
    "frame": setting(
      "SPEC",
      { value: parseFraming(DEFAULT_FRAMING), text: DEFAULT_FRAMING },
      parseFraming,
      "where a message ends on the side of LISTEN: line, length:4, ...; see help frames",
      {
        usual: true,
        appliesTo: ["framed"],
        instead: { ws: ONE_MESSAGE, datagrams: ONE_DATAGRAM },
      },
    ),
    "target-frame": optional(
      "SPEC",
      parseFraming,
      "where a message ends on the side of TARGET; as --frame unless given",
      {
        usual: true,
        appliesTo: ["target-framed"],
        instead: {
          "target-ws": ONE_MESSAGE,
          "target-datagrams": ONE_DATAGRAM,
        },
      },
    ),
    "max-message": { ...MESSAGE_OPTIONS["max-message"], appliesTo: ["stream"] },
    "max-buffered": {
      ...MESSAGE_OPTIONS["max-buffered"],
      appliesTo: ["stream"],
    },
  }),
  ...about({ subject: "TARGET", appliesTo: ["stream"] }, {
    "connect-timeout": deadline(
      DEFAULT_CONNECT_TIMEOUT_MS,
      "bounds connecting to TARGET",
    ),
  }),
  ...TARGET_TLS_OPTIONS,
  ...about({ subject: "connections", appliesTo: ["stream"] }, {
    "idle-timeout": SERVER_OPTIONS["idle-timeout"],
    "message-timeout": SERVER_OPTIONS["message-timeout"],
    "send-timeout": SERVER_OPTIONS["send-timeout"],
    "peer-timeout": {
      ...PEER_TIMEOUT_OPTION,
      help:
        "ends a UDP peer without a datagram in either direction for this long",
    },
    ...CONNECTION_LIMITS,
  }),
  ...LISTENING_OPTIONS,
  ...WEBSOCKET_OPTIONS,
  "ws-type": {
    ...WEBSOCKET_OPTIONS["ws-type"],
    help:
      "what messages are sent as towards ws: text, binary, auto (text where it is UTF-8); auto unless given",
    appliesTo: ["ws", "target-ws"],
  },
  ...WEBSOCKET_SERVER_OPTIONS,
  ...LOG_OPTIONS,
} as const;

/** The options' values. */
export type BridgeOptions = ValuesOf<typeof BRIDGE_OPTIONS>;
