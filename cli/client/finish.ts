/**
 * Ends a conversation in which every reply has come.
 *
 * @module
 */

import type { MessageConnection } from "../../mod.ts";
import { formatSize } from "../arguments/sizes.ts";
import type { Log } from "../output/log.ts";

/**
 * How long to wait for the server's end. Messages that come meanwhile are not
 * shown but counted, which reveals a service with two replies per message. A
 * server that stays open costs no more than this wait.
 */
const LATE_MS = 30;

/**
 * Finishes sending and leaves, once every message has its reply.
 *
 * @param log The log, for messages that were not shown.
 */
export async function finish(
  connection: MessageConnection,
  log: Log,
): Promise<void> {
  // A failure loses nothing: every reply has come.
  connection.closeWrite().catch(() => {});
  let messages = 0;
  let bytes = 0;
  let hasEnded = false;
  const until = performance.now() + LATE_MS;
  try {
    for (;;) {
      const timeoutMs = Math.max(0, until - performance.now());
      const message = await connection.receive({ timeoutMs });
      hasEnded = message === undefined;
      if (message === undefined) break;
      messages++;
      bytes += message.length;
      if (timeoutMs === 0) break;
    }
  } catch {
    // The time is over, or the link was lost.
  }
  tellUnshown(messages, bytes, log);
  // What is unsent gets its time; otherwise there is nothing to wait for.
  if (hasEnded || connection.stats.bytesWaiting > 0) await connection.close();
  else connection.abort();
}

function tellUnshown(messages: number, bytes: number, log: Log): void {
  if (messages === 0) return;
  const what = messages === 1 ? "message" : "messages";
  log.now(
    { event: "unshown", messages, bytes },
    `not shown: ${messages} more ${what} (${
      formatSize(bytes)
    }) that came after the last expected reply; see --replies`,
  );
}
