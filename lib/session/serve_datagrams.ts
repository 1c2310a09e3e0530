/**
 * A server of datagrams: gives each to a handler.
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
import type { Address } from "../transport/address.ts";
import type { DatagramEndpoint } from "../transport/datagram_endpoint.ts";
import type {
  Datagram,
  DatagramEvent,
  DatagramOptions,
  DatagramStats,
} from "./datagram_options.ts";
import { bindUdp, DatagramSocket } from "./datagrams.ts";
import {
  type CutConnection,
  graceOf,
  type ShutdownOptions,
  type ShutdownReport,
} from "./server_options.ts";
import { within } from "./within.ts";

/**
 * The default of {@linkcode ServeDatagramsOptions.maxHandlers}: 1,000, at most
 * 64 MiB of messages being handled.
 */
export const DEFAULT_MAX_HANDLERS: number = 1_000;

// As the accept loop: a failure that passes is not to burn a core meanwhile.
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Handles one datagram. When it throws, that datagram is lost and the others go
 * on.
 *
 * @typeParam T Type of a message.
 * @param message The message.
 * @param from Who sent it, or so it says.
 * @param socket The server's socket, to answer with; its `signal` is aborted
 * when the server shuts down.
 */
export type DatagramHandler<T = Uint8Array> = (
  message: T,
  from: Address,
  socket: DatagramSocket<T>,
) => Promise<void> | void;

/** Something that happened on a datagram server; `type` tells what. */
export type DatagramServerEvent =
  | DatagramEvent
  | {
    /** A handler threw. */
    readonly type: "failed";
    /** Whose datagram it was handling. */
    readonly from: Address;
    /** What it threw. */
    readonly error: unknown;
  }
  | {
    /** Nothing can be received for the moment; it is tried again. */
    readonly type: "paused";
    /** Where. */
    readonly address: Address;
    /** Why. */
    readonly error: unknown;
  }
  | {
    /** Datagrams are received again. */
    readonly type: "resumed";
    /** Where. */
    readonly address: Address;
  };

/**
 * Options for {@linkcode serveDatagrams}.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 */
export interface ServeDatagramsOptions<E extends EncodingLike = "bytes">
  extends Omit<DatagramOptions<E>, "onEvent"> {
  /**
   * Most handlers at once; `Infinity` for no bound.
   *
   * @default {1_000}
   */
  readonly maxHandlers?: number;
  /**
   * Called for everything worth a line in a log. It must not throw.
   *
   * @default {failed handlers are reported with `console.error`}
   */
  readonly onEvent?: (event: DatagramServerEvent) => void;
  /** Shuts the server down when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /**
   * What happens to one datagram more than there may be handlers: it waits in
   * the system's queue, which drops what does not fit and tells nobody, or it is
   * dropped here, counted and reported.
   *
   * @default {"wait"}
   */
  readonly whenFull?: "wait" | "drop";
}

/** What went over a datagram server so far. */
export interface DatagramServerStats extends DatagramStats {
  /** Datagrams whose handler threw. */
  readonly failed: number;
  /** Datagrams that are being handled. */
  readonly handling: number;
}

/**
 * A running server of datagrams.
 *
 * @typeParam T Type of a message.
 */
export interface DatagramServer<T = Uint8Array> extends AsyncDisposable {
  /** Where it receives. */
  readonly address: Address;
  /** Resolves once the server has shut down, with who was cut. */
  readonly finished: Promise<ShutdownReport>;
  /** Its socket, for example to join a multicast group. */
  readonly socket: DatagramSocket<T>;
  /** What went over the server so far. */
  readonly stats: DatagramServerStats;

  /**
   * Stops receiving, lets handlers finish, then closes the socket. The socket's
   * `signal` is aborted; datagrams that no handler has begun with are lost.
   *
   * @param options How long they may take.
   * @returns How many finished and who was cut; the second call waits for the
   * first.
   */
  shutdown(options?: ShutdownOptions): Promise<ShutdownReport>;
}

/**
 * Binds a UDP socket and gives each datagram to a handler. As
 * {@linkcode bindUdp}, it needs `--unstable-net`.
 *
 * Handlers of several datagrams run at the same time, so answers may leave in
 * another order than questions came.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 * @param address Where to receive, such as `"udp://127.0.0.1:9001"`; port 0 asks
 * the system for one; or an endpoint, which the server then owns.
 * @param options Encoding, limits, socket options.
 * @param handler Handles one datagram.
 * @returns The server, receiving already.
 * @throws {TypeError} If the address or the encoding is none, or the runtime was
 * started without `--unstable-net`.
 * @throws {RangeError} If a number is out of its range.
 * @throws {ConnectionError} If the system refuses the address.
 *
 * @example A server of upper-case text
 * ```ts
 * import { bindUdp, serveDatagrams } from "@parley/parley/udp";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { encoding: "text" } as const;
 * await using server = await serveDatagrams(
 *   "udp://127.0.0.1:0",
 *   options,
 *   (message, from, socket) => socket.send(message.toUpperCase(), from),
 * );
 *
 * await using client = bindUdp("udp://127.0.0.1:0", options);
 * assertEquals(await client.request("hello", server.address), "HELLO");
 * ```
 */
// deno-lint-ignore require-await -- failures reach the caller in one way
export async function serveDatagrams<E extends EncodingLike = "bytes">(
  address: string | Address | DatagramEndpoint,
  options: ServeDatagramsOptions<E>,
  handler: DatagramHandler<MessageOf<E>>,
): Promise<DatagramServer<MessageOf<E>>> {
  const { maxHandlers = DEFAULT_MAX_HANDLERS, signal } = options;
  if (
    maxHandlers !== Infinity &&
    !(Number.isInteger(maxHandlers) && maxHandlers >= 1)
  ) {
    throw new RangeError(
      `Cannot use maxHandlers of ${maxHandlers}: it must be an integer of at least 1, or Infinity`,
    );
  }
  signal?.throwIfAborted();
  const socket = typeof address === "object" && "receive" in address
    ? new DatagramSocket<MessageOf<E>>(address, options)
    : bindUdp(address, options);
  return new RunningDatagramServer(socket, options, maxHandlers, handler);
}

class RunningDatagramServer<T> implements DatagramServer<T> {
  readonly finished: Promise<ShutdownReport>;
  readonly socket: DatagramSocket<T>;
  readonly #handler: DatagramHandler<T>;
  readonly #handling = new Set<Datagram<T>>();
  readonly #maxHandlers: number;
  readonly #onEvent: ((event: DatagramServerEvent) => void) | undefined;
  readonly #onSignal = () => void this.shutdown();
  readonly #signal: AbortSignal | undefined;
  readonly #waits: boolean;
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;
  readonly #finish: (report: ShutdownReport) => void;
  #dropped = 0;
  #failed = 0;
  #shutdown: Promise<ShutdownReport> | undefined;
  #whenFree: (() => void) | undefined;
  #whenEmpty: (() => void) | undefined;

  constructor(
    socket: DatagramSocket<T>,
    options: ServeDatagramsOptions<EncodingLike>,
    maxHandlers: number,
    handler: DatagramHandler<T>,
  ) {
    this.socket = socket;
    this.#handler = handler;
    this.#maxHandlers = maxHandlers;
    this.#onEvent = options.onEvent;
    this.#signal = options.signal;
    this.#waits = options.whenFull !== "drop";
    const { promise, resolve } = Promise.withResolvers<ShutdownReport>();
    this.finished = promise;
    this.#finish = resolve;
    this.#signal?.addEventListener("abort", this.#onSignal);
    this.#loop = this.#receive();
  }

  get address(): Address {
    return this.socket.address;
  }

  get stats(): DatagramServerStats {
    const { stats } = this.socket;
    return {
      ...stats,
      dropped: stats.dropped + this.#dropped,
      failed: this.#failed,
      handling: this.#handling.size,
    };
  }

  shutdown(options: ShutdownOptions = {}): Promise<ShutdownReport> {
    const graceMs = graceOf(options);
    this.#shutdown ??= this.#stop(graceMs);
    return this.#shutdown;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  async #receive(): Promise<void> {
    let pauseMs = 0;
    while (!this.#stopping.signal.aborted) {
      if (this.#waits && this.#handling.size >= this.#maxHandlers) {
        await new Promise<void>((resolve) => this.#whenFree = resolve);
        continue;
      }
      try {
        const datagram = await this.socket.receive();
        if (datagram === undefined) break;
        if (pauseMs > 0) this.#tell({ type: "resumed", address: this.address });
        pauseMs = 0;
        this.#admit(datagram);
      } catch (error) {
        if (this.socket.signal.aborted) break;
        if (pauseMs === 0) {
          this.#tell({ type: "paused", address: this.address, error });
        }
        pauseMs = Math.min(
          LONGEST_PAUSE_MS,
          Math.max(FIRST_PAUSE_MS, 2 * pauseMs),
        );
        await this.#pause(pauseMs);
      }
    }
    // A handler that closes the socket ends the server.
    void this.shutdown();
  }

  #admit(datagram: Datagram<T>): void {
    const { message, from, bytes } = datagram;
    if (this.#handling.size >= this.#maxHandlers) {
      this.#dropped++;
      const reason =
        `${this.#handling.size} of ${this.#maxHandlers} handlers are busy (maxHandlers)`;
      return this.#tell({ type: "dropped", from, bytes, reason });
    }
    try {
      const handled = this.#handler(message, from, this.socket);
      if (!(handled instanceof Promise)) return;
      this.#handling.add(datagram);
      handled.then(
        () => this.#handled(datagram),
        (error) => this.#handled(datagram, error, true),
      );
    } catch (error) {
      this.#fail(from, error);
    }
  }

  #handled(datagram: Datagram<T>, error?: unknown, hasFailed = false): void {
    this.#handling.delete(datagram);
    if (hasFailed) this.#fail(datagram.from, error);
    this.#whenFree?.();
    if (this.#handling.size === 0) this.#whenEmpty?.();
  }

  #fail(from: Address, error: unknown): void {
    this.#failed++;
    this.#tell({ type: "failed", from, error });
  }

  #tell(event: DatagramServerEvent): void {
    if (this.#onEvent !== undefined) this.#onEvent(event);
    else if (event.type === "failed" && isOurs(event.error)) {
      // As Deno.serve does: a failure that nobody sees is worse than a line.
      // deno-lint-ignore no-console
      console.error("A datagram's handler failed:", event.error);
    }
  }

  async #pause(ms: number): Promise<void> {
    const limit = within(ms, this.#stopping.signal, () => undefined);
    await limit.race(new Promise(() => {})).catch(() => {});
    limit.clear();
  }

  async #stop(graceMs: number): Promise<ShutdownReport> {
    this.#signal?.removeEventListener("abort", this.#onSignal);
    this.#stopping.abort();
    this.#whenFree?.();
    this.socket.drain(new ClosedError("The server is shutting down"));
    await this.#loop;
    const open = this.#handling.size;
    const cut = await this.#cutAfter(graceMs);
    await this.socket.close();
    const report = { finished: open - cut.length, cut };
    this.#finish(report);
    return report;
  }

  /** Waits for the handlers; closes the socket under those that are left. */
  async #cutAfter(graceMs: number): Promise<CutConnection[]> {
    if (this.#handling.size === 0) return [];
    const limit = within(graceMs, undefined, () => undefined);
    try {
      await limit.race(
        new Promise<void>((resolve) => this.#whenEmpty = resolve),
      );
      return [];
    } catch {
      // The time is over, the only thing that this limit throws.
      this.socket.abort(
        new ClosedError(
          `The datagram socket on ${this.address} was closed: the server shut down and ${graceMs} ms were over`,
        ),
      );
      return [...this.#handling].map(({ from }) => ({
        remoteAddress: from,
        unsentBytes: 0,
      }));
    } finally {
      limit.clear();
    }
  }
}

/** Whether a failure is the handler's own and not a peer's or the network's. */
function isOurs(error: unknown): boolean {
  return !(error instanceof ProtocolError || error instanceof TimeoutError ||
    error instanceof ConnectionError || error instanceof ClosedError);
}
