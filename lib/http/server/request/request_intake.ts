/**
 * The way from the connection into the machine that reads HTTP.
 *
 * Whoever wants to read on takes events until there is none, then waits for
 * bytes; several may wait at once, for the same read: the body's reader, and
 * the watch that notices while a handler works that the client is gone.
 *
 * @module
 */

import type { MessageConnection } from "../../../session/messages/message_connection.ts";
import type { HttpEvent } from "../../wire/events.ts";
import type { HttpConnection } from "../../wire/http_connection.ts";

/** Reads the requests of one connection. */
export class RequestIntake {
  readonly #connection: MessageConnection<Uint8Array>;
  readonly #http: HttpConnection;
  readonly #onChunk = (chunk: Uint8Array | undefined) => this.#received(chunk);
  readonly #onFailure = (error: unknown) => this.fail(error);
  #returned: HttpEvent | undefined;
  #reading = false;
  // Whether there are bytes that nobody has waited for.
  #isAhead = false;
  #ended = false;
  #failed = false;
  #failure: unknown;
  #wait: Promise<void> | undefined;
  #wake: (() => void) | undefined;

  /**
   * Begins to read; nothing is read until somebody asks.
   *
   * @param connection Where from.
   * @param http The machine.
   */
  constructor(connection: MessageConnection<Uint8Array>, http: HttpConnection) {
    this.#connection = connection;
    this.#http = http;
  }

  /**
   * Takes the next event that is already here.
   *
   * @returns The event, or `undefined`: more bytes are needed, or it is not the
   * client's turn, or all is over.
   * @throws {HttpError} If the client broke HTTP.
   * @throws {unknown} What the link or a deadline failed with, once all that had
   * arrived was taken.
   */
  next(): HttpEvent | undefined {
    const event = this.#returned ?? this.#http.next();
    this.#returned = undefined;
    if (event === undefined && this.#failed && this.#http.needsBytes) {
      throw this.#failure;
    }
    return event;
  }

  /**
   * Gives an event back, to be taken again.
   *
   * @param event What {@linkcode RequestIntake.next} gave last.
   */
  unread(event: HttpEvent): void {
    this.#returned = event;
  }

  /**
   * Waits for more bytes, the end, a failure or a call of
   * {@linkcode RequestIntake.wake}.
   *
   * @returns A promise that never rejects.
   */
  fill(): Promise<void> {
    this.#isAhead = false;
    const wait = this.#wait ??= new Promise((resolve) => this.#wake = resolve);
    if (this.#failed || this.#ended) this.wake();
    else if (!this.#reading) this.#read();
    return wait;
  }

  /** Reads ahead, one chunk at most, so that the loss of the link is noticed. */
  watch(): void {
    if (this.#failed || this.#ended || this.#reading || this.#isAhead) return;
    this.#read();
  }

  /** Lets whoever waits look again. */
  wake(): void {
    const wake = this.#wake;
    this.#wait = this.#wake = undefined;
    wake?.();
  }

  /**
   * Reads no more.
   *
   * @param error What whoever needs more is thrown; the first one counts.
   */
  fail(error: unknown): void {
    this.#reading = false;
    if (!this.#failed) {
      this.#failed = true;
      this.#failure = error;
    }
    this.wake();
  }

  #read(): void {
    this.#reading = true;
    this.#connection.receive().then(this.#onChunk, this.#onFailure);
  }

  #received(chunk: Uint8Array | undefined): void {
    this.#reading = false;
    if (chunk === undefined) {
      this.#ended = true;
      this.#http.receiveEnd();
    } else {
      this.#isAhead = this.#wait === undefined;
      this.#http.receive(chunk);
    }
    this.wake();
  }
}
