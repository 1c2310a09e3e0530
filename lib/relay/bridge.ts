/**
 * Two connections of messages joined: one message in, one message out, whatever
 * carries them on either side.
 *
 * ```text
 *   client ─► decoder ─► message ─► encoder ─► server      toServer
 *          ◄─ encoder ◄─ message ◄─ decoder ◄─             toClient
 *
 *   passing ── the sender has finished ──► ended    passed on as an end
 *      └────── either side fails ────────► failed   what was passed on is written
 * ```
 *
 * A WebSocket that has closed both ways takes nothing more: the other side is then
 * closed too, even if it could go on sending.
 *
 * A direction takes the messages that have arrived, at most 128, and waits until
 * they find room: a side that reads slowly makes the other one slow.
 *
 * @module
 */

import { OptionRangeError } from "../check.ts";
import { ClosedError, describeError } from "../errors.ts";
import type { Side } from "../framing/framing.ts";
import { channelOf } from "../session/messages/framed_connection.ts";
import type { MessageConnection } from "../session/messages/message_connection.ts";

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
    return await new Bridge(client, server).run();
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
  return await new Bridge(client, opened).run();
}

/** Two connections that are joined. */
class Bridge {
  readonly #sides: Readonly<Record<Side, MessageConnection>>;
  readonly #passed: Record<Side, number> = { client: 0, server: 0 };
  // Sides that have closed both ways: nothing can be passed to them any more.
  readonly #over = new Set<Side>();
  #endedBy: BridgeReport["endedBy"] | undefined;
  #failure: Failure | undefined;

  constructor(client: MessageConnection, server: MessageConnection) {
    this.#sides = { client, server };
  }

  /** Passes on until both have ended, and closes both. */
  async run(): Promise<BridgeReport> {
    const undo = [this.#watch("client"), this.#watch("server")];
    const toServer = this.#pass("client", "server");
    const toClient = this.#pass("server", "client");
    this.#closeBehind("client", toServer, "server");
    this.#closeBehind("server", toClient, "client");
    await Promise.all([toServer, toClient]);
    for (const unwatch of undo) unwatch();
    if (this.#failure === undefined) {
      await Promise.all([this.#close("client"), this.#close("server")]);
    } else {
      await this.#failure.handled;
    }
    return {
      toServer: this.#passed.client,
      toClient: this.#passed.server,
      endedBy: this.#endedBy!,
      failed: this.#failure?.side,
      error: this.#failure?.error,
    };
  }

  /** Notices a write that fails while neither side has a message, and an abort. */
  #watch(side: Side): () => void {
    const channel = channelOf(this.#sides[side]);
    const { sending, signal } = channel;
    const ended = () => {
      if (sending.state !== "failed" || this.#failure !== undefined) return;
      this.#note(side, signal.reason);
    };
    signal.addEventListener("abort", ended);
    if (signal.aborted) ended();
    channel.onAbort = (reason) => this.#note(side, reason);
    return () => {
      channel.onAbort = undefined;
      signal.removeEventListener("abort", ended);
    };
  }

  /** Closes the other side of one that is over, once all of it was passed on. */
  #closeBehind(side: Side, passed: Promise<void>, other: Side): void {
    const { farewell } = channelOf(this.#sides[side]);
    if (farewell === undefined) return;
    farewell.onOver = () => {
      this.#over.add(side);
      void passed.then(() => this.#close(other));
    };
  }

  async #pass(from: Side, to: Side): Promise<void> {
    const sender = this.#sides[from];
    const receiver = this.#sides[to];
    // What sendAll() accepts is copied, or written before it resolves.
    const messages = sender.batches({ reuse: true });
    try {
      for (;;) {
        const { done, value } = await messages.next()
          .catch((error) => this.#fail(from, error));
        if (done === true) break;
        const before = receiver.stats.messagesOut;
        try {
          await receiver.sendAll(value);
        } catch (error) {
          if (this.#over.has(to)) return;
          // A message that the framing cannot hold is the sender's.
          this.#fail(error instanceof RangeError ? from : to, error);
        } finally {
          this.#passed[from] += receiver.stats.messagesOut - before;
        }
      }
      this.#endedBy ??= sender.endedBy === "peer" ? from : "self";
      await receiver.closeWrite().catch((error) => this.#fail(to, error));
    } catch {
      // It was noted, and both sides are being ended.
    }
  }

  async #close(side: Side): Promise<void> {
    await this.#sides[side].close().catch((error) => {
      this.#failure ??= { side, error, handled: Promise.resolve() };
    });
  }

  /** Notes the first failure and ends both sides. */
  #fail(side: Side, error: unknown): never {
    this.#note(side, error);
    throw error;
  }

  #note(side: Side, error: unknown): void {
    if (this.#failure !== undefined) return;
    const other = side === "client" ? "server" : "client";
    const reason = new ClosedError({
      reason: `the ${side}'s side of the bridge failed`,
      cause: error,
    });
    // Ending a side may fail the other one, which is noted once.
    const handled = Promise.resolve().then(() =>
      Promise.all([
        end(this.#sides[side], error),
        end(this.#sides[other], reason),
      ])
    );
    this.#failure = { side, error, handled };
    this.#endedBy ??= side;
  }
}

/** The first failure, which decides how a bridge ends. */
interface Failure {
  readonly side: Side;
  readonly error: unknown;
  /** Resolves when both sides are ended. */
  readonly handled: Promise<unknown>;
}

/** The reason for a side whose message the other side's framing cannot hold. */
function toldOf(error: unknown): string | undefined {
  return error instanceof OptionRangeError
    ? describeError(error, () => undefined)
    : undefined;
}

/** Ends a side that has failed, or whose other side has. What was sent is written. */
async function end(side: MessageConnection, error: unknown): Promise<void> {
  const channel = channelOf(side);
  channel.traffic.told = true;
  if (channel.farewell !== undefined) {
    channel.farewell.fail(error, toldOf(error));
    // A WebSocket reads on until its peer has answered: a reset would destroy the
    // reason before a peer that still sends can read it.
    await channel.close().catch(() => {});
  } else {
    await channel.flushed().catch(() => {});
  }
  side.abort(error);
}
