/**
 * What should not go unnoticed on a connection, and no call throws.
 *
 * @module
 */

import {
  ClosedError,
  ConnectionError,
  describeError,
  ProtocolError,
  TimeoutError,
} from "../../errors.ts";
import type { Address } from "../../transport/address.ts";
import type { MessageConnection } from "./message_connection.ts";

/**
 * Something that happened on a connection; `type` tells what.
 *
 * @typeParam T Type of a message.
 * @typeParam C Type of a connection.
 */
export type ConnectionEvent<T = Uint8Array, C = MessageConnection<T>> =
  | {
    /**
     * A call failed whose promise the program has left alone, such as
     * `void connection.send(message)`: a message that is too large was not sent,
     * or what was sent could not be written.
     */
    readonly type: "unsent";
    /** The connection. */
    readonly connection: C;
    /** Why. */
    readonly error: unknown;
  }
  | {
    /** A bad frame was skipped; `badFrames` says which are. */
    readonly type: "bad_frame";
    /** The connection. */
    readonly connection: C;
    /** What was wrong with it, and where it began. */
    readonly error: ProtocolError;
  };

/** Reports an event on standard error, for programs that do not listen. */
export function reportConnectionEvent<T>(
  { connection, error, type }: ConnectionEvent<
    T,
    { readonly remoteAddress: Address }
  >,
): void {
  const { remoteAddress } = connection;
  if (type === "bad_frame") {
    reportPeer(remoteAddress, "sent a bad frame, which was skipped", error);
  } else if (isOwnFailure(error)) {
    reportPeer(remoteAddress, "did not receive what the program sent", error);
  }
}

/** Writes one line about a peer to standard error. */
export function reportPeer(
  remoteAddress: Address,
  what: string,
  error: unknown,
): void {
  const why = error instanceof Error ? describeError(error) : String(error);
  // deno-lint-ignore no-console
  console.error(`${remoteAddress} ${what}: ${why}`);
}

/** Whether a failure is the program's own and not the peer's or the network's. */
export function isOwnFailure(error: unknown): boolean {
  if (error === undefined) return false;
  if (error instanceof ConnectionError) return error.code === "overrun";
  return !(error instanceof ProtocolError || error instanceof TimeoutError ||
    error instanceof ClosedError);
}
