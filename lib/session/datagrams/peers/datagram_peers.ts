/**
 * Datagrams where connections are wanted: one for each peer.
 *
 * @module
 */

import { checkDuration } from "../../../check.ts";
import type { Address } from "../../../transport/address.ts";
import type { Connection, Listener } from "../../../transport/connection.ts";
import type { DatagramEvent } from "../datagram_options.ts";
import { bindUdp } from "../bind_udp.ts";
import { DEFAULT_PEER_TIMEOUT_MS, parseUdpAddress } from "../udp_address.ts";
import { DatagramConnection } from "./datagram_connection.ts";
import { DatagramListener } from "./datagram_listener.ts";
import { FramedDatagrams } from "./framed_datagrams.ts";

/** Options of a connection that datagrams make. */
export interface DatagramPeerOptions {
  /**
   * What the connection carries. `"messages"`: each datagram is a message, an empty
   * one too, whatever framing the connection's user asks for. `"chunks"`: each read
   * and each write is a datagram; an empty one is not read.
   *
   * @default {"messages"}
   */
  readonly as?: "chunks" | "messages";
  /**
   * How long a peer may be quiet in milliseconds, both ways, until its connection
   * ends; `Infinity` for no bound. It holds for messages.
   *
   * @default {60_000, a minute, of listenForDatagrams; Infinity of dialDatagrams}
   */
  readonly peerTimeoutMs?: number;
}

/** Options for {@linkcode listenForDatagrams}. */
export interface DatagramPeersOptions extends DatagramPeerOptions {
  /**
   * Called with each datagram that is dropped because there is no room for it. It must
   * not throw.
   *
   * @default {they are only counted}
   */
  readonly onEvent?: ((event: DatagramEvent) => void) | undefined;
}

/** Accepts the peers of a UDP socket. */
export interface DatagramPeersListener extends Listener {
  /**
   * How many datagrams were dropped because there was no room. Those that the system
   * dropped are not among them.
   */
  readonly dropped: number;
}

/**
 * Makes a connection of the datagrams to and from one address.
 *
 * Datagrams of other addresses are not read. The connection does not tell the peer of
 * its end, and ends itself 1 s after the last datagram once it has finished sending.
 * What a slow reader has no room for is dropped, as the system drops it. A message
 * above 65,507 bytes, 65,527 over IPv6, cannot be sent.
 *
 * @param to Where the datagrams go.
 * @returns The connection, which the caller owns.
 * @throws {TypeError} If the address is not one of UDP, or the runtime has no UDP.
 * @throws {RangeError} If `peerTimeoutMs` is out of its range.
 * @throws {ConnectionError} If the name cannot be looked up.
 *
 * @example Messages to a server of datagrams
 * ```ts
 * import { MessageConnection } from "@parley/parley";
 * import { dialDatagrams, serveDatagrams } from "@parley/parley/udp";
 * import { assertEquals } from "@std/assert";
 *
 * const text = { encoding: "text" } as const;
 * await using server = await serveDatagrams(
 *   "udp://127.0.0.1:0",
 *   text,
 *   (message, from, socket) => socket.send(message.toUpperCase(), from),
 * );
 * const line = await dialDatagrams(server.address);
 * await using connection = new MessageConnection(line, text);
 * await connection.send("hello");
 * assertEquals(await connection.receive(), "HELLO");
 * ```
 */
export async function dialDatagrams(
  to: string | Address,
  options: DatagramPeerOptions = {},
): Promise<Connection> {
  const { as = "messages", peerTimeoutMs = Infinity } = options;
  checkDuration("peerTimeoutMs", peerTimeoutMs);
  const connection = await DatagramConnection.open(
    parseUdpAddress(to, "send to"),
    as === "messages",
  );
  return as === "chunks"
    ? connection
    : new FramedDatagrams(connection, peerTimeoutMs);
}

/**
 * Listens for datagrams, and accepts each address that they come from as a connection.
 * What is sent over it goes to that address.
 *
 * At most 256 datagrams and 1 MiB wait for the reader of a peer, and 1,000 peers wait
 * to be accepted. What there is no room for is dropped; `onEvent` receives it, and
 * `dropped` counts it.
 *
 * @param on Where to listen.
 * @returns The listener, which the caller owns; `serve` takes it.
 * @throws As `dialDatagrams`.
 * @throws {ConnectionError} If the system refuses the address.
 *
 * @example One handler for datagrams and for connections
 * ```ts
 * import { connect, MessageConnection, serve } from "@parley/parley";
 * import { dialDatagrams, listenForDatagrams } from "@parley/parley/udp";
 * import { assertEquals } from "@std/assert";
 *
 * const text = { encoding: "text" } as const;
 * const udp = listenForDatagrams("udp://127.0.0.1:0");
 * await using server = await serve(
 *   ["tcp://127.0.0.1:0", udp],
 *   text,
 *   async (peer) => {
 *     const message = await peer.receive();
 *     await peer.send(`you said ${message}`);
 *   },
 * );
 * await using near = await connect(server.address, text);
 * await using far = new MessageConnection(await dialDatagrams(udp.address), text);
 * for (const peer of [near, far]) {
 *   await peer.send("hello");
 *   assertEquals(await peer.receive(), "you said hello");
 * }
 * ```
 */
export function listenForDatagrams(
  on: string | Address,
  options: DatagramPeersOptions = {},
): DatagramPeersListener {
  const {
    as = "messages",
    onEvent,
    peerTimeoutMs = DEFAULT_PEER_TIMEOUT_MS,
  } = options;
  checkDuration("peerTimeoutMs", peerTimeoutMs);
  const socket = bindUdp(
    parseUdpAddress(on, "bind"),
    onEvent === undefined ? {} : { onEvent },
  );
  const listener = new DatagramListener(socket, as === "messages", onEvent);
  if (as === "chunks") return listener;
  return {
    address: listener.address,
    get dropped() {
      return listener.dropped;
    },
    accept: async () =>
      new FramedDatagrams(await listener.accept(), peerTimeoutMs),
    close: () => listener.close(),
  };
}
