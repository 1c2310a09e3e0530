/**
 * A server: accepts connections and gives each to a handler.
 *
 * @module
 */

import { SYSTEM_TIME, type Time } from "../../time/time.ts";
import type { EncodingLike, MessageOf, SentOf } from "../../encoding/parse.ts";
import { FramedConnection } from "../messages/framed_connection.ts";
import type { MessageConnection } from "../messages/message_connection.ts";
import { reportOnConsole } from "./server_event.ts";
import type { Handler, Server } from "./server.ts";
import type { ServeOptions } from "./server_options.ts";
import { Settings } from "../messages/settings.ts";
import {
  type ServeAddress,
  type StartOptions,
  startServer,
} from "./start_server.ts";

export type { FramedAddress, ServeAddress } from "./start_server.ts";

/**
 * Listens and gives each connection to a handler.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 * @param addresses Where to listen: one address or several, port 0 for one that
 * the system chooses; each may have a framing of its own. Or a listener, which the
 * server then owns.
 * @param options Framing, encoding, limits, deadlines, socket options.
 * @param handler Talks to one peer.
 * @returns The server, listening already.
 * @throws {TypeError} If an address, the framing or the encoding is invalid.
 * @throws {RangeError} If a number is out of its range.
 * @throws {ConnectionError} If the system refuses an address; then the server
 * listens on none of them.
 *
 * @example A server of upper-case text
 * ```ts
 * import { serve } from "@parley/parley";
 *
 * await using server = await serve(
 *   "tcp://127.0.0.1:0",
 *   { framing: "length:4", encoding: "text" },
 *   async (connection) => {
 *     for await (const message of connection) {
 *       await connection.send(message.toUpperCase());
 *     }
 *   },
 * );
 * // The port that the system chose is in server.address.
 * ```
 *
 * @example Two framings, one handler
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serve(
 *   [
 *     { address: "tcp://127.0.0.1:0", framing: "length:4" },
 *     { address: "tcp://127.0.0.1:0", framing: "line" },
 *   ],
 *   { encoding: "text" },
 *   async (connection) => {
 *     for await (const message of connection) {
 *       await connection.send(`${message} in ${connection.framing}`);
 *     }
 *   },
 * );
 * const [first, second] = server.addresses;
 * await using a = await connect(first!, { framing: "length:4", encoding: "text" });
 * await using b = await connect(second!, { framing: "line", encoding: "text" });
 * await Promise.all([a.send("hello"), b.send("hello")]);
 * assertEquals(await a.receive(), "hello in length:4");
 * assertEquals(await b.receive(), "hello in line");
 * ```
 */
export async function serve<E extends EncodingLike = "bytes">(
  addresses: ServeAddress | readonly ServeAddress[],
  options: ServeOptions<E>,
  handler: Handler<MessageOf<E>, SentOf<E>>,
): Promise<
  Server<MessageOf<E>, MessageConnection<MessageOf<E>, SentOf<E>>>
>;
/**
 * The same with all options at their defaults: lines of bytes.
 *
 * @param addresses Where to listen.
 * @param handler Talks to one peer.
 * @returns The server, listening already.
 *
 * @example A server that sends every line back
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serve("tcp://127.0.0.1:0", async (connection) => {
 *   for await (const message of connection) await connection.send(message);
 * });
 * await using client = await connect(server.address);
 * await client.send(Uint8Array.of(104, 105));
 * assertEquals(await client.receive(), Uint8Array.of(104, 105));
 * ```
 */
export async function serve(
  addresses: ServeAddress | readonly ServeAddress[],
  handler: Handler<Uint8Array>,
): Promise<Server<Uint8Array>>;
export function serve<T, S>(
  addresses: ServeAddress | readonly ServeAddress[],
  ...rest:
    | readonly [Handler<T, S>]
    | readonly [ServeOptions<EncodingLike>, Handler<T, S>]
): Promise<Server<T, MessageConnection<T, S>>> {
  const [options, handler] = typeof rest[0] === "function"
    ? [{}, rest[0]]
    : [rest[0] ?? {}, rest[1]!];
  return startMessageServer(addresses, options, handler, SYSTEM_TIME);
}

/** As {@linkcode serve}, with the source of time. */
export async function startMessageServer<E extends EncodingLike, T, S>(
  addresses: ServeAddress | readonly ServeAddress[],
  options: ServeOptions<E>,
  handler: Handler<T, S>,
  time: Time,
): Promise<Server<T, MessageConnection<T, S>>> {
  const settings = new Settings<T, S>(options, { time }, "server");
  return await startServer<T, FramedConnection<T, S>>(
    addresses,
    // What the encoding makes of T and S only the overloads know.
    options as StartOptions<T, FramedConnection<T, S>>,
    settings,
    {
      handler,
      begin: (channel, tell) => {
        const connection = new FramedConnection<T, S>(channel, settings);
        connection.tell = tell;
        return connection;
      },
      drain: (connection, reason) => connection.channel.drain(reason),
      report: reportOnConsole,
    },
  );
}
