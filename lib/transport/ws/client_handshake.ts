/**
 * The client's opening handshake (RFC 6455 section 4.1).
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import { ConnectionError, ProtocolError } from "../../errors.ts";
import type { HeaderField, ResponseHead } from "../../http/wire/events.ts";
import { listHas, valuesOf } from "../../websocket/opening/header_values.ts";
import {
  acceptKey,
  isProtocolName,
  newOpeningKey,
  WEBSOCKET_VERSION,
} from "../../websocket/opening/opening_key.ts";
import {
  type Compression,
  OFFER,
  readChoice,
} from "../../websocket/opening/extensions.ts";
import type { Address } from "../address.ts";
import type { Connection } from "../connection.ts";
import { HeadExchange } from "./head_exchange.ts";
import type { WebSocketClientOptions } from "./options.ts";

/** What a handshake has come to. */
export interface Agreed {
  readonly protocol: string;
  readonly compression: Compression | undefined;
  /** What was asked for, such as `/chat?room=1`. */
  readonly target: string;
  /** The page's origin, if the client is a browser; known to the server. */
  readonly origin?: string | undefined;
  /** What the server has opened for the connection. */
  readonly prepared?: unknown;
  /** Bytes that have come behind the handshake. */
  readonly rest: Uint8Array;
}

// Fields that the handshake sets itself.
const OWN_FIELDS = new Set([
  "connection",
  "content-length",
  "host",
  "sec-websocket-accept",
  "sec-websocket-extensions",
  "sec-websocket-key",
  "sec-websocket-protocol",
  "sec-websocket-version",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Checks the options before anything is opened.
 *
 * @throws {TypeError} If a subprotocol or a field is not allowed.
 */
export function checkClientOptions(options: WebSocketClientOptions): void {
  for (const name of options.protocols ?? []) {
    if (isProtocolName(name)) continue;
    throw new OptionTypeError({
      action: `use the subprotocol ${JSON.stringify(name)}`,
      option: "protocols",
      reason: "it must be a name without spaces and separators",
    });
  }
  for (const name of Object.keys(options.headers ?? {})) {
    if (!OWN_FIELDS.has(name.toLowerCase())) continue;
    throw new OptionTypeError({
      action: `use the field ${JSON.stringify(name)}`,
      option: "headers",
      reason: "the handshake sets it itself",
    });
  }
}

/**
 * Asks a server to speak WebSocket.
 *
 * @param line What to ask over.
 * @param to The server's address.
 * @throws {ConnectionError} If it does not agree.
 */
export async function askServer(
  line: Connection,
  to: Address,
  options: WebSocketClientOptions,
): Promise<Agreed> {
  const key = newOpeningKey();
  const target = to.path === "" ? "/" : to.path;
  const exchange = new HeadExchange(line, "client");
  try {
    await exchange.send({
      type: "request",
      method: "GET",
      target,
      version: "1.1",
      headers: requestFields(to, key, options),
    }, { type: "end", trailers: [] });
    const head = await responseHead(exchange);
    if (head === undefined) throw ended(to);
    if (head.status !== 101) throw await refused(to, head, exchange);
    const agreed = checkResponse(to, head, key, options);
    return { ...agreed, target, rest: exchange.http.takeRest().slice() };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    if (error.code === "truncated") throw ended(to);
    throw new ConnectionError("failed", {
      action: "agree on WebSocket with",
      address: String(to),
      reason: "the peer does not answer in HTTP",
      advice: "check that a WebSocket server listens there",
      cause: error,
    });
  }
}

function requestFields(
  to: Address,
  key: string,
  { deflate, headers = {}, origin, protocols = [] }: WebSocketClientOptions,
): HeaderField[] {
  return [
    ["Host", hostOf(to)],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", key],
    ["Sec-WebSocket-Version", WEBSOCKET_VERSION],
    ...protocols.length === 0
      ? []
      : [["Sec-WebSocket-Protocol", protocols.join(", ")] as const],
    ...deflate === true ? [["Sec-WebSocket-Extensions", OFFER] as const] : [],
    ...origin === undefined ? [] : [["Origin", origin] as const],
    ...Object.entries(headers),
  ];
}

/** The field `Host`: without the port that the scheme has by itself. */
function hostOf({ hostname, port, transport }: Address): string {
  const [address = ""] = hostname.split("%");
  const host = address.includes(":") ? `[${address}]` : address;
  return port === (transport === "wss" ? 443 : 80) ? host : `${host}:${port}`;
}

async function responseHead(
  exchange: HeadExchange,
): Promise<ResponseHead | undefined> {
  for (;;) {
    const event = await exchange.next();
    if (event === undefined || event.type === "response") return event;
    // 101 is the end of the handshake; other informational heads come before.
    if (event.type === "informational" && event.status === 101) {
      return { ...event, type: "response" };
    }
  }
}

function checkResponse(
  to: Address,
  head: ResponseHead,
  key: string,
  { deflate = false, protocols = [] }: WebSocketClientOptions,
): Pick<Agreed, "protocol" | "compression"> {
  const { headers } = head;
  if (
    !listHas(headers, "upgrade", "websocket") ||
    !listHas(headers, "connection", "upgrade")
  ) {
    throw refusal(to, "it switched to another protocol");
  }
  if (valuesOf(headers, "sec-websocket-accept").join() !== acceptKey(key)) {
    throw refusal(to, "its answer does not match the key of the request");
  }
  const [protocol = "", ...more] = valuesOf(
    headers,
    "sec-websocket-protocol",
  );
  if (more.length > 0 || (protocol !== "" && !protocols.includes(protocol))) {
    throw refusal(to, `it chose the subprotocol "${protocol}", not offered`);
  }
  const extensions = valuesOf(headers, "sec-websocket-extensions");
  return { protocol, compression: readChoice(extensions, deflate) };
}

async function refused(
  to: Address,
  head: ResponseHead,
  exchange: HeadExchange,
): Promise<ConnectionError> {
  const phrase = head.reason === "" ? "" : ` ${head.reason}`;
  const body = await exchange.body().catch(() => "");
  const [line = ""] = body.trim().split("\n");
  const says = line === "" || line.startsWith("<") ? "" : `: ${line}`;
  // What stands in front of a server that has not started yet.
  const isTransient = [502, 503, 504].includes(head.status);
  const answer = `it answered ${head.status}${phrase}${says}`;
  return refusal(to, answer, isTransient);
}

/** The error of a server that may be about to start. */
function ended(to: Address): ConnectionError {
  const reason =
    "the peer closed the connection in the middle of the handshake";
  return refusal(to, reason, true);
}

function refusal(
  to: Address,
  reason: string,
  transient = false,
): ConnectionError {
  return new ConnectionError("failed", {
    action: "agree on WebSocket with",
    address: String(to),
    reason,
    transient,
  });
}
