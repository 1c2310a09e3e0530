/**
 * How a channel ends.
 *
 * ```text
 *   open ── close() ──► closing ── nothing left to lose ──► closed
 *    └───── abort() ───────┴──────────────────────────────► closed
 * ```
 *
 * The connection may send an end of its own after that, which `abort()` cuts.
 *
 * @module
 */

import { ClosedError } from "../../errors.ts";
import type { Farewell } from "../../transport/spoken_framing.ts";
import type { Time } from "../../time/time.ts";
import { within } from "../../time/within.ts";
import type { Address } from "../../transport/address.ts";
import type { Connection } from "../../transport/connection.ts";
import { LINGER, LINGER_UNTIL_CUT, Lingering } from "./lingering.ts";
import type { Machine } from "./machine.ts";
import type { ReceivingHalf } from "./receiving/receiving_half.ts";
import type { SendingHalf } from "./sending_half.ts";
import type { StallLimits } from "./stall.ts";
import type { Traffic } from "./traffic.ts";
import { DONE, unawaited } from "./waiters.ts";

// How long the peer's last word is waited for. RFC 6455 section 7.1.1 leaves it
// open; browsers answer at once.
const FAREWELL_MS = 5_000;

/** What ends. */
export interface Endable {
  /** How it ends in words, if it does so before the stream ends. */
  readonly farewell: Farewell | undefined;
  readonly reader: Machine | undefined;
  /** Called when it is aborted: the signal may have been aborted before. */
  readonly onAbort: ((reason: unknown) => void) | undefined;
  readonly connection: Connection;
  readonly remoteAddress: Address;
  readonly receiving: ReceivingHalf;
  readonly sending: SendingHalf;
  readonly traffic: Traffic;
  readonly time: Time;
  /** Whether nothing looks at received buffers any more. */
  readonly mayRetire: boolean;

  /** Stops its deadlines. */
  release(): void;
}

/** The end of one channel; during most of a connection's life it does not exist. */
export class Ending {
  /** How far it has come. */
  state: "open" | "closing" | "closed" = "open";
  /** Whether this side aborted with something left to lose. */
  wasCut = false;
  readonly #channel: Endable;
  // Most programs never use the signal, and making it and its reason takes as long as
  // the rest of a short connection. So both are made on demand.
  #signal: AbortController | undefined;
  #isSignalled = false;
  #reason: unknown;
  #closing: Promise<void> | undefined;
  #lingering: Lingering | undefined;
  #limits: StallLimits = LINGER;
  // Whether it is closed, and the connection still sends an end of its own.
  #isLeaving = false;

  constructor(channel: Endable) {
    this.#channel = channel;
  }

  /** Aborted when the conversation is to end. */
  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      this.#signal = new AbortController();
      if (this.#isSignalled) this.#signal.abort(this.#why());
    }
    return this.#signal.signal;
  }

  /** Bytes that came while it was being closed, and were dropped. */
  get droppedBytes(): number {
    return this.#lingering?.droppedBytes ?? 0;
  }

  /** Whether the peer still sends, so that a reset could destroy what it was sent. */
  get isDiscarding(): boolean {
    return this.#lingering?.state === "discarding";
  }

  /** See `Channel.close`. */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = this.#close();
      if (this.#closing !== DONE) this.#closing.catch(unawaited);
      this.signalEnd();
    }
    return this.#closing;
  }

  /** See `Channel.abort`. */
  abort(reason: unknown): void {
    const { connection, receiving, sending } = this.#channel;
    if (this.#isLeaving) connection.abort();
    if (this.state === "closed") return;
    const error = reason ?? this.#closedError("aborted");
    this.wasCut = sending.buffered > 0 || this.isDiscarding;
    sending.fail(error);
    receiving.abort(error);
    this.#release();
    connection.abort();
    this.signalEnd(error);
    this.#lingering?.abandon(error);
    this.#channel.onAbort?.(error);
  }

  /**
   * Aborts the signal; only the first call counts.
   *
   * @param reason Why; `undefined` for an end in order.
   */
  signalEnd(reason?: unknown): void {
    if (this.#isSignalled) return;
    this.#isSignalled = true;
    this.#reason = reason;
    this.#signal?.abort(this.#why());
  }

  /** Lets `close` take as long as it needs, until an abort. */
  lingerUntilCut(): void {
    this.#limits = LINGER_UNTIL_CUT;
    this.#lingering?.limit(LINGER_UNTIL_CUT);
  }

  #close(): Promise<void> {
    const { farewell, receiving } = this.#channel;
    receiving.stop();
    if (this.state === "closed") return DONE;
    this.state = "closing";
    // Most connections end so: all is said, and nothing has to be waited for.
    if (farewell === undefined && this.#isSaid) return this.#letGo();
    return this.#closeInOrder();
  }

  /** Whether the peer has finished sending and has been sent everything. */
  get #isSaid(): boolean {
    const { receiving, sending } = this.#channel;
    return receiving.state === "over" && sending.buffered === 0;
  }

  async #closeInOrder(): Promise<void> {
    try {
      if (this.#channel.farewell !== undefined) await this.#sayFarewell();
      if (!this.#isSaid) {
        this.#lingering = new Lingering(this.#channel, this.#limits);
        await this.#lingering.run();
      }
    } catch (error) {
      // The peer must not take what has arrived for everything there was.
      this.abort(error);
      throw error;
    }
    if (!this.#isClosed()) await this.#letGo();
  }

  #letGo(): Promise<void> {
    const { connection, mayRetire, receiving, sending } = this.#channel;
    void sending.finish(false);
    this.#release();
    connection.close();
    if (mayRetire) receiving.retire();
    const { released } = connection;
    if (released === undefined) return DONE;
    this.#isLeaving = true;
    return released.then(() => {
      this.#isLeaving = false;
    });
  }

  /**
   * Says the last word, then reads on for the peer's, which comes behind its last
   * messages. They are dropped.
   */
  async #sayFarewell(): Promise<void> {
    const { farewell, reader, receiving, sending, time } = this.#channel;
    farewell!.finish();
    sending.flush();
    const limit = within(FAREWELL_MS, undefined, () => undefined, time);
    try {
      while (!farewell!.peerFinished && receiving.state === "discarding") {
        reader?.drop?.();
        if (farewell!.peerFinished) break;
        await limit.race(receiving.fill());
      }
    } catch {
      // The time is over, or the peer broke the framing: it says nothing more.
    } finally {
      limit.clear();
    }
  }

  // A method, as the compiler would take the state for unchanged by an await.
  #isClosed(): boolean {
    return this.state === "closed";
  }

  #release(): void {
    this.state = "closed";
    this.#channel.release();
  }

  #why(): unknown {
    return this.#reason ?? this.#closedError("closed");
  }

  #closedError(how: string): ClosedError {
    return new ClosedError({
      address: String(this.#channel.remoteAddress),
      reason: `this side ${how} the connection`,
    });
  }
}
