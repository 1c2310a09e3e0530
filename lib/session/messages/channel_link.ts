/**
 * What a framing that speaks by itself sees of a channel.
 *
 * @module
 */

import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { FramingLink } from "../../transport/spoken_framing.ts";
import type { Time } from "../../time/time.ts";
import type { Channel } from "../channel/channel.ts";

/** A channel, seen by its framing. */
export class ChannelLink implements FramingLink {
  readonly sendsText: boolean;
  readonly #channel: Channel;

  constructor(
    channel: Channel,
    sendsText: boolean,
  ) {
    this.#channel = channel;
    this.sendsText = sendsText;
  }

  get sink(): ByteSink {
    return this.#channel.sending.sink;
  }

  get time(): Time {
    return this.#channel.time;
  }

  get isReading(): boolean {
    return this.#channel.receiving.isReading;
  }

  accepted(): void {
    this.#channel.sending.accepted();
  }

  room(): Promise<void> | undefined {
    const { sending, settings } = this.#channel;
    return sending.buffered < settings.highWaterMarkBytes
      ? undefined
      : sending.room();
  }

  sealed(): void {
    this.#channel.sending.seal();
  }

  ended(): void {
    this.#channel.receiving.finish();
  }

  abort(error: unknown): void {
    this.#channel.abort(error);
  }
}
