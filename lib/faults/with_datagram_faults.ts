/**
 * Puts faults onto datagrams: of a whole socket, or of one peer.
 *
 * @module
 */

import type { Address } from "../transport/address.ts";
import type { DatagramEndpoint } from "../transport/datagram_endpoint.ts";
import { checkFaults } from "./check_faults.ts";
import { type DatagramFaults, DatagramPassages } from "./datagram_passages.ts";
import type { Fault, FaultEvent } from "./fault.ts";
import { FaultyEndpoint } from "./faulty_endpoint.ts";
import { checkedNumbers, type FaultOptions, faultsOf } from "./with_faults.ts";

/** Options for {@linkcode withDatagramFaults}. */
export interface DatagramFaultOptions
  extends Omit<FaultOptions, "connection" | "onStrike"> {
  /**
   * Gives the number of a peer, from 1: faults take each peer address for a connection.
   *
   * @default {the order in which peers are first seen}
   */
  readonly numberOf?: ((peer: Address) => number) | undefined;
  /** Called with each strike and the peer, before what it strikes is passed on. */
  readonly onStrike?: ((event: FaultEvent, peer: Address) => void) | undefined;
}

/**
 * Puts faults onto a socket of datagrams: drop, duplicate, reorder, corrupt and delay.
 * Each datagram is a message, and each peer address a connection.
 *
 * @param endpoint The socket, such as `wrap` of `bindUdp` and `serveDatagrams` gives.
 * What is returned owns it.
 * @param faults What happens, as objects or as `parseFault` reads them.
 * @param options The seed, and the side that this program is.
 * @returns The socket with faults.
 * @throws {TypeError} If a fault is invalid, or cannot strike datagrams.
 * @throws {RangeError} If the seed is out of its range.
 *
 * @example A server that answers everything twice
 * ```ts
 * import { bindUdp, serveDatagrams } from "@parley/parley/udp";
 * import { withDatagramFaults } from "@parley/parley/testing";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serveDatagrams("udp://127.0.0.1:0", {
 *   encoding: "text",
 *   wrap: (endpoint) =>
 *     withDatagramFaults(endpoint, ["to-client:duplicate:100%"], { side: "server" }),
 * }, (message, from, socket) => socket.send(message, from));
 *
 * await using client = bindUdp("udp://127.0.0.1:0", { encoding: "text" });
 * await client.send("hello", server.address);
 * const received: string[] = [];
 * for await (const { message } of client) {
 *   if (received.push(message) === 2) break;
 * }
 * assertEquals(received, ["hello", "hello"]);
 * ```
 */
export function withDatagramFaults(
  endpoint: DatagramEndpoint,
  faults: readonly (Fault | string)[],
  options: DatagramFaultOptions = {},
): DatagramEndpoint {
  const { seed } = checkedNumbers({ seed: options.seed });
  const known = faultsOf(faults);
  checkFaults(known, "datagrams");
  return new FaultyEndpoint(endpoint, { ...options, faults: known, seed });
}

/**
 * Makes the faults of the datagrams of one peer, for a program between a peer and a
 * server, such as `through` of `relayDatagrams`.
 *
 * @param faults What happens.
 * @param options The seed, and the peer's number.
 * @returns What the peer's datagrams go through.
 * @throws {TypeError} If a fault is invalid, or cannot strike datagrams.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example A relay that loses the first request
 * ```ts
 * import { relayDatagrams } from "@parley/parley/relay";
 * import { datagramFaults } from "@parley/parley/testing";
 * import { bindUdp, serveDatagrams } from "@parley/parley/udp";
 * import { assertEquals } from "@std/assert";
 *
 * const text = { encoding: "text" } as const;
 * await using server = await serveDatagrams(
 *   "udp://127.0.0.1:0",
 *   text,
 *   (message, from, socket) => socket.send(message.toUpperCase(), from),
 * );
 * await using relay = await relayDatagrams("udp://127.0.0.1:0", server.address, {
 *   through: () => datagramFaults(["to-server:drop:100%,message=1"]),
 * });
 *
 * await using client = bindUdp("udp://127.0.0.1:0", text);
 * const reply = await client.request("hello", relay.address, { timeoutMs: 200 });
 * assertEquals(reply, "HELLO"); // the second attempt
 * ```
 */
export function datagramFaults(
  faults: readonly (Fault | string)[],
  options: Omit<FaultOptions, "side"> = {},
): DatagramFaults {
  const known = faultsOf(faults);
  checkFaults(known, "datagrams");
  const { onStrike = () => {}, only } = options;
  const numbers = checkedNumbers(options);
  return new DatagramPassages({ ...numbers, faults: known, only, onStrike });
}
