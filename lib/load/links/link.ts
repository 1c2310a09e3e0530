/**
 * One open connection to the server, whatever is spoken over it.
 *
 * @module
 */

import { ConnectionError, ProtocolError, TimeoutError } from "../../errors.ts";
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

/** An open connection. */
export interface Link {
  /** Whether the server takes messages more slowly than they are handed over. */
  readonly isFull: boolean;
  /** Bytes received so far. */
  readonly bytesIn: number;
  /** Bytes that the system has taken so far. */
  readonly bytesOut: number;

  /**
   * Hands messages over.
   *
   * @returns Resolves, or rejects, when more can be handed over.
   */
  send(messages: Uint8Array[]): Promise<void>;

  /**
   * Receives until the connection is over.
   *
   * @returns What ended it; `undefined` if it has ended in order, between messages.
   */
  run(to: LinkReceiver): Promise<LoadErrorKind | undefined>;

  /** Ends in order. It never rejects. */
  close(): Promise<void>;

  /** Ends at once. */
  abort(): void;
}

/** Opens one more connection. */
export type OpenLink = (signal: AbortSignal) => Promise<Link>;

/** What an error that ended a connection is counted as. */
export function kindOf(error: unknown): LoadErrorKind {
  if (error instanceof ProtocolError) {
    return error.code === "truncated" ? "ended" : "protocol";
  }
  if (error instanceof TimeoutError) return "timeout";
  if (error instanceof ConnectionError) return "reset";
  return "ended";
}
