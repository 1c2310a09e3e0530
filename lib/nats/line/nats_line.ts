/**
 * The line to NATS: one connection at a time, to one of the servers.
 *
 * ```text
 *   open() ─► trying ──► attached ⇄ away        away: tried again without end
 *               │           │         │
 *               ▼           ▼         ▼
 *            thrown      failed ◄─────┘         for good
 *                    close() ─► closed, from everywhere
 * ```
 *
 * The client could connect again by itself. It does not here, for three reasons. It
 * drops without a word what is published meanwhile. Its pauses are measured with
 * the time of day, so that after a clock was set back by an hour it would wait for
 * an hour. And in the end it gives up.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ConnectionError } from "../../errors.ts";
import { SYSTEM_TIME, type Time } from "../../time/time.ts";
import { within } from "../../time/within.ts";
import { authenticatorOf } from "./credentials.ts";
import {
  closedLine,
  isRefusal,
  natsError,
  notThere,
  silent,
} from "./nats_errors.ts";
import type { NatsSettings } from "../nats_options.ts";
import { connectNats, type NatsConnection } from "./nats_transport.ts";
import { Servers } from "./servers.ts";

/** What the line tells its owner. */
export interface LineEvents {
  /**
   * A connection is there; the line is attached once the promise resolves. A
   * `TypeError` makes the line fail for good, any other error tries again.
   */
  prepare(connection: NatsConnection): Promise<void>;
  /** The line is attached. */
  attached(connection: NatsConnection, server: string): void;
  /** The connection is lost. */
  lost(error: unknown): void;
  /** The line is lost for good. */
  failed(error: unknown): void;
  /** All that waited to be written has been written. */
  drained(): void;
}

// Between two rounds through the servers; with a random quarter more or less, so
// that the hubs of a server that is back do not come all at once.
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

type State = "trying" | "attached" | "away" | "failed" | "closed";

/** The line to NATS. */
export class NatsLine {
  readonly #settings: NatsSettings;
  readonly #name: string;
  readonly #mostWaitingBytes: number;
  readonly #events: LineEvents;
  readonly #time: Time;
  readonly #ended = new AbortController();
  readonly #servers: Servers;
  #state: State = "trying";
  #connection: NatsConnection | undefined;

  constructor(
    settings: NatsSettings,
    name: string,
    mostWaitingBytes: number,
    events: LineEvents,
    time: Time = SYSTEM_TIME,
  ) {
    this.#settings = settings;
    this.#name = name;
    this.#mostWaitingBytes = mostWaitingBytes;
    this.#events = events;
    this.#time = time;
    this.#servers = new Servers(settings.servers);
  }

  /** The connection, while the line is attached. */
  get connection(): NatsConnection | undefined {
    return this.#state === "attached" ? this.#connection : undefined;
  }

  /** Aborted once the line has failed or is closed. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /**
   * Connects.
   *
   * @throws {ConnectionError} If no server was there within `retryMs`.
   * @throws {unknown} The signal's reason.
   */
  async open(signal?: AbortSignal): Promise<void> {
    const untilMs = this.#time.now() + this.#settings.retryMs;
    const signals = signal === undefined ? [] : [signal];
    try {
      await this.#attach(
        AbortSignal.any([...signals, this.#ended.signal]),
        untilMs,
      );
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Closes the connection without waiting for what is under way. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    if (this.#state !== "failed") this.#state = "closed";
    this.#ended.abort(closedLine());
    await connection?.nc.close();
  }

  /** Tries the servers until one is attached. */
  async #attach(signal: AbortSignal, untilMs = Infinity): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS;;) {
      const { length } = this.#servers;
      let error: unknown;
      let refusals = 0;
      for (let tried = 0; tried < length; tried++) {
        const server = this.#servers.next();
        try {
          return await this.#try(server, signal);
        } catch (why) {
          signal.throwIfAborted();
          if (why instanceof TypeError) throw why;
          if (isRefusal(why)) refusals++;
          error = natsError(why, "connect to", server);
        }
      }
      // Other servers of a cluster may know the user.
      if (refusals === length) throw error;
      if (this.#time.now() + pauseMs >= untilMs) {
        throw notThere(error, this.#settings);
      }
      if (this.#state === "trying") this.#settings.onRetry?.(error);
      await delay(pauseMs * (0.75 + Math.random() / 2), { signal });
      pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
    }
  }

  async #try(server: string, signal: AbortSignal): Promise<void> {
    const attempt = this.#connect(server);
    const limit = within(Infinity, signal, () => undefined, this.#time);
    let connection: NatsConnection | undefined;
    try {
      connection = await limit.race(attempt);
      // A server of a cluster tells where the others are.
      this.#servers.learn(connection.nc.info?.connect_urls ?? []);
      this.#connection = connection;
      await limit.race(this.#events.prepare(connection));
    } catch (error) {
      // An attempt cannot be cancelled; it ends within its time limit.
      attempt.then(({ nc }) => nc.close()).catch(() => {});
      throw error;
    } finally {
      limit.clear();
    }
    if (connection.nc.isClosed()) throw undefined;
    this.#state = "attached";
    this.#watch(connection, server);
    this.#events.attached(connection, server);
  }

  async #connect(server: string): Promise<NatsConnection> {
    const { connectTimeoutMs, credentials, pingIntervalMs, secure } =
      this.#settings;
    return await connectNats({
      servers: [server],
      secure,
      mostWaitingBytes: this.#mostWaitingBytes,
      drained: () => this.#events.drained(),
      name: this.#name,
      timeout: connectTimeoutMs,
      pingInterval: pingIntervalMs,
      maxPingOut: 2,
      reconnect: false,
      ignoreClusterUpdates: true,
      noAsyncTraces: true,
      ...credentials === undefined
        ? {}
        : { authenticator: authenticatorOf(credentials) },
    });
  }

  #watch(connection: NatsConnection, server: string): void {
    const { nc } = connection;
    let why: unknown;
    const watch = async () => {
      for await (const status of nc.status()) {
        if (status.type === "staleConnection") {
          why = silent(server, this.#settings);
        }
        if (status.type !== "error") continue;
        why = natsError(status.error, "use", server);
        // The server goes on without what it refused, and says nothing of it later.
        if (
          why instanceof ConnectionError && why.code === "permission_denied" &&
          !isRefusal(status.error)
        ) this.#fail(why);
      }
    };
    void watch();
    void nc.closed().then((error) => {
      if (this.#connection !== connection) return;
      this.#connection = undefined;
      this.#state = "away";
      this.#events.lost(why ?? natsError(error ?? undefined, "use", server));
      void this.#again();
    });
  }

  async #again(): Promise<void> {
    try {
      await this.#attach(this.#ended.signal);
    } catch (error) {
      if (!this.#ended.signal.aborted) this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#state === "failed" || this.#state === "closed") return;
    this.#state = "failed";
    this.#events.failed(error);
    void this.close();
  }
}
