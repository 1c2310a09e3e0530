/**
 * A hub at work: what programs see of it, and its shutdown.
 *
 * @module
 */

import { INSPECT, type Inspect } from "../inspect.ts";
import type { MessageConnection } from "../session/messages/message_connection.ts";
import type { Server } from "../session/serving/server.ts";
import {
  graceOf,
  type ServerStats,
  type ShutdownOptions,
  type ShutdownReport,
} from "../session/serving/server_options.ts";
import type { Address } from "../transport/address.ts";
import type { TlsCertificate } from "../transport/tls/options.ts";
import type { RoomStats } from "./hub_event.ts";
import type { HubHome } from "./hub_home.ts";
import type { HubMember } from "./members/member.ts";

/** How a hub ended. */
export interface HubReport extends ShutdownReport {
  /** Published messages that the backbone did not accept in time. */
  readonly unpublished: number;
}

/** A hub, listening. */
export interface Hub extends AsyncDisposable {
  /** Names this hub among those that share its rooms. */
  readonly id: string;
  /** Where it listens, the first address if there are several. */
  readonly address: Address;
  /** Where it listens. */
  readonly addresses: readonly Address[];
  /** The connections that are open now. */
  readonly connections: ReadonlySet<MessageConnection>;
  /** The members of this moment. */
  readonly members: readonly HubMember[];
  /** The rooms that have members on this hub, and what went through them. */
  readonly rooms: readonly RoomStats[];
  /** What went over its connections. */
  readonly stats: ServerStats;
  /**
   * Resolves once the hub has shut down.
   *
   * @throws {unknown} Why the backbone failed for good, if it did.
   */
  readonly finished: Promise<HubReport>;

  /** As `setCertificate` of a server. */
  setCertificate(certificate: TlsCertificate): Promise<void>;

  /**
   * Stops accepting, tells the members, passes on what has arrived, writes what
   * waits for them, then leaves the backbone.
   *
   * @param options How long that may take.
   * @returns What finished and what was cut; the second call waits for the first.
   */
  shutdown(options?: ShutdownOptions): Promise<HubReport>;
}

/** A hub at work. */
export class RunningHub implements Hub {
  readonly finished: Promise<HubReport>;
  readonly #home: HubHome;
  readonly #server: Server<Uint8Array>;
  readonly #end = Promise.withResolvers<HubReport>();
  readonly #over = new AbortController();
  #stopped: Promise<HubReport> | undefined;

  constructor(home: HubHome, server: Server<Uint8Array>, signal?: AbortSignal) {
    this.#home = home;
    this.#server = server;
    this.finished = this.#end.promise;
    // It may fail before anything looks at it.
    this.finished.catch(() => {});
    home.onFailure = () => void this.shutdown();
    // A signal may outlive many hubs.
    signal?.addEventListener("abort", () => void this.shutdown(), {
      once: true,
      signal: this.#over.signal,
    });
  }

  get id(): string {
    return this.#home.hubId;
  }

  get address(): Address {
    return this.#server.address;
  }

  get addresses(): readonly Address[] {
    return this.#server.addresses;
  }

  get connections(): ReadonlySet<MessageConnection> {
    return this.#server.connections;
  }

  get members(): readonly HubMember[] {
    return [...this.#home.members];
  }

  get rooms(): readonly RoomStats[] {
    return [...this.#home.rooms].map(({ stats }) => stats);
  }

  get stats(): ServerStats {
    return this.#server.stats;
  }

  setCertificate(certificate: TlsCertificate): Promise<void> {
    return this.#server.setCertificate(certificate);
  }

  shutdown(options: ShutdownOptions = {}): Promise<HubReport> {
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
      id: this.id,
      addresses: this.addresses.map(String),
      members: this.#home.members.size,
      rooms: this.rooms,
    };
    return `Hub ${inspect(seen, options)}`;
  }

  toString(): string {
    return `Hub on ${this.addresses.join(" ")}`;
  }

  async #stop(graceMs: number): Promise<HubReport> {
    const home = this.#home;
    this.#over.abort();
    home.stop();
    const report = await this.#server.shutdown({ graceMs });
    const unpublished = await home.leave(graceMs);
    const whole = { ...report, unpublished };
    if (home.failure === undefined) this.#end.resolve(whole);
    else this.#end.reject(home.failure);
    return whole;
  }
}
