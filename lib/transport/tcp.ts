/**
 * TCP on `Deno.listen` and `Deno.connect`.
 *
 * Most programs want `connect` and `serve` of `@parley/parley`, which add
 * messages, deadlines and limits. These two functions are the bytes below.
 *
 * @example A connection to oneself
 * ```ts
 * import { connectTcp, listenTcp } from "@parley/parley/tcp";
 * import { assertEquals } from "@std/assert";
 *
 * const listener = listenTcp({ hostname: "127.0.0.1", port: 0 });
 * const [client, server] = await Promise.all([
 *   connectTcp(listener.address),
 *   listener.accept(),
 * ]);
 * await client.write(Uint8Array.of(1, 2, 3));
 * await client.closeWrite();
 * const bytes = new Uint8Array(10);
 * assertEquals(await server.read(bytes), 3);
 * assertEquals(await server.read(bytes), null);
 * for (const open of [client, server, listener]) open.close();
 * ```
 *
 * @module
 */

import { Address } from "./address.ts";
import type {
  Connection,
  DialOptions,
  Listener,
  ListenOptions,
} from "./connection.ts";
import { translate } from "./os_error.ts";
import { SocketConnection, SocketListener } from "./socket.ts";

export type { Connection, DialOptions, Listener, ListenOptions };
export { Address };
export type { Transport } from "./address.ts";

// The system takes a C int and cuts it down to its own limit.
const MAX_BACKLOG = 2 ** 31 - 1;

/** A host and a port. */
export interface HostPort {
  /** Host name or IP address; `"::"` is every interface, IPv4 and IPv6. */
  readonly hostname: string;
  /** Port, 0 to 65535; listening on 0 asks the system for one. */
  readonly port: number;
}

/**
 * Opens a TCP connection.
 *
 * @param to Host and port. All addresses of a name are tried.
 * @param options Socket options and a signal.
 * @returns The connection, owned by the caller.
 * @throws {ConnectionError} If there is no connection to be had.
 * @throws {RangeError} If the port is no integer from 1 to 65535.
 * @throws {TypeError} If the host name is empty.
 * @throws {unknown} The signal's reason, once it is aborted.
 */
export async function connectTcp(
  to: HostPort,
  options: DialOptions = {},
): Promise<Connection> {
  const { keepAlive = true, noDelay = true, signal } = options;
  signal?.throwIfAborted();
  const { hostname, port } = to;
  const address = new Address("tcp", hostname, port);
  if (port === 0) {
    throw new RangeError(
      `Cannot connect to ${address}: port 0 is only for listening, the port must be from 1 to 65535`,
    );
  }
  let conn: Deno.TcpConn;
  try {
    conn = await Deno.connect({
      hostname,
      port,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    // The signal's reason is the caller's own and is not translated.
    signal?.throwIfAborted();
    throw translate(error, "connect to", address);
  }
  return wrap(conn, keepAlive, noDelay);
}

/**
 * Listens for TCP connections.
 *
 * @param on Host and port.
 * @param options Backlog, and options of the accepted connections.
 * @returns The listener, owned by the caller.
 * @throws {ConnectionError} If the address is in use, not this machine's, or
 * not permitted.
 * @throws {RangeError} If the port is no integer from 0 to 65535, or the backlog
 * none from 1 to 2^31-1.
 * @throws {TypeError} If the host name is empty.
 */
export function listenTcp(on: HostPort, options: ListenOptions = {}): Listener {
  const { backlog = 511, keepAlive = true, noDelay = true } = options;
  const { hostname, port } = on;
  const address = new Address("tcp", hostname, port);
  if (!Number.isInteger(backlog) || backlog < 1 || backlog > MAX_BACKLOG) {
    throw new RangeError(
      `Cannot listen on ${address}: the backlog must be an integer from 1 to ${MAX_BACKLOG}, not ${backlog}`,
    );
  }
  try {
    const listener = Deno.listen({ hostname, port, tcpBacklog: backlog });
    return new SocketListener(
      listener,
      addressOf(listener.addr),
      (conn) => wrap(conn, keepAlive, noDelay),
    );
  } catch (error) {
    throw translate(error, "listen on", address);
  }
}

function addressOf(addr: Deno.NetAddr): Address {
  // A dual-stack listener sees IPv4 peers as IPv6; show them as what they are.
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(addr.hostname);
  return new Address("tcp", mapped?.[1] ?? addr.hostname, addr.port);
}

function wrap(
  conn: Deno.TcpConn,
  keepAlive: boolean,
  noDelay: boolean,
): Connection {
  // Both fail only if the peer is gone already, which the first read tells.
  try {
    if (noDelay) conn.setNoDelay(true);
    if (keepAlive) conn.setKeepAlive(true);
  } catch { /* see above */ }
  return new SocketConnection(conn, addressOf);
}
