/**
 * Opens TCP connections that can be reset, and listens for them, on `node:net`.
 *
 * @module
 */

import type { AddressInfo, Server, Socket } from "node:net";
import { OptionTypeError } from "../../check.ts";
import { Address } from "../address.ts";
import type {
  Connection,
  DialOptions,
  Listener,
  ListenOptions,
} from "../connection.ts";
import { closedHere, translate } from "../os_error.ts";
import { ResettableConnection } from "./resettable.ts";
import { backlogOf } from "./tcp_socket.ts";

/**
 * Opens a connection.
 *
 * @throws {ConnectionError} If no connection can be made.
 * @throws {unknown} The signal's reason, once it is aborted.
 */
export async function dialResettable(
  address: Address,
  { keepAlive = true, noDelay = true, signal }: DialOptions,
): Promise<ResettableConnection> {
  signal?.throwIfAborted();
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
    return connectionOn(socket, address);
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

class ResettableListener implements Listener {
  readonly address: Address;
  readonly #server: Server;
  readonly #waiting: Socket[] = [];
  #isClosed = false;
  #failure: unknown;
  #wake: (() => void) | undefined;

  constructor(server: Server, on: Address, mostWaiting: number) {
    this.#server = server;
    const { address, port } = server.address() as AddressInfo;
    this.address = new Address(on.transport, address, port);
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
      if (socket !== undefined) return connectionOn(socket, this.address);
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

function connectionOn(
  socket: Socket,
  { transport }: Address,
): ResettableConnection {
  const address = (host: string | undefined, port: number | undefined) =>
    // A dual-stack listener sees IPv4 peers as IPv6. Show them as IPv4.
    new Address(
      transport,
      (host ?? "").replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, ""),
      port ?? 0,
    );
  return new ResettableConnection(
    socket,
    address(socket.localAddress, socket.localPort),
    address(socket.remoteAddress, socket.remotePort),
  );
}
