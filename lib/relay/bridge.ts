/**
 * Two connections of messages joined: one message in, one message out, whatever
 * carries them on either side.
 *
 * @module
 */

import type { Side } from "../framing/framing.ts";
import { channelOf } from "../session/messages/framed_connection.ts";
import type { MessageConnection } from "../session/messages/message_connection.ts";
import { end, JoinedMessages } from "./joined_messages.ts";

/** Opens the server's side of a bridge. */
export type OpenBridge = (signal: AbortSignal) => Promise<MessageConnection>;

/** What went over a bridge, and how it ended. */
export interface BridgeReport {
  /** Messages of the client that the server's side has accepted. */
  readonly toServer: number;
  /** Messages of the server that the client's side has accepted. */
  readonly toClient: number;
  /** Which side finished or failed first; `"self"` if this program ended it. */
  readonly endedBy: Side | "self";
  /**
   * Which side failed; `undefined` if both finished in order. A side whose message
   * the other side's framing cannot hold has failed.
   */
  readonly failed: Side | undefined;
  /** Why it failed. */
  readonly error: unknown;
}

/**
 * Joins two connections of messages until both have finished.
 *
 * A message is passed on whole and unchanged, or not at all. If the other side's
 * framing or limit cannot hold it, the messages before it are passed on, and the
 * bridge ends with the encoder's error. The end of one side is passed on as its
 * end: the other side may still answer.
 *
 * Memory is bounded by what both connections may hold (`highWaterMarkBytes`,
 * `maxMessageBytes`), whatever the difference of their speeds. Deadlines are those
 * of the connections.
 *
 * @param client The side that connected, in the encoding `"bytes"`. The bridge owns
 * it and closes it.
 * @param server The other side, likewise; or what opens it.
 * @returns What went over it, once both are closed. It never rejects.
 *
 * @example Lines on one side, length prefixes on the other
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { bridge } from "@parley/parley/relay";
 * import { assertEquals } from "@std/assert";
 *
 * await using target = await serve(
 *   "tcp://127.0.0.1:0",
 *   { framing: "length:4", encoding: "text" },
 *   async (peer) => {
 *     for await (const text of peer) await peer.send(text.toUpperCase());
 *   },
 * );
 * await using server = await serve("tcp://127.0.0.1:0", async (client) => {
 *   await bridge(client, (signal) =>
 *     connect(target.address, { framing: "length:4", signal }));
 * });
 *
 * await using client = await connect(server.address, { encoding: "text" });
 * await client.send("hello");
 * assertEquals(await client.receive(), "HELLO");
 * ```
 */
export async function bridge(
  client: MessageConnection,
  server: MessageConnection | OpenBridge,
): Promise<BridgeReport> {
  if (typeof server !== "function") {
    return await new JoinedMessages(client, server).run();
  }
  let opened: MessageConnection;
  // The loss of the client is noticed while the server is being asked.
  channelOf(client).receiving.watch();
  try {
    opened = await server(client.signal);
  } catch (error) {
    const isOurs = client.signal.aborted;
    const reason = isOurs ? client.signal.reason : error;
    await end(client, reason);
    return {
      toServer: 0,
      toClient: 0,
      endedBy: isOurs ? "client" : "server",
      failed: isOurs ? "client" : "server",
      error: reason,
    };
  }
  return await new JoinedMessages(client, opened).run();
}
