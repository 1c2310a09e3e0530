/**
 * The PROXY protocol: how a proxy tells a server who its client is.
 *
 * A server behind a load balancer sees the balancer's address on every
 * connection. With the PROXY protocol the balancer sends the client's address
 * first, in a header of text (version 1) or bytes (version 2).
 *
 * To read such headers in a server, give `serve` the option `proxyProtocol`; you
 * need none of these functions. They are for a proxy of your own, which writes
 * the header, and for reading one from bytes that you have.
 *
 * @example Writing a header and reading it back
 * ```ts
 * import { parseAddress } from "@parley/parley";
 * import { encodeProxyHeader, parseProxyHeader } from "@parley/parley/proxy";
 * import { assertEquals } from "@std/assert";
 *
 * const client = parseAddress("tcp://192.0.2.1:56324");
 * const server = parseAddress("tcp://198.51.100.2:443");
 * const header = encodeProxyHeader(1, client, server);
 * assertEquals(
 *   new TextDecoder().decode(header),
 *   "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n",
 * );
 * assertEquals(String(parseProxyHeader(header)?.source), String(client));
 * ```
 *
 * @module
 */

export type { ProxyProtocolOptions } from "./proxied.ts";
export { DEFAULT_MAX_PROXY_HEADER_BYTES } from "./header_limit.ts";
export {
  encodeProxyHeader,
  type ParsedProxyHeader,
  parseProxyHeader,
  type ProxyHeader,
  type ProxyTlv,
} from "./proxy_protocol.ts";
