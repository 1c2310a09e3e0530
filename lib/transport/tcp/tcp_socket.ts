/**
 * The runtime's TCP sockets with checked options and the library's errors, for
 * `tcp:` and `tls:`.
 *
 * @module
 */

import {
  checkInteger,
  OptionRangeError,
  OptionTypeError,
} from "../../check.ts";
import { ConnectionError } from "../../errors.ts";
import { Address, type Transport } from "../address.ts";
import type { DialOptions, ListenOptions } from "../connection.ts";
import { inZone, ipVersion } from "../ip.ts";
import { translate } from "../os_error.ts";

// The system takes a C int and reduces it to its own limit.
const MAX_BACKLOG = 2 ** 31 - 1;

/**
 * Opens a socket to an address.
 *
 * @param address Host and port, with the transport that errors name.
 * @param options Socket options and a signal.
 * @throws {ConnectionError} If no connection can be made.
 * @throws {RangeError} If the port is 0.
 * @throws {unknown} The signal's reason, once it is aborted.
 */
export async function dialSocket(
  address: Address,
  options: DialOptions,
): Promise<Deno.TcpConn> {
  const { signal } = options;
  signal?.throwIfAborted();
  checkPort(address);
  const { hostname } = address;
  const dial = (address: Address) => dialOne(address, signal);
  try {
    return withOptions(await dial(address), options);
  } catch (error) {
    const isName = ipVersion(hostname) === undefined;
    if (!isName || !(error instanceof ConnectionError)) throw error;
    if (error.code === "unresolved") throw error;
    const { dialEach, lookUpAll } = await import("./each_address.ts");
    const each = { dial, lookUp: lookUpAll, signal };
    return withOptions(await dialEach(address, error, each), options);
  }
}

/**
 * Checks the port of an address to connect to.
 *
 * @throws {RangeError} If it is 0.
 */
export function checkPort(address: Address): void {
  if (address.port !== 0) return;
  throw new OptionRangeError({
    action: "connect to",
    address: `${address}`,
    reason: "port 0 is only for listening, the port must be from 1 to 65535",
  });
}

async function dialOne(
  address: Address,
  signal: AbortSignal | undefined,
): Promise<Deno.TcpConn> {
  const { hostname, port } = address;
  try {
    return await Deno.connect({
      hostname,
      port,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    // The signal's reason belongs to the caller and is not translated.
    signal?.throwIfAborted();
    throw translate(error, "connect to", address);
  }
}

/**
 * Checks the option `backlog`.
 *
 * @throws {RangeError} If it is not an integer from 1 to 2^31-1.
 */
export function backlogOf(options: ListenOptions): number {
  const { backlog = 511 } = options;
  return checkInteger("backlog", backlog, 1, MAX_BACKLOG);
}

/**
 * Returns the runtime's option for sharing a port.
 *
 * @param address The address, for errors.
 * @returns The option, if it is set.
 * @throws {TypeError} If the runtime was started without `--unstable-net`.
 */
export function sharingOf(
  address: Address,
  options: ListenOptions,
): { reusePort?: true } {
  if (options.reusePort !== true) return {};
  // Without the flag the option ends the process, which no program can catch.
  if (typeof Reflect.get(Deno, "listenDatagram") !== "function") {
    throw new OptionTypeError({
      action: "listen on",
      address: `${address}`,
      reason: "reusePort needs a runtime started with --unstable-net",
      option: "reusePort",
    });
  }
  return { reusePort: true };
}

/**
 * Opens a listening socket.
 *
 * @param address Host and port, with the transport that errors name.
 * @throws {ConnectionError} If the system refuses.
 * @throws {RangeError} If the backlog is invalid.
 * @throws {TypeError} If `reusePort` is not available.
 */
export function listenSocket(
  address: Address,
  options: ListenOptions,
): Deno.TcpListener {
  const { hostname, port } = address;
  const tcpBacklog = backlogOf(options);
  const sharing = sharingOf(address, options);
  try {
    return Deno.listen({ hostname, port, tcpBacklog, ...sharing });
  } catch (error) {
    throw translate(error, "listen on", address);
  }
}

/** Sets a socket's options. */
export function withOptions(
  conn: Deno.TcpConn,
  options: DialOptions | ListenOptions,
): Deno.TcpConn {
  const { keepAlive = true, noDelay = true } = options;
  // Both fail only if the peer is gone already, which the first read reports.
  try {
    if (noDelay) conn.setNoDelay(true);
    if (keepAlive) conn.setKeepAlive(true);
  } catch { /* see above */ }
  return conn;
}

/**
 * Makes a function that converts the runtime's addresses.
 *
 * The runtime shows link-local addresses without their interface. Where all of
 * them are on one link, as on a listener of one, it is added.
 *
 * @param transport The transport of the results.
 * @param zone The interface of link-local addresses, if it is known.
 */
export function addressIn(
  transport: Transport,
  zone?: string,
): (addr: Deno.NetAddr) => Address {
  return ({ hostname, port }) => {
    // A dual-stack listener sees IPv4 peers as IPv6. Show them as IPv4.
    const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(hostname);
    return new Address(transport, mapped?.[1] ?? inZone(hostname, zone), port);
  };
}
