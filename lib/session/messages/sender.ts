/**
 * The sending half of a message connection: encode, collect, write.
 *
 * ```text
 * send() ─► encoder ─► sink (being filled) ⇄ sink (being written) ─► transport.write
 * ```
 *
 * Encoding is synchronous and every write is a system call, so frames sent in
 * one turn leave in one write: the write begins a few microtasks later, when
 * nothing more was added, or at once when the buffer is full or the program
 * turns to reading; a loop that goes on adding is left alone until then, or until
 * the turn ends. While one sink is written the other is filled.
 *
 * A frame is written whole or the connection is broken: no frame ever follows
 * a part of one.
 *
 * @module
 */

import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { Encoding } from "../../encoding/encoding.ts";
import { ClosedError } from "../../errors.ts";
import type { Encoder } from "../../framing/framing.ts";
import type { Connection } from "../../transport/connection.ts";
import type { Clock } from "../../time/clock.ts";
import { notOnNextTurn, onNextTurn, stopIfIdle } from "../../time/next_turn.ts";
import { newSink, recycle } from "../channel/output_pool.ts";
import type { Settings } from "./settings.ts";

// A loop of `for await` and `await send()` adds a frame every two to three
// microtasks; after this many without a new one the turn has nothing more.
const IDLE_HOPS = 4;
// So many looks that find new frames are no answer and its end, but a loop.
const BUSY_HOPS = 8;

const NOTHING = new Uint8Array(0);
const DONE: Promise<void> = Promise.resolve();

// Who does not await a send or an end is not to be ended by a peer that goes
// away: the runtime ends a program for a rejection that nobody looks at.
function unawaited(): void {}

/** Somebody who waits until a position of the outgoing stream is written. */
interface Waiter {
  readonly position: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Sends the messages of one connection. */
export class Sender<T> {
  /** Bytes the system has taken. */
  bytes = 0;
  /** Messages accepted from the user. */
  messages = 0;
  /** Whether somebody was thrown the loss of the link. */
  told = false;
  /** When bytes were last taken, or a write began; by the clock. */
  progressMs = 0;
  #connection: Connection;
  readonly #encoder: Encoder;
  readonly #encoding: Encoding<T>;
  readonly #highWaterMark: number;
  // Whether the end of the stream is what ends a message.
  readonly #endsStream: boolean;
  readonly #clock: Clock | undefined;
  readonly #hop = () => this.#hopped();
  readonly #onTurn = () => this.flush();
  readonly #onWritten = (count: number) => this.#written(count);
  readonly #onFailure = (error: unknown) => {
    this.#writing = false;
    this.fail(error);
    this.#onLoss(error);
  };
  readonly #onLoss: (error: unknown) => void;
  #filling: ByteSink | undefined;
  // Stream position at which #filling begins: all bytes handed over to writing.
  #handedOver = 0;
  // What is being written: the sink, its further pieces, the rest of this one.
  #sink: ByteSink | undefined;
  #pieces: Uint8Array[] = [];
  #rest: Uint8Array = NOTHING;
  #writing = false;
  #scheduled = false;
  #deferred = false;
  #hops = 0;
  #busyHops = 0;
  #seen = 0;
  #waiters: Waiter[] = [];
  #finish: Promise<void> | undefined;
  #failure: unknown;
  #failed = false;

  /**
   * Begins to send.
   *
   * @param connection Where to.
   * @param settings Framing and so on.
   * @param onLoss Told when a write fails.
   */
  constructor(
    connection: Connection,
    settings: Settings<T>,
    onLoss: (error: unknown) => void,
  ) {
    const { encoding, framing, highWaterMarkBytes } = settings;
    this.#connection = connection;
    this.#onLoss = onLoss;
    this.#encoder = framing.encoder(settings);
    this.#encoding = encoding;
    this.#highWaterMark = highWaterMarkBytes;
    this.#endsStream = framing.boundary === "close";
    this.#clock = settings.clock;
  }

  /** Whether a write is waiting for the peer. */
  get waiting(): boolean {
    return this.#writing;
  }

  /** Bytes accepted and not yet taken by the system. */
  get buffered(): number {
    return this.#accepted - this.bytes;
  }

  /** Bytes ever accepted: the stream position behind the last frame. */
  get #accepted(): number {
    return this.#handedOver + (this.#filling?.length ?? 0);
  }

  /**
   * Goes on with another connection; nothing may be waiting.
   *
   * @param connection The connection.
   */
  moveTo(connection: Connection): void {
    this.#connection = connection;
  }

  /**
   * Accepts one message.
   *
   * @param value The message.
   * @returns A promise that resolves at once below the high-water mark, else
   * when enough was written. It rejects if the message cannot be sent, or the
   * connection was lost or closed.
   */
  send(value: T): Promise<void> {
    try {
      this.#accept(value);
    } catch (error) {
      return this.#refused(error);
    }
    return this.#room();
  }

  /**
   * Accepts messages in order, waiting for room in between.
   *
   * @param values The messages.
   * @returns As {@linkcode Sender.send} for the last of them. If one cannot be
   * sent, those before it are.
   */
  sendAll(values: Iterable<T>): Promise<void> {
    // Mostly all of them have room, and then nothing is to be waited for.
    const iterator = values[Symbol.iterator]();
    try {
      if (this.#acceptWhileRoom(iterator)) return this.#room();
    } catch (error) {
      return this.#refused(error);
    }
    const sent = this.#sendRest(iterator);
    sent.catch(unawaited);
    return sent;
  }

  /** Begins to write what waits, without waiting for more. */
  flush(): void {
    this.#scheduled = false;
    if (this.#deferred) {
      this.#deferred = false;
      notOnNextTurn(this.#onTurn);
    }
    if (!this.#writing && this.#filling !== undefined) this.#write();
  }

  /**
   * Waits until everything accepted so far is written.
   *
   * @returns When it is.
   */
  flushed(): Promise<void> {
    this.flush();
    return this.#reached(this.#accepted);
  }

  /**
   * Accepts nothing more, writes the rest and tells the peer that this was all.
   *
   * @param announce Whether to tell the peer; not needed if the connection is
   * closed next and the peer has nothing more to send.
   * @returns When the peer was told.
   */
  finish(announce: boolean): Promise<void> {
    if (this.#finish === undefined) {
      this.flush();
      stopIfIdle();
      this.#finish = this.#tellEnd(announce);
      this.#finish.catch(unawaited);
    }
    return this.#finish;
  }

  /**
   * Gives up: nothing more is written, whoever waits is thrown the error.
   *
   * @param error Why.
   */
  fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#failure = error;
    notOnNextTurn(this.#onTurn);
    stopIfIdle();
    const waiters = this.#waiters;
    this.#waiters = [];
    this.told = waiters.length > 0;
    for (const { reject } of waiters) reject(error);
  }

  #accept(value: T): void {
    if (this.#failed) {
      this.told = true;
      throw this.#failure;
    }
    if (this.#finish !== undefined) {
      throw new ClosedError(
        `Cannot send to ${this.#connection.remoteAddress}: sending was finished by this side`,
      );
    }
    const payload = this.#encoding.encode(value);
    const sink = this.#filling ??= newSink();
    this.#encoder.encode(payload, sink);
    this.messages++;
    if (this.#endsStream) void this.finish(true);
    else if (!this.#scheduled && !this.#writing) {
      this.#scheduled = true;
      this.#hops = 0;
      this.#busyHops = 0;
      this.#seen = this.#accepted;
      queueMicrotask(this.#hop);
    }
  }

  #refused(error: unknown): Promise<void> {
    const refused = Promise.reject(error);
    // But a message that is none is the caller's own mistake.
    if (this.#failed || this.#finish !== undefined) refused.catch(unawaited);
    return refused;
  }

  /** Accepts messages until there is no room; tells whether that was all. */
  #acceptWhileRoom(iterator: Iterator<T>): boolean {
    for (let next; (next = iterator.next()).done !== true;) {
      try {
        this.#accept(next.value);
      } catch (error) {
        iterator.return?.();
        throw error;
      }
      const sink = this.#filling;
      if (sink === undefined) continue;
      if (sink.length >= this.#highWaterMark || sink.borrows) return false;
    }
    return true;
  }

  async #sendRest(iterator: Iterator<T>): Promise<void> {
    do {
      try {
        await this.#room();
      } catch (error) {
        iterator.return?.();
        throw error;
      }
    } while (!this.#acceptWhileRoom(iterator));
    await this.#room();
  }

  async #tellEnd(announce: boolean): Promise<void> {
    await this.flushed();
    if (!announce) return;
    try {
      await this.#connection.closeWrite();
    } catch (error) {
      // Closed meanwhile by an abort, whose reason says why.
      throw this.#failed ? this.#failure : error;
    }
  }

  /** Resolves once what is buffered is below the high-water mark. */
  #room(): Promise<void> {
    const accepted = this.#accepted;
    let position = accepted - this.#highWaterMark + 1;
    // A payload that was not copied is the caller's again once it is written.
    if (this.#filling?.borrows === true) position = accepted;
    if (this.bytes >= position) return DONE;
    this.flush();
    return this.#reached(position);
  }

  #reached(position: number): Promise<void> {
    if (this.bytes >= position) return DONE;
    if (this.#failed) return Promise.reject(this.#failure);
    const written = new Promise<void>((resolve, reject) => {
      this.#waiters.push({ position, resolve, reject });
    });
    written.catch(unawaited);
    return written;
  }

  #hopped(): void {
    if (!this.#scheduled) return;
    const accepted = this.#accepted;
    if (accepted === this.#seen) {
      this.#hops++;
    } else {
      this.#seen = accepted;
      this.#hops = 0;
      this.#busyHops++;
    }
    if (this.#busyHops > BUSY_HOPS) {
      // A loop is at work: it fills the buffer, turns to reading, or the turn
      // ends. Looking at it every microtask would cost half of what it does.
      this.#deferred = true;
      onNextTurn(this.#onTurn);
    } else if (this.#hops > IDLE_HOPS) {
      this.flush();
    } else {
      queueMicrotask(this.#hop);
    }
  }

  /** Begins to write what was collected; what comes in the meantime follows. */
  #write(): void {
    const sink = this.#filling!;
    // A refused message, or an empty one without a frame, leaves nothing in it.
    if (sink.length === 0) return;
    this.#handedOver += sink.length;
    this.#filling = undefined;
    this.#sink = sink;
    this.#pieces = sink.pieces();
    this.#writing = true;
    this.#writeRest(this.#pieces.shift()!);
  }

  #writeRest(rest: Uint8Array): void {
    this.#rest = rest;
    if (this.#clock !== undefined) this.progressMs = this.#clock.nowMs;
    this.#connection.write(rest).then(this.#onWritten, this.#onFailure);
  }

  // Callbacks, not an async loop: each `await` of a wrapper costs what sending
  // a small message does.
  #written(count: number): void {
    this.bytes += count;
    if (this.#clock !== undefined) this.progressMs = this.#clock.nowMs;
    if (this.#waiters.length > 0) this.#settle();
    if (this.#failed) {
      this.#writing = false;
    } else if (count < this.#rest.length) {
      this.#writeRest(this.#rest.subarray(count));
    } else if (this.#pieces.length > 0) {
      this.#writeRest(this.#pieces.shift()!);
    } else {
      // Only after success: the runtime may still look at it otherwise.
      recycle(this.#sink!);
      this.#sink = undefined;
      this.#rest = NOTHING;
      this.#writing = false;
      if (this.#filling !== undefined) this.#write();
    }
  }

  #settle(): void {
    const waiters = this.#waiters;
    let settled = 0;
    while (settled < waiters.length) {
      const waiter = waiters[settled]!;
      if (waiter.position > this.bytes) break;
      waiter.resolve();
      settled++;
    }
    waiters.splice(0, settled);
  }
}
