/**
 * One conversation of a server, from its handler's call to its end.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import type { Channel } from "../channel/channel.ts";
import type { ServerConnection } from "./server.ts";

/** What a server needs of a connection. */
export interface Conversable extends ServerConnection {
  /** What it goes over. */
  readonly channel: Channel;
}

/** How a conversation ended. */
export interface Ending {
  /** What it failed with, or `undefined` if its handler returned. */
  readonly error: unknown;
  /**
   * Whether this side aborted it before its handler had returned, or with
   * something left to lose.
   */
  readonly isCut: boolean;
}

/**
 * Lets a handler talk, then ends the connection.
 *
 * @param onHandled Called when the handler has returned.
 * @returns How it ended; never rejects.
 */
export async function converse<C extends Conversable>(
  connection: C,
  handler: (connection: C) => Promise<void> | void,
  onHandled: (connection: C) => void,
): Promise<Ending> {
  const { channel } = connection;
  let isHandled = false;
  try {
    await handler(connection);
    isHandled = true;
    onHandled(connection);
    await channel.close();
    return { error: undefined, isCut: channel.wasCut };
  } catch (error) {
    const failure = error ?? new Error("The handler threw nothing");
    const isAborted = channel.state === "closed" && !isHandled;
    await giveUp(channel, failure);
    return { error: failure, isCut: isAborted || channel.wasCut };
  }
}

/**
 * Ends a connection whose handler failed. What it had sent is written first:
 * else it would depend on the network's cuts how much of that arrives.
 */
async function giveUp(channel: Channel, failure: unknown): Promise<void> {
  try {
    // A peer that broke the framing may still be sending, and closing on it
    // would destroy what it has not read yet; any other end is no orderly one.
    if (failure instanceof ProtocolError) await channel.close();
    else await channel.flushed();
  } catch {
    // Then it cannot be written, and the failure that is reported is the first.
  }
  channel.abort(failure);
}
