/**
 * Two byte streams as a connection.
 *
 * ```text
 * read() ◄── rest of a chunk ◄── readable
 * write() ─► copy ─────────────► writable
 *
 *             read()               the end
 * receiving:  open ◄────► reading ─────────► ended
 *                  bytes     └─ it failed ─► lost
 *
 *             write()              closeWrite()             written
 * sending:    open ◄────► writing ─────────────► finishing ─────────► finished
 *              │  written    └─── it failed ─► broken ◄─┘               ▲
 *              └──────────────────── closeWrite() ──────────────────────┘
 *
 * close() or abort(), in any of these: closed
 * ```
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import { ConnectionError } from "../../errors.ts";
import type { Address } from "../address.ts";
import { checkCall } from "../check_call.ts";
import type { Connection } from "../connection.ts";
import { closedHere, finishedHere, translate } from "../os_error.ts";
import { Waiting } from "../waiting.ts";

// One write copies no more, and a peer that stops reading shows after as much.
const WRITE_BYTES = 64 * 1024;
// For a stream that takes its time to close.
const FAREWELL_MS = 500;

/** Two streams that lead to one peer. */
export interface StreamPair {
  /** The bytes that the peer sends. */
  readonly readable: ReadableStream<Uint8Array>;
  /** The bytes for the peer. */
  readonly writable: WritableStream<Uint8Array>;
}

/** A connection on two streams. */
export class StreamConnection implements Connection {
  readonly localAddress: Address;
  readonly remoteAddress: Address;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Waiting();
  #receiving: "open" | "reading" | "ended" | "lost" | "closed" = "open";
  #sending:
    | "open"
    | "writing"
    | "finishing"
    | "finished"
    | "broken"
    | "closed" = "open";
  // What is left of a chunk that did not fit into one read.
  #rest: Uint8Array | undefined;
  #finishing: Promise<void> | undefined;
  // Why receiving was lost, or sending is broken.
  #why: unknown;
  #released: Promise<void> | undefined;

  constructor(
    { readable, writable }: StreamPair,
    localAddress: Address,
    remoteAddress: Address,
  ) {
    this.localAddress = localAddress;
    this.remoteAddress = remoteAddress;
    this.#reader = readable.getReader();
    try {
      this.#writer = writable.getWriter();
    } catch (error) {
      this.#reader.releaseLock();
      throw error;
    }
    // Streams tell of failures here too; the next call tells it.
    for (const told of [this.#reader, this.#writer]) {
      told.closed.catch(() => {});
    }
  }

  get released(): Promise<void> | undefined {
    return this.#released;
  }

  async read(into: Uint8Array): Promise<number | null> {
    const action = "read from";
    const isReading = this.#receiving === "reading";
    checkCall(action, this.remoteAddress, into, isReading);
    const rest = this.#rest ?? await this.#receive(action);
    if (rest === undefined) return null;
    const count = Math.min(rest.length, into.length);
    into.set(count === rest.length ? rest : rest.subarray(0, count));
    this.#rest = count === rest.length ? undefined : rest.subarray(count);
    return count;
  }

  async write(bytes: Uint8Array): Promise<number> {
    const action = "write to";
    checkCall(action, this.remoteAddress, bytes, this.#isWriting);
    if (this.#sending !== "open") throw this.#unwritable(action);
    const part = bytes.slice(0, WRITE_BYTES);
    this.#sending = "writing";
    try {
      await this.#unlessClosed(this.#writer.write(part), action);
    } catch (error) {
      if (!this.#isClosed) this.#sending = "broken";
      throw this.#failure(action, error);
    }
    // It may have been asked to finish meanwhile.
    if (this.#isFinishing) this.#sending = "finished";
    else if (this.#isWriting) this.#sending = "open";
    return part.length;
  }

  async closeWrite(): Promise<void> {
    const action = "finish sending to";
    if (this.#isClosed) throw closedHere(action, this.remoteAddress);
    // A peer that is gone does not see the end. The next read reports the loss.
    this.#finishing ??= this.#writer.close().catch(() => {});
    if (this.#sending === "open") this.#sending = "finished";
    else if (this.#sending === "writing") this.#sending = "finishing";
    await this.#unlessClosed(this.#finishing, action);
  }

  close(): void {
    if (this.#isClosed) return;
    // Closing would wait behind a write that the peer does not take.
    if (this.#isWriting) return this.abort();
    const closed = this.#finishing ?? this.#writer.close();
    this.#shut();
    this.#released = this.#leave(
      closed,
      this.#farewell("the peer has closed the connection"),
    );
  }

  abort(): void {
    if (this.#isClosed) return;
    this.#shut();
    const reset = this.#farewell("the peer reset the connection");
    const aborted = this.#writer.abort(reset);
    this.#released = this.#leave(aborted, reset);
  }

  /** The next chunk that is not empty; `undefined` at the end. */
  async #receive(action: string): Promise<Uint8Array | undefined> {
    if (this.#receiving === "ended") return undefined;
    if (this.#receiving !== "open") throw this.#failure(action);
    this.#receiving = "reading";
    try {
      for (;;) {
        const next = this.#reader.read();
        const { done, value } = await this.#unlessClosed(next, action);
        if (this.#isClosed) throw closedHere(action, this.remoteAddress);
        if (done) {
          this.#receiving = "ended";
          return undefined;
        }
        if (!(value instanceof Uint8Array)) throw notBytes(value);
        if (value.length === 0) continue;
        this.#receiving = "open";
        return value;
      }
    } catch (error) {
      if (!this.#isClosed) this.#receiving = "lost";
      throw this.#failure(action, error);
    }
  }

  #unlessClosed<T>(promise: Promise<T>, action: string): Promise<T> {
    const closed = () => closedHere(action, this.remoteAddress);
    return this.#waiting.race(promise, closed);
  }

  get #isClosed(): boolean {
    return this.#sending === "closed";
  }

  /** Whether a write is pending. */
  get #isWriting(): boolean {
    return this.#sending === "writing" || this.#isFinishing;
  }

  get #isFinishing(): boolean {
    return this.#sending === "finishing";
  }

  #unwritable(action: string): unknown {
    return this.#sending === "finished"
      ? finishedHere(action, this.remoteAddress)
      : this.#failure(action);
  }

  #shut(): void {
    this.#receiving = this.#sending = "closed";
    this.#rest = undefined;
    this.#waiting.end();
  }

  /** The error for the peer, if it is another stream of this process. */
  #farewell(reason: string): ConnectionError {
    return new ConnectionError("reset", {
      address: `${this.localAddress}`,
      reason,
    });
  }

  /** Waits until both streams are closed, or take too long. */
  async #leave(sending: Promise<void>, reason: unknown): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, FAREWELL_MS);
    await Promise.race([settled([sending, this.#reader.cancel(reason)]), late]);
    clearTimeout(timer);
  }

  #failure(action: string, error?: unknown): unknown {
    if (this.#isClosed) return closedHere(action, this.remoteAddress);
    if (error instanceof OptionTypeError) return error;
    // A stream may be aborted without a reason.
    this.#why ??= error ?? new Error("the stream was aborted");
    return translate(this.#why, action, this.remoteAddress);
  }
}

function notBytes(value: unknown): OptionTypeError {
  return new OptionTypeError({
    action: "read from the stream",
    reason:
      `it must give chunks of type Uint8Array, and gave one of type ${typeof value}`,
  });
}

async function settled(promises: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(promises);
}
