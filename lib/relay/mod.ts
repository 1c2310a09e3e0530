/**
 * Two connections joined: what one side sends, the other receives, and what passes
 * can be seen.
 *
 * ```text
 *   client ─────────►┐                    ┌─────────► server
 *            channel │ toServer: onChunk  │ channel
 *         ◄──────────┘ toClient: onChunk  └◄────────
 * ```
 *
 * {@linkcode relay} passes bytes on unchanged and in order, and with them what
 * connections know beyond bytes: a side that has finished sending, a side that was
 * lost, a side that reads slowly. The two sides may be of different transports: TLS
 * on one side and a Unix socket on the other. {@linkcode FrameWatch} finds the
 * messages in what passes, without a part in passing it on.
 *
 * {@linkcode bridge} passes on messages and not bytes: the two sides may frame
 * them differently, in lines and in length prefixes, or in WebSocket.
 *
 * Over TCP the runtime's own sockets cannot be reset. The other side of a lost
 * connection is then closed instead, and its peer may read an end, unless it was opened
 * as `resettable`.
 *
 * @example From TLS to plain TCP, on a server with limits and deadlines
 * ```ts ignore
 * import { connect, serve } from "@parley/parley";
 * import { relay } from "@parley/parley/relay";
 *
 * const options = {
 *   cert: await Deno.readTextFile("cert.pem"),
 *   key: await Deno.readTextFile("key.pem"),
 *   idleTimeoutMs: 300_000,
 * };
 * const server = await serve("tls://:5433", options, async (client) => {
 *   const open = (signal: AbortSignal) =>
 *     connect("tcp://127.0.0.1:5432", { signal });
 *   const { failed, error } = await relay(client, open);
 *   if (failed !== undefined) console.error(failed, error);
 * });
 * await server.finished;
 * ```
 *
 * @module
 */

export { bridge, type BridgeReport, type OpenBridge } from "./bridge.ts";
export { FrameWatch } from "./frame_watch.ts";
export { relay } from "./relay.ts";
export type {
  OpenRelay,
  Relayable,
  RelayDirection,
  RelayOptions,
  RelayReport,
} from "./options.ts";
export type {
  FrameWatchOptions,
  WatchedError,
  WatchedFramings,
  WatchedMessage,
} from "./watched.ts";
export { DEFAULT_MAX_PEERS, relayDatagrams } from "./relay_datagrams.ts";
export { DEFAULT_PEER_TIMEOUT_MS } from "../session/datagrams/udp_address.ts";
export type {
  DatagramPassage,
  DatagramRelay,
  DatagramRelayEvent,
  RelayDatagramsOptions,
} from "./datagram_options.ts";
