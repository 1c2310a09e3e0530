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
 * address that is bound and for each that is sent to.
 *
 * @example Asking, with another attempt when there is no answer
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

export type { Encoding, ValueDecoder } from "../../encoding/encoding.ts";
export type { JsonValue } from "../../encoding/json.ts";
export type { EncodingLike, MessageOf } from "../../encoding/parse.ts";
export { Address, type Transport } from "../../transport/address.ts";
export {
  type DatagramEndpoint,
  type DatagramEndpointOptions,
  MAX_IPV4_DATAGRAM_BYTES,
  MAX_IPV6_DATAGRAM_BYTES,
  type MulticastMembership,
  type MulticastOptions,
  type ReceivedDatagram,
} from "../../transport/datagram_endpoint.ts";
export {
  type Datagram,
  type DatagramEvent,
  type DatagramOptions,
  type DatagramStats,
  DEFAULT_MAX_QUEUED_BYTES,
  DEFAULT_MAX_QUEUED_DATAGRAMS,
} from "./datagram_options.ts";
export { bindUdp } from "./bind_udp.ts";
export { DatagramSocket } from "./datagram_socket.ts";
export type { ReceiveOptions } from "../messages/receive_options.ts";
export {
  DEFAULT_REQUEST_ATTEMPTS,
  DEFAULT_REQUEST_TIMEOUT_MS,
  type RequestOptions,
} from "./request_options.ts";
export {
  type DatagramHandler,
  type DatagramServer,
  type DatagramServerEvent,
  type DatagramServerStats,
  DEFAULT_MAX_HANDLERS,
  type ServeDatagramsOptions,
} from "./datagram_server.ts";
export { serveDatagrams } from "./serve_datagrams.ts";
export type {
  CutConnection,
  ShutdownOptions,
  ShutdownReport,
} from "../serving/server_options.ts";
