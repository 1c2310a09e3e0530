/**
 * UDP: messages without connections, one in each datagram.
 *
 * ```text
 *              TCP                         UDP
 * order        as sent                     any
 * lost         never without an error      silently
 * twice        never                       now and then
 * boundaries   by a framing                the datagram's own
 * largest      maxMessageBytes             65,507 bytes, safely 1,200
 * absent peer  refused                     silence
 * ```
 *
 * The runtime has UDP only when it is started with `--unstable-net`, or with
 * `"unstable": ["net"]` in your `deno.json`. Permissions: `--allow-net` for the
 * address that is bound and for each address that is sent to.
 *
 * A request that is sent again may be answered twice, and late. If your messages
 * carry a number, the option `accepts` of `request` tells which answer belongs to
 * which request.
 *
 * @example A request, sent again when no answer comes
 * ```ts
 * import { bindUdp, serveDatagrams } from "@parley/parley/udp";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { encoding: "json" } as const;
 * await using server = await serveDatagrams(
 *   "udp://127.0.0.1:0",
 *   options,
 *   (question, from, socket) => socket.send({ echo: question }, from),
 * );
 *
 * await using client = bindUdp("udp://127.0.0.1:0", options);
 * const answer = await client.request({ id: 1 }, server.address, {
 *   attempts: 5,
 *   timeoutMs: 200,
 * });
 * assertEquals(answer, { echo: { id: 1 } });
 * ```
 *
 * @module
 */

export {
  type DatagramEndpoint,
  type DatagramEndpointOptions,
  MAX_IPV4_DATAGRAM_BYTES,
  MAX_IPV6_DATAGRAM_BYTES,
  type MulticastMembership,
  type MulticastOptions,
  type ReceivedDatagram,
} from "../../transport/datagram_endpoint.ts";
export type {
  Datagram,
  DatagramEvent,
  DatagramOptions,
  DatagramStats,
} from "./datagram_options.ts";
export { bindUdp } from "./bind_udp.ts";
export { DatagramSocket } from "./datagram_socket.ts";
export {
  type DatagramRequestOptions,
  DEFAULT_ATTEMPTS,
} from "./request_options.ts";
export type {
  DatagramHandler,
  DatagramServer,
  DatagramServerEvent,
  DatagramServerStats,
  ServeDatagramsOptions,
} from "./datagram_server.ts";
export { serveDatagrams } from "./serve_datagrams.ts";
