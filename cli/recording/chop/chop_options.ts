/**
 * The options of `chop`.
 *
 * @module
 */

import { DEFAULT_FRAMING } from "../../../mod.ts";
import { parseFraming } from "../../../lib/framing/mod.ts";
import { deadline, LOG_OPTIONS } from "../../arguments/common_options.ts";
import { durationIn, writtenDuration } from "../../arguments/durations.ts";
import {
  about,
  choice,
  flag,
  optional,
  repeated,
  setting,
  type ValuesOf,
} from "../../arguments/option.ts";
import { asTyped, oneOf, parseCount } from "../../arguments/values.ts";
import type { Manual } from "../../manual/manual.ts";
import { EXIT } from "../../output/exit_code.ts";
import { TARGET_OPTIONS } from "../../client/connection/target_options.ts";
import { FRAME_OPTIONS } from "../read/frame_options.ts";
import { IGNORE_OPTION } from "../replay/replay_options.ts";

const CONNECTIONS = 8;
const PAUSE_MS = 5;
const TIMEOUT_MS = 2_000;

/** The framing of messages that are typed, without an option. */
export const TYPED_FRAMING = parseFraming(DEFAULT_FRAMING);

/** The options by name. */
export const CHOP_OPTIONS = {
  ...about({ subject: "the request" }, {
    "message": repeated(
      "TEXT",
      asTyped,
      "a message of the request, in --frame; repeatable",
      { usual: true },
    ),
    "connection": optional(
      "N",
      parseCount,
      "which connection of the recording has the request; the first unless given",
    ),
    ...FRAME_OPTIONS,
    "frame": {
      ...FRAME_OPTIONS.frame,
      help:
        `where a message ends; as the recording says unless given, ${DEFAULT_FRAMING} for --message`,
    },
  }),
  ...about({ subject: "cutting" }, {
    "pairs": flag("cuts in three, at every pair of positions", { usual: true }),
    "pause": setting(
      "DURATION",
      writtenDuration(PAUSE_MS),
      durationIn({ zero: true }),
      "waits this long between two pieces, so that the server reads the first by itself",
      { usual: true },
    ),
    "connections": setting(
      "N",
      { value: CONNECTIONS, text: `${CONNECTIONS}` },
      parseCount,
      "how many connections there are at once",
      { usual: true },
    ),
    "timeout": {
      ...deadline(TIMEOUT_MS, "how long to wait for an answer"),
      usual: true as const,
    },
    "ignore": IGNORE_OPTION,
  }),
  ...about({ subject: "the result" }, {
    "format": choice(
      "FORMAT",
      "text",
      oneOf(["text", "json"]),
      "how it is shown: text, or json with an object for each cut",
    ),
  }),
  ...TARGET_OPTIONS,
  ...LOG_OPTIONS,
} as const;

/** The options' values. */
export type ChopValues = ValuesOf<typeof CHOP_OPTIONS>;

/** What `--help` says. */
export const CHOP_MANUAL: Manual = {
  name: "parley-client chop",
  usage: "ADDRESS --message TEXT | FILE [options]",
  summary: "cuts a request at every byte; where does the answer change?",
  examples: [
    "parley-client chop 7342 --message hello",
    "parley-client chop 7342 --message hello --frame length:4 --pairs",
    "parley-client chop db:5432 session.jsonl --ignore .date",
  ],
  operands: [{
    title: "Operands",
    rows: [
      [
        "ADDRESS",
        "the server, over TCP, TLS, a Unix socket or WebSocket, whose frames are cut once its handshake is done",
      ],
      ["FILE", "a recording whose first connection is the request"],
    ],
  }],
  options: CHOP_OPTIONS,
  details: [
    {
      title: "What it finds",
      rows: [[
        "",
        "TCP may cut a request anywhere. A server that treats each read as a message works until that happens. So the request is sent whole, twice, and then again on a new connection for every position, in two pieces. Answers and ends must be the same.",
      ]],
    },
    {
      title: "Pieces",
      rows: [[
        "",
        "A piece is written by itself, without waiting to be joined (TCP_NODELAY), and the next one follows after --pause. With all permissions, on Linux, it also waits until the server's system has acknowledged the piece. A server that is busy for longer than --pause may still read both at once: then the cut is not seen, and --pause 50ms finds it.",
      ]],
    },
    {
      title: "When an answer is over",
      rows: [[
        "",
        "Once as many messages have come as for the whole request, or the server ends, or nothing has come for --timeout.",
      ]],
    },
  ],
  exitCodes: [
    EXIT.done,
    EXIT.failed,
    EXIT.usage,
    EXIT.resolve,
    EXIT.connect,
    EXIT.tls,
    EXIT.framing,
    EXIT.lost,
    EXIT.local,
    EXIT.timeout,
    EXIT.interrupted,
  ],
};
