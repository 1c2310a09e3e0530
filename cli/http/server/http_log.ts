/**
 * The log of the service `http`: a line per request, besides those about
 * connections.
 *
 * @module
 */

import type { AnsweredEvent, HttpServerEvent } from "../../../lib/http/mod.ts";
import type { ConnectionStats } from "../../../mod.ts";
import { formatDuration } from "../../arguments/durations.ts";
import { errorText } from "../../output/error_text.ts";
import type { Log } from "../../output/log.ts";
import { ServerLog } from "../../server/server_log.ts";
import { formatSize } from "../../arguments/sizes.ts";

/** Turns the events of an HTTP server into lines of its log. */
export class HttpLog {
  readonly #log: Log;
  readonly #connections: ConnectionLog;

  /**
   * Creates it.
   *
   * @param worker Number of the worker, if there are several.
   */
  constructor(log: Log, worker?: number) {
    this.#log = log;
    this.#connections = new ConnectionLog(log, worker);
  }

  /** Logs an event. */
  event(event: HttpServerEvent): void {
    if (event.type === "answered") this.#answered(event);
    else this.#connections.event(event);
  }

  #answered(event: AnsweredEvent): void {
    const { bodyBytes, connection, error, method, status, target } = event;
    const text = error === undefined ? undefined : errorText(error);
    // A fault of the server is logged even with --quiet.
    if (this.#log.options.quiet) {
      if (status === 500) this.#log.now({ event: "fault", error: text }, text!);
      return;
    }
    const [named, mark] = this.#connections.requested(connection);
    const what = method === undefined ? "no request" : `${method} ${target}`;
    this.#log.soon(
      {
        event: "answered",
        ...named,
        peer: String(event.remoteAddress),
        method,
        target,
        version: event.version,
        status,
        bodyBytes,
        durationMs: Math.round(event.durationMs * 10) / 10,
        ...(text === undefined ? {} : { error: text }),
      },
      `${mark} ${what}: ${status}, ${formatSize(bodyBytes)} in ${
        formatDuration(event.durationMs)
      }${text === undefined ? "" : `; ${text}`}`,
    );
  }
}

/** The lines about connections, of which the reads and writes do not matter. */
class ConnectionLog extends ServerLog {
  readonly #requests = new WeakMap<object, number>();

  // A request that breaks HTTP has its answer, and any browser can send one.
  protected override tellsQuietly(): boolean {
    return false;
  }

  /** Counts a request, and names its connection. */
  requested(connection: object): readonly [fields: object, text: string] {
    this.#requests.set(connection, this.#requestsOf(connection) + 1);
    return this.nameOf(connection);
  }

  protected override traffic(
    connection: object,
    { bytesIn, bytesOut }: ConnectionStats,
  ): readonly [fields: object, text: string] {
    const requests = this.#requestsOf(connection);
    return [
      { requests, bytesIn, bytesOut },
      `${requests} request${requests === 1 ? "" : "s"}, in ${
        formatSize(bytesIn)
      }, out ${formatSize(bytesOut)}`,
    ];
  }

  #requestsOf(connection: object): number {
    return this.#requests.get(connection) ?? 0;
  }
}
