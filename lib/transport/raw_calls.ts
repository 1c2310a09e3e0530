/**
 * Reads and writes without a promise of the connection's own.
 *
 * An asynchronous `read` of a wrapper costs a promise, the state of a function and
 * two turns of the microtask queue, for each read and each write. So a connection on
 * a socket of the runtime offers the runtime's own promises, and says afterwards what
 * became of them.
 *
 * @module
 */

import type { Connection } from "./connection.ts";

/** The key of a connection's raw calls. */
export const RAW: unique symbol = Symbol("raw calls");

/** The calls of the runtime below a connection. */
export interface RawCalls {
  /** As {@linkcode Connection.read}, with the runtime's errors. */
  readRaw(into: Uint8Array): Promise<number | null>;

  /** As {@linkcode Connection.write}, with the runtime's errors. */
  writeRaw(bytes: Uint8Array): Promise<number>;

  /**
   * What became of a raw read that brought nothing.
   *
   * @param error What it rejected with; `undefined` if it resolved to `null`.
   * @returns The failure that `read` would have thrown; `undefined` if the peer has
   * finished sending.
   */
  readFailure(error?: unknown): Error | undefined;

  /** What `write` would have thrown where a raw write rejected. */
  writeFailure(error: unknown): Error;
}

/** The raw calls of a connection, if it has them. */
export function rawCalls(connection: Connection): RawCalls | undefined {
  return (connection as { readonly [RAW]?: RawCalls | undefined })[RAW];
}
