/**
 * Sends single requests, on connections that wait or on new ones.
 *
 * @module
 */

import { checkDuration, checkSize } from "../../check.ts";
import { ClosedError } from "../../errors.ts";
import {
  connectionUse,
  HttpClientConnection,
} from "./connection/client_connection.ts";
import { IdleConnections } from "./connection/idle_connections.ts";
import { type Answer, mayAskAgain } from "./follow_up.ts";
import {
  DEFAULT_CLIENT_KEEP_ALIVE_MS,
  DEFAULT_MAX_IDLE_CONNECTIONS,
  DEFAULT_MAX_IDLE_PER_ORIGIN,
  type HttpClientOptions,
  type HttpDialOptions,
} from "./options.ts";
import type { OutgoingRequest } from "./request/outgoing_request.ts";
import type { RequestSettings } from "./request_settings.ts";
import { RunningRequest } from "./running_request.ts";

/** Sends the requests of one client. */
export class RequestSender {
  readonly #options: HttpClientOptions;
  readonly #idle: IdleConnections;
  readonly #keepsAlive: boolean;
  #isClosed = false;

  /**
   * Connects nothing yet.
   *
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(options: HttpClientOptions) {
    const {
      keepAliveTimeoutMs = DEFAULT_CLIENT_KEEP_ALIVE_MS,
      maxIdleConnections = DEFAULT_MAX_IDLE_CONNECTIONS,
      maxIdlePerOrigin = DEFAULT_MAX_IDLE_PER_ORIGIN,
    } = options;
    checkDuration("keepAliveTimeoutMs", keepAliveTimeoutMs);
    checkSize("maxIdleConnections", maxIdleConnections);
    checkSize("maxIdlePerOrigin", maxIdlePerOrigin);
    this.#options = options;
    this.#keepsAlive = maxIdleConnections > 0 && maxIdlePerOrigin > 0;
    this.#idle = new IdleConnections({
      keepAliveTimeoutMs,
      maxIdleConnections,
      maxIdlePerOrigin,
    });
  }

  /**
   * Sends one request, if need be twice. A server that only a redirect has named
   * does not get the client's certificate.
   *
   * @param isFirstOrigin Whether the program named the server, and no redirect.
   * @returns The request and the head of its response.
   * @throws As `HttpClient.request`.
   */
  async send(
    request: OutgoingRequest,
    settings: RequestSettings,
    isFirstOrigin: boolean,
  ): Promise<Answer> {
    const { target } = request;
    try {
      if (this.#isClosed) {
        throw new ClosedError({
          action: "request",
          address: target.name,
          reason: "the client was closed",
        });
      }
      const dialOptions = isFirstOrigin
        ? this.#options
        : anonymous(this.#options);
      const use = connectionUse(target, dialOptions);
      // A tunnel keeps its connection, and CONNECT must not be sent twice if an
      // idle one has just been closed.
      const idle = request.authority === undefined
        ? this.#idle.take(use)
        : undefined;
      if (idle !== undefined) {
        const running = this.#run(idle, request, settings);
        try {
          return { running, head: await running.begin() };
        } catch (error) {
          if (!mayAskAgain(running, error)) throw error;
        }
      }
      const connection = await HttpClientConnection.open(
        target,
        use,
        dialOptions,
        settings.signal,
      );
      const running = this.#run(connection, request, settings);
      return { running, head: await running.begin() };
    } catch (error) {
      request.body?.discard(error);
      throw error;
    }
  }

  /** Closes the connections that wait, and sends nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#idle.close();
  }

  #run(
    connection: HttpClientConnection,
    request: OutgoingRequest,
    settings: RequestSettings,
  ): RunningRequest {
    const asked = this.#keepsAlive ? request : request.asLast();
    return new RunningRequest(
      connection,
      asked,
      settings,
      (connection) => this.#release(connection),
    );
  }

  async #release(connection: HttpClientConnection): Promise<void> {
    if (!this.#keepsAlive || this.#isClosed || !connection.isFree) {
      return await connection.close();
    }
    this.#idle.put(connection);
  }
}

/** The options without the server's name and the client's certificate. */
function anonymous(options: HttpDialOptions): HttpDialOptions {
  const { cert: _cert, key: _key, serverName: _name, ...rest } = options;
  return rest;
}
