/**
 * The options of the two ends of WebSocket.
 *
 * @module
 */

import type { Address } from "../address.ts";

/** What messages are sent as. */
export type MessageType = "auto" | "binary" | "same" | "text";

/** Options that both ends have. */
export interface WebSocketOptions {
  /**
   * Whether to compress messages (permessage-deflate, RFC 7692) if the peer does
   * too. It takes processor time, and 32 KiB for each connection whose peer lets
   * messages refer to earlier ones. This side compresses each message for itself, and
   * says so in the handshake: the peer needs no memory for what it receives.
   *
   * @default {false}
   */
  readonly deflate?: boolean;
  /**
   * What messages of the encoding `"bytes"` are sent as: `"text"`, which has to be
   * UTF-8; `"binary"`; `"auto"`, text where it is UTF-8; `"same"`, as the last
   * message that was received, and binary before that. In the encodings `"text"`
   * and `"json"` messages are text.
   *
   * @default {"same"}
   */
  readonly messageType?: MessageType;
  /**
   * How often to send a ping, in milliseconds; `Infinity` for never. A peer that
   * has not answered when the next one is due is cut off. It also keeps proxies
   * from closing a quiet connection.
   *
   * @default {Infinity}
   */
  readonly pingMs?: number;
  /**
   * Subprotocols, the preferred one first. A server takes the first one of the
   * client's that it knows.
   *
   * @default {[]}
   */
  readonly protocols?: readonly string[];
}

/** Options of the client's end. */
export interface WebSocketClientOptions extends WebSocketOptions {
  /**
   * Further fields of the request, such as `Authorization`.
   *
   * @default {{}}
   */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * The field `Origin`, which browsers send and servers may ask for.
   *
   * @default {none}
   */
  readonly origin?: string | undefined;
}

/** Options of the server's end. */
export interface WebSocketServerOptions extends WebSocketOptions {
  /**
   * Which pages may connect: origins such as `"https://example.org"`, or `"any"`.
   * Browsers say where the page came from. Without this check, any page that a
   * user visits can speak to a server that the user's machine can reach. Clients
   * that are not browsers send no `Origin` and are let in.
   *
   * @default {pages of the same host and port}
   */
  readonly origins?: "any" | readonly string[] | undefined;
  /**
   * Opens what a connection needs before its request is answered, such as a connection
   * to a server behind this one. It is called for requests that would be accepted, and
   * counts towards `tlsHandshakeTimeoutMs`.
   *
   * What it resolves to is `webSocketOf(connection)?.prepared`. If it rejects, the
   * client gets status 502, and the event `handshake_failed` has its error as `cause`.
   *
   * @default {none}
   */
  readonly beforeAccept?:
    | ((request: WebSocketRequest) => Promise<unknown>)
    | undefined;
}

/** A request for WebSocket that is about to be accepted. */
export interface WebSocketRequest {
  /** What the client asks for, such as `"/chat?room=1"`. */
  readonly target: string;
  /** The origin of the page, if the client is a browser. */
  readonly origin: string | undefined;
  /** The client's address. */
  readonly remoteAddress: Address;
  /**
   * Aborted when the connection is closed, also before the request could be answered.
   * Close then what was opened for it.
   */
  readonly signal: AbortSignal;
}

/** Options for connecting to `ws:` and `wss:` addresses. */
export interface WebSocketDialOptions {
  /** Options of WebSocket. */
  readonly webSocket?: WebSocketClientOptions | undefined;
}

/** Options for listening on `ws:` and `wss:` addresses. */
export interface WebSocketListenOptions {
  /** Options of WebSocket. */
  readonly webSocket?: WebSocketServerOptions | undefined;
}
