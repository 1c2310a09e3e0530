/**
 * Messages on a channel: a facade before the reader and the writer of messages.
 *
 * @module
 */

import { checkDuration, OptionTypeError } from "../../check.ts";
import type { EncodingLike } from "../../encoding/parse.ts";
import { type Hint, type ProtocolError, TimeoutError } from "../../errors.ts";
import type { Framing } from "../../framing/framing.ts";
import { framingOf } from "../../framing/by_name.ts";
import { nameOf } from "../../framing/name.ts";
import { isSpoken } from "../../transport/spoken_framing.ts";
import { INSPECT, type Inspect } from "../../inspect.ts";
import { within } from "../../time/within.ts";
import type { Address } from "../../transport/address.ts";
import type { Connection } from "../../transport/connection.ts";
import type { PeerCertificate } from "../../transport/tls/options.ts";
import { Channel } from "../channel/channel.ts";
import { ChannelLink } from "./channel_link.ts";
import { rejected, unawaited } from "../channel/waiters.ts";
import { Floating } from "./floating.ts";
import type { ConnectionEvent } from "./connection_event.ts";
import { BatchIterator, MessageIterator } from "./iterators.ts";
import type { MessageConnection } from "./message_connection.ts";
import { MessageReader } from "./message_reader.ts";
import { MessageWriter } from "./message_writer.ts";
import type {
  BatchOptions,
  ConnectionStats,
  ReceiveOptions,
} from "./receive_options.ts";
import { type MessageOptions, Settings } from "./settings.ts";

/**
 * The connection that is behind every {@linkcode MessageConnection}. What is only
 * for this library is here and not there.
 */
export class FramedConnection<T, S = T> implements MessageConnection<T, S> {
  // What a server notes of its connections.
  place = -1;
  isHandled = false;
  /** What the messages go over. */
  readonly channel: Channel;
  /** Called with what no call throws. */
  tell:
    | ((event: ConnectionEvent<T, FramedConnection<T, S>>) => void)
    | undefined;
  readonly #reader: MessageReader<T>;
  readonly #settings: Settings<T, S>;
  #framing: Framing;
  // Made for the first message that is sent: idle connections have none.
  #sender: MessageWriter<S> | undefined;
  #told: unknown;

  constructor(
    connection: Connection | Channel,
    options: MessageOptions<EncodingLike> | Settings<T, S> = {},
  ) {
    const settings = options instanceof Settings
      ? options
      : new Settings<T, S>(options);
    this.#settings = settings;
    const channel = this.channel = connection instanceof Channel
      ? connection
      : new Channel(connection, settings);
    const { framing } = channel.connection;
    this.#framing = framing ?? settings.framing;
    if (isSpoken(framing)) {
      channel.farewell = framing;
      const sendsText = settings.encoding.isText === true;
      framing.begin(new ChannelLink(channel, sendsText));
    }
    this.#reader = new MessageReader(channel, settings, this, this.#framing);
  }

  get localAddress(): Address {
    return this.channel.connection.localAddress;
  }

  get remoteAddress(): Address {
    return this.channel.connection.remoteAddress;
  }

  get alpn(): string | undefined {
    return this.channel.connection.alpn;
  }

  get peerCertificate(): PeerCertificate | undefined {
    return this.channel.connection.peerCertificate;
  }

  /** The rule for where its messages end. */
  get framing(): Framing {
    return this.#framing;
  }

  get bytesWaiting(): number {
    return this.channel.bytesWaiting;
  }

  get endedBy(): "peer" | "self" | undefined {
    if (!this.#reader.isOver) return undefined;
    return this.channel.receiving.peerFinished ? "peer" : "self";
  }

  get waitHint(): Hint | undefined {
    return this.#reader.waitHint;
  }

  get stats(): ConnectionStats {
    const { bytesIn, bytesOut } = this.channel.traffic;
    return {
      bytesIn,
      bytesOut,
      bytesWaiting: this.channel.bytesWaiting,
      badFrames: this.#reader.badFrames,
      messagesIn: this.#reader.messages,
      messagesOut: this.#sender?.messages ?? 0,
    };
  }

  get signal(): AbortSignal {
    return this.channel.signal;
  }

  /** What `console.log` shows: the two ends and the traffic, not the machinery. */
  [INSPECT](_depth: number, options: unknown, inspect: Inspect): string {
    const { endedBy, stats } = this;
    const seen = {
      localAddress: String(this.localAddress),
      remoteAddress: String(this.remoteAddress),
      framing: nameOf(this.#framing),
      endedBy,
      stats,
    };
    return `MessageConnection ${inspect(seen, options)}`;
  }

  toString(): string {
    return `MessageConnection with ${this.remoteAddress}`;
  }

  send(message: S): Promise<void> {
    return this.#writer.send(message);
  }

  trySend(message: S): boolean {
    return this.#writer.trySend(message);
  }

  /** Accepts one message, however much waits already; throws as `send` rejects. */
  accept(message: S): void {
    this.#writer.accept(message);
  }

  /** See {@linkcode MessageWriter.acceptFrames}. */
  acceptFrames(frames: Uint8Array, count: number): void {
    this.#writer.acceptFrames(frames, count);
  }

  /** See {@linkcode MessageWriter.writeFrames}. */
  writeFrames(frames: Uint8Array, count: number): void {
    this.#writer.writeFrames(frames, count);
  }

  sendAll(messages: Iterable<S>): Promise<void> {
    return this.#writer.sendAll(messages);
  }

  receive(options?: ReceiveOptions): Promise<T | undefined> {
    try {
      if (options !== undefined) checkWait(options);
    } catch (error) {
      return Promise.reject(error);
    }
    try {
      const message = this.#reader.take();
      if (message !== undefined) return Promise.resolve(message);
    } catch (error) {
      return rejected(error);
    }
    const message = this.#receiveLater(options);
    // A peer can make it fail before the program comes to await it.
    message.then(undefined, unawaited);
    return message;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return new MessageIterator(this.#reader);
  }

  batches(options: BatchOptions = {}): AsyncIterableIterator<T[]> {
    return new BatchIterator(this.#reader, options.reuse ?? false);
  }

  useFraming(framing: Framing | string): void {
    if (this.channel.connection.framing !== undefined) {
      throw new OptionTypeError({
        action: `use framing ${nameOf(framing)} with`,
        address: String(this.remoteAddress),
        reason: `its messages are framed by ${nameOf(this.#framing)}`,
      });
    }
    const next = framingOf(framing);
    this.#reader.cut(next, this.#settings);
    this.#framing = next;
    this.#sender?.frame(next, this.#settings);
  }

  closeWrite(): Promise<void> {
    return Floating.of(
      this.channel.closeWrite(),
      (error) => this.unsent(error),
    );
  }

  close(): Promise<void> {
    return Floating.of(this.channel.close(), (error) => this.unsent(error));
  }

  abort(reason?: unknown): void {
    this.channel.abort(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    const { told } = this.channel.traffic;
    const closed = this.channel.close();
    return told ? closed.catch(() => {}) : closed;
  }

  /** Reports a failure that nothing looked at; see {@linkcode Floating}. */
  unsent(error: unknown): void {
    // The loss of a link may be in many promises; it is reported once.
    if (error === this.#told) return;
    this.#told = error;
    this.tell?.({ type: "unsent", connection: this, error });
  }

  /** Reports a bad frame that was skipped. */
  badFrame(error: ProtocolError): void {
    this.tell?.({ type: "bad_frame", connection: this, error });
  }

  async #receiveLater(options: ReceiveOptions = {}): Promise<T | undefined> {
    const { signal, timeoutMs = Infinity } = options;
    const reader = this.#reader;
    const deadline = timeoutMs === Infinity && signal === undefined
      ? undefined
      : within(
        timeoutMs,
        signal,
        () =>
          new TimeoutError("receive", timeoutMs, {
            action: "receive from",
            address: String(this.remoteAddress),
            reason: `no message came within ${timeoutMs} ms`,
            advice: reader.waitHint?.text,
            framing: reader.waitHint?.framing,
          }),
        this.#settings.time,
      );
    try {
      while (!reader.isOver) {
        const filled = reader.fill();
        await (deadline === undefined ? filled : deadline.race(filled));
        const message = reader.take();
        if (message !== undefined) return message;
      }
      return undefined;
    } finally {
      deadline?.clear();
    }
  }

  get #writer(): MessageWriter<S> {
    return this.#sender ??= new MessageWriter(
      this.channel,
      this.#framing,
      this.#settings,
      this,
    );
  }
}

/** The channel below a connection. */
export function channelOf(
  connection: MessageConnection<unknown, never>,
): Channel {
  return (connection as FramedConnection<unknown, never>).channel;
}

function checkWait({ signal, timeoutMs = Infinity }: ReceiveOptions): void {
  signal?.throwIfAborted();
  checkDuration("timeoutMs", timeoutMs, "0 or above");
}
