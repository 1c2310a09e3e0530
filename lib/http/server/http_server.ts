/**
 * A running HTTP server.
 *
 * @module
 */

import { INSPECT, type Inspect } from "../../inspect.ts";
import type { RunningServer } from "../../session/serving/running_server.ts";
import type { Server, ServerConnection } from "../../session/serving/server.ts";
import type {
  ServerStats,
  ShutdownOptions,
  ShutdownReport,
} from "../../session/serving/server_options.ts";
import type { Address } from "../../transport/address.ts";
import type { TlsCertificate } from "../../transport/tls/options.ts";
import type { HttpServing } from "./http_serving.ts";
import type { HttpSession } from "./http_session.ts";

/** What went over an HTTP server so far. */
export interface HttpServerStats extends ServerStats {
  /** Requests whose head was read. */
  readonly requests: number;
}

/**
 * One connection of an HTTP server. In its `stats` a message is a request or a
 * response.
 */
export interface HttpServerConnection extends ServerConnection {
  /** How many requests came over it so far. */
  readonly requests: number;
}

/**
 * A running HTTP server: as any server, and it counts requests.
 *
 * A shutdown closes idle connections at once. A request that has begun to arrive
 * is answered, with `Connection: close`.
 */
export interface HttpServer extends Server<Uint8Array, HttpServerConnection> {
  /** What went over the server so far. */
  readonly stats: HttpServerStats;
}

/** An HTTP server at work. */
export class RunningHttpServer implements HttpServer {
  readonly #server: RunningServer<Uint8Array, HttpSession>;
  readonly #serving: HttpServing;

  /**
   * Puts HTTP on a server.
   *
   * @param server The server.
   * @param serving What its connections share.
   */
  constructor(
    server: RunningServer<Uint8Array, HttpSession>,
    serving: HttpServing,
  ) {
    this.#server = server;
    this.#serving = serving;
  }

  get address(): Address {
    return this.#server.address;
  }

  get addresses(): readonly Address[] {
    return this.#server.addresses;
  }

  get connections(): ReadonlySet<HttpServerConnection> {
    return this.#server.connections;
  }

  get finished(): Promise<ShutdownReport> {
    return this.#server.finished;
  }

  get stats(): HttpServerStats {
    return { ...this.#server.stats, requests: this.#serving.requests };
  }

  setCertificate(certificate: TlsCertificate): Promise<void> {
    return this.#server.setCertificate(certificate);
  }

  shutdown(options?: ShutdownOptions): Promise<ShutdownReport> {
    return this.#server.shutdown(options);
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
    return `HttpServer ${inspect(seen, options)}`;
  }

  toString(): string {
    return `HttpServer on ${this.addresses.join(" ")}`;
  }
}
