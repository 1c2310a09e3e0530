/**
 * The last messages of a room by their ids, so that none is shown twice.
 *
 * The store takes each id once, but forgets ids after a while. A publication that
 * was held up for longer, in a server that was stopped, comes twice then.
 *
 * @module
 */

const MOST_IDS = 1_024;

/** The ids of the last messages. */
export class RecentIds {
  readonly #ids = new Set<string>();
  // The ids in the order in which they came, as a ring.
  readonly #ring: string[] = [];
  #next = 0;

  /**
   * Adds an id.
   *
   * @returns Whether it is new.
   */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    const oldest = this.#ring[this.#next];
    if (oldest !== undefined) this.#ids.delete(oldest);
    this.#ring[this.#next] = id;
    this.#next = (this.#next + 1) % MOST_IDS;
    this.#ids.add(id);
    return true;
  }
}
