/**
 * UDP: messages without connections, one in each datagram.
 *
 * | | TCP | UDP |
 * | --- | --- | --- |
 * | order | as sent | any |
 * | a message is lost | never without an error | silently |
 * | a message comes twice | never | now and then |
 * | where a message ends | a framing says it | with its datagram |
 * | largest message | `maxMessageBytes` | 65,507 bytes; up to 1,200 is safe everywhere |
 * | nothing listens there | refused | silence |
 *
 * The runtime has UDP only when it is started with `--unstable-net`, or with
 * `"unstable": ["net"]` in your `deno.json`. Permissions: `--allow-net` for the
 * address that is bound and for each address that is sent to.
 *
 * {@linkcode serveDatagrams} calls a handler for each datagram.
 * {@linkcode bindUdp} gives a socket to send, receive and ask with.
 *
 * @example A server, and a request that is sent again while there is no reply
 * ```ts
 * import { bindUdp, serveDatagrams } from "@parley/parley/udp";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { encoding: "json" } as const;
 * await using server = await serveDatagrams(
 *   "udp://127.0.0.1:0",
 *   options,
 *   (message, from, socket) => socket.send({ echo: message }, from),
 * );
 *
 * await using client = bindUdp("udp://127.0.0.1:0", options);
 * const reply = await client.request({ id: 1 }, server.address, {
 *   attempts: 5,
 *   timeoutMs: 200,
 * });
 * assertEquals(reply, { echo: { id: 1 } });
 * ```
 *
 * ## Requests and replies
 *
 * A reply is a message from the very address that the request went to. It goes to
 * the request. Everything else goes to the iteration, or waits for it in a bounded
 * queue: messages of other peers, those that `accepts` does not accept, and a reply
 * that came too late or twice. Requests to different peers run at the same time.
 * Those to the same peer wait for each other, unless `accepts` can tell their
 * replies apart.
 *
 * A peer that gets a request twice may reply twice. A second reply that is here when
 * the next request begins is not taken for the reply to that one. A second reply
 * that comes later is, and without `accepts` nothing can tell. So let requests and
 * replies carry a number where the protocol allows it, or use a new socket once a
 * request was sent again or given up. `onEvent` is called with `"resent"` when that
 * happens, and `stats` counts it.
 *
 * ## What is lost, and what is counted
 *
 * `stats.dropped` counts what this socket had no room for, `stats.refused` what
 * could not be decoded. The system drops datagrams too, when a program reads slower
 * than they come: its queue holds 208 KiB on Linux. Those are not among them.
 * `stats.droppedBySystem` has that count where the runtime lets the program read it,
 * which is on Linux with `--allow-all`.
 *
 * A `send` need not be awaited. One that fails without being awaited is given to
 * `onEvent` and counted, and never ends the program.
 *
 * @example Hearing what is sent to a multicast group
 * ```ts
 * import { bindUdp } from "@parley/parley/udp";
 * import { assertEquals } from "@std/assert";
 *
 * // Without interfaceAddress the system chooses the interface.
 * await using member = bindUdp("udp://0.0.0.0:0", { encoding: "text" });
 * await member.joinMulticast("239.255.7.34", { interfaceAddress: "127.0.0.1" });
 *
 * await using sender = bindUdp("udp://127.0.0.1:0", { encoding: "text" });
 * const group = `udp://239.255.7.34:${member.address.port}`;
 * await sender.send("is anyone there?", group);
 * assertEquals((await member.receive())?.message, "is anyone there?");
 * ```
 *
 * @module
 */

export { DEFAULT_ATTEMPTS } from "../defaults.ts";
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
export {
  type DatagramPeerOptions,
  type DatagramPeersListener,
  type DatagramPeersOptions,
  dialDatagrams,
  listenForDatagrams,
} from "./peers/datagram_peers.ts";
export { DatagramSocket } from "./datagram_socket.ts";
export { type DatagramRequestOptions } from "./requests/request_options.ts";
export type {
  DatagramHandler,
  DatagramServer,
  DatagramServerEvent,
  DatagramServerStats,
  ServeDatagramsOptions,
} from "./datagram_server.ts";
export { serveDatagrams } from "./serve_datagrams.ts";
