/**
 * What the executables start with: values of several entry points, without the
 * table of framings and what else only some command lines need. Those are loaded
 * from the entry points with `import()`.
 *
 * It is not an entry point: programs import those.
 *
 * @module
 */

export type * from "../mod.ts";
export type * from "./framing/mod.ts";
export { ByteSink } from "./bytes/byte_sink.ts";
export {
  ClosedError,
  ConnectionError,
  describeError,
  ProtocolError,
  TimeoutError,
} from "./errors.ts";
export { DEFAULT_FRAMING, framingOf } from "./framing/by_name.ts";
export { FrameDecoder } from "./framing/frame_decoder.ts";
export { line } from "./framing/formats/line.ts";
export { DEFAULT_MAX_MESSAGE_BYTES } from "./framing/framing.ts";
export { otherSide } from "./framing/side.ts";
export { DEFAULT_MAX_BUFFERED_BYTES } from "./session/channel/channel_settings.ts";
export {
  DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS,
  shakeHands,
} from "./session/channel/handshake.ts";
export { drawsOf, fork, type Random, seeded } from "./random.ts";
export { Recent } from "./recent.ts";
export { DEFAULT_ATTEMPTS } from "./session/datagrams/requests/request_options.ts";
export {
  connect,
  DEFAULT_CONNECT_TIMEOUT_MS,
} from "./session/messages/connect.ts";
export {
  isTransient,
  retrying,
  type RetryOptions,
} from "./session/messages/retry.ts";
export {
  bounded,
  type BoundedExpression,
} from "./search/bounded_expression.ts";
export { parseExpression } from "./search/written_expression.ts";
export { startTls } from "./session/messages/start_tls.ts";
export { serve } from "./session/serving/serve.ts";
export {
  DEFAULT_GRACE_MS,
  DEFAULT_MAX_CONNECTIONS,
} from "./session/serving/server_options.ts";
export { pause } from "./time/pause.ts";
export { LONGEST_TIMER_MS, SYSTEM_TIME, type Time } from "./time/time.ts";
export { Address, parseAddress } from "./transport/address.ts";
export {
  MAX_IPV4_DATAGRAM_BYTES,
  MAX_IPV6_DATAGRAM_BYTES,
} from "./transport/datagram_endpoint.ts";
export { everyInterfaceFor } from "./transport/ip.ts";
export { OuterConnection } from "./transport/outer_connection.ts";
export { DEFAULT_MAX_PROXY_HEADER_BYTES } from "./transport/proxy/header_limit.ts";
