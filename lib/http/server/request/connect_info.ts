/**
 * A request for a tunnel (CONNECT), as its handler gets it.
 *
 * @module
 */

import {
  SwitchingResponse,
  type TakeConnection,
} from "../response/switching_response.ts";
import type { RequestHead } from "../../wire/events.ts";
import {
  type HttpRequestInfo,
  RequestInfo,
  type RequestOrigin,
} from "./request_info.ts";
import type { RequestSignal } from "./request_signal.ts";

/**
 * A request for a tunnel. It takes the place of a `Request`, which cannot have
 * the method CONNECT.
 */
export interface HttpConnectInfo extends Omit<HttpRequestInfo, "upgrade"> {
  /** Host and port that the tunnel shall lead to, such as `"example.org:443"`. */
  readonly target: string;
  /** Aborted if the link to the client is lost before the answer. */
  readonly signal: AbortSignal;

  /**
   * Opens the tunnel (RFC 9110 section 9.3.6). Return the response from the
   * handler.
   *
   * @param take Takes over the connection once the response was sent. It owns
   * the connection until its promise settles. What the client sent behind its
   * request is read first.
   * @param headers Further fields of the response.
   * @returns The response, of status 200.
   */
  tunnel(take: TakeConnection, headers?: HeadersInit): Response;
}

/**
 * Answers one request for a tunnel.
 *
 * @param info The request.
 * @returns What {@linkcode HttpConnectInfo.tunnel} made; or a response of status 300
 * or above, which refuses the tunnel.
 */
export type HttpConnectHandler = (
  info: HttpConnectInfo,
) => Response | Promise<Response>;

/** The information about one request for a tunnel. */
export class ConnectInfo extends RequestInfo implements HttpConnectInfo {
  readonly #ended: RequestSignal;

  constructor(
    origin: RequestOrigin,
    head: RequestHead,
    text: { readonly headText: string },
    ordinal: number,
    ended: RequestSignal,
  ) {
    super(origin, head, text, ordinal);
    this.#ended = ended;
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  tunnel(take: TakeConnection, headers?: HeadersInit): Response {
    return new SwitchingResponse(200, headers, take);
  }
}
