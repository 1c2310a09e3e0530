/**
 * A running HTTP server.
 *
 * @module
 */

import type { FramedConnection } from "../../session/messages/framed_connection.ts";
import type { MessageConnection } from "../../session/messages/message_connection.ts";
import type { RunningServer } from "../../session/serving/running_server.ts";
import type { Server } from "../../session/serving/server.ts";
import type {
  ServerStats,
  ShutdownOptions,
  ShutdownReport,
} from "../../session/serving/server_options.ts";
import type { Address } from "../../transport/address.ts";
import type { TlsCertificate } from "../../transport/tls/options.ts";
import type { HttpServing } from "./http_serving.ts";

/** What went over an HTTP server so far. */
export interface HttpServerStats extends ServerStats {
  /** Requests whose head was read. */
  readonly requests: number;
}

/**
 * A running HTTP server: as any server, and it counts requests.
 *
 * A shutdown closes idle connections at once. A request that has begun to arrive
 * is answered, with `Connection: close`.
 */
export interface HttpServer extends Server<Uint8Array> {
  /** What went over the server so far. */
  readonly stats: HttpServerStats;
}

/** An HTTP server at work. */
export class RunningHttpServer implements HttpServer {
  readonly #server: RunningServer<
    Uint8Array,
    FramedConnection<Uint8Array>
  >;
  readonly #serving: HttpServing;

  /**
   * Puts HTTP on a server.
   *
   * @param server The server.
   * @param serving What its connections share.
   */
  constructor(
    server: RunningServer<
      Uint8Array,
      FramedConnection<Uint8Array>
    >,
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

  get connections(): ReadonlySet<MessageConnection<Uint8Array>> {
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
}
