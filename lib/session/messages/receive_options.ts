/**
 * How messages are received, and how much went over a connection.
 *
 * @module
 */

/** What went over a message connection so far. */
export interface ConnectionStats {
  /** Bad frames, and messages with bad content, that were skipped. */
  readonly badFrames: number;
  /** Bytes received. */
  readonly bytesIn: number;
  /** Bytes that the system has taken for sending. */
  readonly bytesOut: number;
  /** Bytes accepted for sending and not yet taken by the system. */
  readonly bytesWaiting: number;
  /** Messages handed out. */
  readonly messagesIn: number;
  /** Messages accepted for sending. */
  readonly messagesOut: number;
}

/** Options for `receive`. */
export interface ReceiveOptions {
  /**
   * Stops waiting when it is aborted, with its reason. One that is aborted
   * already receives nothing.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Longest time to wait in milliseconds; with 0 only a message that is here
   * already is received.
   *
   * @default {Infinity}
   */
  readonly timeoutMs?: number;
}

/** Options for `batches`. */
export interface BatchOptions {
  /**
   * Whether a batch is valid only until the next one is asked for: then its array
   * is emptied, and its messages, the arrays and their bytes, may be those of later
   * messages of the same connection. It saves a new buffer per read, and a new array
   * per message where messages are of one length. Copy what you keep, and await
   * `sendAll` before you go on.
   *
   * @default {false}
   */
  readonly reuse?: boolean;
}
