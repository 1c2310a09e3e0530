/**
 * Unix sockets on `Deno.listen` and `Deno.connect`: connections within one
 * machine, whose address is a path in the file system.
 *
 * Most programs want `connect` and `serve` of `@parley/parley` with an address
 * such as `unix:/run/app.sock`. These two functions are the bytes below.
 *
 * The file outlives a program that is killed. So what is found at the path
 * decides what listening does:
 *
 * ```text
 * nothing                        listen
 * a socket that nobody answers   remove it, listen
 * a socket that somebody answers error, and it stays
 * a folder, or any other file    error, and it stays
 * ```
 *
 * @example A connection to oneself
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

import { outOfRange } from "../../check.ts";
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

// The system keeps the path in an array, with a zero byte behind it.
const MAX_PATH_BYTES = Deno.build.os === "darwin" ? 103 : 107;

/** Where a Unix socket is. */
export interface SocketPath {
  /** Path of its file, at most 107 bytes (103 on macOS). */
  readonly path: string;
}

/**
 * Opens a connection to a Unix socket.
 *
 * A client's end has no path of its own, so both ends of the connection go by
 * the socket's.
 *
 * @param to The path.
 * @param options A signal; the options of TCP mean nothing here.
 * @returns The connection, owned by the caller.
 * @throws {ConnectionError} If there is no connection to be had.
 * @throws {RangeError} If the path is too long for the system.
 * @throws {TypeError} If the path is empty or holds a zero byte.
 * @throws {unknown} The signal's reason, once it is aborted.
 */
export async function connectUnix(
  to: SocketPath,
  options: Pick<DialOptions, "signal"> = {},
): Promise<Connection> {
  const { signal } = options;
  signal?.throwIfAborted();
  const address = addressOf(to, "connect to");
  const { path } = address;
  let conn: Deno.UnixConn;
  try {
    // The system answers at once, so there is no waiting to be ended.
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
 * A file that a dead program left behind is replaced. To find out whether it is
 * dead, the file is connected to: a live program sees a connection that ends at
 * once.
 *
 * @param on The path.
 * @param options Permissions of the file.
 * @returns The listener, owned by the caller.
 * @throws {ConnectionError} If somebody listens there already, something else is
 * in the way, or the system refuses.
 * @throws {RangeError} If the path is too long for the system, or the mode is
 * none.
 * @throws {TypeError} If the path is empty or holds a zero byte.
 */
export async function listenUnix(
  on: SocketPath,
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

function addressOf({ path }: SocketPath, action: string): Address {
  const address = new Address("unix", path);
  // In front it means a name that is not in the file system, on Linux.
  if (path.includes("\0", 1)) {
    throw new TypeError(
      `Cannot ${action} ${
        JSON.stringify(`${address}`)
      }: a path cannot hold a zero byte`,
    );
  }
  const { length } = new TextEncoder().encode(path);
  if (length > MAX_PATH_BYTES) {
    throw new RangeError(
      `Cannot ${action} ${address}: the path is ${length} bytes long and the system takes at most ${MAX_PATH_BYTES}; a path relative to the working directory may be shorter`,
    );
  }
  return address;
}

function bind({ path }: Address, mode: number | undefined): Deno.UnixListener {
  if (mode === undefined) return Deno.listen({ transport: "unix", path });
  // Not chmod afterwards: whoever connects in between stays connected.
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
  // Gone by now, or a name that is not in the file system: the next try tells.
  if (found === undefined) return;
  const why = notASocket(found) ??
    (await isAlive(path) ? "another program is listening there" : undefined);
  if (why !== undefined) {
    throw translate(inUse, "listen on", address, because(why));
  }
  // What came there in the meantime is not what nobody answered on.
  const still = lstat(path);
  if (still?.ino !== found.ino || still?.dev !== found.dev) return;
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw translate(error, "listen on", address, {
      reason: "a dead program's socket is there, which cannot be removed",
    });
  }
}

/** Whether somebody listens. In doubt there is: it is not ours to remove. */
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
    // Gone, or not ours to look at; whoever asks has an error to throw already.
    return undefined;
  }
}

function because(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}

function notASocket(found: Deno.FileInfo | undefined): string | undefined {
  if (found?.isDirectory) return "a folder is there";
  // `null` where the system does not tell.
  return found?.isSocket === false
    ? "a file is there that is no socket"
    : undefined;
}
