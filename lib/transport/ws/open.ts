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
import { ConnectionError } from "../../errors.ts";
import { translate } from "../os_error.ts";
import { listenLine } from "../tcp/open.ts";
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

function dialLine(
  to: Address,
  options: DialOptions & TlsDialOptions,
): Promise<Connection> {
  return named("connect to", to, async (below) => {
    if (below.transport === "tcp") return await connectTcp(below, options);
    const { dialTls } = await import("../tls/open.ts");
    return await dialTls(below, options);
  });
}

function listenBelow(
  on: Address,
  options: ListenOptions & TlsListenOptions,
): Promise<Listener> {
  return named("listen on", on, async (below) => {
    if (below.transport === "tcp") return await listenLine(below, options);
    const { listenForTls } = await import("../tls/open.ts");
    return await listenForTls(below, options);
  });
}

/** Opens what is below; a failure names the address that was asked for. */
async function named<T>(
  action: string,
  address: Address,
  open: (below: Address) => Promise<T>,
): Promise<T> {
  const { hostname, port, transport } = address;
  const below = transport === "wss" ? "tls" : "tcp";
  try {
    return await open(new Address(below, hostname, port));
  } catch (error) {
    throw error instanceof ConnectionError
      ? translate(error, action, address)
      : error;
  }
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
