/**
 * Messages out of a channel's queue: cut, decode, deliver.
 *
 * ```text
 * channel.queue ─► frame decoder ─► value decoder ─► take()
 * ```
 *
 * One read fills the queue, then everything in it is taken without awaiting
 * anything.
 *
 * @module
 */

import { bytes } from "../../encoding/bytes.ts";
import type { ValueDecoder } from "../../encoding/encoding.ts";
import { type Hint, ProtocolError } from "../../errors.ts";
import { FrameDecoder } from "../../framing/frame_decoder.ts";
import type { Framing } from "../../framing/framing.ts";
import type { Channel } from "../channel/channel.ts";
import type { ReceivingHalf } from "../channel/receiving/receiving_half.ts";
import type { Settings } from "./settings.ts";

/** What a reader reports to. */
export interface ReaderOwner {
  /** A bad frame was skipped. */
  badFrame(error: ProtocolError): void;
}

/** Takes the messages of one connection. */
export class MessageReader<T> {
  /** Messages handed to the user. */
  messages = 0;
  readonly #channel: Channel;
  readonly #half: ReceivingHalf;
  readonly #owner: ReaderOwner;
  #frames!: FrameDecoder;
  // Of framings that were used before this one.
  #badBefore = 0;
  #values!: ValueDecoder<T>;
  #endsAtClose = false;
  #copies = false;
  // Whether a frame's bytes are the message.
  #isPlain = false;
  // How many messages had been handed out when none was looked at any more.
  #releasedAt = 0;
  // The batch that is being filled, and a bad frame behind it that is not told yet.
  #batch: T[] | undefined;
  #late: ProtocolError | undefined;

  constructor(
    channel: Channel,
    settings: Settings<T, never>,
    owner: ReaderOwner,
    framing: Framing,
  ) {
    this.#channel = channel;
    this.#owner = owner;
    this.#half = channel.receiving;
    this.cut(framing, settings);
    channel.reader = this;
  }

  /** Whether {@linkcode MessageReader.take} can give nothing more, ever. */
  get isOver(): boolean {
    const { state } = this.#half;
    return state === "over" || state === "discarding" || state === "aborted";
  }

  /** How many bad frames, and messages with bad content, were skipped. */
  get badFrames(): number {
    const untold = this.#late === undefined ? 0 : 1;
    return this.#badBefore + (this.#frames?.badCount ?? 0) - untold;
  }

  /**
   * How much of the awaited message is here, and what may be wrong. It is for
   * the error of a deadline; it depends on what has arrived, as the deadline does.
   */
  get waitHint(): Hint | undefined {
    const { missingBytes, waitHint } = this.#frames;
    const here = this.#channel.queue.length;
    if (here === 0) return waitHint;
    const arrived = missingBytes === 0
      ? `${grouped(here)} bytes of a message arrived`
      : `${grouped(here)} of its ${grouped(here + missingBytes)} bytes arrived`;
    return waitHint === undefined
      ? { text: arrived }
      : { ...waitHint, text: `${arrived}; ${waitHint.text}` };
  }

  /** Whether no message that was handed out is looked at any more. */
  get mayRetire(): boolean {
    return this.#copies || this.#releasedAt === this.messages;
  }

  /**
   * Takes the next message that is already here.
   *
   * @returns The message, or `undefined` if there is none: then either
   * {@linkcode MessageReader.isOver} is true or {@linkcode MessageReader.fill}
   * brings more.
   * @throws {unknown} What broke the framing, the encoding or the link, once all
   * messages before it were taken.
   */
  take(): T | undefined {
    if (this.#late !== undefined) this.#tellLate();
    if (this.isOver) return this.#ended();
    for (;;) {
      const frame = this.#half.state === "finished"
        ? this.#lastFrame()
        : this.#frames.next();
      if (frame === undefined) {
        return this.#late === undefined ? this.#nothing() : undefined;
      }
      const value = this.#decode(frame);
      if (value !== undefined) {
        this.messages++;
        return value;
      }
      if (this.#late !== undefined) return undefined;
    }
  }

  /**
   * Takes messages that are already here, as repeated calls of
   * {@linkcode MessageReader.take} would.
   *
   * @returns The messages, at least one, or `undefined` as for `take`.
   * @throws {unknown} As `take`, once the messages before the error were given.
   */
  takeBatch(most: number): T[] | undefined {
    const first = this.take();
    if (first === undefined) return undefined;
    // Most batches of a round trip have one message, and this array has room for one.
    // An empty one would get room for 17 with the first that is added.
    const batch = [first];
    if (this.#half.queue.length > 0) this.#takeMore(batch, most);
    return batch;
  }

  /**
   * Waits until there may be more to take, or nothing ever again.
   *
   * @returns A promise that never rejects.
   */
  fill(): Promise<void> {
    if (this.#copies && !this.#half.isReading) this.#half.queue.release();
    const { count, isInside, missingBytes } = this.#frames;
    return this.#channel.fill(missingBytes, count, isInside);
  }

  /**
   * As {@linkcode MessageReader.fill}, with a call instead of a promise; see
   * {@linkcode ReceivingHalf.fillThen}.
   */
  fillThen(onWoken: () => void): void {
    if (this.#copies && !this.#half.isReading) this.#half.queue.release();
    const { count, isInside, missingBytes } = this.#frames;
    this.#channel.fillThen(onWoken, missingBytes, count, isInside);
  }

  /**
   * Cuts what comes from now on by a framing; what has arrived and was not taken
   * is cut so too.
   */
  cut(
    framing: Framing,
    { badFrames, encoding, maxMessageBytes, peer }: Settings<T, never>,
  ): void {
    if (this.#late !== undefined) this.#tellLate();
    const connection = this.#channel;
    const { queue } = connection;
    const skips = (badFrames ?? framing.badFrames) === "skip";
    this.#badBefore = this.badFrames;
    this.#frames = new FrameDecoder(framing, {
      badFrames,
      connection,
      from: peer,
      maxMessageBytes,
      onBadFrame: skips ? (error) => this.#badFrame(error) : undefined,
      queue,
    });
    this.#values = encoding.decoder(framing.boundary !== "none");
    this.#endsAtClose = framing.boundary === "close";
    this.#copies = this.#values.copies === true;
    if (!this.#copies) queue.show();
    this.#isPlain = encoding as unknown === bytes();
  }

  drop(): void {
    while (this.#frames.next() !== undefined);
  }

  /** Promises that no message handed out so far is looked at any more. */
  release(): void {
    this.#releasedAt = this.messages;
    // A pending read writes into the buffer, which then has to stay as it is.
    if (!this.#half.isReading) this.#half.queue.release();
  }

  #takeMore(into: T[], most: number): void {
    this.#batch = into;
    try {
      // The end may be what makes a message, and a message whose content is bad
      // must be the last one taken when it is refused.
      if (this.#isPlain && !this.isOver && this.#half.state !== "finished") {
        const left = most - into.length;
        this.messages += this.#frames.nextBatch(into as Uint8Array[], left);
        return;
      }
      while (into.length < most) {
        const message = this.take();
        if (message === undefined) break;
        into.push(message);
      }
    } catch {
      // The messages before it come first; then it is thrown again.
    } finally {
      this.#batch = undefined;
    }
  }

  /** The next frame when nothing more comes, which may be what ends it. */
  #lastFrame(): Uint8Array | undefined {
    const { connection } = this.#channel;
    if (connection.endedUnannounced !== true) return this.#frames.end();
    const whole = this.#frames.next();
    if (whole !== undefined) return whole;
    if (this.#frames.end() === undefined && !this.#endsAtClose) {
      return undefined;
    }
    // An attacker who cuts the connection could make a message of its first half.
    throw this.#frames.fail(
      new ProtocolError("truncated", {
        reason:
          "Cannot take the end of the stream for the end of the message as TLS did not announce it: the connection may have been cut",
      }),
    );
  }

  #decode(frame: Uint8Array): T | undefined {
    try {
      return this.#values.decode(frame);
    } catch (error) {
      // Throws, unless messages with bad content are skipped.
      this.#frames.refuse(error, frame);
      return undefined;
    }
  }

  /**
   * Tells of a bad frame: at once, or when the messages before it were handed out.
   * A batch ends in front of it, so that the order is that of the bytes at every cut.
   */
  #badFrame(error: ProtocolError): "pause" | undefined {
    if (this.#batch === undefined || this.#batch.length === 0) {
      this.#owner.badFrame(error);
      return undefined;
    }
    this.#late = error;
    return "pause";
  }

  #tellLate(): void {
    const error = this.#late!;
    this.#late = undefined;
    this.#owner.badFrame(error);
  }

  /** Nothing is wanted any more. */
  #ended(): undefined {
    if (this.#half.state === "aborted") throw this.#half.failure;
    return undefined;
  }

  /** No frame is here: the end, a failure, or a matter of waiting. */
  #nothing(): undefined {
    switch (this.#half.state) {
      case "finished":
        try {
          this.#values.end();
        } catch (error) {
          throw this.#frames.fail(error);
        }
        this.#half.stop();
        break;
      case "lost":
        this.#channel.traffic.told = true;
        throw this.#half.failure;
    }
    return undefined;
  }
}

/** A count with its thousands apart: 65,540. */
function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
