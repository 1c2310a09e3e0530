/**
 * A server at work: conversations, their count, and the end of them all.
 *
 * @module
 */

import type { EncodingLike } from "../../encoding/parse.ts";
import {
  ClosedError,
  ConnectionError,
  ProtocolError,
  TimeoutError,
} from "../../errors.ts";
import type { Address } from "../../transport/address.ts";
import type { Connection, Listener } from "../../transport/connection.ts";
import type { ProxyReader } from "../../transport/proxy/proxied.ts";
import type { TlsCertificate } from "../../transport/tls/options.ts";
import { acceptLoop } from "./accept_loop.ts";
import { Admission } from "./admission.ts";
import { DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS } from "../channel/handshake.ts";
import { channelOf, FramedConnection } from "../messages/framed_connection.ts";
import type { MessageConnection } from "../messages/message_connection.ts";
import type { Handler, Server } from "./server.ts";
import {
  type CutConnection,
  graceOf,
  type ServeOptions,
  type ServerEvent,
  type ServerStats,
  type ShutdownOptions,
  type ShutdownReport,
} from "./server_options.ts";
import type { Settings } from "../messages/settings.ts";
import type { Slots } from "./slots.ts";
import { within } from "../../time/within.ts";

/**
 * What a server does with its connections.
 *
 * @typeParam T Type of a message.
 */
export interface Conversations<T> {
  /** Talks to one peer. */
  readonly handler: Handler<T>;

  /**
   * Asks for the end of a conversation, when the server shuts down.
   *
   * @param connection The connection.
   * @param reason Why.
   */
  drain(connection: MessageConnection<T>, reason: unknown): void;
}

/**
 * A server at work.
 *
 * @typeParam T Type of a message.
 */
export class RunningServer<T> implements Server<T> {
  readonly connections: Set<MessageConnection<T>> = new Set();
  readonly addresses: readonly Address[];
  readonly finished: Promise<ShutdownReport>;
  // Those whose handler has returned and that are being closed.
  readonly #handled = new Set<MessageConnection<T>>();
  readonly #listeners: readonly Listener[];
  readonly #settings: Settings<T>;
  readonly #slots: Slots;
  readonly #conversations: Conversations<T>;
  readonly #onEvent: ((event: ServerEvent<T>) => void) | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #onSignal = () => void this.shutdown();
  readonly #stopping = new AbortController();
  readonly #loops: Promise<unknown>;
  readonly #admission: Admission;
  readonly #finish: (report: ShutdownReport) => void;
  #shutdown: Promise<ShutdownReport> | undefined;
  #whenEmpty: (() => void) | undefined;
  #failed = 0;
  // Of the connections that are over.
  #bytesIn = 0;
  #bytesOut = 0;
  #messagesIn = 0;
  #messagesOut = 0;

  constructor(
    listeners: readonly Listener[],
    settings: Settings<T>,
    slots: Slots,
    proxies: ProxyReader | undefined,
    options: ServeOptions<EncodingLike, T>,
    conversations: Conversations<T>,
  ) {
    this.#listeners = listeners;
    this.addresses = listeners.map((listener) => listener.address);
    this.#settings = settings;
    this.#slots = slots;
    this.#conversations = conversations;
    this.#admission = new Admission({
      entered: (connection, leave) => this.#entered(connection, leave),
      tell: (event) => this.#tell(event),
      handshakeMs: options.tlsHandshakeTimeoutMs ??
        DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS,
      proxies,
      signal: this.#stopping.signal,
      slots,
    });
    this.#onEvent = options.onEvent;
    this.#signal = options.signal;
    const { promise, resolve } = Promise.withResolvers<ShutdownReport>();
    this.finished = promise;
    this.#finish = resolve;
    this.#loops = Promise.all(
      listeners.map((listener) =>
        acceptLoop(listener, this.#stopping.signal, {
          accepted: (connection) => this.#admission.admit(connection),
          paused: (error) =>
            this.#tell({ type: "paused", address: listener.address, error }),
          resumed: () =>
            this.#tell({ type: "resumed", address: listener.address }),
          ready: () => this.#slots.free(),
        })
      ),
    );
    this.#signal?.addEventListener("abort", this.#onSignal);
  }

  get address(): Address {
    return this.addresses[0]!;
  }

  get stats(): ServerStats {
    let bytesIn = this.#bytesIn;
    let bytesOut = this.#bytesOut;
    let messagesIn = this.#messagesIn;
    let messagesOut = this.#messagesOut;
    for (const { stats } of this.connections) {
      bytesIn += stats.bytesIn;
      bytesOut += stats.bytesOut;
      messagesIn += stats.messagesIn;
      messagesOut += stats.messagesOut;
    }
    return {
      accepted: this.#admission.accepted,
      refused: this.#admission.refused,
      failed: this.#admission.failed + this.#failed,
      bytesIn,
      bytesOut,
      messagesIn,
      messagesOut,
    };
  }

  async setCertificate(certificate: TlsCertificate): Promise<void> {
    const over = this.#listeners.filter((listener) =>
      listener.setCertificate !== undefined
    );
    if (over.length === 0) {
      throw new TypeError(
        `Cannot show a certificate on ${
          this.addresses.join(", ")
        }: the server listens on no tls: address`,
      );
    }
    for (const listener of over) await listener.setCertificate!(certificate);
  }

  shutdown(options: ShutdownOptions = {}): Promise<ShutdownReport> {
    const graceMs = graceOf(options);
    this.#shutdown ??= this.#stop(graceMs);
    return this.#shutdown;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  #entered(accepted: Connection, leave: () => void): void {
    const connection = new FramedConnection<T>(accepted, this.#settings);
    this.connections.add(connection);
    void this.#converse(connection, leave);
  }

  async #converse(
    connection: MessageConnection<T>,
    leave: () => void,
  ): Promise<void> {
    const begun = performance.now();
    this.#tell({ type: "opened", connection });
    let failure: unknown;
    try {
      await this.#conversations.handler(connection);
      this.#handled.add(connection);
      await connection.close();
    } catch (error) {
      failure = error ?? new Error("The handler threw nothing");
      this.#failed++;
      await giveUp(connection, failure);
    }
    const { stats } = connection;
    this.#bytesIn += stats.bytesIn;
    this.#bytesOut += stats.bytesOut;
    this.#messagesIn += stats.messagesIn;
    this.#messagesOut += stats.messagesOut;
    this.connections.delete(connection);
    this.#handled.delete(connection);
    leave();
    this.#tell({
      type: "closed",
      connection,
      error: failure,
      stats,
      durationMs: performance.now() - begun,
    });
    if (this.connections.size === 0) this.#whenEmpty?.();
  }

  #tell(event: ServerEvent<T>): void {
    if (this.#onEvent !== undefined) this.#onEvent(event);
    else if (event.type === "closed" && isOurs(event.error)) {
      // As Deno.serve does: a failure that nobody sees is worse than a line.
      // deno-lint-ignore no-console
      console.error("A connection's handler failed:", event.error);
    }
  }

  async #stop(graceMs: number): Promise<ShutdownReport> {
    this.#signal?.removeEventListener("abort", this.#onSignal);
    this.#stopping.abort();
    for (const listener of this.#listeners) listener.close();
    this.#admission.close();
    this.#slots.wake();
    await this.#loops;
    const reason = new ClosedError("The server is shutting down");
    const open = [...this.connections];
    for (const connection of open) {
      this.#conversations.drain(connection, reason);
    }
    const cut = await this.#cutAfter(graceMs);
    const report = { finished: open.length - cut.length, cut };
    this.#finish(report);
    return report;
  }

  /** Waits for the handlers; aborts what is left when the time is over. */
  async #cutAfter(graceMs: number): Promise<CutConnection[]> {
    const limit = within(graceMs, undefined, () => undefined);
    try {
      await limit.race(this.#empty());
      return [];
    } catch {
      // The time is over, the only thing that this limit throws.
      const cut: CutConnection[] = [];
      for (const connection of this.connections) {
        const unsentBytes = connection.stats.bytesWaiting;
        // One that only waits for its peer's end has nothing left to lose.
        if (unsentBytes > 0 || !this.#handled.has(connection)) {
          const { remoteAddress } = connection;
          cut.push({ remoteAddress, unsentBytes });
        }
        connection.abort(
          new ClosedError(
            `Connection to ${connection.remoteAddress} was cut: the server shut down and ${graceMs} ms were over`,
          ),
        );
      }
      return cut;
    } finally {
      limit.clear();
    }
  }

  #empty(): Promise<void> {
    if (this.connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenEmpty = resolve);
  }
}

/**
 * Ends a connection whose handler failed. What it had sent is written first:
 * else it would depend on the network's cuts how much of that arrives.
 */
async function giveUp<T>(
  connection: MessageConnection<T>,
  failure: unknown,
): Promise<void> {
  try {
    // A peer that broke the framing may still be sending, and closing on it
    // would destroy what it has not read yet; any other end is no orderly one.
    if (failure instanceof ProtocolError) await connection.close();
    else await channelOf(connection).flushed();
  } catch {
    // Then it cannot be written, and the failure that is told is the first one.
  }
  connection.abort(failure);
}

/** Whether a failure is the handler's own and not the peer's or the network's. */
function isOurs(error: unknown): boolean {
  return error !== undefined && !(error instanceof ProtocolError ||
    error instanceof ConnectionError || error instanceof TimeoutError ||
    error instanceof ClosedError);
}
