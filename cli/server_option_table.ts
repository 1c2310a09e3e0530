/**
 * The options of `parley-server`, each with its default and what `--help` says
 * of it.
 *
 * @module
 */

import { deadline, LOG_OPTIONS, MESSAGE_OPTIONS } from "./common_options.ts";
import { durationIn } from "./durations.ts";
import { UsageError } from "./exit_code.ts";
import { JOIN_OPTIONS } from "./join_options.ts";
import {
  flag,
  oneOf,
  optional,
  parseCount,
  parseMode,
  setting,
} from "./options.ts";
import { parseSize } from "./sizes.ts";
import { TLS_OPTIONS } from "./tls_files.ts";

/** The options by their names. */
export const SERVER_OPTIONS = {
  ...MESSAGE_OPTIONS,
  "message": setting(
    "TEXT",
    "Welcome to the server!",
    (text) => text,
    "greet: what it says on connecting",
  ),
  "every": optional(
    "DURATION",
    durationIn({}),
    "greet: then sends the time at this interval",
  ),
  "count": optional(
    "N",
    parseCount,
    "greet: how often it sends the time; without it, until the peer is gone",
  ),
  "idle-timeout": deadline(
    "5m",
    "ends a connection without a byte in either direction for so long; none for no bound",
  ),
  "message-timeout": deadline(
    "30s",
    "ends a connection whose message, once begun, is not complete after so long",
  ),
  "send-timeout": deadline(
    "none",
    "ends a connection whose peer has not read for so long what waits for it",
  ),
  "max-connections": setting("N", "10000", parseCount, "most at once"),
  "max-connections-per-peer": optional(
    "N",
    parseCount,
    "most at once from one IP address; one more is refused",
  ),
  "when-full": setting(
    "POLICY",
    "wait",
    oneOf(["wait", "refuse"]),
    "what happens to one connection too many: wait or refuse",
  ),
  "root": optional(
    "DIR",
    (text) => text,
    "http: the folder whose files it gives away",
  ),
  "index": flag(
    "http: lists the folders below --root that have no index.html",
  ),
  "max-body": setting(
    "SIZE",
    "1MiB",
    parseSize,
    "http: largest body of a request; one that is larger is refused (413)",
  ),
  ...TLS_OPTIONS,
  "require-client-cert": flag(
    "TLS: lets in only clients with a certificate by --ca",
  ),
  "ca": optional(
    "FILE",
    (text) => text,
    "TLS: certificates in PEM of the authorities whose clients are let in",
  ),
  "handshake-timeout": deadline("10s", "TLS: bounds agreeing on it"),
  "proxy-protocol-from": optional(
    "CIDR,...",
    parseRanges,
    "the proxies that tell their clients' addresses first (PROXY protocol v1, v2), such as 10.0.0.0/8; of others such a header is data",
  ),
  "mode": optional(
    "MODE",
    parseMode,
    "who may connect to a unix: address, as for chmod: 600 or 660",
  ),
  ...JOIN_OPTIONS,
  "workers": setting(
    "N",
    "1",
    parseWorkers,
    "threads that share the ports of tcp: and tls: addresses, and --max-connections; worth it from one busy core on",
  ),
  "grace": setting(
    "DURATION",
    "5s",
    durationIn({ zero: true }),
    "how long connections may take to finish at SIGINT or SIGTERM",
  ),
  ...LOG_OPTIONS,
} as const;

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
