/**
 * A server at work: it accepts, hands each connection to its handler, and ends
 * them all.
 *
 * @module
 */

import { DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS } from "../defaults.ts";
import { OptionTypeError } from "../../check.ts";
import type { EncodingLike } from "../../encoding/parse.ts";
import { INSPECT, type Inspect } from "../../inspect.ts";
import { Roster } from "../../roster.ts";
import type { Address } from "../../transport/address.ts";
import type { Framing } from "../../framing/framing.ts";
import type { Connection, Listener } from "../../transport/connection.ts";
import type { ProxyReader } from "../../transport/proxy/proxied.ts";
import type { TlsCertificate } from "../../transport/tls/options.ts";
import { acceptLoop } from "./accept_loop.ts";
import { Admission } from "./admission.ts";
import { Channel } from "../channel/channel.ts";
import type { ChannelSettings } from "../channel/channel_settings.ts";
import { type Conversable, converse, type Host } from "./conversation.ts";
import type { Server } from "./server.ts";
import type { ServerEvent } from "./server_event.ts";
import {
  graceOf,
  type ServeOptions,
  type ServerStats,
  type ShutdownOptions,
  type ShutdownReport,
} from "./server_options.ts";
import { Shutdown } from "./shutdown.ts";
import type { SlotHolder, Slots } from "./slots.ts";

/** What a server does with its connections. */
export interface Conversations<T, C extends Conversable> {
  /** Puts what speaks onto a channel. */
  begin(channel: Channel, tell: (event: ServerEvent<T, C>) => void): C;

  /** Talks to one peer. */
  handler(connection: C): Promise<void> | void;

  /** Asks for the end of a conversation, when the server shuts down. */
  drain(connection: C, reason: unknown): void;

  /** Reports events where the program does not listen to them. */
  report(event: ServerEvent<T, C>): void;
}

/** A listener, and how its connections are framed if they do not say so. */
export interface OpenListener {
  readonly listener: Listener;
  readonly framing: Framing | undefined;
}

/** What a server is made of. */
export interface ServerParts<T, C extends Conversable> {
  readonly conversations: Conversations<T, C>;
  readonly listeners: readonly OpenListener[];
  readonly options:
    & Pick<
      ServeOptions<EncodingLike>,
      "signal" | "tlsHandshakeTimeoutMs" | "wrap"
    >
    & { readonly onEvent?: ((event: ServerEvent<T, C>) => void) | undefined };
  readonly proxies: ProxyReader | undefined;
  readonly settings: ChannelSettings;
  readonly slots: Slots;
}

/** What a server notes of a conversation. */
interface Visit {
  /** Whose slot it has. */
  readonly holder: SlotHolder;
  /** When it began, if that is wanted. */
  readonly begunMs: number;
}

/** A server at work. */
export class RunningServer<T, C extends Conversable> implements Server<T, C> {
  readonly connections: Roster<C> = new Roster();
  readonly addresses: readonly Address[];
  readonly finished: Promise<ShutdownReport>;
  readonly #parts: ServerParts<T, C>;
  readonly #tell: (event: ServerEvent<T, C>) => void;
  readonly #host: Host<C, Visit>;
  readonly #onSignal = () => void this.shutdown();
  readonly #stopping = new AbortController();
  readonly #loops: Promise<unknown>;
  readonly #admission: Admission;
  readonly #shutdown: Shutdown<C>;
  readonly #finish: (report: ShutdownReport) => void;
  #stopped: Promise<ShutdownReport> | undefined;
  #failed = 0;
  // Of the connections that are over.
  #bytesIn = 0;
  #bytesOut = 0;
  #messagesIn = 0;
  #messagesOut = 0;

  constructor(parts: ServerParts<T, C>) {
    const { listeners, options, proxies, settings, slots } = parts;
    this.#parts = parts;
    this.addresses = listeners.map(({ listener }) => listener.address);
    const { conversations } = parts;
    const tell = this.#tell = options.onEvent ?? conversations.report;
    this.#host = {
      handler: (connection) => conversations.handler(connection),
      ended: (connection, visit, error, isCut) =>
        this.#ended(connection, visit, error, isCut),
    };
    this.#shutdown = new Shutdown(this.connections, settings.time);
    this.#admission = new Admission({
      entered: (connection, holder) => this.#entered(connection, holder),
      tell,
      handshakeMs: options.tlsHandshakeTimeoutMs ??
        DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS,
      proxies,
      signal: this.#stopping.signal,
      slots,
      wrap: options.wrap,
    });
    const { promise, resolve } = Promise.withResolvers<ShutdownReport>();
    this.finished = promise;
    this.#finish = resolve;
    this.#loops = Promise.all(
      listeners.map(({ framing, listener }) =>
        acceptLoop(listener, this.#stopping.signal, settings.time, {
          accepted: (connection) => this.#admission.admit(connection, framing),
          paused: (error) =>
            tell({ type: "paused", address: listener.address, error }),
          resumed: () => tell({ type: "resumed", address: listener.address }),
          ready: () => slots.free(),
        })
      ),
    );
    options.signal?.addEventListener("abort", this.#onSignal);
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
    const over = this.#parts.listeners.map(({ listener }) => listener)
      .filter((listener) => listener.setCertificate !== undefined);
    if (over.length === 0) {
      throw new OptionTypeError({
        action: "show a certificate on",
        address: this.addresses.join(", "),
        reason: "the server listens on no tls: address",
      });
    }
    for (const listener of over) await listener.setCertificate!(certificate);
  }

  shutdown(options: ShutdownOptions = {}): Promise<ShutdownReport> {
    const graceMs = graceOf(options);
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  /** What `console.log` shows. */
  [INSPECT](_depth: number, options: unknown, inspect: Inspect): string {
    const seen = {
      addresses: this.addresses.map(String),
      connections: this.connections.size,
      stats: this.stats,
    };
    return `Server ${inspect(seen, options)}`;
  }

  toString(): string {
    return `Server on ${this.addresses.join(" ")}`;
  }

  #entered(accepted: Connection, holder: SlotHolder): void {
    const { conversations, settings } = this.#parts;
    const channel = new Channel(accepted, settings);
    const connection = conversations.begin(channel, this.#tell);
    this.connections.add(connection);
    let begunMs = 0;
    if (this.#listens) {
      begunMs = performance.now();
      this.#tell({ type: "opened", connection });
    }
    void converse(connection, this.#host, { holder, begunMs });
  }

  #ended(connection: C, visit: Visit, error: unknown, isCut: boolean): void {
    if (error !== undefined) this.#failed++;
    const { stats } = connection;
    this.#bytesIn += stats.bytesIn;
    this.#bytesOut += stats.bytesOut;
    this.#messagesIn += stats.messagesIn;
    this.#messagesOut += stats.messagesOut;
    this.connections.delete(connection);
    this.#parts.slots.give(visit.holder);
    const listens = this.#listens;
    if (listens || error !== undefined) {
      this.#tell({
        type: "closed",
        connection,
        error,
        stats,
        durationMs: listens ? performance.now() - visit.begunMs : 0,
      });
    }
    this.#shutdown.ended(connection, isCut);
  }

  /** Whether the program listens: what takes time is done only then. */
  get #listens(): boolean {
    return this.#parts.options.onEvent !== undefined;
  }

  async #stop(graceMs: number): Promise<ShutdownReport> {
    const { conversations, listeners, options, slots } = this.#parts;
    options.signal?.removeEventListener("abort", this.#onSignal);
    this.#shutdown.begin();
    this.#stopping.abort();
    for (const { listener } of listeners) listener.close();
    this.#admission.close();
    slots.wake();
    await this.#loops;
    const report = await this.#shutdown.run(
      graceMs,
      (connection, reason) => conversations.drain(connection, reason),
    );
    this.#finish(report);
    return report;
  }
}
