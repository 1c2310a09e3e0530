/**
 * The connections of a script that runs, and what comes over them.
 *
 * @module
 */

import { ConnectionError, ProtocolError, TimeoutError } from "../../errors.ts";
import { SYSTEM_TIME } from "../../time/time.ts";
import { within } from "../../time/within.ts";
import type { ScriptMessage } from "../script_error.ts";
import type { Step } from "../statement.ts";

/**
 * A connection as a script needs it. A `MessageConnection` of bytes is one.
 */
export interface ScriptConnection {
  /** Which side has ended the messages, if they have ended. */
  readonly endedBy?: "peer" | "self" | undefined;

  /** Sends a message; resolves when there is room for more. */
  send(message: Uint8Array): Promise<void>;

  /**
   * Receives a message; `undefined` at the end.
   *
   * @throws {TimeoutError} With deadline `"receive"` if none comes in time. Then
   * nothing is lost.
   */
  receive(
    options: {
      readonly signal?: AbortSignal | undefined;
      readonly timeoutMs?: number;
    },
  ): Promise<Uint8Array | undefined>;

  /** Finishes sending, once all is written. */
  closeWrite(): Promise<void>;

  /** Ends it in order. */
  close(): Promise<void>;

  /** Ends it at once. */
  abort(reason?: unknown): void;
}

/** What came. */
export type Incoming =
  | { readonly type: "message"; readonly message: Uint8Array }
  | { readonly type: "nothing"; readonly error: TimeoutError }
  | { readonly type: "end" }
  | { readonly type: "reset"; readonly error: ConnectionError }
  | { readonly type: "failed"; readonly error: unknown };

// How long a peer is listened to once all is said: see `Lingering` of the session.
const FAREWELL_MS = 1_000;

/** The messages at the end that a failure shows. */
const RECENT = 3;

/** The last messages of all connections. */
export class Recent {
  readonly #messages: ScriptMessage[] = [];

  add(message: ScriptMessage): void {
    this.#messages.push(message);
    if (this.#messages.length > RECENT) this.#messages.shift();
  }

  get messages(): readonly ScriptMessage[] {
    return [...this.#messages];
  }
}

/** One connection of a script that runs. */
export class Line {
  /** The last statement that has sent something. */
  sentAt: Step | undefined;
  /** The failure of a send, until receiving finds out why. */
  lost: ConnectionError | undefined;
  readonly #name: string;
  readonly #connection: ScriptConnection;
  readonly #recent: Recent;
  readonly #signal: AbortSignal | undefined;
  // An end that came while no message was expected.
  #waiting: Incoming | undefined;
  #isOver = false;

  constructor(
    name: string,
    { connection, recent, signal }: {
      readonly connection: ScriptConnection;
      readonly recent: Recent;
      readonly signal: AbortSignal | undefined;
    },
  ) {
    this.#name = name;
    this.#connection = connection;
    this.#recent = recent;
    this.#signal = signal;
  }

  /** Sends a message. */
  async send(message: Uint8Array, withinMs: number, at: Step): Promise<void> {
    const direction = "sent";
    this.sentAt = at;
    this.#recent.add({ connection: this.#name, direction, message });
    const sent = this.#connection.send(message);
    await this.#unlessLost(this.#bounded(sent, withinMs, "send to"));
  }

  /** Finishes sending. */
  async finish(withinMs: number, at: Step): Promise<void> {
    this.sentAt = at;
    await this.#unlessLost(this.#finish(withinMs));
  }

  /** Waits for a message or the end. */
  async next(withinMs: number): Promise<Incoming> {
    const incoming = this.#waiting ?? await this.#receive(withinMs);
    this.#waiting = undefined;
    if (incoming.type === "message") {
      const { message } = incoming;
      const direction = "received";
      this.#recent.add({ connection: this.#name, direction, message });
    } else if (incoming.type !== "nothing") this.#isOver = true;
    return incoming;
  }

  /** Keeps what came for the next call of {@linkcode Line.next}. */
  keep(incoming: Incoming): void {
    this.#waiting = incoming;
  }

  /**
   * Writes all, then ends it: without waiting long for a peer that goes on.
   *
   * @throws {ConnectionError} If the link was lost, and no statement expects that.
   */
  async close(withinMs: number): Promise<void> {
    if (this.lost !== undefined) throw this.lost;
    if (this.#waiting?.type === "reset") throw this.#waiting.error;
    // After the end of the peer the script can say nothing about a loss.
    const ignore = () => {};
    const finished = this.#finish(withinMs);
    await (this.#isOver ? finished.catch(ignore) : finished);
    const closed = this.#connection.close().catch(ignore);
    await this.#bounded(closed, FAREWELL_MS, "close").catch(ignore);
    this.#connection.abort();
  }

  abort(reason: unknown): void {
    this.#connection.abort(reason);
  }

  /** Whether a loss is noticed now or by the next expect is a matter of time. */
  async #unlessLost(done: Promise<void>): Promise<void> {
    try {
      await done;
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.lost ??= error;
    }
  }

  #finish(withinMs: number): Promise<void> {
    const finished = this.#connection.closeWrite();
    return this.#bounded(finished, withinMs, "finish sending to");
  }

  async #receive(timeoutMs: number): Promise<Incoming> {
    try {
      const options = { signal: this.#signal, timeoutMs };
      const message = await this.#connection.receive(options);
      if (message !== undefined) return { type: "message", message };
      if (this.#connection.endedBy !== "self") return { type: "end" };
      return { type: "failed", error: "this side has ended the connection" };
    } catch (error) {
      if (this.#signal?.aborted) throw this.#signal.reason;
      if (error instanceof TimeoutError && error.deadline === "receive") {
        return { type: "nothing", error };
      }
      if (error instanceof ConnectionError && error.code === "reset") {
        return { type: "reset", error };
      }
      if (isOfThePeer(error)) return { type: "failed", error };
      throw error;
    }
  }

  async #bounded(
    promise: Promise<void>,
    timeoutMs: number,
    action: string,
  ): Promise<void> {
    const limit = within(
      timeoutMs,
      this.#signal,
      () =>
        new TimeoutError("send", timeoutMs, {
          action: `${action} the peer`,
          reason: `it took nothing for ${timeoutMs} ms`,
        }),
      SYSTEM_TIME,
    );
    try {
      await limit.race(promise);
    } finally {
      limit.clear();
      // The wait may be over, and the promise still reject.
      promise.catch(() => {});
    }
  }
}

/** Whether an error is what came of the conversation, and not a fault of the program. */
function isOfThePeer(error: unknown): boolean {
  return error instanceof ConnectionError || error instanceof ProtocolError ||
    error instanceof TimeoutError;
}
