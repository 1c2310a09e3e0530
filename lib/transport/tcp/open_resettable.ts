/**
 * Opens TCP connections that can be reset, and listens for them, on `node:net`.
 *
 * @module
 */

import type { AddressInfo, Server, Socket } from "node:net";
import { OptionTypeError } from "../../check.ts";
import type { Address } from "../address.ts";
import type {
  Connection,
  DialOptions,
  Listener,
  ListenOptions,
} from "../connection.ts";
import { zoneOf } from "../ip.ts";
import { closedHere, translate } from "../os_error.ts";
import { ResettableConnection } from "./resettable.ts";
import { addressIn, backlogOf, checkPort } from "./tcp_socket.ts";

/**
 * Opens a connection.
 *
 * @throws {ConnectionError} If no connection can be made.
 * @throws {RangeError} If the port is 0.
 * @throws {unknown} The signal's reason, once it is aborted.
 */
export async function dialResettable(
  address: Address,
  { keepAlive = true, noDelay = true, signal }: DialOptions,
): Promise<ResettableConnection> {
  signal?.throwIfAborted();
  checkPort(address);
  const { connect } = await import("node:net");
  const { hostname, port } = address;
  const socket = connect({
    host: hostname,
    port,
    allowHalfOpen: true,
    keepAlive,
    noDelay,
  });
  const stop = () => socket.destroy();
  signal?.addEventListener("abort", stop);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
      socket.once("close", () => reject(signal?.reason));
    });
    const connection = connectionOn(socket, addressesOn(address));
    if (connection !== undefined) return connection;
    throw new Deno.errors.ConnectionReset();
  } catch (error) {
    socket.destroy();
    signal?.throwIfAborted();
    throw translate(error, "connect to", address);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * Listens.
 *
 * @throws {ConnectionError} If the system refuses.
 * @throws {TypeError} If `reusePort` is set, which `node:net` does not have here.
 */
export async function listenResettable(
  on: Address,
  options: ListenOptions,
): Promise<Listener> {
  if (options.reusePort === true) {
    throw new OptionTypeError({
      action: "listen on",
      address: `${on}`,
      reason: "a port of resettable connections cannot be shared",
      option: "reusePort",
    });
  }
  const { createServer } = await import("node:net");
  const { keepAlive = true, noDelay = true } = options;
  const backlog = backlogOf(options);
  const server = createServer({
    allowHalfOpen: true,
    keepAlive,
    noDelay,
    pauseOnConnect: true,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      const { hostname: host, port } = on;
      server.listen({ host, port, backlog }, resolve);
    });
  } catch (error) {
    throw translate(error, "listen on", on);
  }
  return new ResettableListener(server, on, backlog);
}

/** Converts an address of `node:net`. */
type AddressOf = (hostname: string, port: number) => Address;

class ResettableListener implements Listener {
  readonly address: Address;
  readonly #addressOf: AddressOf;
  readonly #server: Server;
  readonly #waiting: Socket[] = [];
  #isClosed = false;
  #failure: unknown;
  #wake: (() => void) | undefined;

  constructor(server: Server, on: Address, mostWaiting: number) {
    this.#server = server;
    this.#addressOf = addressesOn(on);
    const { address, port } = server.address() as AddressInfo;
    this.address = this.#addressOf(address, port);
    server.on("connection", (socket: Socket) => {
      // node:net accepts at once. So the queue is here, as long as the system's.
      if (this.#waiting.length >= mostWaiting) return void socket.destroy();
      // It may fail before it is accepted; the next read says so.
      socket.on("error", () => {});
      this.#waiting.push(socket);
      this.#wake?.();
    });
    server.on("error", (error) => {
      this.#failure = error;
      this.#wake?.();
    });
  }

  async accept(): Promise<Connection> {
    for (;;) {
      if (this.#isClosed) throw closedHere("accept on", this.address);
      const socket = this.#waiting.shift();
      if (socket !== undefined) {
        const connection = connectionOn(socket, this.#addressOf);
        // The system drops one that was reset while it waited, too.
        if (connection === undefined) continue;
        return connection;
      }
      const failure = this.#failure;
      this.#failure = undefined;
      if (failure !== undefined) {
        throw translate(failure, "accept on", this.address);
      }
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = undefined;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#server.close();
    for (const socket of this.#waiting.splice(0)) socket.destroy();
    this.#wake?.();
  }
}

/** Makes a connection, unless the peer has reset it already: it has no addresses. */
function connectionOn(
  socket: Socket,
  addressOf: AddressOf,
): ResettableConnection | undefined {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  if (localAddress === undefined || remoteAddress === undefined) {
    socket.destroy();
    return undefined;
  }
  return new ResettableConnection(
    socket,
    addressOf(localAddress, localPort!),
    addressOf(remoteAddress, remotePort!),
  );
}

/** Converts the addresses of sockets that belong to an address. */
function addressesOn({ hostname, transport }: Address): AddressOf {
  const addressOf = addressIn(transport, zoneOf(hostname));
  return (hostname, port) => addressOf({ transport: "tcp", hostname, port });
}
