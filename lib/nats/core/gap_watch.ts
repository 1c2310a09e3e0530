/**
 * Notices the messages of other hubs that did not come, by their numbers.
 *
 * Each hub counts what it publishes in a room. Between two numbers that follow each
 * other nothing is missing. Messages that are missing at the end show when the hub
 * tells the number of its last message.
 *
 * A hub that was never heard of is either an older one, whose earlier messages were
 * not for this room's members here, or a new one, whose first messages are missing.
 * Older ones answer when a hub enters the room, so all that are heard of before
 * `settle` are taken for older ones, and all others for new ones.
 *
 * @module
 */

// Hubs that have ended are forgotten when they said so, or when too many came since.
const MOST_HUBS = 4_096;

/** The numbers of the other hubs in one room. */
export class GapWatch {
  // The last number of each.
  readonly #last = new Map<string, number>();
  #isSettled = false;

  /** From now on, a hub that is heard of for the first time began at 1. */
  settle(): void {
    this.#isSettled = true;
  }

  /**
   * A message has come.
   *
   * @returns How many are missing before it, or `"late"` if it was counted as missing
   * already. A server that was stopped, or a second path through a cluster, delivers
   * messages behind later ones.
   */
  message(hub: string, number: number): number | "late" {
    const last = this.#last.get(hub);
    if (last !== undefined && number <= last) return "late";
    return this.#hear(hub, number, number - 1);
  }

  /** A hub has entered the room, and goes on after a number. */
  entered(hub: string, number: number): number {
    if (!this.#last.has(hub)) this.#meet(hub, number);
    return this.#hear(hub, number, number);
  }

  /**
   * A hub has told the number of its last message.
   *
   * @returns How many are missing up to and with that one.
   */
  told(hub: string, number: number): number {
    return this.#hear(hub, number, number);
  }

  /** A hub has left the room. */
  forget(hub: string): void {
    this.#last.delete(hub);
  }

  /** @param before The last number that is not expected here. */
  #hear(hub: string, number: number, before: number): number {
    const last = this.#last.get(hub) ??
      this.#meet(hub, this.#isSettled ? 0 : before);
    if (number <= last) return 0;
    this.#last.set(hub, number);
    return before - last;
  }

  #meet(hub: string, before: number): number {
    if (this.#last.size >= MOST_HUBS) {
      for (const [oldest] of this.#last) {
        this.#last.delete(oldest);
        break;
      }
    }
    this.#last.set(hub, before);
    return before;
  }
}
