/**
 * Something between a connection and what speaks over it: a log of the bytes, a
 * limit on their rate, a layer that encrypts or compresses.
 *
 * @module
 */

import type { Connection } from "../../transport/connection.ts";
import { framedBy } from "./framed_line.ts";

/**
 * Puts something between a connection and its messages.
 *
 * @param connection The connection, once TLS is agreed on. What is returned owns
 * it.
 * @returns The connection that the messages go over. If it has a `handshake()`,
 * reading and writing must wait for it.
 */
export type WrapConnection = (
  connection: Connection,
) => Connection | Promise<Connection>;

/** Wraps a connection; if that fails the connection is aborted. */
export async function wrapped(
  connection: Connection,
  wrap: WrapConnection | undefined,
): Promise<Connection> {
  if (wrap === undefined) return connection;
  try {
    const outer = await wrap(connection);
    // What the two ends have agreed on stays, whatever stands in between.
    return framedBy(outer, connection.framing);
  } catch (error) {
    connection.abort();
    throw error;
  }
}
