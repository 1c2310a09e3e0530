/**
 * What a server sends, for guessing its framing.
 *
 * ```text
 * wait for its greeting ──► send ──► wait for the answer ──► ... ──► what was seen
 *                            ▲                 │
 *                            └── the next one ◄┘
 * ```
 *
 * @module
 */

import type { Connection } from "../../mod.ts";
import { SniffBuffer } from "../../lib/framing/mod.ts";
import { writeAll } from "../recording/exchange/write_all.ts";

const READ_BYTES = 65_536;
// An answer that has begun is whole after such a pause.
const QUIET_MS = 200;

/** What is sent, and for how long to wait. */
export interface SniffServerOptions {
  /** What is sent, one after the other. */
  readonly send: readonly Uint8Array[];
  /** How long to wait for an answer, and at the end for more bytes. */
  readonly waitMs: number;
}

/**
 * Talks to a server and collects both directions. The connection is closed.
 *
 * @param signal Ends it.
 */
export async function sniffedServer(
  connection: Connection,
  { send, waitMs }: SniffServerOptions,
  signal: AbortSignal,
): Promise<SniffBuffer> {
  const seen = new SniffBuffer();
  const reader = new QuietReader(connection, seen);
  const stop = () => connection.abort();
  signal.addEventListener("abort", stop);
  try {
    // Many servers speak first, and others never: that takes no long wait.
    const first = send.length === 0 ? waitMs : Math.min(waitMs, QUIET_MS);
    await reader.untilQuiet(first, send.length === 0 ? waitMs : QUIET_MS);
    for (const [index, bytes] of send.entries()) {
      seen.push("toServer", bytes);
      await writeAll(connection, bytes);
      const isLast = index === send.length - 1;
      await reader.untilQuiet(waitMs, isLast ? waitMs : QUIET_MS);
    }
    seen.complete("toServer");
    seen.complete("toClient");
    return seen;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", stop);
    connection.abort();
  }
}

/** Reads until nothing more comes. */
class QuietReader {
  readonly #connection: Connection;
  readonly #seen: SniffBuffer;
  // A read that is under way when a wait is over belongs to the next one.
  #pending: Promise<Uint8Array | null> | undefined;
  #hasEnded = false;

  constructor(connection: Connection, seen: SniffBuffer) {
    this.#connection = connection;
    this.#seen = seen;
  }

  /**
   * @param firstMs How long to wait for the first byte.
   * @param quietMs How long without a byte is the end.
   */
  async untilQuiet(firstMs: number, quietMs: number): Promise<void> {
    for (let waitMs = firstMs; !this.#hasEnded; waitMs = quietMs) {
      this.#pending ??= this.#read();
      const bytes = await within(this.#pending, waitMs);
      if (bytes === undefined) return;
      this.#pending = undefined;
      if (bytes === null) this.#hasEnded = true;
      else this.#seen.push("toClient", bytes);
      if (this.#seen.toClient?.bytes.length === READ_BYTES) return;
    }
  }

  async #read(): Promise<Uint8Array | null> {
    const into = new Uint8Array(READ_BYTES);
    const count = await this.#connection.read(into);
    return count === null ? null : into.subarray(0, count);
  }
}

/** The result, or `undefined` if it takes longer. */
async function within<T>(
  result: Promise<T>,
  waitMs: number,
): Promise<T | undefined> {
  // The next call waits for it again, or it is aborted.
  result.catch(() => {});
  if (waitMs === Infinity) return await result;
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), waitMs);
  try {
    return await Promise.race([result, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
