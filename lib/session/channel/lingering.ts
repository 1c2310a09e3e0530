/**
 * The orderly end of a channel: write what is left, tell the peer, and wait for it
 * where something would be lost otherwise.
 *
 * Closing while the peer still sends makes the system answer with a reset, and a
 * reset destroys what the peer has received and not yet read. nginx calls waiting
 * for it a lingering close. But a peer that sends nothing has nothing that a close
 * could collide with, and then waiting is only a delay.
 *
 * ```text
 *   writing ── all written, nothing to lose ─────────────────────► done
 *      │ all written, peer told                                      ▲
 *      ├───────────────► probing ── nothing came in 10 or 100 ms ────┤
 *      │                    │ bytes came                             │
 *      │                    ▼                                        │
 *      ├─ bytes came ─► discarding ── peer finished, or was quiet ───┘
 *      │                    │
 *      └────────────────────┴── time is over ──► cut
 * ```
 *
 * What arrives in the meantime is dropped, also while the rest is being written: a
 * peer that reads only after it has sent everything would wait for us for ever.
 *
 * @module
 */

import { TimeoutError } from "../../errors.ts";
import type { Time } from "../../time/time.ts";
import type { Address } from "../../transport/address.ts";
import type { ReceivingHalf } from "./receiving/receiving_half.ts";
import type { SendingHalf } from "./sending_half.ts";
import { Stall, type StallLimits } from "./stall.ts";
import type { Traffic } from "./traffic.ts";

/** 5 s without a byte and 30 s in all: nginx's `lingering_timeout` and `_time`. */
export const LINGER: StallLimits = { quietMs: 5_000, totalMs: 30_000 };

/**
 * No limit of its own on writing and on a peer that goes on sending: a shutdown
 * cuts what is left when its grace is over.
 */
export const LINGER_UNTIL_CUT: StallLimits = {
  quietMs: Infinity,
  totalMs: Infinity,
};

// How long a peer that may be sending is listened to: a round trip, and a busy
// machine's delay. A peer that sends all the time is noticed at once.
const PROBE: StallLimits = { quietMs: 100, totalMs: Infinity };
// The same where the peer's last word was an answer: what the system holds already
// is read within one turn of the event loop or two.
const SHORT_PROBE: StallLimits = { quietMs: 10, totalMs: Infinity };

/** How far an orderly end has come. */
export type LingeringState =
  | "writing"
  | "probing"
  | "discarding"
  | "done"
  | "cut";

/** What lingering works on. */
export interface LingeringParts {
  readonly remoteAddress: Address;
  readonly receiving: ReceivingHalf;
  readonly sending: SendingHalf;
  readonly traffic: Traffic;
  readonly time: Time;
}

/** One orderly end. */
export class Lingering {
  #state: LingeringState = "writing";
  #limits: StallLimits;
  readonly #parts: LingeringParts;
  // Bytes that had been received when the end began.
  readonly #bytesInBefore: number;
  // Whether the peer sent something after it was last sent something, and all that
  // it sent was taken: its last word was an answer.
  readonly #isAnswered: boolean;
  readonly #stall: Stall;
  readonly #done = Promise.withResolvers<void>();

  /**
   * Begins to end; {@linkcode ReceivingHalf.stop} must have been called.
   */
  constructor(parts: LingeringParts, limits: StallLimits) {
    this.#parts = parts;
    this.#limits = limits;
    const { receiving, time, traffic } = parts;
    this.#bytesInBefore = traffic.bytesIn;
    this.#isAnswered = receiving.queue.length === 0 &&
      traffic.bytesIn > traffic.bytesInAtLastWrite;
    this.#stall = new Stall(
      traffic,
      time,
      (isQuiet) => this.#timeIsOver(isQuiet),
    );
  }

  /** How far it has come. */
  get state(): LingeringState {
    return this.#state;
  }

  /** Bytes that were received and dropped since the end began. */
  get droppedBytes(): number {
    return this.#parts.traffic.bytesIn - this.#bytesInBefore;
  }

  /**
   * Ends, and resolves when the connection may be closed.
   *
   * @throws {TimeoutError} If time ran out with something left to lose.
   * @throws {unknown} What the link was lost by while something was left to write.
   */
  async run(): Promise<void> {
    const { receiving, sending } = this.#parts;
    const finished = sending.finish(receiving.state === "discarding");
    finished.then(() => this.#written(), (error) => this.#end("cut", error));
    this.#stall.limit(this.#limits);
    void this.#discard();
    try {
      await this.#done.promise;
    } finally {
      this.#stall.clear();
    }
  }

  /** Goes on with other limits. */
  limit(limits: StallLimits): void {
    this.#limits = limits;
    if (this.#state === "writing") this.#stall.limit(limits);
    else if (this.#state === "discarding") this.#discardOn();
  }

  /** Ends at once, as the connection was aborted. */
  abandon(error: unknown): void {
    // Once all is written, nothing that was promised is missing.
    if (this.#state === "writing") this.#end("cut", error);
    else this.#end("done");
  }

  #written(): void {
    if (this.#state !== "writing") return;
    const { receiving, sending } = this.#parts;
    // To a peer that was sent nothing, nothing can be lost.
    if (receiving.state !== "discarding" || sending.position === 0) {
      return this.#end("done");
    }
    if (this.droppedBytes > 0) return this.#discardOn();
    this.#state = "probing";
    this.#stall.limit(this.#isAnswered ? SHORT_PROBE : PROBE);
  }

  #discardOn(): void {
    this.#state = "discarding";
    // A peer that has been quiet for so long sends nothing to collide with.
    const { totalMs } = this.#limits;
    this.#stall.limit({ quietMs: LINGER.quietMs, totalMs });
  }

  /** Drops what arrives until the peer finishes, or the end has come. */
  async #discard(): Promise<void> {
    const { receiving } = this.#parts;
    const { queue } = receiving;
    while (receiving.state === "discarding" && this.#state !== "done") {
      queue.skip(queue.gather());
      await receiving.fill();
      if (this.#state === "probing" && this.droppedBytes > 0) this.#discardOn();
    }
    if (this.#state !== "writing") this.#end("done");
  }

  #timeIsOver(isQuiet: boolean): void {
    if (this.#state !== "writing" && isQuiet) this.#end("done");
    else this.#end("cut", this.#timeout(isQuiet));
  }

  #timeout(isQuiet: boolean): TimeoutError {
    const { remoteAddress, sending } = this.#parts;
    const ms = isQuiet ? this.#limits.quietMs : this.#limits.totalMs;
    const parts = {
      action: "close the connection to",
      address: String(remoteAddress),
    };
    if (this.#state === "writing") {
      return new TimeoutError("send", ms, {
        ...parts,
        reason:
          `the peer did not take the last ${sending.buffered} bytes within ${ms} ms`,
      });
    }
    return new TimeoutError("close", ms, {
      ...parts,
      reason:
        `the peer was still sending after ${ms} ms, ${this.droppedBytes} bytes so far, and may have lost what it had not read`,
    });
  }

  #end(state: "done" | "cut", error?: unknown): void {
    if (this.#state === "done" || this.#state === "cut") return;
    this.#state = state;
    if (state === "done") this.#done.resolve();
    else this.#done.reject(error);
  }
}

/**
 * Waits for the peer to take what was sent, for as long as it makes progress.
 *
 * @param written What to wait for.
 * @throws {TimeoutError} If the peer took nothing for 5 s.
 */
export async function whileItProgresses(
  written: Promise<void>,
  { remoteAddress, sending, settings, traffic }: {
    readonly remoteAddress: Address;
    readonly sending: SendingHalf;
    readonly settings: { readonly time: Time };
    readonly traffic: Traffic;
  },
): Promise<void> {
  const { quietMs } = LINGER;
  const { promise, reject } = Promise.withResolvers<never>();
  const stall = new Stall(traffic, settings.time, () =>
    reject(
      new TimeoutError("send", quietMs, {
        action: "send to",
        address: String(remoteAddress),
        reason:
          `the peer did not take the last ${sending.buffered} bytes within ${quietMs} ms`,
      }),
    ));
  stall.limit({ quietMs, totalMs: Infinity });
  try {
    await Promise.race([written, promise]);
  } finally {
    stall.clear();
  }
}
