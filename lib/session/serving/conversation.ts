/**
 * One conversation of a server, from its handler's call to its end.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import type { Member } from "../../roster.ts";
import type { Channel } from "../channel/channel.ts";
import { DONE } from "../channel/waiters.ts";
import type { ServerConnection } from "./server.ts";

/** The part of a connection that a server needs. */
export interface Conversable extends ServerConnection, Member {
  /** Its channel. */
  readonly channel: Channel;
  /** Whether its handler has returned. */
  isHandled: boolean;
}

/**
 * A server, as its conversations see it.
 *
 * @typeParam V What the server has noted of one conversation.
 */
export interface Host<C extends Conversable, V> {
  /** Talks to one peer. */
  handler(connection: C): Promise<void> | void;

  /**
   * A conversation has ended.
   *
   * @param error Its error, or `undefined` if its handler returned.
   * @param isCut Whether this side aborted it before its handler had returned, or
   * with something left to lose.
   */
  ended(connection: C, visit: V, error: unknown, isCut: boolean): void;
}

/**
 * Lets a handler talk, then ends the connection and tells the server. This is the
 * only asynchronous function of a conversation besides its handler: each takes
 * 0.6 kB of memory, as much as the decoder.
 */
export async function converse<C extends Conversable, V>(
  connection: C,
  host: Host<C, V>,
  visit: V,
): Promise<void> {
  const { channel } = connection;
  let failure: unknown;
  let isAborted = false;
  try {
    await host.handler(connection);
    connection.isHandled = true;
    const closed = channel.close();
    // Most connections are over by then, and nothing is to be waited for.
    if (closed !== DONE) await closed;
  } catch (error) {
    failure = error ?? new Error("The handler threw nothing");
    isAborted = channel.state === "closed" && !connection.isHandled;
    await giveUp(channel, failure);
  }
  host.ended(connection, visit, failure, isAborted || channel.wasCut);
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
