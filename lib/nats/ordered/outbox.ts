/**
 * What members have published and the store has not confirmed.
 *
 * ```text
 *   add ──► waiting ──► under way ──► settled
 *              ▲            │            ▲
 *              └── failed ──┘            └── its message came back from the store
 * ```
 *
 * Each member has one publication under way. A second one could overtake the first:
 * when the leader of a cluster changes, what the old one had is lost, and what comes
 * a moment later is taken by the new one. The publications of different members are
 * under way at the same time.
 *
 * @module
 */

import { delay } from "@std/async/delay";

/** A message that the store is to take. */
export interface Publication {
  readonly member: number;
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** The room that publications go to. */
export interface Destination {
  /** Resolves when all that the store had at the last interruption was seen. */
  current(): Promise<void> | undefined;
  /**
   * Gives a publication to the store.
   *
   * @returns Whether it will never take it.
   * @throws {unknown} If it is not known whether the store has it.
   */
  store(publication: Publication): Promise<"stored" | "refused">;
  /** The store does not take a publication. */
  refused(): void;
}

interface Pending extends Publication {
  readonly to: Destination;
  isSeen: boolean;
}

interface Lane {
  readonly to: Destination;
  readonly waiting: Pending[];
}

// For the objects around a message, so that empty ones are bounded too.
const OVERHEAD_BYTES = 128;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/** What is not in the store yet, of all rooms of a hub. */
export class Outbox {
  readonly #queueBytes: number;
  readonly #stopped = new AbortController();
  readonly #pending = new Map<number, Pending>();
  readonly #lanes = new Map<Destination, Map<number, Lane>>();
  readonly #empty = new Map<Destination, PromiseWithResolvers<void>>();
  #bytes = 0;
  #number = 0;
  #pause: PromiseWithResolvers<void> | undefined;

  constructor(queueBytes: number) {
    this.#queueBytes = queueBytes;
  }

  /** How many publications the store has not confirmed. */
  get size(): number {
    return this.#pending.size;
  }

  /** Takes a publication, and gives what its sender has to wait for. */
  add(
    to: Destination,
    member: number,
    bytes: Uint8Array,
  ): Promise<void> | undefined {
    const number = ++this.#number;
    const pending = { member, number, bytes, to, isSeen: false };
    this.#pending.set(number, pending);
    this.#bytes += bytes.length + OVERHEAD_BYTES;
    const lanes = this.#lanes.get(to) ?? new Map<number, Lane>();
    this.#lanes.set(to, lanes);
    const lane = lanes.get(member);
    if (lane !== undefined) lane.waiting.push(pending);
    else {
      const started = { to, waiting: [pending] };
      lanes.set(member, started);
      void this.#run(started, member);
    }
    if (this.#bytes <= this.#queueBytes || this.#stopped.signal.aborted) {
      return undefined;
    }
    this.#pause ??= Promise.withResolvers();
    return this.#pause.promise;
  }

  /** The message of a publication came back from the store. */
  seen(number: number): void {
    const pending = this.#pending.get(number);
    if (pending !== undefined) pending.isSeen = true;
  }

  /** Resolves when the store has all publications of a room, or after `stop`. */
  emptied(to: Destination): Promise<void> {
    // Once stopped, nothing is delivered any more.
    if (this.#stopped.signal.aborted || !this.#lanes.has(to)) {
      return Promise.resolve();
    }
    const waiting = this.#empty.get(to) ?? Promise.withResolvers<void>();
    this.#empty.set(to, waiting);
    return waiting.promise;
  }

  /** Gives up what the store has not confirmed. */
  stop(): void {
    this.#stopped.abort();
    this.#pause?.resolve();
    for (const { resolve } of this.#empty.values()) resolve();
  }

  async #run({ to, waiting }: Lane, member: number): Promise<void> {
    for (let head = waiting[0]; head !== undefined; head = waiting[0]) {
      await this.#deliver(head);
      if (this.#stopped.signal.aborted) return;
      waiting.shift();
      this.#settle(head);
    }
    const lanes = this.#lanes.get(to);
    lanes?.delete(member);
    if (lanes?.size !== 0) return;
    this.#lanes.delete(to);
    this.#empty.get(to)?.resolve();
    this.#empty.delete(to);
  }

  async #deliver(pending: Pending): Promise<void> {
    const { to } = pending;
    const { signal } = this.#stopped;
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted;) {
      try {
        // The store forgets ids. So after an interruption it is asked first for what
        // it has.
        await to.current();
        if (pending.isSeen) return;
        if (await to.store(pending) === "refused") to.refused();
        return;
      } catch {
        // A wait that is stopped ends the loop.
        await delay(pauseMs, { signal }).catch(() => {});
        pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
      }
    }
  }

  #settle({ bytes, number }: Pending): void {
    this.#pending.delete(number);
    this.#bytes -= bytes.length + OVERHEAD_BYTES;
    if (this.#bytes > this.#queueBytes) return;
    this.#pause?.resolve();
    this.#pause = undefined;
  }
}
