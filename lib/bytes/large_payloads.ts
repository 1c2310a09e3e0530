/**
 * Payloads of an output buffer that are written from where they lie.
 *
 * @module
 */

import { borrow, giveBack } from "./borrowed.ts";

/** Payloads that were not copied, in order. */
export class LargePayloads {
  /** How many bytes they have together. */
  bytes = 0;
  readonly #payloads: Uint8Array[] = [];
  // How many of the copied bytes come before each.
  readonly #at: number[] = [];

  /**
   * Adds a payload, which is not changed until {@linkcode LargePayloads.giveBack}.
   *
   * @param at How many of the copied bytes come before it.
   */
  add(payload: Uint8Array, at: number): void {
    borrow(payload);
    this.#payloads.push(payload);
    this.#at.push(at);
    this.bytes += payload.length;
  }

  /** The payloads and the copied bytes between them, none of them empty. */
  between(copied: Uint8Array): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    let from = 0;
    for (const [i, payload] of this.#payloads.entries()) {
      const at = this.#at[i]!;
      if (at > from) pieces.push(copied.subarray(from, at));
      pieces.push(payload);
      from = at;
    }
    if (copied.length > from) pieces.push(copied.subarray(from));
    return pieces;
  }

  /** The payloads were written, or never will be. */
  giveBack(): void {
    this.#payloads.forEach(giveBack);
  }
}
