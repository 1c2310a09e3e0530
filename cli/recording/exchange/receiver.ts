/**
 * Reads everything that comes over a connection, and counts the messages in it.
 *
 * ```text
 *   open ── the peer finishes ────► end
 *    ├───── the link is lost ─────► reset
 *    └───── this side closes ─────► closed
 * ```
 *
 * Once bytes do not fit the framing, no further message is counted. They are read on, so
 * that the end is noticed.
 *
 * @module
 */

import {
  FrameDecoder,
  type Framing,
  type Side,
} from "../../../lib/framing/mod.ts";
import { type Connection, ConnectionError } from "../../../mod.ts";

/** How what is received is taken apart. */
export interface ReceiverOptions {
  /**
   * The framing, or that each read is a datagram; without either there are only bytes.
   */
  readonly framing: Framing | "datagrams" | undefined;
  /** The side that sends what is received. */
  readonly from: Side;
  /** Largest message in bytes. */
  readonly maxMessageBytes: number;
  /** Called with each message; without framing, with the bytes of each read. */
  readonly onMessage: (message: Uint8Array) => void;
}

/** How the other side has ended. */
export type OtherEnd = "end" | "reset";

const READ_BYTES = 64 * 1024;

/** Reads from a connection until it ends. */
export class Receiver {
  /** How many messages have come; without framing, bytes. */
  count = 0;
  /** The error, if what came does not fit the framing. */
  failure: unknown;
  /** Resolves when nothing more is read. It never rejects. */
  readonly done: Promise<void>;
  readonly #connection: Connection;
  readonly #options: ReceiverOptions;
  readonly #decoder: FrameDecoder | undefined;
  #state: "open" | OtherEnd | "closed" = "open";
  #change = Promise.withResolvers<void>();

  /** Begins to read at once. */
  constructor(connection: Connection, options: ReceiverOptions) {
    const { framing, from, maxMessageBytes } = options;
    this.#connection = connection;
    this.#options = options;
    if (framing !== undefined && framing !== "datagrams") {
      const onBadFrame = () => {};
      const own = { from, maxMessageBytes, onBadFrame };
      this.#decoder = new FrameDecoder(framing, own);
    }
    this.done = this.#read();
  }

  /** How the other side has ended, if it has. */
  get end(): OtherEnd | undefined {
    const state = this.#state;
    return state === "end" || state === "reset" ? state : undefined;
  }

  /** Whether nothing more comes, or what comes is not counted any more. */
  get isOver(): boolean {
    return this.#state !== "open" || this.failure !== undefined;
  }

  /** Resolves when something more has come, or nothing more comes. */
  get changed(): Promise<void> {
    return this.#state === "open" ? this.#change.promise : Promise.resolve();
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        // Messages are views of it.
        const chunk = new Uint8Array(READ_BYTES);
        const count = await this.#connection.read(chunk);
        if (count === null) break;
        this.#take(chunk.subarray(0, count));
        this.#changed();
      }
      this.#finish();
      this.#state = "end";
    } catch (error) {
      this.#state = error instanceof ConnectionError ? "reset" : "closed";
    }
    this.#changed();
  }

  #take(chunk: Uint8Array): void {
    const decoder = this.#decoder;
    if (decoder === undefined) {
      this.count += this.#options.framing === "datagrams" ? 1 : chunk.length;
      return this.#options.onMessage(chunk);
    }
    if (this.failure !== undefined) return;
    decoder.push(chunk);
    this.#each(() => decoder.next());
  }

  /** What the end completes, such as a last line. */
  #finish(): void {
    const decoder = this.#decoder;
    if (decoder === undefined || this.failure !== undefined) return;
    this.#each(() => decoder.end());
  }

  #each(next: () => Uint8Array | undefined): void {
    try {
      for (let message; (message = next()) !== undefined;) {
        this.count++;
        this.#options.onMessage(message);
      }
    } catch (error) {
      this.failure = error;
    }
  }

  #changed(): void {
    const { resolve } = this.#change;
    this.#change = Promise.withResolvers();
    resolve();
  }
}
