/**
 * What all connections of an HTTP server share.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type {
  AnsweredEvent,
  HttpServerSettings,
} from "./http_server_options.ts";
import type { HttpConnectHandler } from "./request/connect_info.ts";
import type { HttpRequestInfo } from "./request/request_info.ts";

/**
 * Answers one request.
 *
 * @param request The request. Its body has to be read before the response ends:
 * what is left then is dropped.
 * @param info What the wire said beyond it.
 * @returns The response; a new one for every request.
 */
export type HttpHandler = (
  request: Request,
  info: HttpRequestInfo,
) => Response | Promise<Response>;

/** What all connections of a server share. */
export interface HttpServing {
  /** Limits and deadlines. */
  readonly settings: HttpServerSettings;
  /** The clock of the deadlines; none if nothing has one. */
  readonly clock: Clock | undefined;
  /** Answers. */
  readonly handler: HttpHandler;
  /** Answers requests for a tunnel; refused with 501 without it. */
  readonly onConnect: HttpConnectHandler | undefined;
  /** Called with every answer. */
  readonly onAnswered: ((event: AnsweredEvent) => void) | undefined;
  /** How many requests came so far. */
  requests: number;
}
