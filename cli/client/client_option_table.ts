/**
 * The options of `parley-client`, each with its default and what `--help` says
 * of it.
 *
 * @module
 */

import { DEFAULT_ATTEMPTS } from "../../lib/start.ts";
import { DEFAULT_CONNECT_TIMEOUT_MS } from "../../lib/start.ts";
import { readAddress } from "../arguments/address.ts";
import {
  deadline,
  FORMAT_OPTION,
  LOG_OPTIONS,
  MESSAGE_OPTIONS,
  RETRY_OPTION,
  WIRE_OPTIONS,
} from "../arguments/common_options.ts";
import { writtenDuration } from "../arguments/durations.ts";
import {
  about,
  flag,
  optional,
  setting,
  type ValuesOf,
} from "../arguments/option.ts";
import { asTyped, oneOf, parseCount, parseWhole } from "../arguments/values.ts";
import { UsageError } from "../output/failure.ts";
import { HTTP_OPTIONS } from "../http/client/http_client_options.ts";
import { HANDSHAKE_OPTION, TLS_OPTIONS } from "../tls/tls_options.ts";
import { RECORD_OPTIONS } from "../recording/record/record_options.ts";
import {
  WEBSOCKET_CLIENT_OPTIONS,
  WEBSOCKET_OPTIONS,
} from "../websocket/websocket_options.ts";
import { GROUP_OPTIONS } from "../udp/group_options.ts";

/**
 * How long to wait for a reply over UDP: what RFC 8085 begins with. Without a
 * bound nothing would ever be sent again.
 */
export const REPLY_TIMEOUT_MS = 1_000;

const BOUNDED_BY_TIMEOUT = { http: "--timeout bounds the whole of it" };

const proxyVersion = oneOf(["v1", "v2"]);

/** The options by their names. */
export const CLIENT_OPTIONS = {
  ...about({ subject: "HTTP", appliesTo: ["http"] }, HTTP_OPTIONS),
  ...RECORD_OPTIONS,
  ...MESSAGE_OPTIONS,
  ...about({ subject: "messages" }, {
    "format": {
      ...FORMAT_OPTION,
      appliesTo: ["messages", "datagrams"],
      instead: {
        http: "a body is shown as it comes, and --raw shows everything",
      },
    },
    "skip-empty": flag("leaves out empty lines of standard input", {
      appliesTo: ["messages", "datagrams"],
    }),
    "timeout": deadline(
      Infinity,
      `bounds connecting, and the wait for each reply: ms, s, m, h, such as 500ms; over UDP the wait after each attempt, ${
        writtenDuration(REPLY_TIMEOUT_MS).text
      } unless given; over HTTP all of it`,
      { usual: true },
    ),
  }),
  ...about({ subject: "messages", appliesTo: ["messages"] }, {
    "name": optional(
      "NAME",
      parseName,
      "says /name NAME first: the name at a hub with --names",
      { instead: { http: "--user names who asks" } },
    ),
    "replies": optional(
      "N",
      parseWhole,
      "finishes once N messages have come; one per MESSAGE unless given",
      { usual: true, instead: { http: "a request has one answer" } },
    ),
  }),
  ...WIRE_OPTIONS,
  ...about({ subject: "UDP", appliesTo: ["datagrams"] }, {
    "attempts": setting(
      "N",
      { value: DEFAULT_ATTEMPTS, text: `${DEFAULT_ATTEMPTS}` },
      parseCount,
      "how often to send until there is a reply",
      { usual: true },
    ),
    ...GROUP_OPTIONS,
  }),
  ...about({ subject: "connections", appliesTo: ["messages"] }, {
    "connect-timeout": {
      ...deadline(DEFAULT_CONNECT_TIMEOUT_MS, "bounds connecting"),
      appliesTo: ["messages", "http"],
    },
    "retry": { ...RETRY_OPTION, appliesTo: ["messages", "http"] },
    "idle-timeout": {
      ...deadline(
        Infinity,
        "gives up after this long without a byte in either direction",
      ),
      sets: ["bodyTimeoutMs", "responseTimeoutMs"],
      appliesTo: ["messages", "http"],
    },
    "message-timeout": {
      ...deadline(
        Infinity,
        "gives up when a message, once begun, is not complete after this long",
      ),
      instead: BOUNDED_BY_TIMEOUT,
    },
    "send-timeout": {
      ...deadline(
        Infinity,
        "gives up when the server has not read pending data for this long",
      ),
      instead: BOUNDED_BY_TIMEOUT,
    },
    "proxy-protocol": optional(
      "VERSION",
      (text) => proxyVersion(text) === "v1" ? 1 : 2 as 1 | 2,
      "sends a PROXY protocol header first, as a proxy does: v1 or v2 (v2 unless given)",
      {
        implied: "v2",
        words: proxyVersion.words,
        instead: { http: "the header would come before the request" },
      },
    ),
    "proxy-source": optional(
      "HOST:PORT",
      readAddress,
      "the client's address in that header; this end's own unless given",
      { instead: { http: "it is for --proxy-protocol" } },
    ),
  }),
  ...WEBSOCKET_OPTIONS,
  ...WEBSOCKET_CLIENT_OPTIONS,
  ...about({ subject: "TLS", appliesTo: ["tls", "https"] }, {
    "ca": optional(
      "FILE",
      asTyped,
      "authorities to trust besides the well-known, in PEM",
      { sets: ["caCerts"], usual: true },
    ),
    "server-name": optional(
      "NAME",
      asTyped,
      "the name that must be in the server's certificate, if not the address's",
    ),
    "insecure": flag(
      "accepts any certificate: a machine in between can then read and change everything",
      { letter: "k", usual: true },
    ),
  }),
  ...TLS_OPTIONS,
  ...about({ subject: "TLS" }, {
    "handshake-timeout": {
      ...HANDSHAKE_OPTION,
      appliesTo: ["tls", "https", "ws"],
    },
  }),
  ...LOG_OPTIONS,
} as const;

/** The options' values. */
export type ClientOptions = ValuesOf<typeof CLIENT_OPTIONS>;

const MOST_NAME_BYTES = 64;

/** The hub takes other names apart, or refuses them. */
function parseName(text: string): string {
  const name = text.trim();
  const { length } = new TextEncoder().encode(name);
  const isLong = length === 0 || length > MOST_NAME_BYTES;
  // A colon ends a name, and what the hub itself says begins with an asterisk.
  if (!isLong && !/\p{Cc}|:|^\*/u.test(name)) {
    return name;
  }
  throw new UsageError(
    `"${text}" is not a name; write 1 to ${MOST_NAME_BYTES} bytes without control characters and colons, which do not begin with *`,
  );
}
