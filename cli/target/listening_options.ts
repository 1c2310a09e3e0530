/**
 * The options of the side that listens, of a command that is not one of the services.
 *
 * @module
 */

import { about } from "../arguments/option.ts";
import { SERVER_OPTIONS } from "../server/server_option_table.ts";

/** The options by name. */
export const LISTENING_OPTIONS = {
  ...about({ subject: "listening" }, {
    "proxy-protocol-from": SERVER_OPTIONS["proxy-protocol-from"],
    "max-proxy-header": SERVER_OPTIONS["max-proxy-header"],
    "mode": SERVER_OPTIONS.mode,
  }),
  ...about({ subject: "TLS", appliesTo: ["tls"] }, {
    "cert": SERVER_OPTIONS.cert,
    "key": SERVER_OPTIONS.key,
    "alpn": SERVER_OPTIONS.alpn,
    "tls-engine": SERVER_OPTIONS["tls-engine"],
    "require-client-cert": SERVER_OPTIONS["require-client-cert"],
    "ca": SERVER_OPTIONS.ca,
    "handshake-timeout": {
      ...SERVER_OPTIONS["handshake-timeout"],
      appliesTo: ["tls", "target-tls", "ws", "target-ws"],
    },
  }),
} as const;

/** How many connections there may be, and how they end. */
export const CONNECTION_LIMITS = about(
  { subject: "connections", appliesTo: ["stream"] },
  {
    "max-connections": SERVER_OPTIONS["max-connections"],
    "max-connections-per-peer": SERVER_OPTIONS["max-connections-per-peer"],
    "when-full": SERVER_OPTIONS["when-full"],
    "grace": {
      ...SERVER_OPTIONS.grace,
      help: "how long connections may take to end at SIGINT or SIGTERM",
    },
  },
);
