/**
 * What is kept of things that come without an end, such as the peers of a socket: a
 * sender of datagrams can give every one another address.
 *
 * @module
 */

/** How many are kept unless it is said. */
const MOST = 10_000;

/** Values by key, of which those that were not asked for lately are forgotten. */
export class Recent<T> {
  readonly #values = new Map<string, T>();
  readonly #forget: (value: T) => void;
  readonly #most: number;

  /**
   * Begins, without a value.
   *
   * @param forget Takes a value that is forgotten, but not those that are cleared.
   * @param most How many are kept.
   */
  constructor(forget: (value: T) => void = () => {}, most: number = MOST) {
    this.#forget = forget;
    this.#most = most;
  }

  /** Gives the value of a key; makes one if there is none. */
  of(key: string, make: () => T): T {
    const known = this.#values.get(key);
    if (known !== undefined) {
      // While there is much room, nothing has to be known of the order.
      if (this.#values.size > this.#most / 2) {
        this.#values.delete(key);
        this.#values.set(key, known);
      }
      return known;
    }
    for (const [oldest, value] of this.#values) {
      if (this.#values.size < this.#most) break;
      this.#values.delete(oldest);
      this.#forget(value);
    }
    const made = make();
    this.#values.set(key, made);
    return made;
  }

  /** Gives all values, which are then gone. */
  clear(): T[] {
    const values = [...this.#values.values()];
    this.#values.clear();
    return values;
  }
}
