/**
 * Connections and listeners on the runtime's sockets: the common part of TCP,
 * TLS and Unix sockets.
 *
 * @module
 */

import { ClosedError } from "../errors.ts";
import type { Address } from "./address.ts";
import type { Connection, Listener } from "./connection.ts";
import { translate } from "./os_error.ts";
import { RAW, type RawCalls } from "./raw_calls.ts";

/** A connection on a socket of the runtime. */
export class SocketConnection<A extends Deno.Addr>
  implements Connection, RawCalls {
  readonly #conn: Deno.Conn<A>;
  readonly #addressOf: (addr: A) => Address;
  #local: Address | undefined;
  #remote: Address | undefined;
  #closed = false;
  #finished = false;
  // How the link was lost: the runtime reports it once, then reads a clean end.
  #lost: unknown;

  /**
   * Takes ownership of a socket.
   *
   * @param addressOf Converts the runtime's addresses.
   */
  constructor(conn: Deno.Conn<A>, addressOf: (addr: A) => Address) {
    this.#conn = conn;
    this.#addressOf = addressOf;
  }

  // Made on demand: most programs never use them.
  get localAddress(): Address {
    return this.#local ??= this.#addressOf(this.#conn.localAddr);
  }

  get remoteAddress(): Address {
    return this.#remote ??= this.#addressOf(this.#conn.remoteAddr);
  }

  async read(into: Uint8Array): Promise<number | null> {
    let failure: Error | undefined;
    try {
      const got = await this.#conn.read(into);
      if (got !== null) return got;
      failure = this.readFailure();
    } catch (error) {
      failure = this.readFailure(error);
    }
    if (failure === undefined) return null;
    throw failure;
  }

  async write(bytes: Uint8Array): Promise<number> {
    try {
      return await this.writeRaw(bytes);
    } catch (error) {
      throw this.writeFailure(error);
    }
  }

  get [RAW](): RawCalls | undefined {
    return this;
  }

  readRaw(into: Uint8Array): Promise<number | null> {
    return this.#conn.read(into);
  }

  writeRaw(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  readFailure(error?: unknown): Error | undefined {
    if (error !== undefined && !this.isEnd(error)) {
      return this.#failure("read from", error);
    }
    return this.#lost === undefined
      ? undefined
      : this.#failure("read from", this.#lost);
  }

  writeFailure(error: unknown): Error {
    return this.#failure("write to", error);
  }

  async closeWrite(): Promise<void> {
    try {
      await this.#conn.closeWrite();
      this.#finished = true;
    } catch (error) {
      throw this.#failure("finish sending to", error);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Not close(), which throws if the runtime has closed it already.
    this.#conn[Symbol.dispose]();
  }

  // The runtime cannot send a reset: it always sends the end of the stream
  // first, even with bytes unread or unsent.
  abort(): void {
    this.close();
  }

  /**
   * Releases the socket of a connection, which cannot be used afterwards.
   *
   * @returns The socket, or `undefined` if the connection is of another kind.
   */
  static release(connection: Connection): Deno.Conn | undefined {
    if (!(#conn in connection)) return undefined;
    connection.settle();
    return connection.#conn as Deno.Conn;
  }

  /** Sets the options of its socket, if that was put off. */
  settle(): void {}

  /**
   * Tells whether a read's error only means that the stream has ended.
   *
   * @returns Whether it does; by default `false`.
   */
  protected isEnd(_error: unknown): boolean {
    return false;
  }

  #failure(action: string, error: unknown): Error {
    const { remoteAddress } = this;
    if (this.#closed) return translate(error, action, remoteAddress);
    const isBrokenPipe = error instanceof Deno.errors.BrokenPipe;
    // After a broken pipe, bytes that the peer sent before can still be read.
    // An error without a code is not a failure of the system.
    if (!isBrokenPipe && error instanceof Error && "code" in error) {
      this.#lost ??= error;
    }
    if (isBrokenPipe && this.#finished && this.#lost === undefined) {
      return new ClosedError({
        action,
        address: `${remoteAddress}`,
        reason: "this side has finished sending",
        cause: error,
      });
    }
    return translate(this.#lost ?? error, action, remoteAddress);
  }
}

/** A listener on a socket of the runtime. */
export class SocketListener<C extends Deno.Conn<A>, A extends Deno.Addr>
  implements Listener {
  readonly address: Address;
  readonly #listener: Deno.Listener<C, A>;
  readonly #wrap: (conn: C) => Connection;
  readonly #onFailure = (error: unknown): never => {
    throw translate(error, "accept on", this.address);
  };

  /**
   * Takes ownership of a listening socket.
   *
   * @param wrap Makes a connection from an accepted socket.
   */
  constructor(
    listener: Deno.Listener<C, A>,
    address: Address,
    wrap: (conn: C) => Connection,
  ) {
    this.#listener = listener;
    this.address = address;
    this.#wrap = wrap;
  }

  // Never `for await` over the listener: it ends at the first failed accept. Nor an
  // asynchronous function, which takes 0.6 kB of memory for each connection.
  accept(): Promise<Connection> {
    return this.#listener.accept().then(this.#wrap, this.#onFailure);
  }

  close(): void {
    this.#listener[Symbol.dispose]();
  }
}
