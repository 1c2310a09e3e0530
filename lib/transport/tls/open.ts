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
import { translate } from "../os_error.ts";
import { SocketConnection, SocketListener } from "../socket.ts";
import {
  addressIn,
  dialSocket,
  listenSocket,
  withOptions,
} from "../tcp/tcp_socket.ts";
import { certificateIn, checkCaCerts, checkPem } from "./certificate.ts";
import { TlsConnection } from "./node_connection.ts";
import { beginClient, ServerIdentity } from "./engine.ts";
import { NativeTlsConnection, NativeTlsListener } from "./native.ts";
import type {
  TlsCertificate,
  TlsDialOptions,
  TlsEngine,
  TlsListenOptions,
} from "./options.ts";

const addressOf = addressIn("tls");

/**
 * Opens a connection. The handshake is not done yet.
 *
 * @param options The authorities to trust, the certificate to show, socket
 * options and a signal.
 * @throws As `connectTls`, except for the handshake.
 */
export async function dialTls(
  address: Address,
  options: TlsDialOptions & DialOptions,
): Promise<Connection> {
  const needs = needsOf(options, address);
  const conn = await dialSocket(address, options);
  if (needs !== "native") {
    const raw = new SocketConnection(conn, addressOf);
    return await overNode(raw, address, options);
  }
  return await overNative(conn, address, options);
}

/**
 * Puts TLS onto an open connection, as the client. The handshake is not done
 * yet.
 *
 * @param options The authorities to trust, the certificate to show.
 * @returns The connection over TLS.
 * @throws As `startTls`, except for the handshake.
 */
export async function secure(
  connection: Connection,
  options: TlsDialOptions,
): Promise<Connection> {
  const { remoteAddress } = connection;
  const needs = needsOf(options, remoteAddress);
  const conn = SocketConnection.release(connection);
  if (needs === "native" && conn !== undefined && "setNoDelay" in conn) {
    return await overNative(conn as Deno.TcpConn, remoteAddress, options);
  }
  return await overNode(connection, remoteAddress, options);
}

/**
 * Puts TLS onto an open connection, as the server. The handshake is not done yet.
 *
 * @param options Certificate and key, whether the client needs one.
 * @returns The connection over TLS.
 * @throws {TypeError} If the options contradict each other, or need another engine.
 * @throws {ConnectionError} If the certificate or key is invalid.
 */
export async function secureAsServer(
  connection: Connection,
  options: TlsListenOptions,
): Promise<Connection> {
  const { localAddress } = connection;
  const found = serverSide(options, "start TLS on", localAddress);
  if (found.engine === "native") {
    throw new OptionTypeError({
      action: "start TLS on",
      address: `${localAddress}`,
      reason:
        'only the TLS engine "node" can be the server of an open connection',
      option: "tlsEngine",
    });
  }
  const identity = new ServerIdentity(found.certificate, options);
  await identity.use(found.certificate, localAddress);
  return new TlsConnection(connection, identity.begin);
}

/**
 * Listens.
 *
 * @param options Certificate and key, whether clients need one, socket options.
 * @throws As `listenTls`.
 */
export async function listenForTls(
  on: Address,
  options: TlsListenOptions & ListenOptions,
): Promise<Listener> {
  const { certificate, engine } = serverSide(options, "listen on", on);
  if (engine === "native") {
    return new NativeTlsListener(on, certificate, options);
  }
  const identity = new ServerIdentity(certificate, options);
  await identity.use(certificate, on);
  return new TlsListener(on, identity, options);
}

/** Checks the options of a server, and chooses the engine. */
function serverSide(
  options: TlsListenOptions,
  action: string,
  address: Address,
): { certificate: TlsCertificate; engine: TlsEngine } {
  const doing = { action, address: `${address}` };
  const certificate = certificateIn(options, action, address);
  if (certificate === undefined) {
    throw new OptionTypeError({
      ...doing,
      reason: "TLS needs a certificate and its key",
      option: "cert",
    });
  }
  const { caCerts = [], requireClientCert = false, tlsEngine } = options;
  checkCaCerts(caCerts, action, address);
  // Without caCerts, every public authority would be accepted.
  if (requireClientCert === (caCerts.length === 0)) {
    throw new OptionTypeError({
      ...doing,
      reason: requireClientCert
        ? "client certificates need the authorities that issue them"
        : "authorities are only for client certificates, which are not asked for",
      option: requireClientCert ? "caCerts" : "requireClientCert",
    });
  }
  if (requireClientCert && tlsEngine === "native") {
    throw new OptionTypeError({
      ...doing,
      reason: 'only the TLS engine "node" asks for client certificates',
      option: "tlsEngine",
    });
  }
  return { certificate, engine: tlsEngine ?? "node" };
}

/** Accepts connections of clients, over `node:tls`. */
class TlsListener extends SocketListener<Deno.TcpConn, Deno.NetAddr> {
  readonly #identity: ServerIdentity;

  constructor(on: Address, identity: ServerIdentity, options: ListenOptions) {
    const listener = listenSocket(on, options);
    super(listener, addressOf(listener.addr), (conn) => {
      const raw = new SocketConnection(withOptions(conn, options), addressOf);
      return new TlsConnection(raw, identity.begin);
    });
    this.#identity = identity;
  }

  async setCertificate(certificate: TlsCertificate): Promise<void> {
    checkPem(certificate, "listen on", this.address);
    await this.#identity.use(certificate, this.address);
  }
}

function needsOf(
  options: TlsDialOptions,
  address: Address,
): "native" | "node" {
  const connecting = { action: "connect to", address: `${address}` };
  const certificate = certificateIn(options, "connect to", address);
  checkCaCerts(options.caCerts ?? [], "connect to", address);
  const { insecure = false, tlsEngine } = options;
  const needsNode = certificate !== undefined || insecure;
  if (tlsEngine === "native" && needsNode) {
    throw new OptionTypeError({
      ...connecting,
      reason: 'insecure and a client certificate need the TLS engine "node"',
      option: "tlsEngine",
    });
  }
  return needsNode || tlsEngine === "node" ? "node" : "native";
}

// deno-lint-ignore require-await -- failures reach the caller in one way
async function overNode(
  raw: Connection,
  address: Address,
  options: TlsDialOptions,
): Promise<Connection> {
  const { serverName = address.hostname } = options;
  return new TlsConnection(raw, beginClient(serverName, options));
}

async function overNative(
  conn: Deno.TcpConn,
  address: Address,
  options: TlsDialOptions,
): Promise<Connection> {
  const { alpn = [], caCerts = [], serverName = address.hostname } = options;
  try {
    const tls = await Deno.startTls(conn, {
      hostname: serverName,
      caCerts: [...caCerts],
      ...(alpn.length === 0 ? {} : { alpnProtocols: [...alpn] }),
    });
    return new NativeTlsConnection(tls);
  } catch (error) {
    conn[Symbol.dispose]();
    throw translate(error, "shake hands with", address);
  }
}
