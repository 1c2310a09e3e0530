/**
 * Two connections of messages that are joined: one message in, one message out.
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
import { otherSide } from "../framing/side.ts";
import { channelOf } from "../session/messages/framed_connection.ts";
import type { MessageConnection } from "../session/messages/message_connection.ts";
import type { BridgeReport } from "./bridge.ts";

/** Two connections that are joined. */
export class JoinedMessages {
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
    const reason = new ClosedError({
      reason: `the ${side}'s side of the bridge failed`,
      cause: error,
    });
    // Ending a side may fail the other one, which is noted once.
    const handled = Promise.resolve().then(() =>
      Promise.all([
        end(this.#sides[side], error),
        end(this.#sides[otherSide(side)], reason),
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
export async function end(
  side: MessageConnection,
  error: unknown,
): Promise<void> {
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
