/**
 * The one place that maps an address to its transport.
 *
 * @module
 */

import { Address } from "./address.ts";
import type {
  Connection,
  DialOptions,
  Listener,
  ListenOptions,
  UnixListenOptions,
} from "./connection.ts";
import type {
  DatagramEndpoint,
  DatagramEndpointOptions,
} from "./datagram_endpoint.ts";
import { connectTcp, listenTcp } from "./tcp/mod.ts";
import { openUdp } from "./udp/endpoint.ts";
import { dialTls, listenForTls, secure, secureAsServer } from "./tls/open.ts";
import type { TlsDialOptions, TlsListenOptions } from "./tls/options.ts";
import { connectUnix, listenUnix } from "./unix/mod.ts";

/**
 * Opens a connection. Over TLS the handshake is not done yet: `handshake()`
 * does it, and reading and writing wait for it.
 *
 * @param to The peer's address.
 * @param options Socket options, options of TLS, and a signal.
 * @returns The connection.
 * @throws {TypeError} If the address's transport has no connections.
 * @throws {RangeError} If the port is 0.
 * @throws {ConnectionError} If no connection can be made.
 * @throws {unknown} The signal's reason, once it is aborted.
 */
export async function dial(
  to: Address,
  options: DialOptions & TlsDialOptions,
): Promise<Connection> {
  const { hostname, port, transport } = to;
  switch (transport) {
    case "tcp":
      return await connectTcp({ hostname: reachable(hostname), port }, options);
    case "tls":
      return await dialTls(
        new Address("tls", reachable(hostname), port),
        options,
      );
    case "unix":
      return await connectUnix(to, options);
    default:
      throw unsupported(to, "connect to");
  }
}

/**
 * Puts TLS onto an open connection, as the client. The handshake is not done
 * yet.
 *
 * @param connection The connection; nothing may be read or written on it.
 * @param options The authorities to trust, the certificate to show.
 * @returns The connection to use from now on.
 * @throws {TypeError} If only one of `cert` and `key` is given.
 * @throws {ConnectionError} If a certificate is invalid.
 */
export async function overTls(
  connection: Connection,
  options: TlsDialOptions,
): Promise<Connection> {
  return await secure(connection, options);
}

/**
 * Puts TLS onto an open connection, as the server. The handshake is not done yet.
 *
 * @param connection The connection; nothing may be read or written on it.
 * @param options Certificate and key, whether the client needs a certificate.
 * @returns The connection to use from now on.
 * @throws {TypeError} If options are missing or contradict each other.
 * @throws {ConnectionError} If a certificate is invalid.
 */
export async function overTlsAsServer(
  connection: Connection,
  options: TlsListenOptions,
): Promise<Connection> {
  return await secureAsServer(connection, options);
}

/**
 * Listens for connections.
 *
 * @param on The address; port 0 asks the system for one.
 * @param options Backlog, socket options, options of TLS and of Unix sockets.
 * @returns The listener. Over TLS, the handshake of its connections is not done
 * yet.
 * @throws {TypeError} If the address's transport has no connections.
 * @throws {ConnectionError} If the system refuses.
 */
export async function listen(
  on: Address,
  options: ListenOptions & TlsListenOptions & UnixListenOptions,
): Promise<Listener> {
  switch (on.transport) {
    case "tcp":
      return listenTcp(on, options);
    case "tls":
      return await listenForTls(on, options);
    case "unix":
      return await listenUnix(on, options);
    default:
      throw unsupported(on, "listen on");
  }
}

/**
 * Opens what sends and receives datagrams.
 *
 * @param on Where to receive; port 0 asks the system for one.
 * @param options Socket options.
 * @returns The endpoint.
 * @throws {TypeError} If the runtime was started without `--unstable-net`.
 * @throws {ConnectionError} If the system refuses.
 */
export function openDatagrams(
  on: Address,
  options: DatagramEndpointOptions,
): DatagramEndpoint {
  return openUdp(on, options);
}

/** "Every interface" is for listening. For dialling it means this machine. */
function reachable(hostname: string): string {
  return hostname === "::" || hostname === "0.0.0.0" ? "127.0.0.1" : hostname;
}

function unsupported(address: Address, action: string): TypeError {
  if (address.transport === "udp") {
    return new TypeError(
      `Cannot ${action} ${address}: UDP has no connections, use bindUdp or serveDatagrams`,
    );
  }
  return new TypeError(
    `Cannot ${action} ${address}: it is neither tcp, tls nor unix, as in "tcp://127.0.0.1:7342"`,
  );
}
