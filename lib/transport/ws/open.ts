/**
 * WebSocket over TCP (`ws:`) and over TLS (`wss:`).
 *
 * @module
 */

import { Address } from "../address.ts";
import type {
  Connection,
  DialOptions,
  Listener,
  ListenOptions,
} from "../connection.ts";
import { listenLine } from "../tcp/listen_line.ts";
import { connectTcp } from "../tcp/mod.ts";
import type {
  TlsCertificate,
  TlsDialOptions,
  TlsListenOptions,
} from "../tls/options.ts";
import { askServer, checkClientOptions } from "./client_handshake.ts";
import type {
  WebSocketDialOptions,
  WebSocketListenOptions,
  WebSocketServerOptions,
} from "./options.ts";
import { termsOf } from "./terms.ts";
import { answerClient } from "./server_handshake.ts";
import { WebSocketConnection } from "./ws_connection.ts";

/**
 * Opens a connection. The handshake is left to be done.
 *
 * @throws {TypeError} If an option is invalid.
 * @throws {RangeError} If `pingMs` is out of its range.
 * @throws As `connectTcp` and `connectTls`.
 */
export async function dialWebSocket(
  to: Address,
  options: DialOptions & TlsDialOptions & WebSocketDialOptions,
): Promise<Connection> {
  const { webSocket = {} } = options;
  termsOf(webSocket);
  checkClientOptions(webSocket);
  const line = await dialLine(to, options);
  return new WebSocketConnection(
    line,
    "client",
    webSocket,
    (line) => askServer(line, to, webSocket),
  );
}

/**
 * Listens. The handshake of accepted connections is left to be done.
 *
 * @throws {RangeError} If `pingMs` is out of its range.
 * @throws As `listenTcp` and `listenTls`.
 */
export async function listenForWebSockets(
  on: Address,
  options: ListenOptions & TlsListenOptions & WebSocketListenOptions,
): Promise<Listener> {
  const { webSocket = {} } = options;
  termsOf(webSocket);
  return new WebSocketListener(
    on,
    await listenBelow(on, options),
    webSocket,
  );
}

async function dialLine(
  { hostname, port, transport }: Address,
  options: DialOptions & TlsDialOptions,
): Promise<Connection> {
  if (transport !== "wss") {
    return await connectTcp(new Address("tcp", hostname, port), options);
  }
  const { dialTls } = await import("../tls/open.ts");
  return await dialTls(new Address("tls", hostname, port), options);
}

async function listenBelow(
  { hostname, port, transport }: Address,
  options: ListenOptions & TlsListenOptions,
): Promise<Listener> {
  if (transport !== "wss") {
    return await listenLine(new Address("tcp", hostname, port), options);
  }
  const { listenForTls } = await import("../tls/open.ts");
  return await listenForTls(new Address("tls", hostname, port), options);
}

/** Gives the connections of clients, which have yet to ask for WebSocket. */
class WebSocketListener implements Listener {
  readonly address: Address;
  readonly setCertificate?: (certificate: TlsCertificate) => Promise<void>;
  readonly #path: string;
  readonly #listener: Listener;
  readonly #options: WebSocketServerOptions;

  constructor(
    on: Address,
    listener: Listener,
    options: WebSocketServerOptions,
  ) {
    const { hostname, port } = listener.address;
    this.address = new Address(on.transport, hostname, port, on.path);
    this.#path = on.path;
    this.#listener = listener;
    this.#options = options;
    if (listener.setCertificate !== undefined) {
      this.setCertificate = (certificate) =>
        listener.setCertificate!(certificate);
    }
  }

  async accept(): Promise<Connection> {
    const line = await this.#listener.accept();
    return new WebSocketConnection(
      line,
      "server",
      this.#options,
      (line, gone) => answerClient(line, this.#path, this.#options, gone),
    );
  }

  close(): void {
    this.#listener.close();
  }
}
