/**
 * A framing that belongs to one connection: its two ends have agreed on it, and it
 * says things by itself. WebSocket answers pings and ends with a frame of its own.
 *
 * ```text
 *   connection.framing ── begin(link) ──► decoder() and encoder(), once each
 *        │
 *        ├── finish(), fail()  appends the frame that ends this side
 *        └── link.ended()      the peer's ending frame has come
 * ```
 *
 * @module
 */

import type { ByteSink } from "../bytes/byte_sink.ts";
import type { Time } from "../time/time.ts";
import type { Framing } from "../framing/framing.ts";

/** What a framing that speaks by itself needs of its connection. */
export interface FramingLink {
  /** Whether messages are text rather than bytes. */
  readonly sendsText: boolean;
  /** Where to append. It throws if nothing can be sent any more. */
  readonly sink: ByteSink;
  /** Where time comes from. */
  readonly time: Time;
  /** Whether the connection is waiting for bytes of the peer. */
  readonly isReading: boolean;

  /** Takes note of what was appended. */
  accepted(): void;

  /**
   * Tells whether there is room for what need not be sent.
   *
   * @returns A promise for the time when there is room, which rejects if there never
   * is; `undefined` if there is now.
   */
  room(): Promise<void> | undefined;

  /** Nothing follows what was appended. */
  sealed(): void;

  /** The peer has ended its side: no message follows. */
  ended(): void;

  /** Ends the connection at once. */
  abort(error: unknown): void;
}

/**
 * How a connection ends that ends by words and not by the end of the stream.
 */
export interface Farewell {
  /** Whether the peer has ended its side. */
  readonly peerFinished: boolean;
  /** Called once both sides have ended. */
  onOver: (() => void) | undefined;

  /** Ends this side in order; nothing can be sent behind it. */
  finish(): void;

  /** Lets {@linkcode Farewell.finish} say that the program is going away. */
  leave(): void;

  /**
   * Ends this side because of an error, and says so.
   *
   * @param told The reason that the peer receives, if the error concerns it.
   */
  fail(error: unknown, told?: string): void;

  /** Stops what it does by itself: the connection is over. */
  stop(): void;
}

/** Whether a framing says things by itself. */
export function isSpoken(
  framing: Framing | undefined,
): framing is SpokenFraming {
  return framing !== undefined && "begin" in framing;
}

/** A framing that says things by itself. */
export interface SpokenFraming extends Framing, Farewell {
  /** Begins to speak; called once, and before the decoder and encoder are made. */
  begin(link: FramingLink): void;
}
