/**
 * WebSocket on a port that also speaks HTTP.
 *
 * @module
 */

import type { EncodingLike, MessageOf, SentOf } from "../encoding/parse.ts";
import type { HttpRequestInfo } from "../http/mod.ts";
import { channelBelow } from "../http/channel/taken_connection.ts";
import { FramedConnection } from "../session/messages/framed_connection.ts";
import type { MessageConnection } from "../session/messages/message_connection.ts";
import { type MessageOptions, Settings } from "../session/messages/settings.ts";
import type { Connection } from "../transport/connection.ts";
import type { WebSocketServerOptions } from "../transport/ws/options.ts";
import { termsOf } from "../transport/ws/terms.ts";
import { FramedLine } from "../session/messages/framed_line.ts";
import { acceptRequest } from "./opening/opening_rules.ts";
import type { WebSocketAgreement } from "./speaking/agreement.ts";
import { WebSocketFraming } from "./speaking/websocket_framing.ts";

/**
 * Options for {@linkcode upgradeWebSocket}.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 */
export interface UpgradeWebSocketOptions<E extends EncodingLike = "bytes">
  extends Omit<MessageOptions<E>, "framing" | "side"> {
  /** Options of WebSocket. The handler itself comes before accepting. */
  readonly webSocket?:
    | Omit<WebSocketServerOptions, "beforeAccept">
    | undefined;
}

/**
 * Answers a request for WebSocket in the handler of `serveHttp`, so that a page
 * and its socket share a port.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 * @param request The request.
 * @param info What the handler got beside it.
 * @param options Encoding and limits, origins, compression.
 * @param talk Talks to the client. When its promise settles, the connection ends:
 * in order, or with code 1011 if it rejects.
 * @returns The response to return from the handler: of status 101, or one that
 * says why not, such as 426 for a request that does not ask for WebSocket.
 * @throws {TypeError} If an option is invalid.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example A page and its socket on one port
 * ```ts
 * import { connect } from "@parley/parley";
 * import { serveHttp } from "@parley/parley/http";
 * import { upgradeWebSocket } from "@parley/parley/websocket";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serveHttp("tcp://127.0.0.1:0", {}, (request, info) =>
 *   new URL(request.url).pathname === "/chat"
 *     ? upgradeWebSocket(request, info, { encoding: "text" }, async (peer) => {
 *       for await (const message of peer) await peer.send(`you said ${message}`);
 *     })
 *     : new Response("<p>the page</p>", { headers: { "content-type": "text/html" } })
 * );
 *
 * const { port } = server.address;
 * await using client = await connect(`ws://127.0.0.1:${port}/chat`, { encoding: "text" });
 * await client.send("hello");
 * assertEquals(await client.receive(), "you said hello");
 * ```
 */
export function upgradeWebSocket<E extends EncodingLike = "bytes">(
  request: Request,
  info: HttpRequestInfo,
  options: UpgradeWebSocketOptions<E>,
  talk: (
    connection: MessageConnection<MessageOf<E>, SentOf<E>>,
  ) => Promise<void> | void,
): Response {
  const { webSocket = {} } = options;
  const terms = termsOf(webSocket);
  const settings = new Settings<MessageOf<E>, SentOf<E>>(options, {}, "server");
  const answer = acceptRequest(
    {
      headers: info.headers,
      method: request.method,
      target: info.target,
      version: info.version,
    },
    "",
    webSocket,
  );
  if ("status" in answer) {
    const { headers, reason, status } = answer;
    const fields = headers.map((
      [name, value],
    ): [string, string] => [name, value]);
    return new Response(`${reason}.\n`, { status, headers: fields });
  }
  const agreement: WebSocketAgreement = {
    ...terms,
    compression: answer.compression,
    origin: answer.origin,
    peer: String(info.remoteAddress),
    protocol: answer.protocol,
    side: "server",
    target: info.target,
  };
  return info.upgrade(
    "websocket",
    (connection) => speak(connection, agreement, settings, talk),
    answer.headers.map(([name, value]): [string, string] => [name, value]),
  );
}

async function speak<T, S>(
  taken: Connection,
  agreement: WebSocketAgreement,
  settings: Settings<T, S>,
  talk: (connection: MessageConnection<T, S>) => Promise<void> | void,
): Promise<void> {
  const channel = channelBelow(taken)!;
  channel.moveTo(
    new FramedLine(channel.connection, new WebSocketFraming(agreement)),
  );
  const connection = new FramedConnection<T, S>(channel, settings);
  // The server of HTTP ends the connection, as every server does once a handler has
  // returned: with a close frame, and with code 1011 if it has failed.
  await talk(connection);
}
