/**
 * Unix sockets on `Deno.listen` and `Deno.connect`: connections within one
 * machine, whose address is a path in the file system.
 *
 * Most programs use `connect` and `serve` of `@parley/parley` with an address
 * such as `unix:/run/app.sock`. The two functions here carry bytes, below the
 * messages.
 *
 * The file stays if the program is killed. So listening depends on what is at
 * the path:
 *
 * ```text
 * nothing                        listen
 * a socket without a listener    remove it, listen
 * a socket with a listener       error, and it stays
 * a folder, or any other file    error, and it stays
 * ```
 *
 * @example A connection within one program
 * ```ts
 * import { connectUnix, listenUnix } from "@parley/parley/unix";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const listener = await listenUnix({ path: `${folder}/app.sock` });
 * const [client, server] = await Promise.all([
 *   connectUnix(listener.address),
 *   listener.accept(),
 * ]);
 * await client.write(Uint8Array.of(1, 2, 3));
 * assertEquals(await server.read(new Uint8Array(10)), 3);
 * for (const open of [client, server, listener]) open.close();
 * await Deno.remove(folder); // the socket's file is gone already
 * ```
 *
 * @module
 */

import { OptionRangeError, OptionTypeError, outOfRange } from "../../check.ts";
import { Address } from "../address.ts";
import type {
  Connection,
  DialOptions,
  Listener,
  UnixListenOptions,
} from "../connection.ts";
import { translate } from "../os_error.ts";
import { SocketConnection, SocketListener } from "../socket.ts";

export type { UnixListenOptions };

// The system keeps the path in an array of fixed size, with a zero byte at the
// end.
const MAX_PATH_BYTES = Deno.build.os === "darwin" ? 103 : 107;

/** The path of a Unix socket. */
export interface SocketPath {
  /** Path of its file, at most 107 bytes (103 on macOS). */
  readonly path: string;
}

/**
 * Opens a connection to a Unix socket.
 *
 * A client's end has no path of its own, so both ends of the connection have
 * the socket's path as their address.
 *
 * @param to The path, or an address such as `"unix:/run/app.sock"`.
 * @param options A signal. The options of TCP are ignored.
 * @returns The connection, owned by the caller.
 * @throws {ConnectionError} If no connection can be made.
 * @throws {RangeError} If the path is too long for the system.
 * @throws {TypeError} If the path is empty or holds a zero byte.
 * @throws {unknown} The signal's reason, once it is aborted.
 */
export async function connectUnix(
  to: string | SocketPath,
  options: Pick<DialOptions, "signal"> = {},
): Promise<Connection> {
  const { signal } = options;
  signal?.throwIfAborted();
  const address = addressOf(to, "connect to");
  const { path } = address;
  let conn: Deno.UnixConn;
  try {
    // The system answers at once, so there is nothing to abort.
    conn = await Deno.connect({ transport: "unix", path });
  } catch (error) {
    const isRefused = error instanceof Deno.errors.ConnectionRefused;
    const obstacle = isRefused ? notASocket(lstat(path)) : undefined;
    throw translate(error, "connect to", address, because(obstacle));
  }
  return wrap(conn, address);
}

/**
 * Listens on a Unix socket. Closing the listener removes the file.
 *
 * The file of a dead program is replaced. To find out whether the program is
 * dead, the file is connected to. A live program sees a connection that ends at
 * once.
 *
 * @param on The path, or an address such as `"unix:/run/app.sock"`.
 * @param options Permissions of the file.
 * @returns The listener, owned by the caller.
 * @throws {ConnectionError} If another program listens there, another kind of
 * file is there, or the system refuses.
 * @throws {RangeError} If the path is too long for the system, or the mode is
 * invalid.
 * @throws {TypeError} If the path is empty or holds a zero byte.
 */
export async function listenUnix(
  on: string | SocketPath,
  options: UnixListenOptions = {},
): Promise<Listener> {
  const address = addressOf(on, "listen on");
  const { mode } = options;
  if (
    mode !== undefined && (!Number.isInteger(mode) || (mode & ~0o777) !== 0)
  ) {
    throw outOfRange("mode", mode, "an integer from 0o000 to 0o777");
  }
  let listener: Deno.UnixListener;
  try {
    listener = bind(address, mode);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) {
      throw translate(error, "listen on", address);
    }
    await removeStale(address, error);
    try {
      listener = bind(address, mode);
    } catch (error) {
      throw translate(error, "listen on", address);
    }
  }
  return new SocketListener(listener, address, (conn) => wrap(conn, address));
}

function wrap(conn: Deno.UnixConn, address: Address): Connection {
  return new SocketConnection(conn, () => address);
}

function addressOf(where: string | SocketPath, action: string): Address {
  const given = typeof where === "string" ? where : where.path;
  const isAddress = typeof where === "string" && where.startsWith("unix:");
  const path = isAddress ? given.slice("unix:".length) : given;
  const address = new Address("unix", path);
  // As the first byte it means a name outside the file system, on Linux.
  if (path.includes("\0", 1)) {
    throw new OptionTypeError({
      action,
      address: JSON.stringify(`${address}`),
      reason: "a path cannot hold a zero byte",
    });
  }
  const { length } = new TextEncoder().encode(path);
  if (length > MAX_PATH_BYTES) {
    throw new OptionRangeError({
      action,
      address: `${address}`,
      reason:
        `the path is ${length} bytes long and the system takes at most ${MAX_PATH_BYTES}`,
      advice: "a path relative to the working directory may be shorter",
    });
  }
  return address;
}

function bind({ path }: Address, mode: number | undefined): Deno.UnixListener {
  if (mode === undefined) return Deno.listen({ transport: "unix", path });
  // Not chmod afterwards: a client that connects in between stays connected.
  const umask = Deno.umask(0o777 & ~mode);
  try {
    return Deno.listen({ transport: "unix", path });
  } finally {
    Deno.umask(umask);
  }
}

async function removeStale(address: Address, inUse: Error): Promise<void> {
  const { path } = address;
  const found = lstat(path);
  // Gone by now, or a name outside the file system: the next attempt decides.
  if (found === undefined) return;
  const obstacle = notASocket(found);
  if (obstacle !== undefined) {
    throw translate(inUse, "listen on", address, because(obstacle));
  }
  if (await isAlive(path)) {
    const reason = "another program is listening there";
    throw translate(inUse, "listen on", address, { reason });
  }
  // A new file may have replaced the one that did not answer.
  const still = lstat(path);
  if (still?.ino !== found.ino || still?.dev !== found.dev) return;
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw translate(error, "listen on", address, {
      reason: "a dead program's socket is there, which cannot be removed",
      advice: "check the path",
    });
  }
}

/** Whether a program listens. In doubt, yes: then the file must stay. */
async function isAlive(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.ConnectionRefused);
  }
}

function lstat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    // Gone, or not accessible; the caller has an error to throw already.
    return undefined;
  }
}

function because(
  reason: string | undefined,
): { readonly reason?: string; readonly advice?: string } {
  return reason === undefined ? {} : { reason, advice: "check the path" };
}

function notASocket(found: Deno.FileInfo | undefined): string | undefined {
  if (found?.isDirectory) return "a folder is there";
  // `null` where the system does not support it.
  return found?.isSocket === false
    ? "a file that is not a socket is there"
    : undefined;
}
