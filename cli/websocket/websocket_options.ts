/**
 * The options of WebSocket, and what they come to.
 *
 * @module
 */

import type {
  MessageType,
  WebSocketClientOptions,
  WebSocketOptions,
  WebSocketServerOptions,
} from "../../lib/websocket/mod.ts";
import { deadline } from "../arguments/common_options.ts";
import {
  about,
  flag,
  optional,
  repeated,
  type ValuesOf,
} from "../arguments/option.ts";
import { oneOf } from "../arguments/values.ts";
import { UsageError } from "../output/failure.ts";

const types = oneOf(["auto", "binary", "same", "text"]);

/** The options of both executables. */
export const WEBSOCKET_OPTIONS = about(
  { subject: "WebSocket", appliesTo: ["ws"] },
  {
    "protocol": optional(
      "NAME,...",
      parseProtocols,
      "subprotocols, preferred first: chat.v2,chat.v1",
    ),
    "ws-type": optional(
      "TYPE",
      types,
      "what messages are sent as: text, binary, auto (text where it is UTF-8), same (as the last one received); the server's is same and the client's auto unless given",
      { words: types.words },
    ),
    "deflate": flag(
      "compresses messages if the other end agrees; each message that is sent is compressed by itself",
    ),
    "ping": deadline(
      Infinity,
      "sends a ping this often, and gives up if none came back by the next one",
    ),
  },
);

/** The options of the server alone. */
export const WEBSOCKET_SERVER_OPTIONS = about(
  { subject: "WebSocket", appliesTo: ["ws"] },
  {
    "origin": repeated(
      "ORIGIN",
      parseOrigin,
      "whose pages may connect: https://example.org, or any; pages of the same host and port unless given; repeatable",
    ),
  },
);

/** The options of the client alone. */
export const WEBSOCKET_CLIENT_OPTIONS = about(
  { subject: "WebSocket", appliesTo: ["ws"] },
  {
    "origin": optional(
      "ORIGIN",
      parseOwnOrigin,
      "sends this Origin, as a page of https://example.org would",
    ),
  },
);

type Common = ValuesOf<typeof WEBSOCKET_OPTIONS>;

/** Gives what a server's options come to. */
export function webSocketServer(
  options: Common & ValuesOf<typeof WEBSOCKET_SERVER_OPTIONS>,
): WebSocketServerOptions {
  const { origin } = options;
  if (origin.length === 0) return common(options, "same");
  const origins = origin.includes("any") ? "any" : origin;
  return { ...common(options, "same"), origins };
}

/** Gives what a client's options come to. */
export function webSocketClient(
  options: Common & ValuesOf<typeof WEBSOCKET_CLIENT_OPTIONS>,
  headers: readonly (readonly [name: string, value: string])[],
): WebSocketClientOptions {
  const { origin } = options;
  return {
    ...common(options, "auto"),
    headers: Object.fromEntries(headers),
    ...origin === undefined ? {} : { origin },
  };
}

function common(
  { deflate, ping, protocol = [], "ws-type": type }: Common,
  usual: MessageType,
): WebSocketOptions {
  return {
    deflate,
    messageType: type ?? usual,
    pingMs: ping,
    protocols: protocol,
  };
}

function parseProtocols(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))) {
    return names;
  }
  throw new UsageError(
    `"${text}" is not a list of subprotocols; write for example: chat.v2,chat.v1`,
  );
}

function parseOrigin(text: string): string {
  return text === "any" ? text : parseOwnOrigin(text);
}

function parseOwnOrigin(text: string): string {
  // A page from a file says "null".
  if (text === "null") return text;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.origin === text) return text;
  const advice = url === undefined || url.origin === "null"
    ? "https://example.org"
    : url.origin;
  throw new UsageError(
    `"${text}" is not an origin; write for example: ${advice}`,
  );
}
