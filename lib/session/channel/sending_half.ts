/**
 * The sending half of a channel: collect, write.
 *
 * ```text
 *   machine ─► sink ─► PendingWrite ─► connection.write
 *
 *   open ── finish() ──► finishing ── all written, peer told ──► finished
 *    │                      │
 *    └───── fail(error) ────┴──► failed
 * ```
 *
 * - `open`: bytes are accepted.
 * - `finishing`: nothing more is accepted, the rest is being written.
 * - `finished`: the end was sent to the peer.
 * - `failed`: nothing more is written.
 *
 * A {@linkcode FlushPolicy} decides when to write. While one sink is written,
 * another one is filled. What a machine appends before it calls `accepted()` is
 * written whole or the connection is broken: nothing ever follows a part of a
 * frame.
 *
 * @module
 */

import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { Connection } from "../../transport/connection.ts";
import { type ChannelSettings, finishedSending } from "./channel_settings.ts";
import { FlushPolicy } from "./flush_policy.ts";
import { newSink } from "./output_pool.ts";
import { PendingWrite, type WriteOwner } from "./pending_write.ts";
import type { HalfOwner, Traffic } from "./traffic.ts";
import { DONE, rejected, unawaited, Waiters } from "./waiters.ts";

/** How far the sending half is; see the drawing above. */
export type SendingState = "open" | "finishing" | "finished" | "failed";

/** Writes the bytes of one channel. */
export class SendingHalf implements WriteOwner {
  #state: SendingState = "open";
  #connection: Connection;
  readonly #traffic: Traffic;
  readonly #owner: HalfOwner;
  readonly #limits: ChannelSettings;
  readonly #policy: FlushPolicy;
  readonly #pending: PendingWrite;
  #filling: ByteSink | undefined;
  // Stream position at which #filling begins: all bytes handed over to writing.
  #handedOver = 0;
  // Stream position after the last frame that was accepted.
  #acceptedAt = 0;
  // Stream position after the last payload that was not copied: it is the caller's again
  // once so much is written, which may begin in the call that accepts it.
  #borrowedUntil = 0;
  #waiters: Waiters | undefined;
  #finish: Promise<void> | undefined;
  #failure: unknown;

  constructor(
    connection: Connection,
    traffic: Traffic,
    limits: ChannelSettings,
    owner: HalfOwner,
  ) {
    this.#connection = connection;
    this.#traffic = traffic;
    this.#owner = owner;
    this.#limits = limits;
    this.#policy = new FlushPolicy(this);
    this.#pending = new PendingWrite(connection, traffic, this);
  }

  get state(): SendingState {
    return this.#state;
  }

  /** Whether a write is waiting for the peer. */
  get isWriting(): boolean {
    return this.#pending.isWriting;
  }

  /** Bytes ever appended: the stream position after the last one. */
  get position(): number {
    return this.#handedOver + (this.#filling?.length ?? 0);
  }

  /** Bytes accepted and not yet taken by the system. */
  get buffered(): number {
    return this.position - this.#traffic.bytesOut;
  }

  /** Whether a caller should wait for room before it appends more. */
  isFull(most: number = this.#limits.highWaterMarkBytes): boolean {
    return this.#traffic.bytesOut < this.#borrowedUntil ||
      (this.#filling?.length ?? 0) >= most;
  }

  /**
   * Where to append; {@linkcode SendingHalf.accepted} is called in the same turn.
   *
   * @throws {ClosedError} If this side has finished sending.
   * @throws {unknown} What the link was lost by, or aborted with.
   */
  get sink(): ByteSink {
    if (this.#state !== "open") throw this.#refusal();
    return this.#filling ??= newSink();
  }

  /** Goes on with another connection; a pending write ends on the one before. */
  moveTo(connection: Connection): void {
    this.#connection = connection;
    this.#pending.moveTo(connection);
  }

  /** Takes note of what was appended: it is written in this turn or the next. */
  accepted(): void {
    const { position } = this;
    const { bytesOut } = this.#traffic;
    if (position - bytesOut > this.#limits.maxBufferedBytes) {
      const before = this.#acceptedAt - bytesOut;
      const error = this.#limits.overrun(
        this.#connection,
        before,
        this.buffered,
      );
      if (error !== undefined) return this.#owner.abort(error);
    }
    this.#acceptedAt = position;
    if (this.#filling?.borrows === true) this.#borrowedUntil = position;
    // What is added to a pending write follows it.
    if (this.isWriting) this.#policy.noted();
    else this.#policy.added();
  }

  /**
   * Begins to write frames without a copy, if nothing waits; they do not change until
   * they are written. Otherwise it does nothing and returns `false`.
   */
  write(frames: Uint8Array): boolean {
    if (this.#state !== "open" || this.buffered > 0) return false;
    this.#handOver(frames);
    this.#pending.write(frames);
    return true;
  }

  /**
   * Writes bytes of the caller's after all that was accepted. Those that the system
   * does not take at once, as it is full, are the caller's again; says how many it took.
   */
  async offer(bytes: Uint8Array): Promise<number> {
    while (this.buffered > 0) await this.flushed();
    if (this.#state !== "open") throw this.#refusal();
    const before = this.#handedOver;
    this.#handOver(bytes);
    this.#pending.offer(bytes);
    await this.#reached(this.#handedOver);
    return this.#traffic.bytesOut - before;
  }

  /**
   * Waits until less than the high-water mark waits to be written, and payloads that
   * were not copied may be changed. Resolved already if there is room.
   */
  room(): Promise<void> {
    const least = Math.max(
      this.position - this.#limits.highWaterMarkBytes + 1,
      this.#borrowedUntil,
    );
    if (this.#traffic.bytesOut >= least) return DONE;
    this.flush();
    return this.#reached(least);
  }

  /** Begins to write what waits, as the program turns to reading. */
  turn(): void {
    this.#policy.turned();
    this.flush();
  }

  /** Begins to write what waits, without waiting for more. */
  flush(): void {
    this.#policy.cancel();
    if (!this.isWriting && this.#filling !== undefined) this.#writeSink();
  }

  /** Waits until everything accepted so far is written. */
  flushed(): Promise<void> {
    this.flush();
    return this.#reached(this.position);
  }

  /** Accepts nothing more. */
  seal(): void {
    if (this.#state === "open") this.#state = "finishing";
  }

  /**
   * Accepts nothing more, writes the rest and, if `announce` is set, sends the end of
   * the stream. The second call waits for the first.
   */
  finish(announce: boolean): Promise<void> {
    if (this.#finish === undefined) {
      this.flush();
      this.#policy.end();
      if (this.#state === "open") this.#state = "finishing";
      const isDone = !announce && this.buffered === 0;
      this.#finish = isDone ? DONE : this.#tellEnd(announce);
      if (!isDone) this.#finish.catch(unawaited);
    }
    return this.#finish;
  }

  /** Gives up: nothing more is written, and all that wait are thrown the error. */
  fail(error: unknown): void {
    if (this.#state === "failed") return;
    this.#state = "failed";
    this.#failure = error;
    this.#policy.end();
    this.#pending.stop();
    if (this.#waiters?.fail(error)) this.#traffic.told = true;
  }

  /** Bytes were taken; the pending write calls this. */
  progressed(): void {
    this.#waiters?.settle(this.#traffic.bytesOut);
  }

  /** Bytes of an offer were not taken, and are the caller's again. */
  tookBack(count: number): void {
    // All of it was waited for.
    this.#waiters?.settle(this.#handedOver);
    this.#acceptedAt = this.#handedOver -= count;
  }

  /** All that was handed over is written. */
  written(): void {
    if (this.#filling !== undefined) this.#writeSink();
  }

  /** A write has failed. */
  lost(failure: unknown): void {
    this.fail(failure);
    this.#owner.lost(failure);
  }

  #refusal(): unknown {
    if (this.#state !== "failed") return finishedSending(this.#connection);
    this.#traffic.told = true;
    return this.#failure;
  }

  async #tellEnd(announce: boolean): Promise<void> {
    await this.flushed();
    if (!announce) return;
    try {
      await this.#connection.closeWrite();
    } catch (error) {
      // Closed meanwhile by an abort, whose reason says why.
      throw this.#state === "failed" ? this.#failure : error;
    }
    if (this.#state === "finishing") this.#state = "finished";
  }

  #reached(position: number): Promise<void> {
    if (this.#traffic.bytesOut >= position) return DONE;
    if (this.#state === "failed") return rejected(this.#failure);
    return (this.#waiters ??= new Waiters()).wait(position);
  }

  #handOver(bytes: Uint8Array): void {
    this.#acceptedAt = this.#handedOver += bytes.length;
  }

  /** Begins to write what was collected; what comes in the meantime follows. */
  #writeSink(): void {
    const sink = this.#filling!;
    // A refused message, or an empty one without a frame, leaves nothing in it.
    if (sink.length === 0 || this.#state === "failed") return;
    this.#handedOver += sink.length;
    this.#filling = undefined;
    this.#pending.writeSink(sink);
  }
}
