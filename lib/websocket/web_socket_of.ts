/**
 * What only WebSocket has, of a connection that carries messages.
 *
 * @module
 */

import { OptionRangeError } from "../check.ts";
import { channelOf } from "../session/messages/framed_connection.ts";
import type { MessageConnection } from "../session/messages/message_connection.ts";
import { WebSocketFraming } from "./speaking/websocket_framing.ts";
import {
  type CloseStatus,
  fitReason,
  isSendableCode,
} from "./wire/close_status.ts";

/** What only WebSocket has. */
export interface WebSocketInfo {
  /** The subprotocol that was agreed on; `""` if there is none. */
  readonly protocol: string;
  /** What the client asked for, such as `"/chat?room=1"`. */
  readonly target: string;
  /** The origin of the page, if the client is a browser; known to the server. */
  readonly origin: string | undefined;
  /** What the server's `beforeAccept` has resolved to. */
  readonly prepared: unknown;
  /** Whether messages are compressed. */
  readonly isCompressed: boolean;
  /** How the peer ended its side; `undefined` until its close frame has come. */
  readonly closeStatus: CloseStatus | undefined;

  /**
   * Ends the connection as `close` does, with a code and a reason.
   *
   * @param code 1000 to 1003, 1007 to 1014, or 3000 to 4999.
   * @param reason A sentence for people. It is cut to 123 bytes of UTF-8.
   * @throws {RangeError} If the code may not be sent.
   */
  close(code: number, reason?: string): Promise<void>;
}

/**
 * Gives what only WebSocket has.
 *
 * @param connection A connection of `connect`, `serve` or `upgradeWebSocket`.
 * @returns The information, or `undefined` if the connection is not a WebSocket.
 *
 * @example Ending with a code, and reading it
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { webSocketOf } from "@parley/parley/websocket";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serve("ws://127.0.0.1:0/room", {}, async (peer) => {
 *   assertEquals(webSocketOf(peer)?.target, "/room");
 *   await webSocketOf(peer)?.close(4000, "the room is full");
 * });
 * await using client = await connect(server.address);
 * assertEquals(await client.receive(), undefined);
 * assertEquals(webSocketOf(client)?.closeStatus, {
 *   code: 4000,
 *   reason: "the room is full",
 * });
 * ```
 */
export function webSocketOf(
  connection:
    | MessageConnection<never, never>
    | MessageConnection<unknown, never>,
): WebSocketInfo | undefined {
  const { farewell } = channelOf(
    connection as MessageConnection<unknown, never>,
  );
  if (!(farewell instanceof WebSocketFraming)) return undefined;
  const { compression, origin, prepared, protocol, target } =
    farewell.agreement;
  return {
    prepared,
    protocol,
    target,
    origin,
    isCompressed: compression !== undefined,
    get closeStatus() {
      return farewell.peerStatus;
    },
    async close(code, reason = "") {
      if (!isSendableCode(code)) {
        throw new OptionRangeError({
          action: `close with code ${code}`,
          reason: "it must be 1000 to 1003, 1007 to 1014 or 3000 to 4999",
        });
      }
      farewell.finishWith({ code, reason: fitReason(reason) });
      await connection.close();
    },
  };
}
