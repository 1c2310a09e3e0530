/**
 * What one attempt to reach a server found.
 *
 * @module
 */

import {
  ClosedError,
  ConnectionError,
  ProtocolError,
  TimeoutError,
} from "../../lib/start.ts";
import { bareReason } from "../output/error_text.ts";

/** What one attempt found. */
export interface Finding {
  /**
   * - `ready`: the server does what was asked for.
   * - `absent`: it does not, and may in a moment.
   * - `wrong`: a server is there, and its certificate is wrong, which does not pass.
   * - `unsure`: this machine could not look.
   */
  readonly state: "ready" | "absent" | "wrong" | "unsure";
  /** What is counted, such as `refused` or `status 503`. */
  readonly what: string;
  /** A sentence without a final period. */
  readonly reason: string;
  /** The error of the attempt, if it failed with one. */
  readonly error?: unknown;
}

/** One attempt; the signal ends it. */
export type Probe = (signal: AbortSignal) => Promise<Finding>;

/** The server does what was asked for. */
export const READY: Finding = {
  state: "ready",
  what: "ready",
  reason: "it answers",
};

/** A finding of a server that is not there yet, or no more. */
export function absent(what: string, reason: string, error?: unknown): Finding {
  return { state: "absent", what, reason, error };
}

/**
 * Gives the finding that an error of an attempt is.
 *
 * @throws The error, if another attempt would fail in the same way.
 */
export function findingOf(error: unknown): Finding {
  const reason = bareReason(error);
  if (error instanceof TimeoutError) {
    // The regular expression of --expect is at fault, not the server.
    if (error.deadline === "search") throw error;
    return absent("unanswered", reason, error);
  }
  if (error instanceof ProtocolError) {
    return absent("malformed answer", reason, error);
  }
  if (error instanceof ClosedError) return absent("closed", reason, error);
  if (!(error instanceof ConnectionError)) throw error;
  if (error.transient) {
    return absent(WORDS[error.code] ?? error.code, reason, error);
  }
  switch (error.code) {
    case "failed":
      return absent("failed", reason, error);
    case "tls":
      return { state: "wrong", what: "wrong TLS", reason, error };
    case "exhausted":
      return { state: "unsure", what: "out of sockets", reason, error };
    case "permission_denied":
      // A server makes its socket first, and then lets others use it.
      if (error.address?.startsWith("unix:")) {
        return { state: "unsure", what: "not permitted", reason, error };
      }
      throw error;
    default:
      throw error;
  }
}

const WORDS: Readonly<Record<string, string>> = {
  tls: "closed in the handshake",
  unresolved: "no such name",
};
