/**
 * Joins two connections: what one side sends, the other receives.
 *
 * @module
 */

import { checkOneOf } from "../check.ts";
import { Channel } from "../session/channel/channel.ts";
import { ChannelSettings } from "../session/channel/channel_settings.ts";
import {
  channelOf,
  FramedConnection,
} from "../session/messages/framed_connection.ts";
import type { MessageConnection } from "../session/messages/message_connection.ts";
import type { Farewell } from "../transport/spoken_framing.ts";
import { JoinedChannels } from "./joined_channels.ts";
import type {
  OpenRelay,
  Relayable,
  RelayOptions,
  RelayReport,
} from "./options.ts";

/**
 * Joins two connections until both sides have finished, byte for byte.
 *
 * - Each side receives exactly what the other sent, in order. What has arrived on
 *   a connection and was not taken yet is passed on first.
 * - One read of at most 256 KiB is ahead of the writes in each direction, so a side
 *   that reads slowly slows down the other one.
 * - When a side finishes sending, so does the relay on the other side, once and
 *   after the last byte. The other direction goes on.
 * - When a side is lost, what had arrived from it is passed on, for as long as the
 *   other side takes some of it every 5 s. Then the other side is aborted.
 * - If the server's side cannot be opened, the client is aborted at once; a
 *   WebSocket is sent code 1011 first.
 * - The idle deadline of either connection counts both directions: a byte that
 *   passes is read from the one and written to the other.
 *
 * @param client The side that opened the conversation. The relay owns it.
 * @param server The other side, which the relay owns too; or a function that
 * opens it, such as `(signal) => connect(address, { signal })`.
 * @param options Deadlines, and what sees the bytes.
 * @returns What went over it and how it ended, once both connections are closed.
 * It never rejects for what a connection does.
 * @throws {TypeError} If `connect` is neither `"early"` nor `"late"`.
 * @throws {RangeError} If a deadline is out of its range.
 *
 * @example A proxy that counts
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { relay } from "@parley/parley/relay";
 * import { assertEquals } from "@std/assert";
 *
 * const text = { encoding: "text" } as const;
 * await using target = await serve("tcp://127.0.0.1:0", text, async (peer) => {
 *   for await (const line of peer) await peer.send(line.toUpperCase());
 * });
 *
 * let chunks = 0;
 * await using proxy = await serve("tcp://127.0.0.1:0", async (client) => {
 *   const open = (signal: AbortSignal) => connect(target.address, { signal });
 *   const report = await relay(client, open, { onChunk: () => chunks++ });
 *   assertEquals([report.toServer, report.toClient], [6, 6]);
 * });
 *
 * await using client = await connect(proxy.address, text);
 * await client.send("hello");
 * assertEquals(await client.receive(), "HELLO");
 * assertEquals(chunks, 2);
 * ```
 */
export async function relay(
  client: Relayable,
  server: Relayable | OpenRelay,
  options: RelayOptions = {},
): Promise<RelayReport> {
  const { connect = "early", idleTimeoutMs, sendTimeoutMs } = options;
  checkOneOf("connect", connect, ["early", "late"]);
  const settings = new ChannelSettings({
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
    ...(sendTimeoutMs === undefined ? {} : { sendTimeoutMs }),
  });
  const farewell = isOfMessages(client)
    ? channelOf(client).farewell
    : undefined;
  const left = channelFor(client, settings);
  if (typeof server !== "function") {
    return await new JoinedChannels(left, channelFor(server, settings), options)
      .run();
  }
  try {
    if (connect === "late") await somethingFrom(left);
    else left.receiving.watch();
    left.signal.throwIfAborted();
    const opened = await server(left.signal);
    return await new JoinedChannels(left, channelFor(opened, settings), options)
      .run();
  } catch (error) {
    return await unopened(left, farewell, error);
  }
}

/** The channel of a connection, or a new one on it. */
function channelFor(side: Relayable, settings: ChannelSettings): Channel {
  if (isOfMessages(side)) {
    const channel = channelOf(side);
    // Its last word is among the bytes that are passed on.
    channel.farewell?.stop();
    channel.farewell = undefined;
    return channel;
  }
  const channel = new Channel(side, settings);
  // What was passed on is written before the next read: no view stays in use.
  channel.reader = { mayRetire: true };
  return channel;
}

function isOfMessages(
  side: Relayable,
): side is MessageConnection<unknown, never> {
  return side instanceof FramedConnection;
}

/** Waits until a peer has sent something, or ended in any way. */
async function somethingFrom({ receiving }: Channel): Promise<void> {
  while (receiving.state === "open" && receiving.queue.length === 0) {
    await receiving.fill();
  }
}

/** Ends a client for which there is no server; a WebSocket receives a reason. */
async function unopened(
  client: Channel,
  farewell: Farewell | undefined,
  error: unknown,
): Promise<RelayReport> {
  const { receiving, signal } = client;
  const isLost = receiving.state === "lost" || receiving.state === "aborted";
  const failed = isLost ? "client" : "server";
  const reason = isLost ? receiving.failure : error;
  const endedBy = signal.aborted && !isLost ? "self" : failed;
  client.traffic.told = true;
  if (!isLost && farewell !== undefined) {
    farewell.fail(reason, "What is behind this port cannot be reached");
    // A reset would destroy what the client has not read yet.
    client.farewell = farewell;
    await client.close().catch(() => {});
  }
  client.abort(reason);
  return {
    toServer: 0,
    toClient: 0,
    endedBy,
    failed,
    error: reason,
    observerError: undefined,
  };
}
