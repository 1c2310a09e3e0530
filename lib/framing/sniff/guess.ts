/**
 * What a conversation is guessed to be.
 *
 * @module
 */

/**
 * How sure a guess is: `"sure"` from 40 bits of evidence on, `"likely"` from 15 bits
 * on.
 */
export type Sureness = "sure" | "likely" | "not sure";

/** A framing that fits a conversation. */
export interface Guess {
  /**
   * Framings that give the same messages for these bytes, so that nothing tells them
   * apart: `varint` beside `length:1` while no message has 128 bytes.
   */
  readonly alike: readonly string[];
  /**
   * The evidence in bits: one more bit, and it is half as likely that a wrong framing
   * would fit as well.
   */
  readonly bits: number;
  /**
   * The framing's string, or `undefined` for a protocol that has no framing here,
   * such as HTTP.
   */
  readonly framing: string | undefined;
  /** The first messages of both directions, at most three. */
  readonly messages: readonly Uint8Array[];
  /** The protocol, such as "PostgreSQL", if it is known by its first bytes. */
  readonly protocol?: string | undefined;
  /** How sure it is. */
  readonly sureness: Sureness;
  /** How many messages there are. */
  readonly count: number;
}

const SURE_BITS = 40;
const LIKELY_BITS = 15;

/** The word for an amount of evidence. */
export function surenessOf(bits: number): Sureness {
  return bits >= SURE_BITS
    ? "sure"
    : bits >= LIKELY_BITS
    ? "likely"
    : "not sure";
}
