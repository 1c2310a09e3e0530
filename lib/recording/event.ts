/**
 * What a recording holds: a head, then events in the order in which they happened.
 *
 * ```text
 * {"format":"parley-recording","version":1,"at":"2026-11-26T08:00:00.123Z","by":...}
 * {"t":0.000412,"connection":1,"event":"open","peer":"tcp://127.0.0.1:51234"}
 * {"t":0.000598,"connection":1,"to":"server","base64":"AAAABWhl"}
 * {"t":0.201003,"connection":1,"to":"server","text":"llo\n"}
 * {"t":0.203110,"connection":1,"to":"client","fault":"delay:200ms","message":1}
 * {"t":0.610200,"connection":1,"to":"server","event":"end"}
 * {"t":0.611000,"connection":1,"event":"close","why":"client","toServer":9,"toClient":9}
 * {"t":9.000000,"event":"finish","events":6,"skipped":0}
 * ```
 *
 * A chunk is what one read gave, not a message: where reads end is what reproduces a
 * bug. Messages are computed from the framing in the head.
 *
 * @module
 */

import type { Side } from "../framing/framing.ts";

/** The name of the format, in the first line of every recording. */
export const FORMAT = "parley-recording";

/** The version that this library writes, and the only one that it reads. */
export const VERSION = 1;

/** The first line of a recording. */
export interface RecordingHead {
  /** The wall-clock time at which it begins; all other times count from it. */
  readonly at: Date;
  /** The program that made it, such as `parley-server 0.1.0 tap`. */
  readonly by: string;
  /** The framing of what clients send, such as `length:4`. */
  readonly frameToServer?: string | undefined;
  /** The framing of what servers send. */
  readonly frameToClient?: string | undefined;
  /** Where the program listened. */
  readonly listen?: string | undefined;
  /** Where the program connected to. */
  readonly target?: string | undefined;
}

/** When something happened, and on which connection. */
export interface RecordedOnConnection {
  /** Seconds since the head's `at`, on a clock that never jumps; microseconds count. */
  readonly t: number;
  /** The connection's number, from 1. Over UDP each peer address has one. */
  readonly connection: number;
}

/** The bytes of one read. */
export interface RecordedChunk extends RecordedOnConnection {
  /** The side that the bytes go to. */
  readonly to: Side;
  /** The bytes. */
  readonly bytes: Uint8Array;
}

/** A connection was opened. */
export interface RecordedOpen extends RecordedOnConnection {
  /** What it is. */
  readonly event: "open";
  /** The client's address. */
  readonly peer?: string | undefined;
  /** The address of the server that it is connected to, if the head does not say. */
  readonly server?: string | undefined;
}

/** One side has finished sending: nothing more goes to the other one. */
export interface RecordedEnd extends RecordedOnConnection {
  /** The side that gets nothing more. */
  readonly to: Side;
  /** What it is. */
  readonly event: "end";
}

/** The link was lost, or one side cut it. */
export interface RecordedReset extends RecordedOnConnection {
  /** What it is. */
  readonly event: "reset";
  /** The side that noticed it, if one of them caused it. */
  readonly to?: Side | undefined;
}

/** A connection is over. */
export interface RecordedClose extends RecordedOnConnection {
  /** What it is. */
  readonly event: "close";
  /** What ended it, such as `client`, `server` or `timeout`. */
  readonly why?: string | undefined;
  /** Bytes that went to the server in all. */
  readonly toServer?: number | undefined;
  /** Bytes that went to the client in all. */
  readonly toClient?: number | undefined;
}

/** A connection could not be opened to the other side. */
export interface RecordedRefusal extends RecordedOnConnection {
  /** What it is. */
  readonly event: "refused";
  /** The reason. */
  readonly why?: string | undefined;
}

/** A fault struck; the chunk after it is what was really sent. */
export interface RecordedFault extends RecordedOnConnection {
  /** The side whose bytes it struck, if it struck one direction. */
  readonly to?: Side | undefined;
  /** The fault, such as `delay:200ms`. */
  readonly fault: string;
  /** Which message of its direction it struck, from 1. */
  readonly message?: number | undefined;
  /** Where it struck: bytes since its direction began, before any fault. */
  readonly offset?: number | undefined;
}

/** Events are missing here: the recording could not be written fast enough. */
export interface RecordingGap {
  /** As {@linkcode RecordedChunk.t}. */
  readonly t: number;
  /** What it is. */
  readonly event: "lost";
  /** How many events are missing. */
  readonly events?: number | undefined;
}

/** The recording ends here as it should. */
export interface RecordingFinish {
  /** As {@linkcode RecordedChunk.t}. */
  readonly t: number;
  /** What it is. */
  readonly event: "finish";
  /** How many lines are between the first and this one. */
  readonly events: number;
  /** How many events are missing. */
  readonly skipped: number;
}

/** Anything that a recording holds after its head. */
export type RecordedEvent =
  | RecordedChunk
  | RecordedOpen
  | RecordedEnd
  | RecordedReset
  | RecordedClose
  | RecordedRefusal
  | RecordedFault
  | RecordingGap
  | RecordingFinish;

/**
 * Tells whether an event is a chunk.
 *
 * @param event The event.
 * @returns Whether it has bytes.
 *
 * @example How many bytes went to the client
 * ```ts
 * import { isChunk, type RecordedEvent } from "@parley/parley/recording";
 * import { assertEquals } from "@std/assert";
 *
 * function bytesToClient(events: RecordedEvent[]): number {
 *   let sum = 0;
 *   for (const event of events) {
 *     if (isChunk(event) && event.to === "client") sum += event.bytes.length;
 *   }
 *   return sum;
 * }
 * assertEquals(bytesToClient([]), 0);
 * ```
 */
export function isChunk(event: RecordedEvent): event is RecordedChunk {
  return "bytes" in event;
}
