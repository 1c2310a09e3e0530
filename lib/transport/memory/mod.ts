/**
 * Connections between two ends in one process. They need no socket and no
 * permission, and they fail like a network, when and where a test decides.
 *
 * ```text
 *            ── toServer ──►
 *  client                     server      each way: bounded buffer, cuts,
 *            ◄── toClient ──              delay, early end, reset
 * ```
 *
 * They follow the contract of {@linkcode Connection} exactly, and refuse calls
 * that break it: two reads at once, or an empty array.
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import { ClosedError, ConnectionError } from "../../errors.ts";
import { Address } from "../address.ts";
import type { Connection, Listener } from "../connection.ts";
import { connectPair, type MemoryPairOptions } from "./connection.ts";
import { type Random, seeded } from "../../random.ts";

export {
  DEFAULT_MEMORY_BUFFER_BYTES,
  type MemoryPairOptions,
} from "./connection.ts";
export type { MemoryDelay, MemoryFaults, MemoryPieces } from "./faults.ts";

/** Options for {@linkcode memoryListener}; each connection gets the others. */
export interface MemoryListenerOptions extends MemoryPairOptions {
  /**
   * What the address says after `memory:`.
   *
   * @default {"server"}
   */
  readonly name?: string;
}

/**
 * Options for {@linkcode MemoryListener.connect}; they override the listener's.
 */
export interface MemoryConnectOptions extends MemoryPairOptions {
  /**
   * The client's address as the server sees it, after `memory:`.
   *
   * @default {"client-1", then "client-2" and so on}
   */
  readonly from?: string;
}

/** A listener whose clients are in the same process. */
export interface MemoryListener extends Listener {
  /**
   * Connects to the listener; does not wait until it accepts.
   *
   * @param options The client's name, and faults for this connection.
   * @returns The client's end.
   * @throws {ConnectionError} With code `"refused"` once the listener is
   * closed.
   * @throws {RangeError} If an option is out of its range.
   */
  connect(options?: MemoryConnectOptions): Promise<Connection>;

  /**
   * Makes the listener's next `accept` fail, before it gives any connection.
   * Two calls make the next two fail.
   *
   * @param error What it rejects with, such as a `ConnectionError` with code
   * `"exhausted"`.
   */
  failAccept(error: Error): void;
}

/**
 * Connects two ends in memory.
 *
 * A write to a peer that has closed fails at once, where TCP may take the first
 * one. {@linkcode Connection.abort} resets: the peer still reads what had been
 * written, then gets a `ConnectionError` with code `"reset"`, as on Linux.
 *
 * @param options Buffer size, seed, and faults for each direction.
 * @returns The two ends; both are the caller's to close.
 * @throws {RangeError} If an option is out of its range.
 *
 * @example Bytes cut in other places than they were written
 * ```ts
 * import { memoryPair } from "@parley/parley/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const [client, server] = memoryPair({ toServer: { readBytes: [2, 3] } });
 * await client.write(new TextEncoder().encode("hello world"));
 * await client.closeWrite();
 *
 * const chunks: string[] = [];
 * const into = new Uint8Array(100);
 * for (let n = await server.read(into); n !== null; n = await server.read(into)) {
 *   chunks.push(new TextDecoder().decode(into.subarray(0, n)));
 * }
 * assertEquals(chunks, ["he", "llo", " world"]);
 * client.close();
 * server.close();
 * ```
 */
export function memoryPair(
  options: MemoryPairOptions = {},
): [client: Connection, server: Connection] {
  return connectPair(options, "client", "server");
}

/**
 * Listens in memory.
 *
 * @param options The name, and options for every connection. Each connection
 * has its own random numbers, all decided by the one seed.
 * @returns The listener.
 * @throws {RangeError} If an option is out of its range.
 * @throws {TypeError} If the name is empty.
 *
 * @example A client and a server without a socket
 * ```ts
 * import { memoryListener } from "@parley/parley/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const listener = memoryListener();
 * const client = await listener.connect({ from: "alice" });
 * const server = await listener.accept();
 * assertEquals(String(server.remoteAddress), "memory:alice");
 *
 * await client.write(Uint8Array.of(1, 2, 3));
 * assertEquals(await server.read(new Uint8Array(10)), 3);
 * for (const open of [client, server, listener]) open.close();
 * ```
 */
export function memoryListener(
  options: MemoryListenerOptions = {},
): MemoryListener {
  return new PairListener(options);
}

class PairListener implements MemoryListener {
  readonly address: Address;
  readonly #options: MemoryPairOptions;
  readonly #random: Random;
  readonly #waiting: Connection[] = [];
  readonly #failures: Error[] = [];
  #accepting: PromiseWithResolvers<Connection> | undefined;
  #connected = 0;
  #closed = false;

  constructor({ name = "server", ...options }: MemoryListenerOptions) {
    this.address = new Address("memory", name);
    this.#options = options;
    this.#random = seeded(options.seed ?? 1);
    // Refuses bad options now, not with the first connection.
    connectPair(options, "client", name);
  }

  // deno-lint-ignore require-await -- a refusal is a rejection
  async connect(options: MemoryConnectOptions = {}): Promise<Connection> {
    if (this.#closed) {
      throw new ConnectionError("refused", {
        action: "connect to",
        address: String(this.address),
        reason: "connection refused, nothing is listening there",
      });
    }
    const seed = Math.floor(this.#random() * 2 ** 31);
    const { from = `client-${++this.#connected}` } = options;
    const [client, server] = connectPair(
      { ...this.#options, seed, ...options },
      from,
      this.address.hostname,
    );
    this.#waiting.push(server);
    this.#advance();
    return client;
  }

  failAccept(error: Error): void {
    this.#failures.push(error);
    this.#advance();
  }

  async accept(): Promise<Connection> {
    if (this.#accepting !== undefined) {
      throw new OptionTypeError({
        action: "accept on",
        address: `${this.address}`,
        reason: "an earlier call is still pending",
      });
    }
    const { promise } = this.#accepting = Promise.withResolvers();
    this.#advance();
    return await promise;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const connection of this.#waiting.splice(0)) connection.abort();
    this.#advance();
  }

  #advance(): void {
    const accepting = this.#accepting;
    if (accepting === undefined) return;
    const failure = this.#closed
      ? new ClosedError({
        action: "accept on",
        address: String(this.address),
        reason: "it was closed by this side",
      })
      : this.#failures.shift();
    const connection = failure === undefined
      ? this.#waiting.shift()
      : undefined;
    if (failure !== undefined) accepting.reject(failure);
    else if (connection !== undefined) accepting.resolve(connection);
    else return;
    this.#accepting = undefined;
  }
}
