/**
 * A connection with everything that speaking over it needs, whatever is spoken:
 * a queue of received bytes, a sink for what is sent, bounds, deadlines and an end.
 *
 * ```text
 *                    ┌──────────────── Channel ───────────────┐
 *   connection.read ─┼─► ReceivingHalf ─► queue ─► ┌─────────┐ │
 *                    │   deadlines, Ending         │ machine │ │
 *  connection.write ◄┼── SendingHalf ◄── sink  ◄── └─────────┘ │
 *                    └────────────────────────────────────────┘
 * ```
 *
 * What speaks reads from `channel.queue` and appends to `channel.sink`; see
 * `machine.ts`.
 *
 * @module
 */

import type { ByteQueue } from "../../bytes/byte_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import { ClosedError } from "../../errors.ts";
import type { Farewell } from "../../transport/spoken_framing.ts";
import type { Watched } from "../../time/clock.ts";
import type { Time } from "../../time/time.ts";
import type { Address } from "../../transport/address.ts";
import type { Connection } from "../../transport/connection.ts";
import type { ChannelSettings } from "./channel_settings.ts";
import { deadlinePassed } from "./deadlines.ts";
import { type Endable, Ending } from "./ending.ts";
import { whileItProgresses } from "./lingering.ts";
import type { Machine } from "./machine.ts";
import { ReceivingHalf } from "./receiving/receiving_half.ts";
import { SendingHalf } from "./sending_half.ts";
import { type ByteObserver, Traffic } from "./traffic.ts";

/** A connection, its two halves and its end. */
export class Channel implements Watched, Endable {
  place = -1;
  readonly settings: ChannelSettings;
  readonly traffic: Traffic;
  readonly receiving: ReceivingHalf;
  /** What takes messages from the queue, if something does. */
  reader: Machine | undefined;
  /** How it ends in words, if it does so before the stream ends. */
  farewell: Farewell | undefined;
  /** Called when this side aborts, also behind {@linkcode Channel.drain}. */
  onAbort: ((reason: unknown) => void) | undefined;
  #connection: Connection;
  // Made for the first byte that is sent: idle connections have none.
  #sending: SendingHalf | undefined;
  // Made when something ends it, or asks whether something did.
  #ending: Ending | undefined;

  /**
   * Takes ownership of a connection; nothing is read until it is asked for.
   *
   * @param settings Bounds and deadlines, shared with other channels.
   */
  constructor(connection: Connection, settings: ChannelSettings) {
    const { clock } = this.settings = settings;
    this.#connection = connection;
    const traffic = this.traffic = new Traffic(clock);
    this.receiving = new ReceivingHalf(connection, traffic, this);
    clock?.add(this);
  }

  get sending(): SendingHalf {
    return this.#sending ??= new SendingHalf(
      this.#connection,
      this.traffic,
      this.settings,
      this,
    );
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** The peer's address. */
  get remoteAddress(): Address {
    return this.#connection.remoteAddress;
  }

  /** The bytes received and not yet taken. */
  get queue(): ByteQueue {
    return this.receiving.queue;
  }

  /** Where to append; see {@linkcode SendingHalf.sink}. */
  get sink(): ByteSink {
    return this.sending.sink;
  }

  /** Whether the channel is usable, being closed, or closed. */
  get state(): "open" | "closing" | "closed" {
    return this.#ending?.state ?? "open";
  }

  /** Bytes accepted for sending and not yet taken by the system. */
  get bytesWaiting(): number {
    return this.#sending?.buffered ?? 0;
  }

  /** Whether closing at once may lose bytes of this side. */
  get hasToLose(): boolean {
    return this.bytesWaiting > 0 || this.#ending?.isDiscarding === true;
  }

  /** Whether this side aborted it with something left to lose. */
  get wasCut(): boolean {
    return this.#ending?.wasCut === true;
  }

  /** Bytes that came while it was being closed, and were dropped. */
  get droppedBytes(): number {
    return this.#ending?.droppedBytes ?? 0;
  }

  /** Aborted when the conversation is to end; the reason says why. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Where time comes from. */
  get time(): Time {
    return this.settings.time;
  }

  /** Whether nothing looks at received buffers any more. */
  get mayRetire(): boolean {
    return this.reader?.mayRetire === true;
  }

  /**
   * Writes what waits, then waits for bytes; see {@linkcode ReceivingHalf.fill}.
   *
   * @returns A promise that never rejects.
   */
  fill(missing?: number, mark?: number, isInside?: boolean): Promise<void> {
    // What was sent is what the peer waits for before it answers.
    this.#sending?.turn();
    return this.receiving.fill(missing, mark, isInside);
  }

  /** As {@linkcode Channel.fill}; see {@linkcode ReceivingHalf.fillThen}. */
  fillThen(
    onWoken: () => void,
    missing: number,
    mark: number,
    isInside: boolean,
  ): void {
    this.#sending?.turn();
    this.receiving.fillThen(onWoken, missing, mark, isInside);
  }

  /** See {@linkcode SendingHalf.accepted}. */
  accepted(): void {
    this.sending.accepted();
  }

  /** See {@linkcode SendingHalf.room}. */
  room(): Promise<void> {
    return this.sending.room();
  }

  /**
   * Waits until everything accepted so far is written.
   *
   * @throws {unknown} What the link was lost by, or aborted with.
   * @throws {TimeoutError} If the peer took nothing for 5 s.
   */
  flushed(): Promise<void> {
    const written = this.sending.flushed();
    if (this.bytesWaiting === 0) return written;
    return whileItProgresses(written, this);
  }

  /** Shows all bytes to an observer, from now on. */
  observe(observer: ByteObserver): void {
    this.traffic.observer = observer;
  }

  /** Goes on over another connection; see `replaceConnection`. */
  moveTo(connection: Connection): void {
    this.#connection = connection;
    this.receiving.moveTo(connection);
    this.#sending?.moveTo(connection);
  }

  /** Finishes sending; receiving goes on. Resolves once the end was sent. */
  closeWrite(): Promise<void> {
    if (this.state === "closed") return Promise.resolve();
    this.farewell?.finish();
    return this.farewell ? this.flushed() : this.sending.finish(true);
  }

  /**
   * Ends in order: writes what was accepted, and sends the end. Then it
   * waits for the peer where something would be lost otherwise; {@linkcode Lingering}
   * says how long.
   *
   * @returns When the connection is closed; the second call waits for the first.
   * @throws {TimeoutError} If the peer did not take what was sent in time.
   * @throws {unknown} What the link was lost by, if something was left to write.
   */
  close(): Promise<void> {
    return this.#end.close();
  }

  /**
   * Ends at once, dropping what was not written or taken.
   *
   * @param reason What calls are thrown; a `ClosedError` by default.
   */
  abort(reason?: unknown): void {
    this.#end.abort(reason);
  }

  /**
   * Asks for the end: aborts the signal, and wants only messages that have begun
   * to arrive. An end in order then takes as long as it needs, until an abort.
   */
  drain(
    reason: unknown = new ClosedError({
      address: String(this.remoteAddress),
      reason: "the conversation is ending",
    }),
  ): void {
    this.farewell?.leave();
    this.#end.signalEnd(reason);
    this.receiving.drain(this.time);
    this.lingerUntilCut();
  }

  /** Lets {@linkcode Channel.close} take as long as it needs, until an abort. */
  lingerUntilCut(): void {
    this.#end.lingerUntilCut();
  }

  /** Looks at the deadlines; the clock calls this. */
  check(nowMs: number): void {
    const passed = deadlinePassed(this, this.#sending, nowMs);
    if (passed !== undefined) this.abort(passed);
  }

  /** Stops the clock, as its end is here. */
  release(): void {
    this.farewell?.stop();
    this.settings.clock?.delete(this);
  }

  get #end(): Ending {
    return this.#ending ??= new Ending(this);
  }

  /**
   * Nothing can be sent over a lost link, but what the peer said before is still
   * received: reading finds out for itself that there is no more.
   */
  lost(error: unknown): void {
    this.sending.fail(error);
    this.#end.signalEnd(error);
  }
}
