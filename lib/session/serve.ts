/**
 * A server: accepts connections and gives each to a handler.
 *
 * @module
 */

import type { EncodingLike, MessageOf } from "../encoding/parse.ts";
import {
  ClosedError,
  ConnectionError,
  ProtocolError,
  TimeoutError,
} from "../errors.ts";
import { type Address, parseAddress } from "../transport/address.ts";
import type { Connection, Listener } from "../transport/connection.ts";
import { listen } from "../transport/open.ts";
import { ProxyReader } from "../transport/proxied.ts";
import type { TlsCertificate } from "../transport/tls_options.ts";
import { acceptLoop } from "./accept_loop.ts";
import { DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS, shakeHands } from "./handshake.ts";
import { MessageConnection } from "./message_connection.ts";
import {
  type CutConnection,
  graceOf,
  type ServeOptions,
  type ServerEvent,
  type ServerStats,
  type ShutdownOptions,
  type ShutdownReport,
  slotLimits,
} from "./server_options.ts";
import { checkDuration, Settings } from "./settings.ts";
import { Slots } from "./slots.ts";
import { within } from "./within.ts";

/**
 * Talks to one peer. When it returns, what it sent is written and the connection
 * closed; when it throws, what it sent is written, the connection is aborted and
 * the others go on.
 *
 * @typeParam T Type of a message.
 * @param connection The connection; closed by the server.
 */
export type Handler<T = Uint8Array> = (
  connection: MessageConnection<T>,
) => Promise<void> | void;

/** A running server. */
export interface Server<T = Uint8Array> extends AsyncDisposable {
  /** Where it listens, the first address if there are several. */
  readonly address: Address;
  /** Where it listens. */
  readonly addresses: readonly Address[];
  /** The connections that are open now. */
  readonly connections: ReadonlySet<MessageConnection<T>>;
  /** Resolves once the server has shut down, with who finished and who was cut. */
  readonly finished: Promise<ShutdownReport>;
  /** What went over the server so far. */
  readonly stats: ServerStats;

  /**
   * Shows another certificate to whoever connects from now on. Open connections
   * are left alone.
   *
   * @param certificate The certificate and its key.
   * @throws {ConnectionError} With code `"tls"` if the two do not belong together
   * or are none; then nothing changes.
   * @throws {TypeError} If the server listens on no `tls:` address.
   */
  setCertificate(certificate: TlsCertificate): Promise<void>;

  /**
   * Stops accepting, lets handlers finish what has begun, cuts the rest. The
   * handlers' iterations end after the messages that have begun to arrive, and
   * `connection.signal` is aborted.
   *
   * @param options How long they may take.
   * @returns Who finished and who was cut; the second call waits for the first.
   */
  shutdown(options?: ShutdownOptions): Promise<ShutdownReport>;
}

/** Where to listen: an address, or a listener that is open already. */
export type ServeAddress = string | Address | Listener;

/**
 * Listens and gives each connection to a handler.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 * @param addresses Where to listen: one address or several, port 0 for one that
 * the system chooses; or a listener, which the server then owns.
 * @param options Framing, encoding, limits, deadlines, socket options.
 * @param handler Talks to one peer.
 * @returns The server, listening already.
 * @throws {TypeError} If an address, the framing or the encoding is none.
 * @throws {RangeError} If a number is out of its range.
 * @throws {ConnectionError} If the system refuses an address; then none is
 * listened on.
 *
 * @example A server of upper-case text
 * ```ts
 * import { serve } from "@parley/parley";
 *
 * await using server = await serve(
 *   "tcp://127.0.0.1:0",
 *   { framing: "length:4", encoding: "text" },
 *   async (connection) => {
 *     for await (const message of connection) {
 *       await connection.send(message.toUpperCase());
 *     }
 *   },
 * );
 * // The port that the system chose is in server.address.
 * ```
 */
export async function serve<E extends EncodingLike = "bytes">(
  addresses: ServeAddress | readonly ServeAddress[],
  options: ServeOptions<E, MessageOf<E>>,
  handler: Handler<MessageOf<E>>,
): Promise<Server<MessageOf<E>>> {
  const where = (Array.isArray(addresses) ? addresses : [addresses])
    .map((address) =>
      typeof address === "string" ? parseAddress(address) : address
    );
  if (where.length === 0) throw new TypeError("Cannot serve on no address");
  const settings = new Settings<MessageOf<E>>(options);
  const slots = new Slots(slotLimits(options));
  const { tlsHandshakeTimeoutMs = DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS } = options;
  checkDuration("tlsHandshakeTimeoutMs", tlsHandshakeTimeoutMs);
  const proxies = options.proxyProtocol === undefined
    ? undefined
    : new ProxyReader(options.proxyProtocol);
  if (typeof handler !== "function") {
    throw new TypeError(
      "Cannot serve without a handler: it must be a function",
    );
  }
  options.signal?.throwIfAborted();
  const listeners: Listener[] = [];
  try {
    for (const place of where) {
      listeners.push("accept" in place ? place : await listen(place, options));
    }
    options.signal?.throwIfAborted();
  } catch (error) {
    // Also the listeners that were given and come after the failure.
    for (const open of new Set([...listeners, ...where])) {
      if ("accept" in open) open.close();
    }
    throw error;
  }
  return new RunningServer(
    listeners,
    settings,
    slots,
    proxies,
    options,
    handler,
  );
}

class RunningServer<T> implements Server<T> {
  readonly connections: Set<MessageConnection<T>> = new Set();
  readonly addresses: readonly Address[];
  readonly finished: Promise<ShutdownReport>;
  readonly #listeners: readonly Listener[];
  readonly #settings: Settings<T>;
  readonly #slots: Slots;
  readonly #handler: Handler<T>;
  readonly #onEvent: ((event: ServerEvent<T>) => void) | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #onSignal = () => void this.shutdown();
  readonly #stopping = new AbortController();
  readonly #loops: Promise<unknown>;
  readonly #handshakeMs: number;
  readonly #proxies: ProxyReader | undefined;
  // Connections of proxies that have yet to tell whose they are.
  readonly #announced = new Set<Connection>();
  readonly #finish: (report: ShutdownReport) => void;
  #shutdown: Promise<ShutdownReport> | undefined;
  #whenEmpty: (() => void) | undefined;
  #accepted = 0;
  #refused = 0;
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
    handler: Handler<T>,
  ) {
    this.#listeners = listeners;
    this.addresses = listeners.map((listener) => listener.address);
    this.#settings = settings;
    this.#slots = slots;
    this.#handler = handler;
    this.#proxies = proxies;
    this.#handshakeMs = options.tlsHandshakeTimeoutMs ??
      DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS;
    this.#onEvent = options.onEvent;
    this.#signal = options.signal;
    const { promise, resolve } = Promise.withResolvers<ShutdownReport>();
    this.finished = promise;
    this.#finish = resolve;
    this.#loops = Promise.all(
      listeners.map((listener) =>
        acceptLoop(listener, this.#stopping.signal, {
          accepted: (connection) => this.#admit(connection),
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
      accepted: this.#accepted,
      refused: this.#refused,
      failed: this.#failed,
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

  #admit(accepted: Connection): void {
    if (this.#proxies?.trusts(accepted.remoteAddress) === true) {
      void this.#admitProxied(accepted, this.#proxies);
    } else {
      this.#enter(accepted);
    }
  }

  /** Admits a proxy's client once the proxy has told who it is. */
  async #admitProxied(proxy: Connection, proxies: ProxyReader): Promise<void> {
    this.#announced.add(proxy);
    try {
      const client = await readHeader(proxy, proxies);
      if (this.#stopping.signal.aborted) client.close();
      else this.#enter(client);
    } catch (error) {
      this.#refused++;
      const { remoteAddress } = proxy;
      const reason = error instanceof Error ? error.message : String(error);
      this.#tell({ type: "refused", remoteAddress, reason });
    } finally {
      this.#announced.delete(proxy);
    }
  }

  #enter(accepted: Connection): void {
    const peer = () => accepted.remoteAddress.hostname;
    const reason = this.#slots.take(peer);
    if (reason !== undefined) {
      this.#refused++;
      const { remoteAddress } = accepted;
      accepted.close();
      this.#tell({ type: "refused", remoteAddress, reason });
      return;
    }
    this.#accepted++;
    if (accepted.handshake === undefined) this.#open(accepted, peer);
    else void this.#openOnceAgreed(accepted, peer);
  }

  // In a task of its own: a client that says nothing keeps nobody else waiting.
  async #openOnceAgreed(
    accepted: Connection,
    peer: () => string,
  ): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await shakeHands(accepted, this.#handshakeMs, signal);
      signal.throwIfAborted();
    } catch (error) {
      accepted.abort();
      this.#slots.give(peer);
      if (signal.aborted) return;
      this.#failed++;
      const { remoteAddress } = accepted;
      this.#tell({ type: "handshake_failed", remoteAddress, error });
      return;
    }
    this.#open(accepted, peer);
  }

  #open(accepted: Connection, peer: () => string): void {
    const connection = new MessageConnection<T>(accepted, this.#settings);
    this.connections.add(connection);
    void this.#converse(connection, peer);
  }

  async #converse(
    connection: MessageConnection<T>,
    peer: () => string,
  ): Promise<void> {
    const begun = performance.now();
    this.#tell({ type: "opened", connection });
    let failure: unknown;
    try {
      await this.#handler(connection);
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
    this.#slots.give(peer);
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
    for (const proxy of this.#announced) proxy.close();
    this.#slots.wake();
    await this.#loops;
    const reason = new ClosedError("The server is shutting down");
    const open = [...this.connections];
    for (const connection of open) connection.drain(reason);
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
        cut.push({
          remoteAddress: connection.remoteAddress,
          unsentBytes: connection.stats.bytesWaiting,
        });
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

/** Reads a proxy's header, which comes before TLS. */
async function readHeader(
  proxy: Connection,
  proxies: ProxyReader,
): Promise<Connection> {
  if (proxy.handshake === undefined) return await proxies.read(proxy);
  if (proxy.prepare === undefined) {
    proxy.abort();
    throw new TypeError(
      `Cannot read a proxy's header from ${proxy.remoteAddress}: the native TLS engine begins with the first byte`,
    );
  }
  await proxy.prepare((line) => proxies.read(line));
  return proxy;
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
    else await connection.flush();
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
