/**
 * Opens what sends and receives datagrams, by its address.
 *
 * Apart from `open.ts`, as only programs with datagrams need to load UDP.
 *
 * @module
 */

import type { Address } from "./address.ts";
import type {
  DatagramEndpoint,
  DatagramEndpointOptions,
} from "./datagram_endpoint.ts";
import { openUdp } from "./udp/endpoint.ts";

/**
 * Opens what sends and receives datagrams.
 *
 * @param on Where to receive; port 0 asks the system for one.
 * @param options Socket options.
 * @returns The endpoint.
 * @throws {TypeError} If the runtime was started without `--unstable-net`.
 * @throws {ConnectionError} If the system refuses.
 */
export function openDatagrams(
  on: Address,
  options: DatagramEndpointOptions,
): DatagramEndpoint {
  return openUdp(on, options);
}
