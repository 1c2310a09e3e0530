/**
 * The options of `wait`, and its manual.
 *
 * @module
 */

import {
  deadline,
  LOG_OPTIONS,
  MESSAGE_OPTIONS,
} from "../arguments/common_options.ts";
import { durationIn, writtenDuration } from "../arguments/durations.ts";
import { parseEscapedBytes } from "../arguments/escaped_bytes.ts";
import {
  about,
  flag,
  optional,
  setting,
  type ValuesOf,
} from "../arguments/option.ts";
import { parsePattern } from "../arguments/pattern.ts";
import type { Manual } from "../manual/manual.ts";
import { EXIT } from "../output/exit_code.ts";
import { TARGET_OPTIONS } from "../client/connection/target_options.ts";

const TIMEOUT_MS = 30_000;
const EVERY_MS = 100;
// Long enough for a slow page, short enough to notice a server that has started.
const ATTEMPT_MS = 3_000;

/** The options by name. */
export const WAIT_OPTIONS = {
  ...about({ subject: "waiting" }, {
    "timeout": {
      ...deadline(TIMEOUT_MS, "how long to wait in all, for all addresses"),
      usual: true as const,
    },
    "every": setting(
      "DURATION",
      writtenDuration(EVERY_MS),
      durationIn({}),
      "how often to try",
      { usual: true },
    ),
    "attempt-timeout": {
      ...deadline(
        ATTEMPT_MS,
        "bounds one attempt, with its handshakes and its answer",
      ),
      usual: true as const,
    },
    "gone": flag("waits until the servers are gone", {
      usual: true,
    }),
  }),
  ...about({ subject: "what is asked" }, {
    "send": optional(
      "TEXT",
      parseEscapedBytes,
      "sends this message, and waits for an answer; \\xHH is any byte",
      {
        usual: true,
        appliesTo: ["messages", "datagrams"],
        instead: { http: "a page is asked for with GET" },
      },
    ),
    "expect": optional(
      "PATTERN",
      parsePattern,
      "what must come: a text that is in the message or the page, or /a regular expression/",
      { usual: true },
    ),
    "frame": MESSAGE_OPTIONS.frame,
  }),
  ...about({ subject: "TLS", appliesTo: ["tls", "https"] }, {
    "ca": { ...TARGET_OPTIONS.ca, usual: true as const },
    "server-name": TARGET_OPTIONS["server-name"],
    "insecure": TARGET_OPTIONS.insecure,
    "cert": TARGET_OPTIONS.cert,
    "key": TARGET_OPTIONS.key,
    "alpn": TARGET_OPTIONS.alpn,
    "tls-engine": TARGET_OPTIONS["tls-engine"],
  }),
  ...LOG_OPTIONS,
} as const;

/** The options' values. */
export type WaitValues = ValuesOf<typeof WAIT_OPTIONS>;

/** What `--help` says. */
export const WAIT_MANUAL: Manual = {
  name: "parley-client wait",
  usage: "ADDRESS... [options]",
  summary: "waits until servers are there, or gone",
  examples: [
    "parley-client wait 5432 redis:6379 http://127.0.0.1:8080/health",
    "parley-client wait 6379 --send PING --expect PONG",
    "parley-client wait length:4@7342 line@7343 --send ping",
    "parley-client wait 8080 --gone",
  ],
  operands: [{
    title: "A server is there when",
    rows: [
      ["7342, unix:PATH", "it takes a connection"],
      ["tls:, ws:, wss:", "it has agreed on TLS, on WebSocket"],
      ["http:, https:", "it answers a GET with a status of 2xx or 3xx"],
      ["udp:", "it answers a datagram, an empty one without --send"],
      ["--send, --expect", "it answers as well, and that answer"],
    ],
  }],
  options: WAIT_OPTIONS,
  details: [
    {
      title: "How it waits",
      rows: [[
        "",
        "All addresses are tried at the same time, each again and again until it is there. The exit code is 0 when all are. After --timeout it is 124, with what came instead and the last reason for each address. A wrong certificate does not pass by waiting, so it ends the command at once with code 6; with --gone it means that a server is there. An attempt is a connection: a server that counts them, as parley-server replay does without --repeat, has one less afterwards. Wait for its line listening on instead.",
      ]],
    },
    {
      title: "Other commands",
      rows: [[
        "",
        "To wait and talk at once, use --retry: parley-client 7342 hello --retry 30s",
      ]],
    },
  ],
  exitCodes: [
    EXIT.done,
    EXIT.usage,
    EXIT.resolve,
    EXIT.connect,
    EXIT.tls,
    EXIT.framing,
    EXIT.local,
    EXIT.timeout,
    EXIT.interrupted,
    EXIT.terminated,
  ],
};
