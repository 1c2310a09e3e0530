/**
 * Parley: messages over sockets.
 *
 * TCP carries a stream of bytes, not messages: a read returns whatever has
 * arrived, a write may take only a part, and a connection that stays open never
 * says "that was all". So two programs agree on a framing (where does a message
 * end?), a limit (how large may it be?), a deadline (how long do I wait?) and an
 * end (who closes?). Here each of these is a value that you can see.
 *
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { framing: "length:4", encoding: "text" } as const;
 *
 * await using server = await serve("tcp://127.0.0.1:0", options, async (peer) => {
 *   for await (const message of peer) await peer.send(message.toUpperCase());
 * });
 *
 * await using connection = await connect(server.address, options);
 * await connection.send("hello 🌮");
 * assertEquals(await connection.receive(), "HELLO 🌮");
 * ```
 *
 * However the network cuts the bytes, every framing gives the same messages and
 * then the same error or the same end. Every message, header, queue and wait has
 * a finite bound or a documented way to give it one.
 *
 * This entry point has connections and servers of messages. The others:
 *
 * | entry point | what is there |
 * | --- | --- |
 * | `@parley/parley/framing` | all framings as functions, and how to write your own |
 * | `/encoding` | from bytes to text or JSON values, or to types of your own |
 * | `/stream` | framings as web stream transforms |
 * | `/udp` | datagrams |
 * | `/http` | HTTP/1.1, client and server |
 * | `/tcp`, `/tls`, `/unix` | connections of bytes, without messages |
 * | `/proxy` | the PROXY protocol's header |
 * | `/testing` | checks for your own framings, networks in memory that fail |
 * | `/server`, `/client` | the two commands, to run |
 *
 * @module
 */

export {
  ClosedError,
  ConnectionError,
  type ConnectionErrorCode,
  type Deadline,
  describeError,
  type ErrorParts,
  ParleyError,
  ProtocolError,
  type ProtocolErrorCode,
  type ProtocolErrorDetails,
  TimeoutError,
} from "./lib/errors.ts";
export {
  Address,
  parseAddress,
  type Transport,
} from "./lib/transport/address.ts";
export type {
  Connection,
  DialOptions,
  Listener,
  ListenOptions,
} from "./lib/transport/connection.ts";
export { dial } from "./lib/transport/open.ts";
export { DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS } from "./lib/session/channel/handshake.ts";
export {
  startTls,
  type StartTlsOptions,
} from "./lib/session/messages/start_tls.ts";
export {
  connect,
  type ConnectOptions,
  DEFAULT_CONNECT_TIMEOUT_MS,
} from "./lib/session/messages/connect.ts";
export { MessageConnection } from "./lib/session/messages/message_connection.ts";
export type {
  BatchOptions,
  ConnectionStats,
  ReceiveOptions,
} from "./lib/session/messages/receive_options.ts";
export {
  DEFAULT_FRAMING,
  type MessageOptions,
} from "./lib/session/messages/settings.ts";
export { serve, type ServeAddress } from "./lib/session/serving/serve.ts";
export type { Handler, Server } from "./lib/session/serving/server.ts";
export {
  type CutConnection,
  DEFAULT_GRACE_MS,
  DEFAULT_MAX_CONNECTIONS,
  type ServeOptions,
  type ServerEvent,
  type ServerStats,
  type ShutdownOptions,
  type ShutdownReport,
} from "./lib/session/serving/server_options.ts";
