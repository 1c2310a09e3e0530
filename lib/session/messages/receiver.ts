/**
 * The receiving half of a message connection: read, decode, deliver.
 *
 * ```text
 * transport.read ─► byte queue ─► frame decoder ─► value decoder ─► take()
 *                        one read fills it, then everything in it is taken
 *                        without awaiting anything
 * ```
 *
 * A read cannot be cancelled without closing the connection. So a caller who
 * stops waiting (a timeout, a signal) leaves the read pending, and the next
 * caller waits for the same one: nothing is lost.
 *
 * @module
 */

import type { ValueDecoder } from "../../encoding/encoding.ts";
import { ProtocolError } from "../../errors.ts";
import { FrameDecoder } from "../../framing/frame_decoder.ts";
import type { Connection } from "../../transport/connection.ts";
import type { Clock } from "../../time/clock.ts";
import type { Settings } from "./settings.ts";

// When the conversation is to end, messages may be in the system's buffer; they
// are read within one turn of the event loop or two. What begins to arrive later
// than that is not waited for: a busy peer would never let us end.
const LAST_LOOK_MS = 10;

/** Receives the messages of one connection. */
export class Receiver<T> {
  /** Bytes received. */
  bytes = 0;
  /** Messages handed to the user. */
  messages = 0;
  /** Whether somebody was thrown the loss of the link. */
  told = false;
  /** Whether the peer has finished sending. */
  peerFinished = false;
  /** When the peer last sent something, or a read began; by the clock. */
  progressMs = 0;
  #connection: Connection;
  readonly #frames: FrameDecoder;
  readonly #values: ValueDecoder<T>;
  readonly #endsAtClose: boolean;
  readonly #clock: Clock | undefined;
  readonly #onRead = (count: number | null) => this.#received(count);
  readonly #onFailure = (error: unknown) => this.#fail(error);
  readonly #onLoss: (error: unknown) => void;
  #failure: unknown;
  #failed = false;
  // No more messages are wanted: closed by us, or draining and nothing begun.
  #over = false;
  #aborted = false;
  #draining = false;
  // Place in the stream behind which no message begins any more.
  #lastBegin = Infinity;
  #reading = false;
  #wait: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #lastLook: ReturnType<typeof setTimeout> | undefined;
  // Time spent waiting for the rest of the message that has begun.
  #spentMs = 0;
  #messageNumber = 0;
  readonly #copies: boolean;
  // How many messages had been handed out when none was looked at any more.
  #releasedAt = 0;

  /**
   * Begins to receive; nothing is read until somebody asks.
   *
   * @param connection Where from.
   * @param settings Framing and so on.
   * @param onLoss Told when a read fails.
   */
  constructor(
    connection: Connection,
    settings: Settings<T>,
    onLoss: (error: unknown) => void,
  ) {
    this.#connection = connection;
    this.#onLoss = onLoss;
    this.#frames = new FrameDecoder(settings.framing, settings);
    this.#values = settings.encoding.decoder(
      settings.framing.boundary !== "none",
    );
    this.#endsAtClose = settings.framing.boundary === "close";
    this.#copies = this.#values.copies === true;
    this.#clock = settings.clock;
    this.progressMs = settings.clock?.nowMs ?? 0;
  }

  /** Whether a read is waiting for the peer. */
  get waiting(): boolean {
    return this.#reading;
  }

  /** Whether {@linkcode Receiver.take} can give nothing more, ever. */
  get over(): boolean {
    return this.#over;
  }

  /**
   * How long the message that has begun has been waited for, in milliseconds.
   *
   * @param nowMs The clock's time.
   * @returns The time, or 0 if no message has begun.
   */
  partialMs(nowMs: number): number {
    if (!this.#reading || this.#frames.queue.length === 0) return 0;
    return this.#spentMs + nowMs - this.progressMs;
  }

  /**
   * Takes the next message that is already here.
   *
   * @returns The message, or `undefined` if there is none: then either
   * {@linkcode Receiver.over} is true or {@linkcode Receiver.fill} brings more.
   * @throws What broke the framing, the encoding or the link, once all messages
   * before it were taken.
   */
  take(): T | undefined {
    if (this.#over) return this.#ended();
    for (;;) {
      const frame = this.peerFinished ? this.#lastFrame() : this.#frames.next();
      if (frame === undefined) return this.#nothing();
      const value = this.#decode(frame);
      if (value !== undefined) {
        this.messages++;
        return value;
      }
    }
  }

  /**
   * Waits until there may be more to take, or nothing ever again.
   *
   * @returns A promise that never rejects; failures are thrown by
   * {@linkcode Receiver.take}.
   */
  fill(): Promise<void> {
    const wait = this.#wait ??= new Promise((resolve) => this.#wake = resolve);
    // It may find that there is nothing to wait for.
    if (!this.#reading) this.#read();
    return wait;
  }

  /**
   * Checks that nothing has arrived that was not taken.
   *
   * @throws {ProtocolError} If something has.
   */
  expectNothing(): void {
    const { queue } = this.#frames;
    if (queue.length === 0) return;
    throw this.#frames.fail(
      new ProtocolError(
        "malformed",
        `Cannot go on over another line as ${queue.length} bytes have arrived that belong to this one`,
      ),
    );
  }

  /**
   * Goes on with another connection; nothing may be waiting.
   *
   * @param connection The connection.
   */
  moveTo(connection: Connection): void {
    this.#connection = connection;
  }

  /** Promises that no message handed out so far is looked at any more. */
  release(): void {
    this.#releasedAt = this.messages;
    // A pending read writes into the buffer, which then has to stay as it is.
    if (!this.#reading) this.#frames.queue.release();
  }

  /** Gives the buffer away, if nobody looks at it any more; the last call of all. */
  retire(): void {
    const isFree = this.#copies || this.#releasedAt === this.messages;
    if (isFree && !this.#reading) this.#frames.queue.retire();
  }

  /**
   * Ends the messages after those that have begun to arrive; whoever waits is
   * told when it has come to that.
   */
  drain(): void {
    this.#draining = true;
    if (this.#reading && !this.#over) this.#lookLast();
  }

  /** Gives no more messages from now on; whoever waits sees the end. */
  stop(): void {
    this.#over = true;
    clearTimeout(this.#lastLook);
    this.#notify();
  }

  /**
   * Drops what is here and gives no more messages, but an error; unless the end
   * was reached before.
   *
   * @param error What whoever takes the next one is thrown.
   */
  abort(error: unknown): void {
    this.#aborted = !this.#over;
    this.#failed = true;
    this.#failure = error;
    this.stop();
  }

  /**
   * Reads and drops what the peer still sends, until it finishes.
   *
   * @param timeoutMs How long to wait for that.
   */
  async discard(timeoutMs: number): Promise<void> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#notify();
    }, timeoutMs);
    const { queue } = this.#frames;
    while (!this.peerFinished && !this.#failed && !late) {
      queue.skip(queue.length);
      await this.fill();
    }
    clearTimeout(timer);
  }

  /** The next frame when nothing more comes, which may be what ends it. */
  #lastFrame(): Uint8Array | undefined {
    if (this.#connection.endedUnannounced !== true) return this.#frames.end();
    const whole = this.#frames.next();
    if (whole !== undefined) return whole;
    if (this.#frames.end() === undefined && !this.#endsAtClose) {
      return undefined;
    }
    // What only the end makes a message, whoever cuts the line makes one.
    throw this.#frames.fail(
      new ProtocolError(
        "truncated",
        "Cannot take the end of the stream for the end of the message as TLS did not announce it: somebody may have cut it off",
      ),
    );
  }

  #decode(frame: Uint8Array): T | undefined {
    try {
      return this.#values.decode(frame);
    } catch (error) {
      throw this.#frames.fail(error, frame);
    }
  }

  /** No frame is wanted any more. */
  #ended(): undefined {
    if (this.#aborted) throw this.#failure;
    return undefined;
  }

  /** No frame is here: the end, a failure, or a matter of waiting. */
  #nothing(): undefined {
    if (this.peerFinished) {
      try {
        this.#values.end();
      } catch (error) {
        throw this.#frames.fail(error);
      }
      this.#over = true;
    } else if (this.#failed) {
      this.told = true;
      throw this.#failure;
    }
    return undefined;
  }

  #read(): void {
    if (this.#failed || this.peerFinished) return this.#notify();
    const { queue, count } = this.#frames;
    if (this.#draining && !this.#over) {
      if (queue.offset >= this.#lastBegin) return this.stop();
      this.#lookLast();
    }
    this.#reading = true;
    if (count !== this.#messageNumber || queue.length === 0) {
      this.#messageNumber = count;
      this.#spentMs = 0;
    }
    if (this.#clock !== undefined) this.progressMs = this.#clock.nowMs;
    if (this.#copies) queue.release();
    const into = queue.reserve(this.#frames.missingBytes);
    this.#connection.read(into).then(this.#onRead, this.#onFailure);
  }

  /** Begins the time within which a message must have begun to arrive. */
  #lookLast(): void {
    this.#lastLook ??= setTimeout(() => {
      const { queue } = this.#frames;
      this.#lastBegin = queue.offset + queue.length;
      if (this.#reading && queue.length === 0) this.stop();
    }, LAST_LOOK_MS);
  }

  #received(count: number | null): void {
    this.#reading = false;
    if (count === null) {
      this.peerFinished = true;
      clearTimeout(this.#lastLook);
    } else {
      const { queue } = this.#frames;
      if (this.#clock !== undefined) {
        const { nowMs } = this.#clock;
        if (queue.length > 0) this.#spentMs += nowMs - this.progressMs;
        this.progressMs = nowMs;
      }
      queue.commit(count);
      this.bytes += count;
    }
    this.#notify();
  }

  /** What is here is still taken, then whoever takes is thrown the error. */
  #fail(error: unknown): void {
    this.#reading = false;
    clearTimeout(this.#lastLook);
    if (!this.#failed) {
      this.#failed = true;
      this.#failure = error;
    }
    this.#notify();
    this.#onLoss(error);
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wait = this.#wake = undefined;
    wake?.();
  }
}
