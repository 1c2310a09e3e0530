/**
 * What a watch tells about the messages that pass.
 *
 * @module
 */

import type { ProtocolError } from "../errors.ts";
import type { Framing } from "../framing/framing.ts";
import type { RelayDirection } from "./options.ts";

/** A message that passes. Its bytes are valid during the call only. */
export interface WatchedMessage {
  /** Which way it goes. */
  readonly direction: RelayDirection;
  /** Its number among the messages of this direction, from 1. */
  readonly number: number;
  /** Where its frame begins: bytes since the direction began. */
  readonly offset: number;
  /** Its bytes, without header and delimiter. */
  readonly message: Uint8Array;
  /** The bytes of its frame, header and delimiter included. */
  readonly frame: Uint8Array;
  /**
   * Whether it is the bytes of one read and not a message: the framing is `raw`, or
   * the direction has broken it.
   */
  readonly isRaw: boolean;
  /** In how many reads it came. */
  readonly reads: number;
  /** Milliseconds from the read with its first byte to the one with its last. */
  readonly spanMs: number;
}

/** Bytes that do not fit the framing. */
export interface WatchedError {
  /** Which way they go. */
  readonly direction: RelayDirection;
  /** The number that the message would have had, from 1. */
  readonly number: number;
  /** What is wrong, where, and what the bytes look like. */
  readonly error: ProtocolError;
  /**
   * Whether the direction is given as raw from here on, as the end of the bad frame
   * cannot be found.
   */
  readonly isRaw: boolean;
}

/** The framing of each direction, where they differ. */
export interface WatchedFramings {
  /** The framing of what the client sends. */
  readonly toServer: Framing | string;
  /** The framing of what the server sends. */
  readonly toClient: Framing | string;
}

/** Options for `FrameWatch`. Without `onMessage` messages are counted only. */
export interface FrameWatchOptions {
  /**
   * The framing of both directions, or one for each.
   *
   * @default {"raw"}
   */
  readonly framing?: Framing | string | WatchedFramings;
  /**
   * Whether messages of a direction are looked at now. While it says no, they are
   * counted without a view of their bytes, which is several times faster.
   *
   * @default {they always are}
   */
  readonly isWanted?: ((direction: RelayDirection) => boolean) | undefined;
  /**
   * Largest message in bytes. It bounds the memory of the watch; a larger message
   * is an error, and its direction is given as raw from there on.
   *
   * @default {1_048_576}
   */
  readonly maxMessageBytes?: number;
  /**
   * Milliseconds on a clock that never goes back.
   *
   * @default {performance.now()}
   */
  readonly now?: () => number;
  /** Called when bytes do not fit the framing. */
  readonly onError?: ((error: WatchedError) => void) | undefined;
  /** Called with every message that is wanted, once its last byte was read. */
  readonly onMessage?: ((message: WatchedMessage) => void) | undefined;
  /** Called with how many messages of one read were counted only. */
  readonly onSkipped?:
    | ((direction: RelayDirection, count: number) => void)
    | undefined;
}
