/**
 * The server's opening handshake (RFC 6455 section 4.2).
 *
 * @module
 */

import { ConnectionError, ProtocolError } from "../../errors.ts";
import type { RequestHead } from "../../http/wire/events.ts";
import {
  acceptRequest,
  type OpeningRefusal,
  type OpeningRules,
} from "../../websocket/opening/opening_rules.ts";
import type { Connection } from "../connection.ts";
import type { Agreed } from "./client_handshake.ts";
import { HeadExchange } from "./head_exchange.ts";
import type { WebSocketServerOptions } from "./options.ts";

// How much of what a refused client still sends is read away, so that a reset does
// not destroy the answer.
const MOST_READ_AWAY = 64 * 1024;

/**
 * Answers a client's request for WebSocket.
 *
 * @param line What the request comes over.
 * @param path The only path that is served, or `""` for all.
 * @param gone Aborted when the connection is closed.
 * @throws {ConnectionError} If the request was refused, after the answer that
 * says so.
 */
export async function answerClient(
  line: Connection,
  path: string,
  rules: OpeningRules & Pick<WebSocketServerOptions, "beforeAccept">,
  gone: AbortSignal,
): Promise<Agreed> {
  const exchange = new HeadExchange(line, "server");
  const request = await requestHead(line, exchange);
  const answer = acceptRequest(request, path, rules);
  if ("status" in answer) {
    await refuse(line, exchange, answer);
    throw refusal(line, answer.reason);
  }
  // The protocol can be switched once the request is whole; it has no body.
  await exchange.next();
  const { target } = request;
  const { compression, origin, protocol } = answer;
  const { beforeAccept } = rules;
  let prepared: unknown;
  try {
    const { remoteAddress } = line;
    const asked = { target, origin, remoteAddress, signal: gone };
    prepared = await beforeAccept?.(asked);
  } catch (cause) {
    const reason = "What is behind this port cannot be reached";
    await refuse(line, exchange, { status: 502, headers: [], reason });
    throw refusal(line, "what is behind it cannot be reached", cause);
  }
  await exchange.send({
    type: "informational",
    status: 101,
    reason: "Switching Protocols",
    version: "1.1",
    headers: answer.headers,
  });
  const rest = exchange.http.takeRest().slice();
  return { compression, origin, prepared, protocol, rest, target };
}

async function requestHead(
  line: Connection,
  exchange: HeadExchange,
): Promise<RequestHead> {
  try {
    const head = await exchange.next();
    if (head?.type === "request") return head;
    throw refusal(line, "the client ended the connection");
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const reason = "This port speaks WebSocket: send an HTTP request for it";
    await refuse(line, exchange, { status: 400, headers: [], reason });
    throw refusal(line, "the client does not speak HTTP", error);
  }
}

async function refuse(
  line: Connection,
  exchange: HeadExchange,
  { headers, reason, status }: OpeningRefusal,
): Promise<void> {
  const bytes = new TextEncoder().encode(`${reason}.\n`);
  try {
    await exchange.send(
      {
        type: "response",
        status,
        reason: PHRASES[status] ?? "",
        version: "1.1",
        headers: [
          ...headers,
          ["Content-Type", "text/plain; charset=utf-8"],
          ["Content-Length", `${bytes.length}`],
          ["Connection", "close"],
        ],
      },
      { type: "data", bytes },
      { type: "end", trailers: [] },
    );
    await line.closeWrite();
    await readAway(line);
  } catch {
    // The client is gone; the reason that is thrown is the first one.
  }
}

const PHRASES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  426: "Upgrade Required",
  502: "Bad Gateway",
};

async function readAway(line: Connection): Promise<void> {
  const into = new Uint8Array(4 * 1024);
  for (let left = MOST_READ_AWAY; left > 0;) {
    const count = await line.read(into);
    if (count === null) return;
    left -= count;
  }
}

function refusal(
  line: Connection,
  reason: string,
  cause?: unknown,
): ConnectionError {
  return new ConnectionError("failed", {
    action: "agree on WebSocket with",
    address: String(line.remoteAddress),
    reason,
    ...cause === undefined ? {} : { cause },
  });
}
