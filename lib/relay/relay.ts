/**
 * Joins two connections: what one side sends, the other receives.
 *
 * ```text
 *               ┌── toServer: pump ──►┐
 *   client ─ channel                channel ─ server
 *               └◄── toClient: pump ──┘
 *
 *   passing ── both have finished ──────────────────► closed
 *      └────── a side fails ─► what it had sent is passed on ─► both aborted
 * ```
 *
 * @module
 */

import { checkOneOf } from "../check.ts";
import type { Side } from "../framing/framing.ts";
import { Channel } from "../session/channel/channel.ts";
import { ChannelSettings } from "../session/channel/channel_settings.ts";
import { whileItProgresses } from "../session/channel/lingering.ts";
import {
  channelOf,
  FramedConnection,
} from "../session/messages/framed_connection.ts";
import type { MessageConnection } from "../session/messages/message_connection.ts";
import type { Farewell } from "../transport/spoken_framing.ts";
import type {
  OpenRelay,
  Relayable,
  RelayDirection,
  RelayOptions,
  RelayReport,
} from "./options.ts";
import { Pump, type PumpOwner } from "./pump.ts";

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
    return await new Relay(left, channelFor(server, settings), options).run();
  }
  try {
    if (connect === "late") await somethingFrom(left);
    else left.receiving.watch();
    left.signal.throwIfAborted();
    const opened = await server(left.signal);
    return await new Relay(left, channelFor(opened, settings), options).run();
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

/** The first failure, which decides how a relay ends. */
interface Failure {
  readonly side: Side;
  readonly error: unknown;
  /** Resolves when both connections are aborted. */
  readonly handled: Promise<void>;
}

/** Two channels that are joined. */
class Relay {
  readonly #client: Channel;
  readonly #server: Channel;
  readonly #options: RelayOptions;
  readonly #before: readonly [toServer: number, toClient: number];
  readonly #toServer: Pump;
  readonly #toClient: Pump;
  #endedBy: RelayReport["endedBy"] | undefined;
  #failure: Failure | undefined;
  #observerError: unknown;

  constructor(client: Channel, server: Channel, options: RelayOptions) {
    this.#client = client;
    this.#server = server;
    this.#options = options;
    this.#before = [server.traffic.bytesOut, client.traffic.bytesOut];
    this.#toServer = new Pump(client, server, this.#owner("toServer"));
    this.#toClient = new Pump(server, client, this.#owner("toClient"));
  }

  /** Waits for the end, and closes both. */
  async run(): Promise<RelayReport> {
    await Promise.all([this.#toServer.done, this.#toClient.done]);
    for (const side of [this.#client, this.#server]) {
      if (this.#failure !== undefined) break;
      await side.close().catch((error) => this.#fail(side, error));
    }
    await this.#failure?.handled;
    const [toServer, toClient] = this.#before;
    return {
      toServer: this.#server.traffic.bytesOut - toServer,
      toClient: this.#client.traffic.bytesOut - toClient,
      endedBy: this.#endedBy!,
      failed: this.#failure?.side,
      error: this.#failure?.error,
      observerError: this.#observerError,
    };
  }

  #owner(direction: RelayDirection): PumpOwner {
    const { onChunk, onEnd, ready } = this.#options;
    const sender = direction === "toServer" ? "client" : "server";
    const onError = (error: unknown) => void (this.#observerError ??= error);
    const guarded = <T>(call: () => T): T | undefined => {
      try {
        return call();
      } catch (error) {
        onError(error);
      }
    };
    return {
      chunk: (bytes) => guarded(() => onChunk?.(direction, bytes)),
      ready: () => guarded(() => ready?.()?.catch(onError)),
      end: (by) => {
        this.#endedBy ??= by === "self" ? by : sender;
        if (by === "peer") guarded(() => onEnd?.(direction));
      },
      failed: (channel, error) => this.#fail(channel, error),
    };
  }

  #fail(channel: Channel, error: unknown): void {
    if (this.#failure !== undefined) return;
    const side = channel === this.#client ? "client" : "server";
    this.#endedBy ??= side;
    this.#failure = { side, error, handled: this.#abort(channel, error) };
  }

  /** Aborts both, once the other side has what the lost one had sent. */
  async #abort(lost: Channel, error: unknown): Promise<void> {
    const isClient = lost === this.#client;
    const other = isClient ? this.#server : this.#client;
    // The pumps may be in the middle of being made.
    await undefined;
    const { done } = isClient ? this.#toServer : this.#toClient;
    // A write may be what failed; what the lost side had sent can still be read.
    await whileItProgresses(done, other).catch(() => {});
    other.abort(error);
    lost.abort(error);
  }
}
