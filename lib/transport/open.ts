/**
 * Opens connections and listeners by their address.
 *
 * @module
 */

import { OptionTypeError } from "../check.ts";
import { Address, parseAddress } from "./address.ts";
import type {
  Connection,
  DialOptions,
  Listener,
  ListenOptions,
  UnixListenOptions,
} from "./connection.ts";
import type {
  TlsDialOptions,
  TlsListenOptions,
  TlsUpgradeOptions,
} from "./tls/options.ts";
import { type ConnectionOpener, TRANSPORTS } from "./transports.ts";
import type {
  WebSocketDialOptions,
  WebSocketListenOptions,
} from "./ws/options.ts";

/**
 * Opens a connection of bytes to an address. `connect` does the same for
 * messages, with deadlines.
 *
 * @param address The peer's address, such as `"tcp://127.0.0.1:7342"`. The
 * address of every interface means this machine.
 * @param options Socket options, options of TLS, and a signal.
 * @returns The connection, owned by the caller. Over TLS the handshake is not
 * done yet: `handshake()` does it, and reading and writing wait for it.
 * @throws {TypeError} If the address is invalid or its transport has no
 * connections.
 * @throws {RangeError} If the port is 0.
 * @throws {ConnectionError} If no connection can be made.
 * @throws {unknown} The signal's reason, once it is aborted.
 *
 * @example Bytes to a listener and back
 * ```ts
 * import { dial, listen } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * const listener = await listen("tcp://127.0.0.1:0");
 * const [client, server] = await Promise.all([
 *   dial(listener.address),
 *   listener.accept(),
 * ]);
 * await client.write(Uint8Array.of(1, 2, 3));
 * assertEquals(await server.read(new Uint8Array(10)), 3);
 * for (const open of [client, server, listener]) open.close();
 * ```
 */
export async function dial(
  address: string | Address,
  options: DialOptions & TlsDialOptions & WebSocketDialOptions = {},
): Promise<Connection> {
  const to = typeof address === "string" ? parseAddress(address) : address;
  options.signal?.throwIfAborted();
  const { dial } = await openerOf(to, "connect to");
  return await dial(reachable(to), options);
}

/**
 * Listens for connections of bytes. `serve` does the same for messages, with
 * limits and deadlines.
 *
 * @param address Where to listen, such as `"tcp://127.0.0.1:0"`; port 0 asks the
 * system for one.
 * @param options Backlog, socket options, options of TLS and of Unix sockets.
 * @returns The listener, owned by the caller. Over TLS the handshake of its
 * connections is not done yet.
 * @throws {TypeError} If the address is invalid or its transport has no
 * connections.
 * @throws {ConnectionError} If the system refuses.
 */
export async function listen(
  address: string | Address,
  options:
    & ListenOptions
    & TlsListenOptions
    & UnixListenOptions
    & WebSocketListenOptions = {},
): Promise<Listener> {
  const on = typeof address === "string" ? parseAddress(address) : address;
  const { listen } = await openerOf(on, "listen on");
  return await listen(on, options);
}

/**
 * Puts TLS onto an open connection, as its client or as its server. The
 * handshake is not done yet.
 *
 * @param connection The connection, which TLS owns from now on. No read or write
 * may be pending.
 * @param options Which end this is, and the options of that end.
 * @returns The connection to use from now on.
 * @throws {TypeError} If options contradict each other, or the server has no
 * certificate.
 * @throws {ConnectionError} If a certificate is invalid.
 */
export async function wrapTls(
  connection: Connection,
  options: TlsUpgradeOptions,
): Promise<Connection> {
  const { wrapTls } = await import("./tls/open.ts");
  return await wrapTls(connection, options);
}

async function openerOf(
  address: Address,
  action: string,
): Promise<ConnectionOpener> {
  const { open } = TRANSPORTS[address.transport];
  if (typeof open !== "string") return await open();
  throw new OptionTypeError({ action, address: `${address}`, reason: open });
}

/** "Every interface" is for listening. For dialling it means this machine. */
function reachable(address: Address): Address {
  const { hostname, path, port, transport } = address;
  return hostname === "::" || hostname === "0.0.0.0"
    ? new Address(transport, "127.0.0.1", port, path)
    : address;
}
