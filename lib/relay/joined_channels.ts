/**
 * Two channels that are joined: what one side sends, the other receives.
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

import type { Side } from "../framing/framing.ts";
import type { Channel } from "../session/channel/channel.ts";
import { whileItProgresses } from "../session/channel/lingering.ts";
import type { RelayDirection, RelayOptions, RelayReport } from "./options.ts";
import { Pump, type PumpOwner } from "./pump.ts";

/** The first failure, which decides how a relay ends. */
interface Failure {
  readonly side: Side;
  readonly error: unknown;
  /** Resolves when both connections are aborted. */
  readonly handled: Promise<void>;
}

/** Two channels that are joined. */
export class JoinedChannels {
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
