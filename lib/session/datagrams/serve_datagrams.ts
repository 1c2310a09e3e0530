/**
 * A server of datagrams: gives each to a handler.
 *
 * @module
 */

import { checkOneOf, checkSize } from "../../check.ts";
import type { EncodingLike, MessageOf, SentOf } from "../../encoding/parse.ts";
import type { Address } from "../../transport/address.ts";
import type { DatagramEndpoint } from "../../transport/datagram_endpoint.ts";
import { SYSTEM_TIME, type Time } from "../../time/time.ts";
import { bindUdp } from "./bind_udp.ts";
import { DatagramSettings } from "./datagram_options.ts";
import {
  type DatagramHandler,
  type DatagramServer,
  DEFAULT_MAX_HANDLERS,
  type ServeDatagramsOptions,
} from "./datagram_server.ts";
import type { DatagramSocket } from "./datagram_socket.ts";
import { EncodedSocket } from "./encoded_socket.ts";
import { RunningDatagramServer } from "./running_datagram_server.ts";

/**
 * Binds a UDP socket and gives each datagram to a handler. As
 * {@linkcode bindUdp}, it needs `--unstable-net`.
 *
 * Handlers of several datagrams run at the same time, so replies may leave in
 * another order than the datagrams came.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 * @param address Where to receive, such as `"udp://127.0.0.1:9001"`; port 0 asks
 * the system for one; or an endpoint, which the server then owns.
 * @param options Encoding, limits, socket options.
 * @param handler Handles one datagram.
 * @returns The server, receiving already.
 * @throws {TypeError} If the address or the encoding is invalid, or the runtime was
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
export function serveDatagrams<E extends EncodingLike = "bytes">(
  address: string | Address | DatagramEndpoint,
  options: ServeDatagramsOptions<E>,
  handler: DatagramHandler<MessageOf<E>, SentOf<E>>,
): Promise<DatagramServer<MessageOf<E>, SentOf<E>>>;
/**
 * As above, with bytes for messages and every default.
 *
 * @param address Where to receive, or an endpoint.
 * @param handler Handles one datagram.
 * @returns The server, receiving already.
 */
export function serveDatagrams(
  address: string | Address | DatagramEndpoint,
  handler: DatagramHandler,
): Promise<DatagramServer>;
export function serveDatagrams<T, S>(
  address: string | Address | DatagramEndpoint,
  optionsOrHandler: ServeDatagramsOptions<EncodingLike> | DatagramHandler<T, S>,
  handlerAfterOptions?: DatagramHandler<T, S>,
): Promise<DatagramServer<T, S>> {
  const [options, handler] = typeof optionsOrHandler === "function"
    ? [{}, optionsOrHandler]
    : [optionsOrHandler, handlerAfterOptions!];
  return startDatagramServer(address, options, handler, SYSTEM_TIME);
}

/** As {@linkcode serveDatagrams}, with the source of time. */
// deno-lint-ignore require-await -- failures reach the caller in one way
export async function startDatagramServer<T, S>(
  address: string | Address | DatagramEndpoint,
  options: ServeDatagramsOptions<EncodingLike>,
  handler: DatagramHandler<T, S>,
  time: Time,
): Promise<DatagramServer<T, S>> {
  const { maxHandlers = DEFAULT_MAX_HANDLERS, signal, whenFull } = options;
  checkSize("maxHandlers", maxHandlers, 1);
  if (whenFull !== undefined) {
    checkOneOf("whenFull", whenFull, ["wait", "drop"]);
  }
  signal?.throwIfAborted();
  const socket = typeof address === "object" && "receive" in address
    ? new EncodedSocket<T, S>(
      address,
      new DatagramSettings<T, S>(options, time),
    )
    : bindUdp(address, options) as DatagramSocket<T, S>;
  return new RunningDatagramServer(
    socket,
    options,
    maxHandlers,
    handler,
    time,
  );
}
