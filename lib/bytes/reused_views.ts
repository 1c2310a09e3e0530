/**
 * Views of a buffer that is filled again and again, used again as well.
 *
 * Where messages are of one length, each filling of a buffer has them at the same
 * places. A view of a message takes 25 to 50 ns to make and collect, of the 150
 * that a short message takes to echo, and 3 to look at whether the one of the last
 * filling fits.
 *
 * @module
 */

// A busy connection's 64 KiB hold so many messages of 64 bytes. Each view takes a
// tenth of a kilobyte.
const MOST_VIEWS = 1024;
// After so many fillings in a row where most views did not fit, they are dropped.
const MOST_MISSES = 3;
// So many fillings later it is tried again, and after each failure twice as many.
const FIRST_REST = 8;
const LONGEST_REST = 1024;

/** The views of one buffer, in the order in which they are asked for. */
export class ReusedViews {
  #views: Uint8Array[] = [];
  #next = 0;
  // Views of this filling that did not fit.
  #misses = 0;
  #failures = 0;
  // Fillings until views are kept again, and how many it were the last time.
  #rest = 0;
  #lastRest = FIRST_REST / 2;

  /**
   * Gives a view that is valid until the buffer is filled again.
   *
   * @param buffer The same one since {@linkcode ReusedViews.forget}.
   * @param offset Where it begins, in bytes.
   * @param length How long it is, in bytes.
   */
  view(buffer: ArrayBufferLike, offset: number, length: number): Uint8Array {
    const index = this.#next++;
    const known = this.#views[index];
    if (
      known !== undefined && known.byteOffset === offset &&
      known.length === length
    ) return known;
    const view = new Uint8Array(buffer, offset, length);
    this.#misses++;
    if (index < MOST_VIEWS) this.#views[index] = view;
    return view;
  }

  /**
   * The buffer is filled from its beginning: no view given so far is in use.
   *
   * @returns This, or `undefined` if this filling's views are not worth keeping.
   */
  rewind(): this | undefined {
    const isFailure = 2 * this.#misses > this.#next;
    this.#next = this.#misses = 0;
    if (this.#rest > 0) {
      this.#rest--;
    } else if (!isFailure) {
      this.#failures = 0;
      this.#lastRest = FIRST_REST / 2;
    } else if (++this.#failures === MOST_MISSES) {
      this.#failures = 0;
      this.#views = [];
      this.#rest = this.#lastRest = Math.min(2 * this.#lastRest, LONGEST_REST);
    }
    return this.#rest === 0 ? this : undefined;
  }

  /** Another buffer takes the place of this one. */
  forget(): void {
    this.#next = this.#misses = 0;
    if (this.#views.length > 0) this.#views = [];
  }
}
