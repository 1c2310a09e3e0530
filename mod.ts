/**
 * Parley: messages over sockets.
 *
 * TCP carries a stream of bytes, not messages: a read returns whatever has
 * arrived, a write may take only a part, and a connection that stays open never
 * says "that was all". So two programs agree on a framing (where does a message
 * end?), a limit (how large may it be?), a deadline (how long do I wait?) and an
 * end (who closes?). Here each of these is a value that you can see.
 *
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { framing: "length:4", encoding: "text" } as const;
 *
 * await using server = await serve("tcp://127.0.0.1:0", options, async (peer) => {
 *   for await (const message of peer) await peer.send(message.toUpperCase());
 * });
 *
 * await using connection = await connect(server.address, options);
 * await connection.send("hello 🌮");
 * assertEquals(await connection.receive(), "HELLO 🌮");
 * ```
 *
 * However the network cuts the bytes, every framing gives the same messages and
 * then the same error or the same end. Every message, header, queue and wait has
 * a finite bound or a documented way to give it one.
 *
 * Further entry points: `@parley/parley/framing` (all framings, and how to write
 * your own), `/stream` (framings as web stream transforms), `/udp`
 * (datagrams), `/http` (HTTP/1.1), `/tcp`, `/tls` and `/unix` (the bytes below),
 * `/testing` (checks for your own framings and handlers); and to run, `/server` and
 * `/client`.
 *
 * @module
 */

export {
  ClosedError,
  ConnectionError,
  type ConnectionErrorCode,
  type Deadline,
  describeError,
  type ErrorParts,
  ParleyError,
  ProtocolError,
  type ProtocolErrorCode,
  type ProtocolErrorDetails,
  TimeoutError,
} from "./lib/errors.ts";
export {
  Address,
  parseAddress,
  type Transport,
} from "./lib/transport/address.ts";
export type {
  Connection,
  DialOptions,
  Listener,
  ListenOptions,
  UnixListenOptions,
} from "./lib/transport/connection.ts";
export { dial } from "./lib/transport/open.ts";
export type {
  PeerCertificate,
  TlsCertificate,
  TlsDialOptions,
  TlsEngine,
  TlsListenOptions,
} from "./lib/transport/tls/options.ts";
export { DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS } from "./lib/session/channel/handshake.ts";
export {
  startTls,
  type StartTlsOptions,
} from "./lib/session/messages/start_tls.ts";
export {
  DEFAULT_PROXY_TIMEOUT_MS,
  type ProxyProtocolOptions,
} from "./lib/transport/proxy/proxied.ts";
export {
  DEFAULT_MAX_PROXY_HEADER_BYTES,
  encodeProxyHeader,
  type ParsedProxyHeader,
  parseProxyHeader,
  type ProxyHeader,
  type ProxyTlv,
} from "./lib/transport/proxy/proxy_protocol.ts";
export {
  type Boundary,
  ByteQueue,
  ByteSink,
  cobs,
  type CodecOptions,
  contentLength,
  COPY_LIMIT_BYTES,
  decimalHeader,
  type DecimalHeaderOptions,
  type Decoder,
  DEFAULT_MAX_MESSAGE_BYTES,
  delimiter,
  type DelimiterOptions,
  type Encoder,
  fixedLength,
  type FixedLengthOptions,
  FrameDecoder,
  type FrameDecoderOptions,
  type Framing,
  jsonSequence,
  type LengthBytes,
  lengthPrefix,
  type LengthPrefixOptions,
  line,
  type LineOptions,
  MAX_HEADER_BLOCK_BYTES,
  netstring,
  octetCount,
  parseFraming,
  raw,
  slip,
  untilClose,
  varintPrefix,
  type VarintPrefixOptions,
} from "./lib/framing/mod.ts";
export {
  bytes,
  type Encoding,
  type EncodingLike,
  json,
  type JsonValue,
  type MessageOf,
  text,
  type ValueDecoder,
} from "./lib/encoding/mod.ts";
export {
  connect,
  type ConnectOptions,
  DEFAULT_CONNECT_TIMEOUT_MS,
} from "./lib/session/messages/connect.ts";
export { MessageConnection } from "./lib/session/messages/message_connection.ts";
export type {
  BatchOptions,
  ConnectionStats,
  ReceiveOptions,
} from "./lib/session/messages/receive_options.ts";
export { serve, type ServeAddress } from "./lib/session/serving/serve.ts";
export type { Handler, Server } from "./lib/session/serving/server.ts";
export {
  type CutConnection,
  DEFAULT_GRACE_MS,
  DEFAULT_MAX_CONNECTIONS,
  type ServeOptions,
  type ServerEvent,
  type ServerStats,
  type ShutdownOptions,
  type ShutdownReport,
} from "./lib/session/serving/server_options.ts";
export {
  DEFAULT_FRAMING,
  DEFAULT_HIGH_WATER_MARK_BYTES,
  type MessageOptions,
} from "./lib/session/messages/settings.ts";
export {
  type Datagram,
  type DatagramEvent,
  type DatagramOptions,
  type DatagramStats,
  DEFAULT_MAX_QUEUED_BYTES,
  DEFAULT_MAX_QUEUED_DATAGRAMS,
} from "./lib/session/datagrams/datagram_options.ts";
export { bindUdp } from "./lib/session/datagrams/bind_udp.ts";
export { DatagramSocket } from "./lib/session/datagrams/datagram_socket.ts";
export {
  DEFAULT_REQUEST_ATTEMPTS,
  DEFAULT_REQUEST_TIMEOUT_MS,
  type RequestOptions,
} from "./lib/session/datagrams/request_options.ts";
export {
  type DatagramHandler,
  type DatagramServer,
  type DatagramServerEvent,
  type DatagramServerStats,
  DEFAULT_MAX_HANDLERS,
  type ServeDatagramsOptions,
} from "./lib/session/datagrams/datagram_server.ts";
export { serveDatagrams } from "./lib/session/datagrams/serve_datagrams.ts";
export {
  type DatagramEndpoint,
  type DatagramEndpointOptions,
  MAX_IPV4_DATAGRAM_BYTES,
  MAX_IPV6_DATAGRAM_BYTES,
  type MulticastMembership,
  type MulticastOptions,
  type ReceivedDatagram,
} from "./lib/transport/datagram_endpoint.ts";
