/**
 * Decides which of the runtime's two implementations of TLS carries a
 * connection.
 *
 * ```text
 *                               native                      node:tls
 * client                        otherwise                   asked for; insecure; own
 *                                                           certificate
 * server                        asked for                   otherwise
 *
 * drops stalled handshakes      no: the socket stays        yes
 * small writes leave at once    client only                 yes
 * asks for client certificates  no                          yes
 * changes its certificate       by listening again          between two clients
 * speed in bulk                 1                           0.6 to 0.7
 * ```
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import type { Address } from "../address.ts";
import type {
  Connection,
  DialOptions,
  Listener,
  ListenOptions,
} from "../connection.ts";
import { zoneOf } from "../ip.ts";
import { SocketConnection, SocketListener } from "../socket.ts";
import {
  addressIn,
  dialSocket,
  listenSocket,
  withOptions,
} from "../tcp/tcp_socket.ts";
import { checkPem } from "./certificate.ts";
import { clientOverNode, clientOverSocket, planClient } from "./client_end.ts";
import type { ServerIdentity } from "./engine.ts";
import { NativeTlsListener } from "./native.ts";
import { TlsConnection } from "./node_connection.ts";
import type {
  TlsCertificate,
  TlsDialOptions,
  TlsListenOptions,
  TlsServerUpgrade,
  TlsUpgradeOptions,
} from "./options.ts";
import { identityOf, planServer } from "./server_end.ts";

/**
 * Opens a connection. The handshake is left to be done.
 *
 * @param address Where to.
 * @param options The authorities to trust, the certificate to show, socket
 * options and a signal.
 * @returns The connection.
 * @throws As `connectTls`, except for the handshake.
 */
export async function dialTls(
  address: Address,
  options: TlsDialOptions & DialOptions,
): Promise<Connection> {
  const plan = await planClient(options, address);
  checkEngine(options, "connect to", address);
  if (options.resettable === true) {
    const { dialResettable } = await import("../tcp/open_resettable.ts");
    const line = await dialResettable(address, options);
    return clientOverNode(line, plan, options);
  }
  const conn = await dialSocket(address, options);
  if (plan.engine === "native") {
    return await clientOverSocket(conn, address, plan, options);
  }
  const addressOf = addressIn("tls", zoneOf(address.hostname));
  const raw = new SocketConnection(conn, addressOf);
  return clientOverNode(raw, plan, options);
}

/**
 * Puts TLS onto an open connection, as its client or as its server. The
 * handshake is left to be done.
 *
 * @param connection The connection.
 * @param options Which end this is, and the options of that end.
 * @returns The connection over TLS.
 * @throws As `startTls`, except for the handshake.
 */
export async function wrapTls(
  connection: Connection,
  options: TlsUpgradeOptions,
): Promise<Connection> {
  if (options.side === "server") return await serverOver(connection, options);
  const { remoteAddress } = connection;
  const plan = await planClient(options, remoteAddress);
  // The native engine needs a socket of the runtime.
  const conn = plan.engine === "native"
    ? SocketConnection.release(connection)
    : undefined;
  if (conn === undefined || !("setNoDelay" in conn)) {
    return clientOverNode(connection, plan, options);
  }
  const socket = conn as Deno.TcpConn;
  return await clientOverSocket(socket, remoteAddress, plan, options);
}

async function serverOver(
  connection: Connection,
  options: TlsServerUpgrade,
): Promise<Connection> {
  const action = "start TLS with";
  const { remoteAddress } = connection;
  const plan = planServer(options, action, remoteAddress);
  if (plan.engine === "native") {
    throw new OptionTypeError({
      action,
      address: `${remoteAddress}`,
      reason:
        'only the TLS engine "node" can be the server of an open connection',
      option: "tlsEngine",
    });
  }
  const identity = await identityOf(plan, options, action, remoteAddress);
  return new TlsConnection(connection, identity.begin);
}

/**
 * Listens.
 *
 * @param on Where.
 * @param options Certificate and key, whether clients need one, socket options.
 * @returns The listener.
 * @throws As `listenTls`.
 */
export async function listenForTls(
  on: Address,
  options: TlsListenOptions & ListenOptions,
): Promise<Listener> {
  const plan = planServer(options, "listen on", on);
  checkEngine(options, "listen on", on);
  if (plan.engine === "native") {
    return new NativeTlsListener(on, plan.certificate, options);
  }
  const identity = await identityOf(plan, options, "listen on", on);
  return new TlsListener(await linesOn(on, options), identity);
}

/** Listens for the connections that TLS is put onto. */
async function linesOn(
  on: Address,
  options: ListenOptions,
): Promise<Listener> {
  if (options.resettable === true) {
    const { listenResettable } = await import("../tcp/open_resettable.ts");
    return await listenResettable(on, options);
  }
  const listener = listenSocket(on, options);
  const addressOf = addressIn("tls", zoneOf(on.hostname));
  return new SocketListener(
    listener,
    addressOf(listener.addr),
    (conn) => new SocketConnection(withOptions(conn, options), addressOf),
  );
}

/** Only the engine of Node.js works over connections that can be reset. */
function checkEngine(
  { resettable, tlsEngine }: DialOptions & TlsDialOptions,
  action: string,
  address: Address,
): void {
  if (resettable !== true || tlsEngine !== "native") return;
  throw new OptionTypeError({
    action,
    address: `${address}`,
    reason: 'resettable needs the TLS engine "node"',
    option: "tlsEngine",
  });
}

/** Puts TLS onto the connections of another listener, over `node:tls`. */
class TlsListener implements Listener {
  readonly #lines: Listener;
  readonly #identity: ServerIdentity;

  constructor(lines: Listener, identity: ServerIdentity) {
    this.#lines = lines;
    this.#identity = identity;
  }

  get address(): Address {
    return this.#lines.address;
  }

  async accept(): Promise<Connection> {
    return new TlsConnection(await this.#lines.accept(), this.#identity.begin);
  }

  async setCertificate(certificate: TlsCertificate): Promise<void> {
    checkPem(certificate, "listen on", this.address);
    await this.#identity.use(certificate, "listen on", this.address);
  }

  close(): void {
    this.#lines.close();
  }
}
