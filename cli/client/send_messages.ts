/**
 * The client with messages on its command line: sends each, shows one reply per
 * message, or as many as `--replies` says, and finishes.
 *
 * @module
 */

import type { Framing } from "../../lib/framing/mod.ts";
import type { MessageConnection } from "../../mod.ts";
import { isWebSocket } from "../arguments/kinds.ts";
import { EXIT } from "../output/exit_code.ts";
import { Failure } from "../output/failure.ts";
import type { Log } from "../output/log.ts";
import type { Printer } from "../output/printer.ts";
import type { ClientCommand } from "./client_command.ts";
import { showUntilEnd } from "./show_messages.ts";

/**
 * Sends the messages of the command line and shows the replies.
 *
 * @param printer Shows the replies.
 * @param log The log, for a server that sends nothing at all.
 * @throws {Failure} If the server finishes before the last reply.
 */
export async function sendMessages(
  connection: MessageConnection,
  { messages, options }: ClientCommand,
  printer: Printer,
  log: Log,
): Promise<void> {
  const { frame, replies, timeout } = options;
  // All at once: the framing keeps them apart, and they leave in one write. A
  // server that answers before it has read all must be read from meanwhile.
  const sending = connection.sendAll(messages);
  // Waiting for a reply, below, shows that the link is lost. A message that cannot be
  // sent gets no reply.
  sending.catch((error) => {
    if (error instanceof RangeError) connection.abort(error);
  });
  if (frame.boundary !== "frame") {
    const finished = sending.then(() => connection.closeWrite());
    finished.catch(() => {});
    await showUntilEnd(connection, printer, {
      timeoutMs: timeout,
      mayTimeOut: () => true,
      isCountable: false,
      replies,
    });
    await finished;
    return tellSilence(connection, frame, log);
  }
  const expected = replies ?? messages.length;
  for (let count = 0; count < expected; count++) {
    const reply = await connection.receive({ timeoutMs: timeout });
    if (reply === undefined) throw await missing(connection, count, expected);
    printer.print([reply]);
  }
  await sending;
}

/** Where a reply has no end of its own, nothing at all may be all of it. */
function tellSilence(
  { remoteAddress, stats }: MessageConnection,
  framing: Framing,
  log: Log,
): void {
  if (stats.bytesIn > 0 || framing.boundary !== "none") return;
  log.soon(
    { event: "no_reply", address: String(remoteAddress) },
    `${remoteAddress} finished and sent nothing; --frame ${framing} sends no line end, which a service that reads lines waits for`,
  );
}

async function missing(
  connection: MessageConnection,
  count: number,
  expected: number,
): Promise<Failure> {
  const { remoteAddress } = connection;
  const replies = `after ${count} of ${expected} replies`;
  if (isWebSocket(remoteAddress)) {
    const { answerEnd } = await import("../websocket/peer_end.ts");
    const how = await answerEnd(connection);
    return new Failure(
      EXIT.lost,
      `${remoteAddress} finished${how} ${replies}; perhaps its service does not answer each message`,
    );
  }
  // With TLS 1.3 a client learns only afterwards that it was not let in.
  const perhaps = remoteAddress.isTls && count === 0
    ? "perhaps it lets in only clients with a certificate that it trusts (--cert, --key), or its service does not answer"
    : "perhaps its service does not answer each message, or uses another --frame";
  return new Failure(
    EXIT.lost,
    `${remoteAddress} finished ${replies}; ${perhaps}`,
  );
}
