/**
 * The options of `load`.
 *
 * @module
 */

import {
  DEFAULT_MAX_MESSAGE_BYTES,
  parseFraming,
} from "../../lib/framing/mod.ts";
import {
  DEFAULT_ANSWER_TIMEOUT_MS,
  DEFAULT_LOAD_DURATION_MS,
  DEFAULT_LOAD_MESSAGE_BYTES,
  DEFAULT_OPEN_IN_FLIGHT,
  DEFAULT_WARM_UP_MS,
} from "../../lib/load/mod.ts";
import { DEFAULT_FRAMING } from "../../mod.ts";
import { deadline, LOG_OPTIONS } from "../arguments/common_options.ts";
import { durationIn, writtenDuration } from "../arguments/durations.ts";
import {
  about,
  choice,
  optional,
  repeated,
  setting,
  type ValuesOf,
} from "../arguments/option.ts";
import { parseSize, writtenSize } from "../arguments/sizes.ts";
import { asTyped, oneOf, parseCount, parseWhole } from "../arguments/values.ts";
import { HTTP_OPTIONS } from "../http/client/http_client_options.ts";
import { TARGET_OPTIONS } from "../recording/exchange/target_options.ts";
import {
  WEBSOCKET_CLIENT_OPTIONS,
  WEBSOCKET_OPTIONS,
} from "../websocket/websocket_options.ts";
import { parseLimit, parseRate, parseSizes } from "./written/amounts.ts";

const ONE = { value: 1, text: "1" };
const proxyVersion = oneOf(["v1", "v2"]);
const { ca, insecure, retry, ...target } = TARGET_OPTIONS;
const { data, header, method } = HTTP_OPTIONS;

/** The options by name. */
export const LOAD_OPTIONS = {
  ...about({ subject: "how much", usual: true }, {
    "connections": setting(
      "N",
      ONE,
      parseCount,
      "how many connections there are at once",
    ),
    "in-flight": optional(
      "N",
      parseCount,
      `how many messages of a connection may wait for an answer; 1 unless given, with --rate ${DEFAULT_OPEN_IN_FLIGHT}`,
      { instead: { http: "a request waits for its response" } },
    ),
    "rate": setting(
      "R",
      { value: undefined as number | undefined, text: "max" },
      parseRate,
      "messages per second in all, sent at their times: 500, 20k/s; or max, sent when answers come",
      { sets: ["ratePerS"], words: ["max"] },
    ),
    "duration": optional(
      "DURATION",
      durationIn({}),
      `how long measuring takes; ${
        writtenDuration(DEFAULT_LOAD_DURATION_MS).text
      } unless given, or --count`,
    ),
    "count": optional("N", parseCount, "how many messages are measured"),
    "warm-up": setting(
      "DURATION",
      writtenDuration(DEFAULT_WARM_UP_MS),
      durationIn({ zero: true }),
      "how long messages are sent before measuring begins",
    ),
    "workers": setting(
      "N",
      ONE,
      parseCount,
      "how many threads send, when one core is not enough",
    ),
  }),
  ...about({ subject: "what is sent" }, {
    "size": optional(
      "A-B",
      parseSizes,
      `size of messages that are made, each with its number: 64, 1-4KiB; ${DEFAULT_LOAD_MESSAGE_BYTES} bytes unless MESSAGE is given`,
      { usual: true },
    ),
    "messages": optional(
      "FILE",
      asTyped,
      "sends the lines of FILE in turn, or what a recording sent to the server; - is standard input",
      { usual: true },
    ),
    "frame": setting(
      "SPEC",
      { value: parseFraming(DEFAULT_FRAMING), text: DEFAULT_FRAMING },
      parseFraming,
      "where a message ends; a recording's own unless given",
      {
        usual: true,
        sets: ["framing"],
        appliesTo: ["framed"],
        instead: {
          ws: "a frame of WebSocket is one message",
          datagrams: "one datagram is one message",
          http: "HTTP itself says where a message ends",
        },
      },
    ),
    "max-message": setting(
      "SIZE",
      writtenSize(DEFAULT_MAX_MESSAGE_BYTES),
      parseSize,
      "largest message, or body of a response",
    ),
    "seed": optional(
      "N",
      parseWhole,
      "makes --size draw the same sizes and contents again; chosen, and shown, unless given",
    ),
  }),
  ...about({ subject: "HTTP", appliesTo: ["http"] }, {
    "method": method,
    "header": header,
    "data": data,
  }),
  ...about({ subject: "answers", usual: true }, {
    "check": choice(
      "WHAT",
      "count",
      oneOf(["same", "count", "none"]),
      "count: one answer for each message; same: equal to it, over HTTP every body equal; none: no answer is awaited",
    ),
    "timeout": deadline(
      DEFAULT_ANSWER_TIMEOUT_MS,
      "longest wait for an answer; then the connection is given up",
    ),
    "limit": repeated(
      "PN=TIME",
      parseLimit,
      "exits 1 if the latency is above: p99=5ms, p99.9=20ms, max=1s; may be given again",
      { sets: ["limits"] },
    ),
  }),
  ...about({ subject: "the result", usual: true }, {
    "format": choice(
      "FORMAT",
      "text",
      oneOf(["text", "json"]),
      "how it is shown: text, or json in one object",
    ),
    "compare": optional(
      "FILE",
      asTyped,
      "puts an earlier run beside this one: FILE is what --format json printed",
    ),
    "hdr": optional(
      "FILE",
      asTyped,
      "writes the latencies as HdrHistogram's plotters read them",
    ),
  }),
  ...about({ subject: "connections" }, {
    "connect-timeout": target["connect-timeout"],
    "retry": retry,
    "proxy-protocol": optional(
      "VERSION",
      (text) => proxyVersion(text) === "v1" ? 1 : 2 as 1 | 2,
      "begins each connection with a PROXY protocol header: v1 or v2 (v2 unless given)",
      {
        implied: "v2",
        words: proxyVersion.words,
        appliesTo: ["framed", "http"],
        instead: { datagrams: "there is no connection" },
      },
    ),
  }),
  ...WEBSOCKET_OPTIONS,
  ...WEBSOCKET_CLIENT_OPTIONS,
  ...about({ subject: "TLS" }, {
    "ca": ca,
    "server-name": target["server-name"],
    "insecure": insecure,
    "cert": target.cert,
    "key": target.key,
    "alpn": target.alpn,
    "tls-engine": target["tls-engine"],
    "handshake-timeout": target["handshake-timeout"],
  }),
  ...LOG_OPTIONS,
} as const;

/** The options' values. */
export type LoadValues = ValuesOf<typeof LOAD_OPTIONS>;
