/**
 * Reads an endpoint, one datagram at a time, while one is wanted.
 *
 * ```text
 *   idle ── wanted ──► reading ── a datagram, or a failure ──► idle
 *    │                   │
 *    └──── close() ──────┴──► closed
 * ```
 *
 * On demand, a datagram is wanted while a call waits for one: until then the
 * system's queue holds datagrams, and drops what does not fit, which costs
 * nothing. Once it reads ahead, one is always wanted.
 *
 * @module
 */

import type {
  DatagramEndpoint,
  ReceivedDatagram,
} from "../../../transport/datagram_endpoint.ts";

// Larger than any datagram, so that none is cut off: the runtime would not say so.
const BUFFER_BYTES = 65_536;
// What the system's queue holds is read within one turn of the event loop, or two
// where the process waited for a processor: of 3,000 datagrams 12 needed the second.
const QUIET_TURNS = 2;
// Where datagrams never stop to come, there is no moment of having read them all.
const MOST_TURNS = 10;

/** What becomes of the datagrams. */
export interface ReadConsumer {
  /** Whether a datagram is wanted. */
  isAwaited(): boolean;

  /** Takes a datagram; its bytes are overwritten by the next one. */
  received(datagram: ReceivedDatagram): void;

  /** Takes note that a read failed. */
  failed(error: unknown): void;
}

/** Reads the datagrams of one endpoint. */
export class DatagramReader {
  /** Bytes received. */
  bytes = 0;
  /** Datagrams received. */
  datagrams = 0;
  #state: "idle" | "reading" | "closed" = "idle";
  #readsAhead = false;
  readonly #endpoint: DatagramEndpoint;
  readonly #consumer: ReadConsumer;
  readonly #onReceived = (received: ReceivedDatagram) =>
    this.#received(received);
  readonly #onFailure = (error: unknown) => this.#failed(error);
  #buffer: Uint8Array | undefined;
  #caughtUp: Promise<void> | undefined;
  // Turns of the event loop since the last datagram.
  #quietTurns = 0;
  #turn: ReturnType<typeof setTimeout> | undefined;

  constructor(endpoint: DatagramEndpoint, consumer: ReadConsumer) {
    this.#endpoint = endpoint;
    this.#consumer = consumer;
  }

  /** Begins to read if a datagram is wanted. */
  read(): void {
    if (this.#state !== "idle") return;
    if (!this.#readsAhead && !this.#consumer.isAwaited()) return;
    this.#state = "reading";
    this.#buffer ??= new Uint8Array(BUFFER_BYTES);
    this.#endpoint.receive(this.#buffer)
      .then(this.#onReceived, this.#onFailure);
  }

  /**
   * Reads everything as it comes from now on.
   *
   * @param afresh Whether what has come until now is to be read first, although
   * everything was being read already.
   * @returns Once what had come before was read; `undefined` if it was.
   */
  readAhead(afresh: boolean): Promise<void> | undefined {
    if (!afresh && this.#readsAhead && this.#state === "reading") {
      return this.#caughtUp;
    }
    this.#readsAhead = true;
    return this.catchUp();
  }

  /**
   * Reads what has come until now, as far as it is wanted.
   *
   * @returns Once it was read.
   */
  catchUp(): Promise<void> {
    this.read();
    // From the beginning, should it be under way.
    this.#quietTurns = 0;
    return this.#caughtUp ??= this.#catchUp();
  }

  /** Reads no more; a read that is pending is forgotten. */
  close(): void {
    this.#state = "closed";
    clearTimeout(this.#turn);
  }

  async #catchUp(): Promise<void> {
    for (
      let turn = 0;
      turn < MOST_TURNS && this.#quietTurns < QUIET_TURNS;
      turn++
    ) {
      const before = this.datagrams;
      await new Promise((resolve) => this.#turn = setTimeout(resolve));
      this.#quietTurns = this.datagrams === before ? this.#quietTurns + 1 : 0;
    }
    this.#caughtUp = undefined;
  }

  #received(received: ReceivedDatagram): void {
    if (this.#state === "closed") return;
    this.datagrams++;
    this.bytes += received.bytes.length;
    this.#consumer.received(received);
    // Not before: a program that is given a datagram may ask for the next at once.
    this.#next();
  }

  #failed(error: unknown): void {
    if (this.#state === "closed") return;
    this.#state = "idle";
    this.#consumer.failed(error);
  }

  #next(): void {
    // The consumer may have closed it.
    if (this.#state === "reading") this.#state = "idle";
    this.read();
  }
}
