/**
 * A connection over any pair of byte streams: the standard input and output of a
 * child process, a stream of WebTransport, two ends of a pipe.
 *
 * @module
 */

import { Address } from "../address.ts";
import type { Connection } from "../connection.ts";
import { StreamConnection, type StreamPair } from "./stream_connection.ts";

export type { StreamPair };

/** Options for {@linkcode streamConnection}. */
export interface StreamConnectionOptions {
  /**
   * The name of this end in addresses, after `stream:`.
   *
   * @default {"local"}
   */
  readonly localName?: string;
  /**
   * The name of the peer in addresses and errors, after `stream:`.
   *
   * @default {"peer"}
   */
  readonly name?: string;
}

/**
 * Makes a connection of two byte streams.
 *
 * Both streams are locked and belong to the connection. `closeWrite` closes the
 * writable one; `close` closes it and cancels the readable one; `abort` aborts
 * it. Bytes are copied when they are written, as a stream may hand them to
 * somewhere else in this process. What is behind the streams stays yours: a
 * child process goes on until it ends or you kill it.
 *
 * Do not give it the streams of a `Deno.Conn`, which close the whole connection
 * when one direction ends. Use `connectTcp` and `listenTcp` instead.
 *
 * @param streams The two streams.
 * @param options The name of the peer.
 * @returns The connection, owned by the caller.
 * @throws {TypeError} If a stream is locked, or the name is empty.
 *
 * @example Messages with a child process
 * ```ts
 * import { MessageConnection, streamConnection } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * const child = new Deno.Command("cat", { stdin: "piped", stdout: "piped" }).spawn();
 * const line = streamConnection(
 *   { readable: child.stdout, writable: child.stdin },
 *   { name: "cat" },
 * );
 * const cat = new MessageConnection(line, { framing: "content-length", encoding: "text" });
 * await cat.send("hello");
 * assertEquals(await cat.receive(), "hello");
 * await cat.close();
 * await child.status;
 * ```
 */
export function streamConnection(
  streams: StreamPair,
  options: StreamConnectionOptions = {},
): Connection {
  const { localName = "local", name = "peer" } = options;
  return new StreamConnection(
    streams,
    new Address("stream", localName),
    new Address("stream", name),
  );
}
