/**
 * One open connection to the server, whatever is spoken over it.
 *
 * @module
 */

import {
  ConnectionError,
  type Hint,
  ProtocolError,
  TimeoutError,
} from "../../errors.ts";
import type { LoadErrorKind } from "../summary.ts";

/** Takes what comes over a link. */
export interface LinkReceiver {
  /** Answers came; they are valid until it returns. */
  answers(batch: readonly Uint8Array[]): void;
  /** Something came that is not a right answer to the oldest message. */
  failed(kind: LoadErrorKind): void;
  /** Something came that answers nothing. */
  stray(kind: LoadErrorKind): void;
}

/** How a link has ended. */
export interface LinkEnd {
  /** What it is counted as; `undefined` if it has ended in order. */
  readonly kind: LoadErrorKind | undefined;
  /** The error, if there was one. */
  readonly error?: unknown;
}

/** An open connection. */
export interface Link {
  /** Whether the server takes messages more slowly than they are handed over. */
  readonly isFull: boolean;
  /** Bytes received so far. */
  readonly bytesIn: number;
  /** Bytes that the system has taken so far. */
  readonly bytesOut: number;
  /**
   * How much of the awaited answer is here, and what may be wrong; `undefined` if
   * nothing came.
   */
  readonly waitHint?: Hint | undefined;

  /**
   * Hands messages over.
   *
   * @returns Resolves, or rejects, when more can be handed over.
   */
  send(messages: Uint8Array[]): Promise<void>;

  /**
   * Receives until the connection is over.
   *
   * @returns What ended it. It never rejects.
   */
  run(to: LinkReceiver): Promise<LinkEnd>;

  /** Ends in order. It never rejects. */
  close(): Promise<void>;

  /** Ends at once. */
  abort(): void;
}

/** Opens one more connection. */
export type OpenLink = (signal: AbortSignal) => Promise<Link>;

/** How a link has ended by an error. */
export function endedBy(error: unknown): LinkEnd {
  return { kind: kindOf(error), error };
}

function kindOf(error: unknown): LoadErrorKind {
  if (error instanceof ProtocolError) {
    return error.code === "truncated" ? "ended" : "protocol";
  }
  if (error instanceof TimeoutError) return "timeout";
  if (error instanceof ConnectionError) return "reset";
  return "ended";
}
