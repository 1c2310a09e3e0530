/**
 * The options of `parley-server`, each with its default and what `--help` says
 * of it.
 *
 * @module
 */

import { DEFAULT_GRACE_MS, DEFAULT_MAX_CONNECTIONS } from "../../lib/start.ts";
import { DEFAULT_MAX_PROXY_HEADER_BYTES } from "../../lib/start.ts";
import {
  deadline,
  FORMAT_OPTION,
  LOG_OPTIONS,
  MESSAGE_OPTIONS,
  VIEWS_HELP,
  WIRE_OPTIONS,
} from "../arguments/common_options.ts";
import { durationIn, writtenDuration } from "../arguments/durations.ts";
import {
  about,
  choice,
  flag,
  optional,
  repeated,
  setting,
  type ValuesOf,
} from "../arguments/option.ts";
import { parseSize, writtenSize } from "../arguments/sizes.ts";
import { asTyped, oneOf, parseCount, parseMode } from "../arguments/values.ts";
import { UsageError } from "../output/failure.ts";
import { FAULT_OPTIONS } from "../faults/fault_options.ts";
import { parseSocketPath } from "../http/server/socket_path.ts";
import { HANDSHAKE_OPTION, TLS_OPTIONS } from "../tls/tls_options.ts";
import { RECORD_OPTIONS } from "../recording/record/record_options.ts";
import {
  WEBSOCKET_OPTIONS,
  WEBSOCKET_SERVER_OPTIONS,
} from "../websocket/websocket_options.ts";
import { JOIN_OPTIONS } from "../udp/join_options.ts";
import { DEFAULTS } from "./defaults.ts";

const ON_EVERY_SERVICE = { appliesTo: ["stream"], instead: {} } as const;

/** The options by their names. */
export const SERVER_OPTIONS = {
  ...MESSAGE_OPTIONS,
  "format": {
    ...FORMAT_OPTION,
    subject: "messages",
    appliesTo: ["service print"],
    help: `how messages are shown: text, json, hex, base64, ${VIEWS_HELP}`,
  },
  ...about({ subject: "reads and writes" }, {
    "annotate": WIRE_OPTIONS.annotate,
    "chunks": { ...WIRE_OPTIONS.chunks, ...ON_EVERY_SERVICE },
    "read-size": { ...WIRE_OPTIONS["read-size"], ...ON_EVERY_SERVICE },
    "write-size": { ...WIRE_OPTIONS["write-size"], ...ON_EVERY_SERVICE },
    "write-delay": { ...WIRE_OPTIONS["write-delay"], ...ON_EVERY_SERVICE },
  }),
  ...about({
    subject: "the service greet",
    appliesTo: ["service greet"],
    usual: true,
  }, {
    "message": setting(
      "TEXT",
      { value: DEFAULTS.greeting, text: DEFAULTS.greeting },
      asTyped,
      "the greeting, sent on connecting",
      { instead: { http: "the answer of http is a page or a file" } },
    ),
    "every": optional(
      "DURATION",
      durationIn({}),
      "then sends the time at this interval, such as 500ms or 1s",
      { instead: { http: "HTTP answers and never speaks first" } },
    ),
    "count": optional(
      "N",
      parseCount,
      "how often; until the peer disconnects unless given",
      { instead: { http: "HTTP answers and never speaks first" } },
    ),
  }),
  ...about({
    subject: "the service http",
    appliesTo: ["service http"],
    usual: true,
  }, {
    "root": optional("DIR", asTyped, "the folder whose files it serves"),
    "ws": repeated(
      "SERVICE:/PATH",
      parseSocketPath,
      "serves messages over WebSocket at a path of the same port: echo:/chat; repeatable",
    ),
    "index": flag("lists the folders below --root that have no index.html"),
    "max-body": setting(
      "SIZE",
      writtenSize(DEFAULTS.maxBodyBytes),
      parseSize,
      "largest request body; a larger one gets 413",
    ),
  }),
  ...about({ subject: "connections", appliesTo: ["stream"] }, {
    "idle-timeout": deadline(
      DEFAULTS.idleTimeoutMs,
      "closes a connection without a byte in either direction for this long: ms, s, m, h, such as 90s; or none, for no bound",
      { usual: true, sets: ["bodyTimeoutMs", "keepAliveTimeoutMs"] },
    ),
    "message-timeout": deadline(
      DEFAULTS.messageTimeoutMs,
      "closes a connection whose message, once begun, is not complete after this long",
      { sets: ["headerTimeoutMs"] },
    ),
    "send-timeout": deadline(
      Infinity,
      "closes a connection whose peer has not read pending data for this long",
    ),
    "max-connections": setting(
      "N",
      { value: DEFAULT_MAX_CONNECTIONS, text: `${DEFAULT_MAX_CONNECTIONS}` },
      parseCount,
      "most connections at once",
      { usual: true },
    ),
    "max-connections-per-peer": optional(
      "N",
      parseCount,
      "most connections from one IP address; further ones are refused",
    ),
    "when-full": choice(
      "POLICY",
      "wait",
      oneOf(["wait", "refuse"]),
      "what happens to further connections: wait or refuse",
    ),
    "grace": setting(
      "DURATION",
      writtenDuration(DEFAULT_GRACE_MS),
      durationIn({ zero: true }),
      "how long connections may take to finish at SIGINT or SIGTERM",
      // Over UDP it bounds the handlers that still answer.
      { appliesTo: ["stream", "datagrams"] },
    ),
  }),
  ...about({ subject: "listening" }, {
    "workers": setting(
      "N",
      { value: 1, text: "1" },
      parseWorkers,
      "threads that share the ports of tcp: and tls: addresses, and --max-connections; useful once one core is busy",
      { appliesTo: ["tcp"] },
    ),
    "proxy-protocol-from": optional(
      "CIDR,...",
      parseRanges,
      "the proxies that send their clients' addresses first (PROXY protocol v1, v2), such as 10.0.0.0/8; from other peers such a header is data",
      { appliesTo: ["tcp"] },
    ),
    "max-proxy-header": setting(
      "SIZE",
      writtenSize(DEFAULT_MAX_PROXY_HEADER_BYTES),
      parseProxyHeaderSize,
      "largest header of these proxies; one with a client certificate has 2 to 4KiB",
      { appliesTo: ["tcp"], sets: ["proxyProtocol.maxHeaderBytes"] },
    ),
    "mode": optional(
      "MODE",
      parseMode,
      "who may connect to a unix: address, as for chmod: 600 or 660",
      { appliesTo: ["unix"] },
    ),
  }),
  ...WEBSOCKET_OPTIONS,
  ...WEBSOCKET_SERVER_OPTIONS,
  ...TLS_OPTIONS,
  // A server needs both to offer TLS; a client seldom has a certificate.
  "cert": { ...TLS_OPTIONS.cert, usual: true },
  "key": { ...TLS_OPTIONS.key, usual: true },
  ...about({ subject: "TLS", appliesTo: ["tls"] }, {
    "require-client-cert": flag(
      "accepts only clients with a certificate issued by --ca",
    ),
    "ca": optional(
      "FILE",
      asTyped,
      "authorities that issue the clients' certificates, in PEM",
      { sets: ["caCerts"] },
    ),
    "handshake-timeout": HANDSHAKE_OPTION,
  }),
  ...JOIN_OPTIONS,
  ...RECORD_OPTIONS,
  ...FAULT_OPTIONS,
  ...LOG_OPTIONS,
} as const;

/** The options' values. */
export type ServerOptions = ValuesOf<typeof SERVER_OPTIONS>;

const MOST_WORKERS = 64;

function parseWorkers(text: string): number {
  const count = parseCount(text);
  if (count <= MOST_WORKERS) return count;
  throw new UsageError(
    `${text} workers are too many; write a number from 1 to ${MOST_WORKERS}, at most one per core`,
  );
}

function parseRanges(text: string): readonly string[] {
  return text.split(",").map((range) => range.trim());
}

// A header of version 1 can be this long.
const SHORTEST_PROXY_HEADER = 107;

function parseProxyHeaderSize(text: string): number {
  const bytes = parseSize(text);
  if (bytes >= SHORTEST_PROXY_HEADER) return bytes;
  throw new UsageError(
    `a header of ${text} is too small; write at least ${SHORTEST_PROXY_HEADER}`,
  );
}
