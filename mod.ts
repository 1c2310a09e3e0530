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
 * then the same error or the same end.
 *
 * ## Which call to use
 *
 * | to receive | use |
 * | --- | --- |
 * | messages one after the other, until the peer has finished | `for await (const message of connection)` |
 * | one message, with a deadline or a signal of its own | `await connection.receive({ timeoutMs: 500 })` |
 * | only what has arrived already | `await connection.receive({ timeoutMs: 0 })` |
 * | very many small messages | `for await (const batch of connection.batches())` |
 *
 * | to send | use |
 * | --- | --- |
 * | one message, as fast as the peer reads | `await connection.send(message)` |
 * | one message, without waiting | `connection.send(message)`; a failure goes to `onEvent` |
 * | many messages at once | `await connection.sendAll(messages)` |
 * | to many peers, of which some may be slow | `connection.trySend(message)`; `false` says that this one is behind |
 *
 * Only awaited calls make a fast sender as slow as its peer. A connection to a peer
 * that does not read ends with code `"overrun"` when `maxBufferedBytes` wait.
 *
 * `trySend` gives `false` once `highWaterMarkBytes` wait, 64 KiB by default. A
 * burst of messages can come to more than that before any of it is written, so a
 * peer that reads well can be behind for a moment. Drop the message, or give the
 * peer more room, as the chat does.
 *
 * @example A chat: what one says, all others get
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * // 1 MiB may wait for each peer, enough for a burst.
 * const text = { encoding: "text", highWaterMarkBytes: 1_048_576 } as const;
 * await using server = await serve("tcp://127.0.0.1:0", text, async (peer) => {
 *   await peer.send("welcome");
 *   for await (const message of peer) {
 *     for (const other of server.connections) {
 *       // A peer that is behind is cut: the others do not wait for it.
 *       if (other !== peer && !other.trySend(message)) other.abort();
 *     }
 *   }
 * });
 *
 * await using ann = await connect(server.address, text);
 * await using ben = await connect(server.address, text);
 * for (const peer of [ann, ben]) assertEquals(await peer.receive(), "welcome");
 * await ann.send("hello, Ben");
 * assertEquals(await ben.receive(), "hello, Ben");
 * ```
 *
 * ## Stopping
 *
 * `server.shutdown()` stops accepting, aborts each `connection.signal`, ends each
 * iteration, waits up to `graceMs` for the handlers and says who was cut. The option
 * `signal` and `await using` do the same. Ctrl-C does nothing by itself: connect it.
 *
 * @example A server that finishes what it began when you press Ctrl-C
 * ```ts
 * import { serve } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * const stopping = new AbortController();
 * const stop = () => stopping.abort();
 * Deno.addSignalListener("SIGINT", stop);
 *
 * const options = { encoding: "text", signal: stopping.signal } as const;
 * const server = await serve("tcp://127.0.0.1:0", options, async (peer) => {
 *   for await (const message of peer) await peer.send(message);
 * });
 *
 * stop(); // what Ctrl-C does
 * assertEquals(await server.finished, { finished: 0, cut: [] });
 * Deno.removeSignalListener("SIGINT", stop);
 * ```
 *
 * ## Reconnecting
 *
 * A connection that is lost stays lost: what was sent may have arrived or not, and
 * only your protocol can know. To go on, connect again and say what you still need.
 *
 * For a server that is about to start, `connect(address, { retry: { forMs: 30_000 } })`
 * tries again until it is there.
 *
 * @example A client that connects again, after 100 ms at first and 5 s at most
 * ```ts
 * import { connect, ConnectionError, serve, TimeoutError } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * async function* messages(address: string, signal: AbortSignal) {
 *   for (let pauseMs = 100; !signal.aborted; pauseMs = Math.min(2 * pauseMs, 5_000)) {
 *     try {
 *       await using connection = await connect(address, { encoding: "text", signal });
 *       for await (const message of connection) {
 *         pauseMs = 100;
 *         yield message;
 *       }
 *     } catch (error) {
 *       if (!(error instanceof ConnectionError || error instanceof TimeoutError)) throw error;
 *     }
 *     await new Promise((resolve) => setTimeout(resolve, pauseMs));
 *   }
 * }
 *
 * let visits = 0;
 * // Says one line to each peer, and closes.
 * await using server = await serve("tcp://127.0.0.1:0", { encoding: "text" }, (peer) => {
 *   return peer.send(`visit ${++visits}`);
 * });
 * const enough = new AbortController();
 * const seen: string[] = [];
 * for await (const message of messages(String(server.address), enough.signal)) {
 *   if (seen.push(message) === 2) break;
 * }
 * assertEquals(seen, ["visit 1", "visit 2"]);
 * ```
 *
 * ## Limits and deadlines
 *
 * Every message, header and queue has a limit. Every wait has a deadline, or
 * takes one as an option:
 *
 * | option | default | limits |
 * | --- | --- | --- |
 * | `maxMessageBytes` | 1 MiB | one message, received or sent |
 * | `highWaterMarkBytes` | 64 KiB | bytes that wait to be written before `send` waits |
 * | `maxBufferedBytes` | 16 MiB, and always one message | bytes that wait to be written before the connection is ended |
 * | `connectTimeoutMs` | 10 s | opening a connection, including the name lookup |
 * | `tlsHandshakeTimeoutMs` | 10 s | agreeing on TLS |
 * | `idleTimeoutMs` | `Infinity`; `parley-server`: 5 min | time without a byte in either direction |
 * | `messageTimeoutMs` | `Infinity`; `parley-server`: 30 s | time from a message's first byte to its last |
 * | `sendTimeoutMs` | `Infinity` | time without progress while a peer does not read |
 * | `maxConnections` | 10,000 | connections at once |
 * | `maxConnectionsPerPeer` | `Infinity` | connections at once from one IP address |
 * | `graceMs` of `shutdown` | 5 s | time for handlers to finish |
 *
 * ## Errors
 *
 * The class says where the cause is: {@linkcode TypeError} and
 * {@linkcode RangeError} are mistakes of the caller, thrown before any I/O;
 * {@linkcode ProtocolError} is about what the peer sent, with code
 * `"malformed"`, `"too_large"` or `"truncated"`; {@linkcode ConnectionError} is
 * about the network; {@linkcode TimeoutError} names the deadline that passed;
 * {@linkcode ClosedError} follows use after closing. The `transient` of a
 * `ConnectionError` says whether the same attempt may succeed in a moment.
 *
 * The text of an error gives the size, the limit, the first bytes and the likely
 * cause, such as "its declared size of 1195725856 bytes exceeds the limit of
 * 1048576 bytes; it begins 47 45 54 20 "GET "; this looks like an HTTP client".
 *
 * ## Addresses
 *
 * The address selects the transport: `tcp://127.0.0.1:7342`,
 * `tls://example.org:443`, `ws://127.0.0.1:8080/chat`, `wss:`,
 * `unix:/run/app.sock`. Handlers and options stay the same. `7342` is loopback, `:7342` is every interface in IPv4 and IPv6, and
 * `host:7342` is TCP. Port 0 asks the system for a free port, which is then in
 * `server.address`.
 *
 * @example One server on three addresses
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/app.sock`;
 * const addresses = ["tcp://[::1]:0", "tcp://127.0.0.1:0", `unix:${path}`];
 * const json = { encoding: "json" } as const;
 * await using server = await serve(addresses, json, async (peer) => {
 *   for await (const value of peer) await peer.send({ got: value });
 * });
 * for (const address of server.addresses) {
 *   await using connection = await connect(address, json);
 *   await connection.send([1, 2, 3]);
 *   assertEquals(await connection.receive(), { got: [1, 2, 3] });
 * }
 * ```
 *
 * ## Permissions
 *
 * `--allow-net` for the hosts you talk to; `--allow-read` and `--allow-write` for
 * the path of a Unix socket; `--unstable-net` to share a port with `reusePort`.
 *
 * ## Behind a proxy
 *
 * With `proxyProtocol: { trusted: ["10.0.0.0/8"] }` a server reads the PROXY
 * protocol's header from these addresses, and connections have the client's
 * address.
 *
 * ## Entry points
 *
 * This one has connections and servers of messages. The others:
 *
 * | entry point | what is there |
 * | --- | --- |
 * | `@parley/parley/framing` | all framings as functions, and how to write your own |
 * | `/encoding` | from bytes to text or JSON values, or to types of your own |
 * | `/stream` | framings as web stream transforms |
 * | `/udp` | datagrams |
 * | `/http` | HTTP/1.1, client and server |
 * | `/websocket` | what only WebSocket has; WebSocket on a port of HTTP |
 * | `/tcp`, `/tls`, `/unix` | connections of bytes, without messages |
 * | `/proxy` | the PROXY protocol's header |
 * | `/relay` | two connections joined, byte for byte or message for message |
 * | `/hub` | rooms of members that hear each other |
 * | `/nats` | the rooms of hubs on several machines |
 * | `/recording` | what went over connections, in a file, and back from it |
 * | `/load` | load on a server, and its latencies |
 * | `/testing` | checks for your own framings, networks in memory, faults, scripts |
 * | `/server`, `/client` | the two commands, to run |
 *
 * @module
 */

// The strings of framings.
import "./lib/framing/parse.ts";

export {
  ClosedError,
  ConnectionError,
  type ConnectionErrorCode,
  type ConnectionErrorParts,
  type Deadline,
  describeError,
  type ErrorParts,
  type Hint,
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
export { dial, listen } from "./lib/transport/open.ts";
export {
  streamConnection,
  type StreamConnectionOptions,
  type StreamPair,
} from "./lib/transport/stream/mod.ts";
export type { ChannelOptions } from "./lib/session/channel/channel_settings.ts";
export {
  startTls,
  type StartTlsOptions,
  type StartTlsServerOptions,
} from "./lib/session/messages/start_tls.ts";
export {
  connect,
  type ConnectOptions,
  type Connector,
} from "./lib/session/messages/connect.ts";
export type { ConnectionEvent } from "./lib/session/messages/connection_event.ts";
export type {
  FailedAttempt,
  RetryOptions,
} from "./lib/session/messages/retry.ts";
export type { WrapConnection } from "./lib/session/messages/wrap.ts";
export { MessageConnection } from "./lib/session/messages/message_connection.ts";
export type {
  BatchOptions,
  ConnectionStats,
  ReceiveOptions,
} from "./lib/session/messages/receive_options.ts";
export {
  DEFAULT_CONNECT_TIMEOUT_MS,
  DEFAULT_GRACE_MS,
  DEFAULT_MAX_BUFFERED_BYTES,
  DEFAULT_MAX_CONNECTIONS,
  DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS,
} from "./lib/session/defaults.ts";
export { DEFAULT_FRAMING } from "./lib/framing/by_name.ts";
export type { MessageOptions } from "./lib/session/messages/settings.ts";
export {
  type FramedAddress,
  serve,
  type ServeAddress,
} from "./lib/session/serving/serve.ts";
export type {
  Handler,
  Server,
  ServerConnection,
} from "./lib/session/serving/server.ts";
export {
  type CutConnection,
  type ServeOptions,
  type ServerEvent,
  type ServerStats,
  type ShutdownOptions,
  type ShutdownReport,
} from "./lib/session/serving/server_options.ts";
