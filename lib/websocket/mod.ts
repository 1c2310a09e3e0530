/**
 * WebSocket (RFC 6455) as one more way to carry messages.
 *
 * `ws:` and `wss:` addresses work wherever an address does: `serve`, `connect`,
 * `listen` and `dial` of the main entry point. A message is a message, and no
 * framing is needed. With the encodings `"text"` and `"json"` messages are sent as
 * text; with `"bytes"` they are sent in the kind of the last one received, binary
 * before that. Both kinds are received in every encoding.
 *
 * Of this entry point is what only WebSocket has: subprotocol and close code of a
 * connection, WebSocket on a port of `serveHttp`, and the machine without a socket.
 *
 * What is bounded: a message by `maxMessageBytes`, also decompressed; its fragments
 * (131,072); control frames (1,000 a second); the handshake (10 s,
 * `tlsHandshakeTimeoutMs`); the wait for the peer's close frame (5 s).
 *
 * @example One handler for browsers and for plain sockets
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serve(
 *   ["ws://127.0.0.1:0/chat", "tcp://127.0.0.1:0"],
 *   { encoding: "text", framing: "line" },
 *   async (peer) => {
 *     for await (const message of peer) await peer.send(message.toUpperCase());
 *   },
 * );
 * for (const address of server.addresses) {
 *   await using client = await connect(address, { encoding: "text" });
 *   await client.send("hello");
 *   assertEquals(await client.receive(), "HELLO");
 * }
 * ```
 *
 * @module
 */

// The strings of framings, for a connection that goes on without WebSocket.
import "../framing/parse.ts";

export type {
  MessageType,
  WebSocketClientOptions,
  WebSocketDialOptions,
  WebSocketListenOptions,
  WebSocketOptions,
  WebSocketRequest,
  WebSocketServerOptions,
} from "../transport/ws/options.ts";
export {
  upgradeWebSocket,
  type UpgradeWebSocketOptions,
} from "./upgrade_websocket.ts";
export { type WebSocketInfo, webSocketOf } from "./web_socket_of.ts";
export type { MessageKind } from "./wire/assembly.ts";
export type { CloseStatus } from "./wire/close_status.ts";
export {
  type ControlReceiver,
  DEFAULT_MAX_FRAGMENTS,
  type Inflater,
  type WebSocketDecoderOptions,
} from "./wire/decoder_options.ts";
export { WebSocketDecoder } from "./wire/websocket_decoder.ts";
export {
  type Deflater,
  WebSocketEncoder,
  type WebSocketEncoderOptions,
} from "./wire/websocket_encoder.ts";
