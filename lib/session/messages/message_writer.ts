/**
 * Messages into a channel's sink: encode, frame, append.
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import { bytes } from "../../encoding/bytes.ts";
import type { Encoding } from "../../encoding/encoding.ts";
import { encodeBatch } from "../../framing/encode_batch.ts";
import type { Encoder, Framing } from "../../framing/framing.ts";
import { SendSizeError } from "../../framing/limits.ts";
import type { Channel } from "../channel/channel.ts";
import { Floating } from "./floating.ts";
import type { SendingHalf } from "../channel/sending_half.ts";
import type { Settings } from "./settings.ts";

// A batch is in memory already, and its caller waits until it is sent. With the
// default mark, 192 KiB leave in one write: messages of 64 KiB take a fifth less time
// so than one by one.
const WRITES_AT_ONCE = 3;

// Frames that go to many peers are copied up to here, so that several leave in one
// write. Above, all peers share one copy.
const COPIED_FRAMES_BYTES = 8 * 1024;

/** What a writer reports to. */
export interface WriterOwner {
  /** The promise of a message that was not sent has been left alone. */
  unsent(error: unknown): void;
}

/** Sends the messages of one connection. */
export class MessageWriter<S> {
  /** Messages accepted from the user. */
  messages = 0;
  readonly #channel: Channel;
  readonly #half: SendingHalf;
  readonly #highWaterMark: number;
  readonly #owner: WriterOwner;
  readonly #encoding: Encoding<unknown, S>;
  #encoder!: Encoder;
  // Whether the end of the stream is what ends a message.
  #endsStream = false;
  // Whether a message is the bytes of its frame, and messages can follow it.
  #isPlain = false;
  // Whether what is sent has a limit of its own.
  #isBoundApart = false;

  constructor(
    channel: Channel,
    framing: Framing,
    settings: Settings<unknown, S>,
    owner: WriterOwner,
  ) {
    this.#channel = channel;
    this.#half = channel.sending;
    this.#highWaterMark = settings.highWaterMarkBytes;
    this.#owner = owner;
    this.#encoding = settings.encoding;
    this.frame(framing, settings);
  }

  /** Frames what is sent from now on by a framing. */
  frame(
    framing: Framing,
    { maxMessageBytes, maxSentMessageBytes, side }: Settings<unknown, S>,
  ): void {
    this.#isBoundApart = maxSentMessageBytes !== maxMessageBytes;
    this.#encoder = framing.encoder({
      connection: this.#channel,
      from: side,
      maxMessageBytes: maxSentMessageBytes,
    });
    this.#endsStream = framing.boundary === "close";
    this.#isPlain = this.#encoding as unknown === bytes() && !this.#endsStream;
  }

  /** Accepts one message; see `MessageConnection.send`. */
  send(value: S): Promise<void> {
    try {
      this.#accept(value);
    } catch (error) {
      return this.#refused(error);
    }
    return this.#half.room();
  }

  /** Accepts one message if there is room for it. */
  trySend(value: S): boolean {
    const half = this.#half;
    // Of many, some are always about to go: that is no reason to end a broadcast.
    if (half.state !== "open" || half.buffered >= this.#highWaterMark) {
      return false;
    }
    this.#accept(value);
    return true;
  }

  /** Accepts one message, however much waits already. */
  accept(value: S): void {
    this.#accept(value);
  }

  /**
   * Accepts messages that are encoded already.
   *
   * @param frames Their frames, whole; not changed until they are written.
   * @param count How many messages they are.
   */
  acceptFrames(frames: Uint8Array, count: number): void {
    const half = this.#half;
    half.sink.payload(frames, COPIED_FRAMES_BYTES);
    this.messages += count;
    half.accepted();
  }

  /** As {@linkcode MessageWriter.acceptFrames}, and writes them at once if it can. */
  writeFrames(frames: Uint8Array, count: number): void {
    if (!this.#half.write(frames)) return this.acceptFrames(frames, count);
    this.messages += count;
  }

  /** Accepts messages in order, waiting for room in between. */
  sendAll(values: Iterable<S>): Promise<void> {
    if (this.#isPlain && isBytes(values)) return this.#sendBytes(values);
    // Mostly all of them have room, and then nothing is to be waited for.
    const iterator = values[Symbol.iterator]();
    try {
      if (this.#acceptWhileRoom(iterator)) return this.#half.room();
    } catch (error) {
      return this.#refused(error);
    }
    return this.#floating(this.#sendRest(iterator, values));
  }

  #refused(error: unknown): Promise<never> {
    return Floating.fail(error, (reason) => this.#owner.unsent(reason));
  }

  #floating(sent: Promise<void>): Promise<void> {
    return Floating.of(sent, (reason) => this.#owner.unsent(reason));
  }

  #sendBytes(values: readonly Uint8Array[]): Promise<void> {
    try {
      const next = this.#acceptBytes(values, 0);
      if (next === values.length) return this.#half.room();
      return this.#floating(this.#sendRestOfBytes(values, next));
    } catch (error) {
      return this.#refused(this.#inOwnWords(error));
    }
  }

  /** Accepts messages until there is no room; gives the index of the next one. */
  #acceptBytes(values: readonly Uint8Array[], from: number): number {
    const half = this.#half;
    const most = WRITES_AT_ONCE * this.#highWaterMark;
    let next = from;
    while (next < values.length && (next === from || !half.isFull(most))) {
      const first = next;
      next = encodeBatch(
        this.#encoder,
        values,
        first,
        half.sink,
        most,
      );
      this.messages += next - first;
      half.accepted();
    }
    return next;
  }

  async #sendRestOfBytes(
    values: readonly Uint8Array[],
    from: number,
  ): Promise<void> {
    const { length } = values;
    for (let next = from; next < length;) {
      await this.#half.room();
      this.#checkLength(values, length);
      try {
        next = this.#acceptBytes(values, next);
      } catch (error) {
        throw this.#inOwnWords(error);
      }
    }
    await this.#half.room();
  }

  /** The next batch empties the one before, which may still be on its way. */
  #checkLength(values: readonly unknown[], length: number): void {
    if (values.length >= length) return;
    throw new OptionTypeError({
      action: "send to",
      address: String(this.#channel.remoteAddress),
      reason: "the batch was reused before all of it was sent",
      advice: "await sendAll before you ask for the next batch",
    });
  }

  /** Names the option that bounds what is sent, if it is not that of both directions. */
  #inOwnWords(error: unknown): unknown {
    const isOfLimit = this.#isBoundApart && error instanceof SendSizeError &&
      error.option === "maxMessageBytes";
    return isOfLimit
      ? new SendSizeError({ ...error, option: "maxSentMessageBytes" })
      : error;
  }

  #accept(value: S): void {
    const { sink } = this.#half;
    const message = this.#encoding.encode(value);
    try {
      this.#encoder.encode(message, sink);
    } catch (error) {
      throw this.#inOwnWords(error);
    }
    this.messages++;
    if (this.#endsStream) void this.#half.finish(true);
    else this.#half.accepted();
  }

  /** Accepts messages until there is no room; tells whether that was all. */
  #acceptWhileRoom(iterator: Iterator<S>): boolean {
    for (let next; (next = iterator.next()).done !== true;) {
      try {
        this.#accept(next.value);
      } catch (error) {
        iterator.return?.();
        throw error;
      }
      if (this.#half.isFull()) return false;
    }
    return true;
  }

  async #sendRest(iterator: Iterator<S>, values: Iterable<S>): Promise<void> {
    const array = Array.isArray(values) ? values : [];
    const { length } = array;
    do {
      try {
        await this.#half.room();
        this.#checkLength(array, length);
      } catch (error) {
        iterator.return?.();
        throw error;
      }
    } while (!this.#acceptWhileRoom(iterator));
    await this.#half.room();
  }
}

/** Whether values are an array that the framing can take as it is. */
function isBytes(values: Iterable<unknown>): values is Uint8Array[] {
  if (!Array.isArray(values)) return false;
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] instanceof Uint8Array)) return false;
  }
  return true;
}
