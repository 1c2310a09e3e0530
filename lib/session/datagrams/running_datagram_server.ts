/**
 * A server of datagrams while it runs: receive, call the handler, go on whatever
 * happens, and end.
 *
 * ```text
 *   receiving ⇄ paused      after a failure of the system, 100 ms growing to 1 s
 *       │          │
 *       └── shutdown() ──► finishing ── handlers done, or the grace over ──► finished
 * ```
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
import { INSPECT, type Inspect } from "../../inspect.ts";
import { type Member, Roster } from "../../roster.ts";
import type { Address } from "../../transport/address.ts";
import type { Datagram } from "./datagram_options.ts";
import type {
  DatagramHandler,
  DatagramServer,
  DatagramServerEvent,
  DatagramServerStats,
  ServeDatagramsOptions,
} from "./datagram_server.ts";
import type { DatagramSocket } from "./datagram_socket.ts";
import { closedError } from "./socket_lifecycle.ts";
import {
  type CutConnection,
  graceOf,
  type ShutdownOptions,
  type ShutdownReport,
} from "../serving/server_options.ts";
import { Outage } from "../../time/outage.ts";
import type { Time } from "../../time/time.ts";
import { within } from "../../time/within.ts";

/** A datagram whose handler has not returned. */
interface Handling extends Member {
  readonly from: Address;
}

/** A server that receives from the moment it is made. */
export class RunningDatagramServer<T, S> implements DatagramServer<T, S> {
  readonly finished: Promise<ShutdownReport>;
  readonly socket: DatagramSocket<T, S>;
  readonly #handler: DatagramHandler<T, S>;
  readonly #handling = new Roster<Handling>();
  readonly #maxHandlers: number;
  readonly #onEvent: ((event: DatagramServerEvent) => void) | undefined;
  readonly #onSignal = () => void this.shutdown();
  readonly #signal: AbortSignal | undefined;
  readonly #time: Time;
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
    socket: DatagramSocket<T, S>,
    options: ServeDatagramsOptions<EncodingLike>,
    maxHandlers: number,
    handler: DatagramHandler<T, S>,
    time: Time,
  ) {
    this.socket = socket;
    this.#handler = handler;
    this.#maxHandlers = maxHandlers;
    this.#onEvent = options.onEvent;
    this.#signal = options.signal;
    this.#time = time;
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

  /** What `console.log` shows. */
  [INSPECT](_depth: number, options: unknown, inspect: Inspect): string {
    const seen = { address: String(this.address), stats: this.stats };
    return `DatagramServer ${inspect(seen, options)}`;
  }

  toString(): string {
    return `DatagramServer on ${this.address}`;
  }

  async #receive(): Promise<void> {
    const outage = new Outage(this.#stopping.signal, this.#time);
    while (!this.#stopping.signal.aborted) {
      if (this.#waits && this.#handling.size >= this.#maxHandlers) {
        await new Promise<void>((resolve) => this.#whenFree = resolve);
        continue;
      }
      try {
        const datagram = await this.socket.receive();
        if (datagram === undefined) break;
        if (outage.ends()) {
          this.#tell({ type: "resumed", address: this.address });
        }
        this.#admit(datagram);
      } catch (error) {
        if (this.socket.signal.aborted) break;
        if (outage.begins()) {
          this.#tell({ type: "paused", address: this.address, error });
        }
        await outage.pause();
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
        `${this.#handling.size} of ${this.#maxHandlers} handlers are busy`;
      const option = "maxHandlers";
      return this.#tell({ type: "dropped", from, bytes, reason, option });
    }
    try {
      const handled = this.#handler(message, from, this.socket);
      if (!(handled instanceof Promise)) return;
      const handling: Handling = { from, place: -1 };
      this.#handling.add(handling);
      handled.then(
        () => this.#handled(handling),
        (error) => this.#handled(handling, error, true),
      );
    } catch (error) {
      this.#fail(from, error);
    }
  }

  #handled(handling: Handling, error?: unknown, hasFailed = false): void {
    this.#handling.delete(handling);
    if (hasFailed) this.#fail(handling.from, error);
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
      // As Deno.serve does: a failure without a trace is worse than a line.
      // deno-lint-ignore no-console
      console.error("A datagram's handler failed:", event.error);
    }
  }

  async #stop(graceMs: number): Promise<ShutdownReport> {
    this.#signal?.removeEventListener("abort", this.#onSignal);
    this.#stopping.abort();
    this.#whenFree?.();
    this.socket.drain(
      closedError(this.address, "the server is shutting down"),
    );
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
    const limit = within(graceMs, undefined, () => undefined, this.#time);
    try {
      await limit.race(
        new Promise<void>((resolve) => this.#whenEmpty = resolve),
      );
      return [];
    } catch {
      // The time is over, the only thing that this limit throws.
      this.socket.abort(
        new ClosedError({
          address: String(this.address),
          reason: `the server shut down, and ${graceMs} ms were over`,
          option: "graceMs",
        }),
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

/** Whether the handler itself failed, and not a peer or the network. */
function isOurs(error: unknown): boolean {
  return !(error instanceof ProtocolError || error instanceof TimeoutError ||
    error instanceof ConnectionError || error instanceof ClosedError);
}
