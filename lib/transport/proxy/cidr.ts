/**
 * Ranges of IP addresses, such as `10.0.0.0/8` or `2001:db8::/32`.
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import { ipBytes } from "../ip.ts";

/** A range of IP addresses; immutable. */
export class Cidr {
  readonly #bits: readonly number[];
  readonly #width: number;

  /**
   * Reads a range.
   *
   * @param text An address with the number of leading bits that count, or an
   * address alone, which is a range of one.
   * @throws {TypeError} If the text is not a range.
   */
  constructor(text: string) {
    const [address = "", width, ...more] = text.split("/");
    const bits = ipBytes(address);
    const most = bits === undefined ? 0 : bits.length * 8;
    const count = width === undefined ? most : Number(width);
    if (
      bits === undefined || more.length > 0 || width === "" ||
      !Number.isInteger(count) || count < 0 || count > most
    ) {
      throw new OptionTypeError({
        action: `use "${text}" as a range of IP addresses`,
        reason:
          'write for example "10.0.0.0/8", "192.0.2.7" or "2001:db8::/32"',
      });
    }
    this.#bits = bits;
    this.#width = count;
  }

  /**
   * Tells whether an address is in the range.
   *
   * @param address An IP address. A name is never in a range.
   */
  has(address: string): boolean {
    const bits = ipBytes(address);
    if (bits === undefined || bits.length !== this.#bits.length) return false;
    for (let left = this.#width, i = 0; left > 0; left -= 8, i++) {
      const mask = left >= 8 ? 0xff : 0xff << (8 - left) & 0xff;
      if (((bits[i]! ^ this.#bits[i]!) & mask) !== 0) return false;
    }
    return true;
  }
}
