/**
 * A framing that may be the right one, and how unusual it is.
 *
 * @module
 */

/** A framing to be tried. */
export interface Candidate {
  /**
   * How many bits of evidence it needs to be as likely as the others: what names its
   * parameters, and how seldom it is used.
   */
  readonly cost: number;
  /** The framing's string. */
  readonly framing: string;
  /** Bits of evidence beside what the places of its messages tell. */
  readonly bonus?: number;
  /** The protocol, if its first bytes were recognised. */
  readonly protocol?: string;
}
