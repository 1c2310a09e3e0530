/**
 * The end of a WebSocket that the server began.
 *
 * @module
 */

import type { MessageConnection } from "../../lib/core.ts";
import { webSocketOf } from "../../lib/websocket/mod.ts";
import { escapeControls } from "../output/escape.ts";

/**
 * Answers the close frame of a server, which wants one back (RFC 6455 section
 * 5.5.1), and says how the server ended: ` with code 4000, "the room is full"`.
 */
export async function answerEnd(
  connection: MessageConnection,
): Promise<string> {
  const status = webSocketOf(connection)?.closeStatus;
  // A failure changes nothing: the server has ended already.
  await connection.close().catch(() => {});
  if (status?.code === undefined) return "";
  const { code, reason } = status;
  return ` with code ${code}${
    reason === "" ? "" : `, "${escapeControls(reason)}"`
  }`;
}
