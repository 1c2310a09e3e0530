/**
 * One request: sent, sent again while there is no reply, and given up.
 *
 * ```text
 *   waiting ── its turn ──► starting ── all read that came before ──► sent ⟲ again
 *      │                       │                                       │
 *      └───────────────────────┴───────────────────────────────────────┴──► over
 * ```
 *
 * - `waiting`: another request to the same peer goes first.
 * - `starting`: datagrams that came before are read; none of them is the reply.
 * - `sent`: a reply is taken, or it is time for the next attempt.
 * - `over`: it has its reply, or its error.
 *
 * @module
 */

import {
  ConnectionError,
  describeError,
  TimeoutError,
} from "../../../errors.ts";
import type { Alarm, Sleeper } from "../../../time/alarm.ts";
import type { Address } from "../../../transport/address.ts";
import type { RequestSettings } from "./request_options.ts";

/** What a request needs of others. */
export interface PendingRequestParts<T> {
  /** Wakes it when it is time for another attempt. */
  readonly alarm: Alarm;
  /** Called once when it is over, with how many more replies may still come. */
  readonly onOver: (request: PendingRequest<T>, owed: number) => void;
  /** Called before it is sent again, with the number of the attempt. */
  readonly onResend: (request: PendingRequest<T>, attempt: number) => void;
  /** Sends it. */
  readonly send: () => Promise<void>;
  readonly settings: RequestSettings<T>;
  /** Where it goes. */
  readonly to: Address;
}

/** How far a request has come. */
export type RequestState = "waiting" | "starting" | "sent" | "over";

/** A request and, in time, its reply. */
export class PendingRequest<T> implements Sleeper {
  place = -1;
  untilMs = Infinity;
  readonly to: Address;
  /** Resolves to the reply. */
  readonly replied: Promise<T>;
  #state: RequestState = "waiting";
  readonly #parts: PendingRequestParts<T>;
  readonly #resolve: (message: T) => void;
  readonly #reject: (error: unknown) => void;
  readonly #onAbort: (() => void) | undefined;
  readonly #onUnsent = (error: unknown) => this.fail(error);
  #attempts = 0;
  #waitedMs = 0;
  // Datagrams of the peer that could not be decoded.
  #refused = 0;
  #lastRefusal: unknown;

  constructor(parts: PendingRequestParts<T>) {
    const { settings: { signal }, to } = parts;
    this.#parts = parts;
    this.to = to;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.replied = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    if (signal !== undefined) {
      this.#onAbort = () => this.fail(signal.reason);
      signal.addEventListener("abort", this.#onAbort);
    }
  }

  get state(): RequestState {
    return this.#state;
  }

  /** How often it may be sent. */
  get maxAttempts(): number {
    return this.#parts.settings.attempts;
  }

  /** Tells whether a message is the reply; `undefined` if every one is. */
  get accepts(): ((message: T) => boolean) | undefined {
    return this.#parts.settings.accepts;
  }

  /** Its turn has come. */
  start(): void {
    if (this.#state === "waiting") this.#state = "starting";
  }

  /** Sends it, and waits for the reply or for the next attempt. */
  send(): void {
    if (this.#state === "over") return;
    this.#state = "sent";
    const { alarm, send } = this.#parts;
    this.untilMs = alarm.nowMs + this.#waitMs();
    this.#attempts++;
    alarm.add(this);
    try {
      send().catch(this.#onUnsent);
    } catch (error) {
      this.fail(error);
    }
  }

  wake(): void {
    const { onResend, settings: { attempts } } = this.#parts;
    this.#waitedMs += this.#waitMs(this.#attempts - 1);
    if (this.#attempts >= attempts) return this.fail(this.#silence());
    onResend(this, this.#attempts + 1);
    this.send();
  }

  /** Ends it with the reply. */
  reply(message: T): void {
    if (this.#end(this.#attempts - 1)) this.#resolve(message);
  }

  /** Ends it without a reply. */
  fail(error: unknown): void {
    if (this.#end(this.#attempts)) this.#reject(error);
  }

  /** Takes note that a datagram of the peer could not be decoded. */
  refuse(error: unknown): void {
    this.#refused++;
    this.#lastRefusal = error;
  }

  /** Ends it because the system says that nothing receives there. */
  unreachable(cause: ConnectionError): void {
    this.fail(
      new ConnectionError("refused", {
        action: "get a reply from",
        address: String(this.to),
        reason:
          "nothing is listening there, the system says (port unreachable)",
        cause,
      }),
    );
  }

  #waitMs(attempt: number = this.#attempts): number {
    const { backoff, timeoutMs } = this.#parts.settings;
    return timeoutMs * backoff ** attempt;
  }

  #end(owed: number): boolean {
    if (this.#state === "over") return false;
    this.#state = "over";
    const { alarm, onOver, settings: { signal } } = this.#parts;
    alarm.delete(this);
    if (this.#onAbort !== undefined) {
      signal!.removeEventListener("abort", this.#onAbort);
    }
    onOver(this, owed);
    return true;
  }

  #silence(): TimeoutError {
    const attempts = this.#attempts;
    const times = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
    const timedOut = `timed out after ${times} in ${this.#waitedMs} ms`;
    const about = {
      action: "get a reply from",
      address: String(this.to),
    };
    if (this.#refused === 0) {
      return new TimeoutError("receive", this.#waitedMs, {
        ...about,
        reason: timedOut,
        advice:
          "nothing may be listening there, a datagram may be lost, or the reply came from another address: UDP does not tell which",
      });
    }
    const last = this.#lastRefusal;
    return new TimeoutError("receive", this.#waitedMs, {
      ...about,
      reason:
        `${timedOut}; ${this.#refused} of its datagrams could not be used, the last because: ${
          describeError(last)
        }`,
      cause: last,
    });
  }
}
