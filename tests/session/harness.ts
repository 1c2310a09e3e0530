/**
 * What the tests of sessions share: two ends to talk with, a connection that
 * records and can be told to fail, and waiting that is not sleeping.
 *
 * @module
 */

// The entry points load it; tests that import a file of lib do not.
import "../../lib/framing/parse.ts";
import { assert } from "@std/assert";
// The strings of framings; a program gets them with the entry point.
import "../../lib/framing/parse.ts";
import type { EncodingLike, MessageOf } from "../../lib/encoding/parse.ts";
import { FramedConnection } from "../../lib/session/messages/framed_connection.ts";
import {
  type MessageOptions,
  Settings,
} from "../../lib/session/messages/settings.ts";
import type { Time } from "../../lib/time/time.ts";
import type { Address } from "../../lib/transport/address.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import {
  memoryPair,
  type MemoryPairOptions,
} from "../../lib/transport/memory/mod.ts";
import { connectTcp, listenTcp } from "../../lib/transport/tcp/mod.ts";

/** Two ends of one conversation; disposing of them aborts both. */
export interface Talk<T> extends Disposable {
  readonly client: FramedConnection<T>;
  readonly server: FramedConnection<T>;
}

/**
 * Puts messages onto both ends of a connection in memory.
 *
 * @param options Framing and so on; `length:4` and text unless said otherwise.
 * @param faults What goes wrong below.
 * @param time Where time comes from.
 * @returns The two ends.
 */
export function talk<E extends EncodingLike = "text">(
  options: MessageOptions<E> = {},
  faults: MemoryPairOptions = {},
  time?: Time,
): Talk<MessageOf<E>> {
  return over(memoryPair(faults), options, time);
}

/**
 * The same over TCP on the loopback.
 *
 * @param options As for {@linkcode talk}.
 * @returns The two ends.
 */
export async function talkTcp<E extends EncodingLike = "text">(
  options: MessageOptions<E> = {},
): Promise<Talk<MessageOf<E>>> {
  return over(await tcpPair(), options);
}

/**
 * The same over any two ends.
 *
 * @param pair The ends.
 * @param options As for {@linkcode talk}.
 * @param time Where time comes from.
 * @returns The two ends.
 */
export function over<E extends EncodingLike = "text">(
  pair: readonly [Connection, Connection],
  options: MessageOptions<E> = {},
  time?: Time,
): Talk<MessageOf<E>> {
  const all = { framing: "length:4", encoding: "text", ...options };
  const [client, server] = pair.map((end) =>
    new FramedConnection<MessageOf<E>>(
      end,
      new Settings(
        all as MessageOptions<E>,
        time === undefined ? {} : { time },
      ),
    )
  );
  assert(client !== undefined && server !== undefined);
  return {
    client,
    server,
    [Symbol.dispose]() {
      client.abort();
      server.abort();
    },
  };
}

/**
 * Opens a TCP connection to ourselves.
 *
 * @returns Its two ends.
 */
export async function tcpPair(): Promise<[Connection, Connection]> {
  const listener = listenTcp({ hostname: "127.0.0.1", port: 0 });
  try {
    return await Promise.all([
      connectTcp(listener.address),
      listener.accept(),
    ]);
  } finally {
    listener.close();
  }
}

/** A connection that records its writes, and can be told to hold or fail them. */
export class Recorded implements Connection {
  /** Sizes that were asked to be written, one entry per write. */
  readonly writes: number[] = [];
  /** Sizes that were taken. */
  readonly taken: number[] = [];
  /** What was called, in order. */
  readonly calls: string[] = [];
  /** What writes fail with, from {@linkcode Recorded.failFrom} on. */
  failure: Error | undefined;
  /** Which write fails first if there is a failure, counting from 0. */
  failFrom = 0;
  /** Most bytes that one write takes. */
  most = Infinity;
  readonly #inner: Connection;
  #gate: PromiseWithResolvers<void> | undefined;

  constructor(inner: Connection) {
    this.#inner = inner;
  }

  get localAddress(): Address {
    return this.#inner.localAddress;
  }

  get remoteAddress(): Address {
    return this.#inner.remoteAddress;
  }

  /** Makes writes wait until {@linkcode Recorded.release}. */
  hold(): void {
    this.#gate = Promise.withResolvers();
  }

  /** Lets writes through again. */
  release(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  async read(into: Uint8Array): Promise<number | null> {
    return await this.#inner.read(into);
  }

  async write(bytes: Uint8Array): Promise<number> {
    this.writes.push(bytes.length);
    await this.#gate?.promise;
    if (this.failure !== undefined && this.writes.length > this.failFrom) {
      throw this.failure;
    }
    const taken = await this.#inner.write(
      bytes.subarray(0, Math.min(bytes.length, this.most)),
    );
    this.taken.push(taken);
    return taken;
  }

  async closeWrite(): Promise<void> {
    this.calls.push("closeWrite");
    await this.#inner.closeWrite();
  }

  close(): void {
    this.calls.push("close");
    this.#inner.close();
  }

  abort(): void {
    this.calls.push("abort");
    this.#inner.abort();
  }
}

/**
 * Receives until the end.
 *
 * @param from Where from.
 * @returns All messages.
 */
export async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const messages: T[] = [];
  for await (const message of from) messages.push(message);
  return messages;
}

/**
 * Waits until something is so, looking once per turn of the event loop.
 *
 * @param isSo What to wait for.
 * @param what What to call it when it never comes to it.
 */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const begun = performance.now();
  while (!isSo()) {
    // Far longer than anything here takes on a busy machine.
    if (performance.now() - begun > 60_000) throw new Error(`never ${what}`);
    await turn();
  }
}

/**
 * Lets the event loop turn.
 *
 * @param count How many times.
 */
export async function turn(count = 1): Promise<void> {
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/**
 * Tells how a promise stands after a few turns of the event loop.
 *
 * @param promise The promise.
 * @returns `"pending"`, `"resolved"` or the error.
 */
export async function standing(promise: Promise<unknown>): Promise<unknown> {
  let state: unknown = "pending";
  promise.then(() => state = "resolved", (error) => state = error);
  await turn(5);
  return state;
}

/**
 * Text to bytes.
 *
 * @param text The text.
 * @returns The bytes in UTF-8.
 */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/**
 * Frames of `length:4`.
 *
 * @param texts The messages.
 * @returns The bytes.
 */
export function framed(...texts: string[]): Uint8Array {
  return new Uint8Array(texts.flatMap((text) => {
    const bytes = utf8(text);
    const header = new Uint8Array(4);
    new DataView(header.buffer).setUint32(0, bytes.length);
    return [...header, ...bytes];
  }));
}

/**
 * Lets time pass, where time is what is tested.
 *
 * @param ms How much.
 */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
