/**
 * Binds UDP sockets.
 *
 * @module
 */

import type { EncodingLike, MessageOf, SentOf } from "../../encoding/parse.ts";
import type { Address } from "../../transport/address.ts";
import { openDatagrams } from "../../transport/open_datagrams.ts";
import { type DatagramOptions, DatagramSettings } from "./datagram_options.ts";
import type { DatagramSocket } from "./datagram_socket.ts";
import { EncodedSocket } from "./encoded_socket.ts";
import { parseUdpAddress } from "./udp_address.ts";

/**
 * Binds a UDP socket.
 *
 * The runtime must be started with `--unstable-net`. UDP promises nothing: a
 * datagram may be lost, come twice or out of order, and sending to a port where
 * nothing listens is not an error. What arrives is whole and unchanged.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 * @param address Where to receive, such as `"udp://127.0.0.1:9001"`; port 0 asks
 * the system for one. `"udp://[::]:9001"`, or `":9001"`, is every interface, IPv4
 * and IPv6; it can send to both.
 * @param options Encoding, limits, socket options.
 * @returns The socket, owned by the caller.
 * @throws {TypeError} If the address or the encoding is invalid, or the runtime was
 * started without `--unstable-net`.
 * @throws {RangeError} If a number is out of its range.
 * @throws {ConnectionError} If the system refuses the address.
 *
 * @example A request and its reply
 * ```ts
 * import { bindUdp } from "@parley/parley/udp";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = bindUdp("udp://127.0.0.1:0", { encoding: "text" });
 * await using client = bindUdp("udp://127.0.0.1:0", { encoding: "text" });
 *
 * const reply = client.request("hello", server.address);
 * for await (const { message, from } of server) {
 *   await server.send(message.toUpperCase(), from);
 *   break; // the socket stays open
 * }
 * assertEquals(await reply, "HELLO");
 * ```
 */
export function bindUdp<E extends EncodingLike = "bytes">(
  address: string | Address,
  options: DatagramOptions<E> = {},
): DatagramSocket<MessageOf<E>, SentOf<E>> {
  const on = parseUdpAddress(address, "bind");
  // Refuses wrong options before there is a socket to close.
  new DatagramSettings(options);
  const endpoint = openDatagrams(on, options);
  return new EncodedSocket<MessageOf<E>, SentOf<E>>(
    options.wrap?.(endpoint) ?? endpoint,
    options,
  );
}
