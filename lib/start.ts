/**
 * What the executables need before they listen or connect: addresses, errors, the
 * defaults that their help shows, and what opens a listener. What speaks over
 * connections is in `core.ts`, which they load after that.
 *
 * It is not an entry point: programs import those.
 *
 * @module
 */

export {
  ClosedError,
  ConnectionError,
  describeError,
  ProtocolError,
  TimeoutError,
} from "./errors.ts";
export { DEFAULT_FRAMING, framingOf } from "./framing/by_name.ts";
export { DEFAULT_MAX_MESSAGE_BYTES } from "./framing/framing.ts";
export {
  DEFAULT_ATTEMPTS,
  DEFAULT_CONNECT_TIMEOUT_MS,
  DEFAULT_GRACE_MS,
  DEFAULT_MAX_BUFFERED_BYTES,
  DEFAULT_MAX_CONNECTIONS,
  DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS,
} from "./session/defaults.ts";
export { checkServeOptions } from "./session/serving/check_options.ts";
export { listenAll } from "./session/serving/listen_all.ts";
export { Address, parseAddress } from "./transport/address.ts";
export {
  MAX_IPV4_DATAGRAM_BYTES,
  MAX_IPV6_DATAGRAM_BYTES,
} from "./transport/datagram_endpoint.ts";
export { DEFAULT_MAX_PROXY_HEADER_BYTES } from "./transport/proxy/header_limit.ts";
export { type AddressForm, TRANSPORTS } from "./transport/transports.ts";
