/**
 * The options of `parley-server`, each with its default and what `--help` says
 * of it.
 *
 * @module
 */

import {
  deadline,
  LOG_OPTIONS,
  MESSAGE_OPTIONS,
} from "../arguments/common_options.ts";
import { durationIn } from "../arguments/durations.ts";
import { UsageError } from "../output/exit_code.ts";
import { JOIN_OPTIONS } from "../udp/join_options.ts";
import {
  about,
  flag,
  oneOf,
  optional,
  parseCount,
  parseMode,
  setting,
} from "../arguments/option.ts";
import { parseSize } from "../arguments/sizes.ts";
import { TLS_OPTIONS } from "../tls/tls_files.ts";

/** The options by their names. */
export const SERVER_OPTIONS = {
  ...MESSAGE_OPTIONS,
  ...about("the service greet", {
    "message": setting(
      "TEXT",
      "Welcome to the server!",
      (text) => text,
      "what it says on connecting",
    ),
    "every": optional(
      "DURATION",
      durationIn({}),
      "then sends the time at this interval, such as 500ms or 1s",
    ),
    "count": optional(
      "N",
      parseCount,
      "how often it does; until the peer is gone unless given",
    ),
  }),
  ...about("the service http", {
    "root": optional(
      "DIR",
      (text) => text,
      "the folder whose files it gives away",
    ),
    "index": flag("lists the folders below --root that have no index.html"),
    "max-body": setting(
      "SIZE",
      "1MiB",
      parseSize,
      "largest request body; a larger one gets 413",
    ),
  }),
  ...about("connections", {
    "idle-timeout": deadline(
      "5m",
      "ends one without a byte in either direction for so long: ms, s, m, h, such as 90s; or none, for no bound",
    ),
    "message-timeout": deadline(
      "30s",
      "ends one whose message, once begun, is not complete after so long",
    ),
    "send-timeout": deadline(
      "none",
      "ends one whose peer has not read for so long what waits for it",
    ),
    "max-connections": setting("N", "10000", parseCount, "most at once"),
    "max-connections-per-peer": optional(
      "N",
      parseCount,
      "most from one IP address; one more is refused",
    ),
    "when-full": setting(
      "POLICY",
      "wait",
      oneOf(["wait", "refuse"]),
      "one too many: wait or refuse",
    ),
    "grace": setting(
      "DURATION",
      "5s",
      durationIn({ zero: true }),
      "how long they may take to finish at SIGINT or SIGTERM",
    ),
  }),
  ...about("listening", {
    "workers": setting(
      "N",
      "1",
      parseWorkers,
      "threads that share the ports of tcp: and tls: addresses, and --max-connections; worth it from one busy core on",
    ),
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
  }),
  ...TLS_OPTIONS,
  ...about("TLS", {
    "require-client-cert": flag(
      "lets in only clients with a certificate by --ca",
    ),
    "ca": optional(
      "FILE",
      (text) => text,
      "authorities whose clients are let in, in PEM",
    ),
    "handshake-timeout": deadline("10s", "bounds agreeing on TLS"),
  }),
  ...JOIN_OPTIONS,
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
