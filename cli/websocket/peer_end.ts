/**
 * The end of a WebSocket that the server began.
 *
 * @module
 */

import type { MessageConnection } from "../../mod.ts";
import { webSocketOf } from "../../lib/websocket/mod.ts";
import { escapeControls } from "../output/escape.ts";
import { EXIT } from "../output/exit_code.ts";
import { Failure } from "../output/failure.ts";

// Those of an end in order: finished, and going away.
const GOOD_CODES: readonly (number | undefined)[] = [undefined, 1000, 1001];

/**
 * Looks at how a server has ended that nothing more is expected of.
 *
 * @throws {Failure} If its code says that something was wrong.
 */
export async function checkEnd(connection: MessageConnection): Promise<void> {
  const code = webSocketOf(connection)?.closeStatus?.code;
  if (GOOD_CODES.includes(code)) return;
  const how = await answerEnd(connection);
  throw new Failure(EXIT.lost, `${connection.remoteAddress} finished${how}`);
}

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
