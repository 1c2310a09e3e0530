/**
 * The two ends of a connection in memory, and the pipes between them.
 *
 * @module
 */

import { checkInteger } from "../../check.ts";
import { ClosedError, ConnectionError } from "../../errors.ts";
import { Address } from "../address.ts";
import { checkCall } from "../check_call.ts";
import type { Connection } from "../connection.ts";
import { fork, seeded } from "../../random.ts";
import type { MemoryFaults } from "./faults.ts";
import { MemoryPipe, type PipeFailure } from "./pipe.ts";

/**
 * Default for {@linkcode MemoryPairOptions.bufferBytes}: 64 KiB, small enough
 * that a test which forgets to read finds out.
 */
export const DEFAULT_MEMORY_BUFFER_BYTES: number = 64 * 1024;

/** Options for {@linkcode memoryPair}. */
export interface MemoryPairOptions {
  /**
   * How many bytes may be under way in each direction, 1 to 2^31-1. A write
   * waits while there are as many.
   *
   * @default {65_536}
   */
  readonly bufferBytes?: number;
  /**
   * Decides all that is random, 0 to 2^31-1: the same seed gives the same cuts
   * and delays.
   *
   * @default {1}
   */
  readonly seed?: number;
  /**
   * What happens to the bytes on their way to the client.
   *
   * @default {{}}
   */
  readonly toClient?: MemoryFaults;
  /**
   * What happens to the bytes on their way to the server.
   *
   * @default {{}}
   */
  readonly toServer?: MemoryFaults;
}

/**
 * Connects two ends.
 *
 * @param options Buffer size, seed and faults.
 * @param clientName The client's address, after `memory:`.
 * @param serverName The server's.
 * @returns The two ends.
 * @throws {RangeError} If an option is out of its range.
 */
export function connectPair(
  options: MemoryPairOptions,
  clientName: string,
  serverName: string,
): [client: Connection, server: Connection] {
  const { seed = 1, toClient = {}, toServer = {} } = options;
  const { bufferBytes = DEFAULT_MEMORY_BUFFER_BYTES } = options;
  checkInteger("bufferBytes", bufferBytes, 1, 2 ** 31 - 1);
  checkInteger("seed", seed, 0, 2 ** 31 - 1);
  const random = seeded(seed);
  const pipe = (faults: MemoryFaults) =>
    new MemoryPipe(bufferBytes, faults, fork(random), reset);
  const up = pipe(toServer);
  const down = pipe(toClient);
  function reset(): void {
    up.reset();
    down.reset();
  }
  const client = new Address("memory", clientName);
  const server = new Address("memory", serverName);
  up.start();
  down.start();
  return [
    new MemoryConnection(client, server, down, up),
    new MemoryConnection(server, client, up, down),
  ];
}

const WHY: Readonly<Record<PipeFailure, string>> = {
  closed: "it was closed by this side",
  finished: "this side has finished sending",
  gone: "the peer has closed the connection",
  reset: "the peer reset the connection",
};

class MemoryConnection implements Connection {
  readonly canReset = true;
  readonly localAddress: Address;
  readonly remoteAddress: Address;
  readonly #incoming: MemoryPipe;
  readonly #outgoing: MemoryPipe;
  #closed = false;

  constructor(
    localAddress: Address,
    remoteAddress: Address,
    incoming: MemoryPipe,
    outgoing: MemoryPipe,
  ) {
    this.localAddress = localAddress;
    this.remoteAddress = remoteAddress;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  async read(into: Uint8Array): Promise<number | null> {
    checkCall("read from", this.remoteAddress, into, this.#incoming.isReading);
    const outcome = await this.#incoming.read(into);
    if (typeof outcome === "string") throw this.#failure("read from", outcome);
    return outcome;
  }

  async write(bytes: Uint8Array): Promise<number> {
    checkCall("write to", this.remoteAddress, bytes, this.#outgoing.isWriting);
    const outcome = await this.#outgoing.write(bytes);
    if (typeof outcome === "string") throw this.#failure("write to", outcome);
    return outcome;
  }

  async closeWrite(): Promise<void> {
    const outcome = await this.#outgoing.finish();
    if (outcome !== undefined) {
      throw this.#failure("finish sending to", outcome);
    }
  }

  close(): void {
    this.#end(false);
  }

  abort(): void {
    this.#end(true);
  }

  #end(reset: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#incoming.closeReader(reset);
    this.#outgoing.closeWriter(reset);
  }

  #failure(action: string, failure: PipeFailure): Error {
    const parts = {
      action,
      address: String(this.remoteAddress),
      reason: WHY[failure],
    };
    return failure === "closed" || failure === "finished"
      ? new ClosedError(parts)
      : new ConnectionError("reset", parts);
  }
}
