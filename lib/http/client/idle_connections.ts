/**
 * Connections that wait for another request.
 *
 * A server may close one at any time. So each is read from while it waits: what
 * comes then is the end, or belongs to no request, and it is used no more.
 *
 * @module
 */

import type { HttpLine } from "./line.ts";

/** How many wait, and how long. */
export interface IdleLimits {
  /** Most in all. */
  readonly maxIdleConnections: number;
  /** Most to one scheme, host and port. */
  readonly maxIdlePerOrigin: number;
  /** Longest time in milliseconds that one waits. */
  readonly keepAliveTimeoutMs: number;
}

// The default would be an error with a stack, made for every request.
const WANTED = "the connection is wanted";

interface Entry {
  readonly line: HttpLine;
  readonly wanted: AbortController;
  /** Whether the line can be used, once it is known. */
  readonly watched: Promise<boolean>;
}

/** Connections that wait, the last one to be used again first. */
export class IdleConnections {
  readonly #limits: IdleLimits;
  // In the order in which they came.
  readonly #entries = new Set<Entry>();

  /**
   * Begins without any.
   *
   * @param limits How many, and how long.
   */
  constructor(limits: IdleLimits) {
    this.#limits = limits;
  }

  /**
   * Keeps a connection, and closes the oldest if that makes too many.
   *
   * @param line The connection.
   */
  put(line: HttpLine): void {
    const { keepAliveTimeoutMs, maxIdleConnections, maxIdlePerOrigin } =
      this.#limits;
    const wanted = new AbortController();
    const { signal } = wanted;
    const watched = line.connection
      .receive({ signal, timeoutMs: keepAliveTimeoutMs })
      .then(() => false, (error) => signal.aborted && error === signal.reason);
    const entry = { line, wanted, watched };
    this.#entries.add(entry);
    watched.then((isUsable) => {
      // Else somebody has taken it, and looks after it.
      if (this.#entries.delete(entry) && !isUsable) void line.close();
    });
    const ofUse = this.#of(line.use);
    if (ofUse.length > maxIdlePerOrigin) this.#drop(ofUse[0]!);
    if (this.#entries.size > maxIdleConnections) {
      const [oldest] = this.#entries;
      this.#drop(oldest!);
    }
  }

  /**
   * Takes a connection that can be used.
   *
   * @param use What it is to be used for.
   * @returns The connection, or `undefined` if there is none.
   */
  async take(use: string): Promise<HttpLine | undefined> {
    for (let entry; (entry = this.#of(use).at(-1)) !== undefined;) {
      this.#entries.delete(entry);
      entry.wanted.abort(WANTED);
      if (await entry.watched) return entry.line;
      await entry.line.close();
    }
    return undefined;
  }

  /**
   * Closes them all.
   *
   * @returns When they are closed.
   */
  async close(): Promise<void> {
    await Promise.all([...this.#entries].map((entry) => this.#drop(entry)));
  }

  #of(use: string): Entry[] {
    return [...this.#entries].filter(({ line }) => line.use === use);
  }

  async #drop(entry: Entry): Promise<void> {
    this.#entries.delete(entry);
    entry.wanted.abort(WANTED);
    await entry.watched;
    await entry.line.close();
  }
}
