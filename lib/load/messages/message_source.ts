/**
 * The messages that a connection sends, by number, and how its answers are told apart.
 *
 * @module
 */

/** How an answer relates to the messages that wait for one. */
export type Match =
  /** It answers the message with this number. */
  | { readonly number: number }
  /** It has the number of this message, and is not equal to it. */
  | { readonly wrong: number }
  /** It answers a message that was answered before. */
  | "extra"
  /** It answers nothing that was sent. */
  | "wrong";

/** Gives messages. */
export interface MessageSource {
  /** Smallest message in bytes. */
  readonly minBytes: number;
  /** Largest message in bytes. */
  readonly maxBytes: number;
  /** Whether each message carries its number, so that an equal answer tells which one. */
  readonly isNumbered: boolean;
  /** How many messages one call of `take` may give. */
  readonly mostAtOnce: number;

  /**
   * Gives the messages with the numbers `first` to `first + count - 1`.
   *
   * @returns They are valid until the next call, unless they are above 128 KiB.
   */
  take(first: number, count: number): Uint8Array[];

  /** Whether an answer equals the message with a number. */
  isSame(answer: Uint8Array, number: number): boolean;

  /**
   * Finds what an answer belongs to that is not the one to the oldest message.
   *
   * @param first The number of the oldest message that waits.
   * @param next The number of the next message to send.
   */
  match(answer: Uint8Array, first: number, next: number): Match;
}
