/**
 * The options of `parley-client`, each with its default and what `--help` says
 * of it.
 *
 * @module
 */

import { readAddress } from "../arguments/address.ts";
import {
  deadline,
  FORMAT_OPTION,
  LOG_OPTIONS,
  MESSAGE_OPTIONS,
} from "../arguments/common_options.ts";
import { GROUP_OPTIONS } from "../udp/group_options.ts";
import { HTTP_OPTIONS } from "../http/client/http_client_options.ts";
import {
  about,
  flag,
  oneOf,
  type Option,
  optional,
  parseCount,
  setting,
} from "../arguments/option.ts";
import { parseSize } from "../arguments/sizes.ts";
import { TLS_OPTIONS } from "../tls/tls_files.ts";

/** The options by their names. */
export const CLIENT_OPTIONS = {
  ...MESSAGE_OPTIONS,
  ...about("messages", {
    "format": FORMAT_OPTION,
    "timeout": deadline(
      "none",
      "bounds connecting, and the wait for each reply: ms, s, m, h, such as 500ms; over UDP the wait after each attempt, 1s unless given; over HTTP all of it",
    ),
    "chunks": flag("shows what each read brings, on standard error"),
    "read-size": optional("SIZE", parseSize, "reads at most so much at once"),
  }),
  ...about("UDP", {
    "attempts": setting(
      "N",
      "3",
      parseCount,
      "how often to send until there is a reply",
    ),
    ...GROUP_OPTIONS,
  }),
  ...about("connections", {
    "connect-timeout": deadline("10s", "bounds connecting"),
    "idle-timeout": deadline(
      "none",
      "gives up after so long without a byte in either direction",
    ),
    "message-timeout": deadline(
      "none",
      "gives up when a message, once begun, is not complete after so long",
    ),
    "send-timeout": deadline(
      "none",
      "gives up when the server has not read for so long what waits for it",
    ),
    "proxy-protocol": {
      ...optional(
        "VERSION",
        parseProxyVersion,
        "sends a PROXY protocol header first, as a proxy does: v1 or v2 (v2 unless given)",
      ),
      implied: "v2",
    } as Option<1 | 2 | undefined>,
    "proxy-source": optional(
      "HOST:PORT",
      readAddress,
      "the client's address in that header; this end's own unless given",
    ),
  }),
  ...about("TLS", {
    "ca": optional(
      "FILE",
      (text) => text,
      "whom to trust besides the well-known, in PEM",
    ),
    "server-name": optional(
      "NAME",
      (text) => text,
      "the name that must be in the server's certificate, if not the address's",
    ),
    "insecure": flag(
      "takes any certificate, so that anybody in between can read and change everything",
    ),
  }),
  ...TLS_OPTIONS,
  ...about("TLS", {
    "handshake-timeout": deadline("10s", "bounds agreeing on TLS"),
  }),
  ...about("HTTP", HTTP_OPTIONS),
  ...LOG_OPTIONS,
} as const;

function parseProxyVersion(text: string): 1 | 2 {
  return oneOf(["v1", "v2"])(text) === "v1" ? 1 : 2;
}
