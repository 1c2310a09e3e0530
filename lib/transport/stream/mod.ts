/**
 * A connection over any pair of byte streams: the standard input and output of a
 * child process, a stream of WebTransport, two ends of a pipe.
 *
 * ```text
 * read() ◄── rest of a chunk ◄── readable
 * write() ─► copy ─────────────► writable
 *
 *             closeWrite()
 * sending:    open ─► finished              receiving:  open ─► ended
 *               └─► broken: a write failed                └──► lost: a read failed
 *
 * close() or abort(), in any of these: closed
 * ```
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import { ConnectionError } from "../../errors.ts";
import { Address } from "../address.ts";
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

/** Options for {@linkcode streamConnection}. */
export interface StreamConnectionOptions {
  /**
   * The name of this end in addresses, after `stream:`.
   *
   * @default {"local"}
   */
  readonly localName?: string;
  /**
   * The name of the peer in addresses and errors, after `stream:`.
   *
   * @default {"peer"}
   */
  readonly name?: string;
}

/**
 * Makes a connection of two byte streams.
 *
 * Both streams are locked and belong to the connection. `closeWrite` closes the
 * writable one; `close` closes it and cancels the readable one; `abort` aborts
 * it. Bytes are copied when they are written, as a stream may hand them to
 * somewhere else in this process. What is behind the streams stays yours: a
 * child process goes on until it ends or you kill it.
 *
 * Do not give it the streams of a `Deno.Conn`, which close the whole connection
 * when one direction ends. Use `connectTcp` and `listenTcp` instead.
 *
 * @param streams The two streams.
 * @param options The name of the peer.
 * @returns The connection, owned by the caller.
 * @throws {TypeError} If a stream is locked, or the name is empty.
 *
 * @example Messages with a child process
 * ```ts
 * import { MessageConnection, streamConnection } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * const child = new Deno.Command("cat", { stdin: "piped", stdout: "piped" }).spawn();
 * const line = streamConnection(
 *   { readable: child.stdout, writable: child.stdin },
 *   { name: "cat" },
 * );
 * const cat = new MessageConnection(line, { framing: "content-length", encoding: "text" });
 * await cat.send("hello");
 * assertEquals(await cat.receive(), "hello");
 * await cat.close();
 * await child.status;
 * ```
 */
export function streamConnection(
  streams: StreamPair,
  options: StreamConnectionOptions = {},
): Connection {
  const { localName = "local", name = "peer" } = options;
  return new StreamConnection(
    streams,
    new Address("stream", localName),
    new Address("stream", name),
  );
}

class StreamConnection implements Connection {
  readonly localAddress: Address;
  readonly remoteAddress: Address;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Waiting();
  #receiving: "open" | "ended" | "lost" = "open";
  #sending: "open" | "finished" | "broken" = "open";
  #isClosed = false;
  #isReading = false;
  #isWriting = false;
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
    checkCall(action, this.remoteAddress, into, this.#isReading);
    if (this.#isClosed) throw closedHere(action, this.remoteAddress);
    if (this.#rest === undefined && this.#receiving === "open") {
      await this.#receive(action);
    }
    const rest = this.#rest;
    if (rest === undefined) {
      if (this.#receiving === "lost") throw this.#failure(action);
      return null;
    }
    const count = Math.min(rest.length, into.length);
    into.set(count === rest.length ? rest : rest.subarray(0, count));
    this.#rest = count === rest.length ? undefined : rest.subarray(count);
    return count;
  }

  async write(bytes: Uint8Array): Promise<number> {
    const action = "write to";
    checkCall(action, this.remoteAddress, bytes, this.#isWriting);
    if (this.#isClosed) throw closedHere(action, this.remoteAddress);
    if (this.#sending === "finished") {
      throw finishedHere(action, this.remoteAddress);
    }
    if (this.#sending === "broken") throw this.#failure(action);
    const part = bytes.slice(0, WRITE_BYTES);
    this.#isWriting = true;
    try {
      await this.#unlessClosed(this.#writer.write(part), action);
      return part.length;
    } catch (error) {
      if (!this.#isClosed) this.#sending = "broken";
      throw this.#failure(action, error);
    } finally {
      this.#isWriting = false;
    }
  }

  async closeWrite(): Promise<void> {
    const action = "finish sending to";
    if (this.#isClosed) throw closedHere(action, this.remoteAddress);
    // A peer that is gone does not see the end. The next read reports the loss.
    this.#finishing ??= this.#writer.close().catch(() => {});
    if (this.#sending === "open") this.#sending = "finished";
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

  async #receive(action: string): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#rest === undefined && this.#receiving === "open") {
        const next = this.#reader.read();
        const { done, value } = await this.#unlessClosed(next, action);
        if (done) this.#receiving = "ended";
        else if (!(value instanceof Uint8Array)) throw notBytes(value);
        else if (value.length > 0) this.#rest = value;
      }
    } catch (error) {
      if (!this.#isClosed) this.#receiving = "lost";
      throw this.#failure(action, error);
    } finally {
      this.#isReading = false;
    }
  }

  #unlessClosed<T>(promise: Promise<T>, action: string): Promise<T> {
    const closed = () => closedHere(action, this.remoteAddress);
    return this.#waiting.race(promise, closed);
  }

  #shut(): void {
    this.#isClosed = true;
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
