/**
 * One conversation of a server, from its handler's call to its end.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import type { Member } from "../../roster.ts";
import type { Channel } from "../channel/channel.ts";
import type { ServerConnection } from "./server.ts";

/** The part of a connection that a server needs. */
export interface Conversable extends ServerConnection, Member {
  /** Its channel. */
  readonly channel: Channel;
  /** Whether its handler has returned; its server takes note of that. */
  isHandled: boolean;
}

/** How a conversation ended. */
export interface Ending {
  /** Its error, or `undefined` if its handler returned. */
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
 * Ends a connection whose handler failed. Messages that it had sent are written
 * first. Otherwise the network's cuts would decide how many of them arrive.
 */
async function giveUp(channel: Channel, failure: unknown): Promise<void> {
  channel.farewell?.fail(failure);
  try {
    // A peer that broke the framing may still be sending, and closing at once
    // could destroy what it has not read yet. After any other error, the end
    // must not look orderly.
    if (failure instanceof ProtocolError) await channel.close();
    else await channel.flushed();
  } catch {
    // Then it cannot be written, and the failure that is reported is the first.
  }
  channel.abort(failure);
}
