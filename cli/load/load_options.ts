/**
 * The options of `load`.
 *
 * @module
 */

import { DEFAULT_MAX_MESSAGE_BYTES } from "../../lib/framing/mod.ts";
import {
  DEFAULT_ANSWER_TIMEOUT_MS,
  DEFAULT_LOAD_DURATION_MS,
  DEFAULT_LOAD_MESSAGE_BYTES,
  DEFAULT_OPEN_IN_FLIGHT,
  DEFAULT_WARM_UP_MS,
} from "../../lib/load/mod.ts";
import {
  deadline,
  LOG_OPTIONS,
  MESSAGE_OPTIONS,
} from "../arguments/common_options.ts";
import { grouped } from "../output/counted.ts";
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
import { TARGET_OPTIONS } from "../client/connection/target_options.ts";
import {
  WEBSOCKET_CLIENT_OPTIONS,
  WEBSOCKET_OPTIONS,
} from "../websocket/websocket_options.ts";
import { parseLimit, parseRate, parseSizes } from "./written/amounts.ts";

const ONE = { value: 1, text: "1" };
const proxyVersion = oneOf(["v1", "v2"]);
const { ca, insecure, retry, ...target } = TARGET_OPTIONS;
const { usual: _data, ...data } = HTTP_OPTIONS.data;
const { usual: _header, ...header } = HTTP_OPTIONS.header;
const { usual: _method, ...method } = HTTP_OPTIONS.method;

/** The options by name. */
export const LOAD_OPTIONS = {
  ...about({ subject: "how much" }, {
    "connections": setting("N", ONE, parseCount, "connections at a time", {
      usual: true,
    }),
    "in-flight": optional(
      "N",
      parseCount,
      `most messages that each has under way; 1, with --rate ${
        grouped(DEFAULT_OPEN_IN_FLIGHT)
      }`,
      { usual: true, instead: { http: "a request waits for its response" } },
    ),
    "rate": setting(
      "R",
      { value: undefined as number | undefined, text: "max" },
      parseRate,
      "messages per second in all: 500, 20k/s; max sends when answers come",
      { usual: true, sets: ["ratePerS"], words: ["max"] },
    ),
    "duration": optional(
      "DURATION",
      durationIn({}),
      `how long to measure; ${
        writtenDuration(DEFAULT_LOAD_DURATION_MS).text
      } unless given, or --count`,
      { usual: true },
    ),
    "count": optional("N", parseCount, "how many messages to measure", {
      usual: true,
    }),
    "warm-up": setting(
      "DURATION",
      writtenDuration(DEFAULT_WARM_UP_MS),
      durationIn({ zero: true }),
      "how long to send before measuring begins",
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
      `makes messages of these sizes, each with its number: 64, 64-4KiB; ${DEFAULT_LOAD_MESSAGE_BYTES} unless given`,
      { usual: true },
    ),
    "messages": optional(
      "FILE",
      asTyped,
      "sends the lines of FILE in turn, or those of a recording",
      { usual: true },
    ),
    "frame": {
      ...MESSAGE_OPTIONS.frame,
      subject: "what is sent",
      help: "where a message ends; see help frames",
    },
    "max-message": setting(
      "SIZE",
      writtenSize(DEFAULT_MAX_MESSAGE_BYTES),
      parseSize,
      "largest message, or body of a response",
    ),
    "seed": optional(
      "N",
      parseWhole,
      "makes --size A-B draw the same sizes again; chosen, and shown, unless given",
    ),
  }),
  ...about({ subject: "HTTP", appliesTo: ["http"] }, {
    "method": method,
    "header": header,
    "data": data,
  }),
  ...about({ subject: "answers" }, {
    "check": choice(
      "WHAT",
      "count",
      oneOf(["same", "count", "none"]),
      "count: one answer each; same: equal to the message, over HTTP to the first body; none: no answer",
      { usual: true },
    ),
    "timeout": deadline(
      DEFAULT_ANSWER_TIMEOUT_MS,
      "longest wait for an answer; then the connection is given up",
    ),
    "limit": repeated(
      "PN=TIME",
      parseLimit,
      "exits 1 if latency is above: p99=5ms, max=1s; repeatable",
      { sets: ["limits"], usual: true },
    ),
  }),
  ...about({ subject: "the result" }, {
    "format": choice(
      "FORMAT",
      "text",
      oneOf(["text", "json"]),
      "how it is shown: text, or json",
      { usual: true },
    ),
    "compare": optional(
      "FILE",
      asTyped,
      "puts an earlier run beside it, printed with --format json",
      { usual: true },
    ),
    "report": optional(
      "FILE",
      asTyped,
      "writes pictures of the run and of --compare, as a page",
      { usual: true },
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
