/**
 * TCP on `Deno.listen` and `Deno.connect`.
 *
 * Most programs use `connect` and `serve` of `@parley/parley`, which add
 * messages, deadlines and limits. The two functions here carry bytes, below the
 * messages.
 *
 * The socket options, with their names here. The runtime does not offer all:
 *
 * | option         | here                       | default                     |
 * | -------------- | -------------------------- | --------------------------- |
 * | `TCP_NODELAY`  | `noDelay`                  | on, also for TLS            |
 * | `SO_KEEPALIVE` | `keepAlive`                | on, after the system's time |
 * | `SO_REUSEADDR` | always on for listeners    |                             |
 * | `SO_REUSEPORT` | `reusePort`                | off                         |
 * | backlog        | `backlog`                  | 511                         |
 * | `IPV6_V6ONLY`  | never: `[::]` takes both   |                             |
 * | `SO_SNDBUF`    | not available              | the system's                |
 * | `SO_RCVBUF`    | not available              | the system's                |
 * | `SO_LINGER`    | `resettable`               | off: an orderly end         |
 *
 * @example A connection within one program
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

import type {
  Connection,
  DialOptions,
  Listener,
  ListenOptions,
} from "../connection.ts";
import { OptionTypeError } from "../../check.ts";
import { zoneOf } from "../ip.ts";
import { SocketConnection } from "../socket.ts";
import { TcpListener } from "./accepted.ts";
import { hostAddress, type HostPort } from "./host_port.ts";
import { addressIn, dialSocket, listenSocket } from "./tcp_socket.ts";

export type { HostPort };

/**
 * Opens a TCP connection.
 *
 * @param to Host and port, or an address such as `"tcp://127.0.0.1:7342"`. All
 * addresses of a name are tried.
 * @param options Socket options and a signal.
 * @returns The connection, owned by the caller.
 * @throws {ConnectionError} If no connection can be made.
 * @throws {RangeError} If the port is not an integer from 1 to 65535.
 * @throws {TypeError} If the host name is empty.
 * @throws {unknown} The signal's reason, once it is aborted.
 */
export async function connectTcp(
  to: string | HostPort,
  options: DialOptions = {},
): Promise<Connection> {
  options.signal?.throwIfAborted();
  const address = hostAddress("tcp", to);
  if (options.resettable === true) {
    const { dialResettable } = await import("./open_resettable.ts");
    return await dialResettable(address, options);
  }
  const conn = await dialSocket(address, options);
  return new SocketConnection(
    conn,
    addressIn("tcp", zoneOf(address.hostname)),
  );
}

/**
 * Listens for TCP connections.
 *
 * @param on Host and port, or an address such as `"tcp://127.0.0.1:0"`.
 * @param options Backlog, and options of the accepted connections.
 * @returns The listener, owned by the caller.
 * @throws {ConnectionError} If the address is in use, not one of this machine,
 * or not permitted.
 * @throws {RangeError} If the port is not an integer from 0 to 65535, or the
 * backlog not one from 1 to 2^31-1.
 * @throws {TypeError} If the host name is empty, `reusePort` is set and the
 * runtime was started without `--unstable-net`, or `resettable` is set, which `listen`
 * of `@parley/parley` takes.
 */
export function listenTcp(
  on: string | HostPort,
  options: ListenOptions = {},
): Listener {
  const address = hostAddress("tcp", on);
  if (options.resettable === true) {
    throw new OptionTypeError({
      action: "listen on",
      address: `${address}`,
      reason: "listenTcp cannot wait for node:net",
      option: "resettable",
      advice: "use listen or serve",
    });
  }
  const listener = listenSocket(address, options);
  const addressOf = addressIn("tcp", zoneOf(address.hostname));
  return new TcpListener(listener, addressOf, options);
}
