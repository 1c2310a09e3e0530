/**
 * What is known of one direction of a connection, for guessing its framing.
 *
 * @module
 */

/** One direction of a connection. */
export interface SniffedStream {
  /** The bytes, from the beginning of the direction. */
  readonly bytes: Uint8Array;
  /**
   * Whether the last byte ends a message: the direction has ended, or nothing more
   * came for a while.
   *
   * @default {false}
   */
  readonly isComplete?: boolean | undefined;
  /**
   * Where reads ended: a position is the number of bytes before it. Programs often
   * write whole messages.
   *
   * @default {none}
   */
  readonly reads?: readonly number[] | undefined;
  /**
   * Where the other side began to send. It answers messages, so nearly always the
   * position is between two of them.
   *
   * @default {none}
   */
  readonly turns?: readonly number[] | undefined;
}

/** Both directions of a connection; what is missing was not seen. */
export interface SniffedConversation {
  /** What the server has sent. */
  readonly toClient?: SniffedStream | undefined;
  /** What the client has sent. */
  readonly toServer?: SniffedStream | undefined;
}
