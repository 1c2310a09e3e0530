/**
 * The options of `sniff`, and its manual.
 *
 * @module
 */

import { deadline, LOG_OPTIONS } from "../arguments/common_options.ts";
import { parseEscapedBytes } from "../arguments/escaped_bytes.ts";
import {
  about,
  choice,
  optional,
  repeated,
  type ValuesOf,
} from "../arguments/option.ts";
import { oneOf, parseCount } from "../arguments/values.ts";
import type { Manual } from "../manual/manual.ts";
import { EXIT } from "../output/exit_code.ts";
import { TARGET_OPTIONS } from "../client/connection/target_options.ts";

const WAIT_MS = 2_000;

/** The options by name. */
export const SNIFF_OPTIONS = {
  ...about({ subject: "what is looked at" }, {
    "send": repeated(
      "TEXT",
      parseEscapedBytes,
      "sends these bytes to ADDRESS, such as 'PING\\r\\n'; \\xHH is any byte; repeatable, and is then sent after the answer",
      { usual: true },
    ),
    "wait": {
      ...deadline(WAIT_MS, "how long to wait for more bytes from ADDRESS"),
      usual: true as const,
    },
    "connection": optional(
      "N",
      parseCount,
      "which connection of a recording; the first with bytes unless given",
    ),
  }),
  ...about({ subject: "the result" }, {
    "format": choice(
      "FORMAT",
      "text",
      oneOf(["text", "json"]),
      "how it is shown: text, or json with an object for the best guess",
    ),
  }),
  ...TARGET_OPTIONS,
  ...LOG_OPTIONS,
} as const;

/** The options' values. */
export type SniffValues = ValuesOf<typeof SNIFF_OPTIONS>;

/** What `--help` says. */
export const SNIFF_MANUAL: Manual = {
  name: "parley-client sniff",
  usage: "ADDRESS | FILE | - [options]",
  summary: "guesses where messages end, and shows the --frame to use",
  examples: [
    "parley-client sniff 6379 --send 'PING\\r\\n'",
    "parley-client sniff session.jsonl",
    "parley-client sniff ./unknown.bin",
  ],
  operands: [{
    title: "Operands",
    rows: [
      ["ADDRESS", "a server, over TCP, TLS or a Unix socket"],
      [
        "FILE",
        "a recording made with --record, or bare bytes of one direction; ./NAME is always a file",
      ],
      ["-", "the same from standard input"],
    ],
  }],
  options: SNIFF_OPTIONS,
  details: [
    {
      title: "How it guesses",
      rows: [[
        "",
        "All framings are tried, with plausible parameters. What counts is how unlikely it is that a wrong one would fit as well, in bits: that messages end where the other side begins to answer, and that headers are found where messages begin and nowhere else. From 40 bits on a guess is sure, from 15 on likely; below that nothing is shown, and the exit code is 1. The first 64 KiB of each direction are looked at.",
      ]],
    },
    {
      title: "What helps",
      rows: [[
        "",
        "Both directions, and many short turns. Record a real client with parley-server tap LISTEN TARGET --record FILE, then: parley-client sniff FILE",
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
    EXIT.lost,
    EXIT.local,
    EXIT.timeout,
    EXIT.interrupted,
  ],
};
