/**
 * What a fault is: what it does, and when.
 *
 * ```text
 * [DIRECTION:]NAME[:VALUE][,PARAM=VALUE...]
 * to-client:delay:200ms,jitter=50ms,connection=1-3
 * ```
 *
 * @module
 */

import type { Side } from "../framing/framing.ts";

/** Which way bytes go, seen from the client that opened the connection. */
export type FaultDirection = "toServer" | "toClient";

/** Numbers from the first to the last, both included. */
export interface FaultRange {
  /** The first number, from 1. */
  readonly first: number;
  /** The last number, at least {@linkcode FaultRange.first}. */
  readonly last: number;
}

/** What a fault does. */
export type FaultAction =
  /** Writes at most so many bytes at once. */
  | { readonly name: "split"; readonly bytes: number }
  /** Passes on each message, without a framing each chunk, so much later. */
  | {
    readonly name: "delay";
    readonly ms: number;
    /** The most that is added to {@linkcode ms} or taken from it, at random. */
    readonly jitterMs: number;
  }
  /** Passes on at most so many bytes a second. */
  | { readonly name: "rate"; readonly bytesPerSecond: number }
  /** Flips one bit in this share of the bytes, or does it to whole messages. */
  | {
    readonly name: "corrupt" | "drop" | "duplicate" | "reorder";
    /** Above 0, at most 1. */
    readonly probability: number;
  }
  /** Ends a direction, or both, after so much of it. */
  | {
    readonly name: "truncate" | "reset-after" | "stall-after";
    readonly after: number;
    readonly unit: "bytes" | "messages";
  }
  /** Passes on the end of a direction so much later. */
  | { readonly name: "slow-end"; readonly ms: number }
  /** Closes the connection at once. */
  | { readonly name: "refuse" };

/** The name of a fault, such as `"delay"`. */
export type FaultName = FaultAction["name"];

/** When a fault strikes; without any of these always. */
export interface FaultScope {
  /** The one direction in which it strikes; both unless given. */
  readonly direction?: FaultDirection | undefined;
  /** The connections on which it strikes, numbered from 1. */
  readonly connections?: FaultRange | undefined;
  /** The share of these connections, above 0 and at most 1, which the seed chooses. */
  readonly share?: number | undefined;
  /** The messages at which it strikes, numbered from 1 in each direction. */
  readonly messages?: FaultRange | undefined;
  /**
   * What the messages must match: the first 64 KiB of each, as UTF-8. If searches take
   * more than 500 ms, the fault is left out from then on, which an event says.
   */
  readonly when?: RegExp | undefined;
  /** How often it strikes, at most, in each direction of a connection. */
  readonly times?: number | undefined;
}

/** A fault of a network, as {@linkcode parseFault} makes it. */
export type Fault = FaultAction & FaultScope & {
  /** What it is called in events: its text without the direction. */
  readonly text: string;
};

/** A strike of a fault. */
export interface FaultEvent {
  /** The fault, as it was written, without its direction: `"delay:200ms"`. */
  readonly fault: string;
  /** Its name. */
  readonly name: FaultName;
  /** The connection's number, from 1. */
  readonly connection: number;
  /** Which way the struck bytes go; `undefined` if it is about the connection. */
  readonly direction?: FaultDirection | undefined;
  /** The number of the struck message in its direction, from 1, where there are any. */
  readonly message?: number | undefined;
  /** Where it struck: bytes since the direction began. */
  readonly offset?: number | undefined;
  /**
   * What happened in place of a reset: `"end"` if the connection could only be ended,
   * as the runtime's own sockets are.
   */
  readonly insteadOfReset?: "end" | undefined;
  /**
   * Why the fault is left out from this message on, in this direction of this
   * connection: the search of its `when` took too long. It does not strike then.
   */
  readonly leftOut?: string | undefined;
}

/** The direction of what a side sends. */
export function directionFrom(side: Side): FaultDirection {
  return side === "client" ? "toServer" : "toClient";
}

/** Whether a fault needs to know where messages end. */
export function needsMessages(fault: Fault): boolean {
  return fault.messages !== undefined || fault.when !== undefined ||
    fault.name === "drop" || fault.name === "duplicate" ||
    fault.name === "reorder" || ("unit" in fault && fault.unit === "messages");
}
