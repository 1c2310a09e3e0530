/**
 * The write of a channel that is under way: a sink, frames that were not copied, or
 * an offer.
 *
 * ```text
 *            writeSink(), write(), offer()
 *   idle ─────────────────────────────────► writing ◄─┐ part of it was taken
 *    ▲ ▲                                      │  └────┘
 *    │ └──── all was taken, or an offer ──────┘
 *    └────── it failed, or stop() and it has settled
 * ```
 *
 * The system often takes a part of what it is given. Of sinks and frames the rest
 * follows, as a part of a frame must not be the last thing that is sent. Of an offer
 * the rest goes back to the caller, who has something better to do than to wait.
 *
 * @module
 */

import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { Connection } from "../../transport/connection.ts";
import { type RawCalls, rawCalls } from "../../transport/raw_calls.ts";
import { recycle } from "./output_pool.ts";
import type { Traffic } from "./traffic.ts";

const NOTHING = new Uint8Array(0);
const NO_PIECES: Uint8Array[] = [];

/** What a pending write reports to. */
export interface WriteOwner {
  /** Bytes were taken; `Traffic.bytesOut` says how many. */
  progressed(): void;

  /** So many bytes of an offer were not taken. */
  tookBack(count: number): void;

  /** All is written, and the next write may begin. */
  written(): void;

  /** The write has failed. */
  lost(failure: unknown): void;
}

/** Writes one thing after another to a connection. */
export class PendingWrite {
  #connection: Connection;
  // Of the connection that the pending write goes to.
  #raw: RawCalls | undefined;
  readonly #traffic: Traffic;
  readonly #owner: WriteOwner;
  readonly #onWritten = (count: number) => this.#written(count);
  readonly #onFailure = (error: unknown) => this.#failed(error);
  // What is left of the bytes that are being written: empty while it is idle.
  #rest: Uint8Array = NOTHING;
  // What follows them, and the sink that they are from.
  #pieces: Uint8Array[] = NO_PIECES;
  #sink: ByteSink | undefined;
  #isOffer = false;
  #isStopped = false;

  constructor(connection: Connection, traffic: Traffic, owner: WriteOwner) {
    this.#connection = connection;
    this.#traffic = traffic;
    this.#owner = owner;
  }

  /** Whether a write is waiting for the peer. */
  get isWriting(): boolean {
    return this.#rest.length > 0;
  }

  /** Goes on with another connection; a pending write ends on the one before. */
  moveTo(connection: Connection): void {
    this.#connection = connection;
  }

  /** Writes what is in a sink, which it gives back to the pool. */
  writeSink(sink: ByteSink): void {
    this.#sink = sink;
    if (!sink.borrows) return this.write(sink.copied());
    this.#pieces = sink.pieces();
    this.write(this.#pieces.shift()!);
  }

  /** Writes bytes, at least one, which do not change until they are written. */
  write(bytes: Uint8Array): void {
    this.#rest = bytes;
    this.#traffic.writes();
    const raw = this.#raw = rawCalls(this.#connection);
    const written = raw === undefined
      ? this.#connection.write(bytes)
      : raw.writeRaw(bytes);
    written.then(this.#onWritten, this.#onFailure);
  }

  /** As {@linkcode PendingWrite.write}, but only what the system takes at once. */
  offer(bytes: Uint8Array): void {
    this.#isOffer = true;
    this.write(bytes);
  }

  /** Writes nothing more once the pending write has settled. */
  stop(): void {
    this.#isStopped = true;
  }

  #written(count: number): void {
    const rest = this.#rest;
    const left = rest.length - count;
    this.#traffic.sent(count, rest);
    if (this.#isOffer) {
      this.#isOffer = false;
      this.#end();
      this.#owner.tookBack(left);
      return this.#owner.written();
    }
    this.#owner.progressed();
    if (this.#isStopped) return this.#end();
    if (left > 0) return this.write(rest.subarray(count));
    const next = this.#pieces.shift();
    if (next !== undefined) return this.write(next);
    // Only after success: the runtime may still look at it otherwise.
    if (this.#sink !== undefined) recycle(this.#sink);
    this.#end();
    this.#owner.written();
  }

  #end(): void {
    this.#rest = NOTHING;
    this.#sink = undefined;
  }

  #failed(error: unknown): void {
    this.#rest = NOTHING;
    this.#owner.lost(this.#raw ? this.#raw.writeFailure(error) : error);
  }
}
