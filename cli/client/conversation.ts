/**
 * The client with messages from standard input: sends and receives at the same
 * time, each as fast as the other side allows.
 *
 * ```text
 * input ──► sending ──► its end: finishes sending
 *                       a write fails: exit 8, with what was left
 * server ─► showing ──► its end: the rest of the input is still sent;
 *                       at a prompt: over
 * ```
 *
 * @module
 */

import type { Framing } from "../../lib/framing/mod.ts";
import type { MessageConnection } from "../../mod.ts";
import { ConnectionError } from "../../lib/start.ts";
import { isWebSocket } from "../arguments/kinds.ts";
import { formatSize } from "../arguments/sizes.ts";
import { errorText } from "../output/error_text.ts";
import { EXIT } from "../output/exit_code.ts";
import { Failure } from "../output/failure.ts";
import type { Log } from "../output/log.ts";
import type { Printer } from "../output/printer.ts";
import { showUntilEnd } from "./show_messages.ts";
import { cannotSend } from "./client_checks.ts";
import type { ClientCommand } from "./client_command.ts";
import type { Prompt } from "./prompt.ts";
import { TypedMessages } from "./typed_messages.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What a conversation is held with. */
export interface ConversationParts {
  /** Where messages are typed. */
  readonly terminal: Terminal;
  /** Shows what comes. */
  readonly printer: Printer;
  /** Asks for messages, if a person types them. */
  readonly prompt: Prompt | undefined;
  /** The log. */
  readonly log: Log;
}

/** How far sending has come. */
interface Progress {
  /** Whether all input was read and accepted. */
  ended: boolean;
  /** Messages that were read from the input, and not accepted for sending. */
  unsent: number;
  /** Whether nothing more is shown. */
  over: boolean;
  /** Will tell that the server is being waited for. */
  waiting?: ReturnType<typeof setTimeout>;
}

// Most servers finish at once, and then nothing has to be said.
const WAITING_TOLD_MS = 300;

/**
 * Sends what is typed until its end, and shows what comes until the server
 * finishes, or `--replies` have come.
 *
 * @param parts What it is held with.
 * @throws {Failure} If input is left that was not sent.
 */
export async function converse(
  connection: MessageConnection,
  { options }: ClientCommand,
  parts: ConversationParts,
): Promise<void> {
  const { log, printer, prompt, terminal } = parts;
  const typed = new TypedMessages(prompt?.input ?? terminal.input, {
    format: options.format,
    framing: options.frame,
    maxMessageBytes: options["max-message"],
    skipEmpty: options["skip-empty"],
  });
  const progress: Progress = { ended: false, over: false, unsent: 0 };
  const sending = sendTyped(connection, typed, options.frame, progress, parts);
  // Showing has more to say, if the link was lost.
  sending.catch((error) => {
    if (!isLinkLost(error)) connection.abort(error);
  });
  try {
    await showUntilEnd(connection, printer, {
      timeoutMs: options.timeout,
      // Before, it is the person who types who takes the time.
      mayTimeOut: () => progress.ended && prompt === undefined,
      isCountable: options.frame.boundary === "frame",
      replies: options.replies,
      prompt,
    });
  } catch (error) {
    const isLeft = !progress.ended && prompt === undefined;
    throw isLeft && error instanceof ConnectionError
      ? unsent(connection, progress, error)
      : error;
  } finally {
    progress.over = true;
    clearTimeout(progress.waiting);
    prompt?.leave();
  }
  if (isWebSocket(connection.remoteAddress)) {
    const { checkEnd } = await import("../websocket/peer_end.ts");
    await checkEnd(connection);
  }
  if (progress.ended || options.replies !== undefined) return;
  if (prompt !== undefined) {
    log.soon(
      { event: "finished_early" },
      "the server has finished before the end of the input",
    );
    return;
  }
  await sendRest(connection, sending, progress);
}

/** The server may have finished its direction alone, and go on reading. */
async function sendRest(
  connection: MessageConnection,
  sending: Promise<void>,
  progress: Progress,
): Promise<void> {
  try {
    await Promise.race([sending, untilLost(connection)]);
  } catch (error) {
    if (!isLinkLost(error)) throw error;
    throw unsent(connection, progress, error);
  }
}

async function sendTyped(
  connection: MessageConnection,
  typed: TypedMessages,
  framing: Framing,
  progress: Progress,
  { log, prompt }: ConversationParts,
): Promise<void> {
  if (prompt === undefined) await sendAll(connection, typed, framing, progress);
  else await sendAtPrompt(connection, typed, prompt);
  progress.ended = true;
  await connection.closeWrite();
  // Closing can take until the server has finished.
  if (prompt !== undefined && !progress.over) {
    progress.waiting = tellWaiting(log);
  }
}

/** Says after a while what the person in front of the terminal waits for. */
function tellWaiting(log: Log): ReturnType<typeof setTimeout> {
  return setTimeout(() => {
    log.soon(
      { event: "waiting" },
      "waiting for the server to finish; Ctrl-C leaves",
    );
    log.flush();
  }, WAITING_TOLD_MS);
}

async function sendAll(
  connection: MessageConnection,
  typed: TypedMessages,
  framing: Framing,
  progress: Progress,
): Promise<void> {
  for (let batch; (batch = await typed.next()) !== undefined;) {
    progress.unsent = batch.length;
    const before = connection.stats.messagesOut;
    try {
      await connection.sendAll(batch);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // Those before it were accepted, and leave first.
      const index = connection.stats.messagesOut - before;
      await connection.closeWrite();
      throw unsendable(typed.lineOf(index), batch[index]!, framing, error);
    }
    progress.unsent = 0;
  }
}

function unsendable(
  line: number,
  message: Uint8Array,
  framing: Framing,
  cause: RangeError,
): Failure {
  const why = message.length === 0
    ? `is empty, which ${framing} cannot carry; leave it out with --skip-empty`
    : `cannot be sent: ${errorText(cause)}; see --frame and --max-message`;
  return new Failure(EXIT.framing, `line ${line} of the input ${why}`, {
    cause,
  });
}

/** Reports what was mistyped, and goes on. */
async function sendAtPrompt(
  connection: MessageConnection,
  typed: TypedMessages,
  prompt: Prompt,
): Promise<void> {
  for (;;) {
    prompt.ask();
    try {
      const messages = await typed.next();
      if (messages === undefined) return;
      for (const message of messages) await send(connection, message);
    } catch (error) {
      if (isLinkLost(error)) throw error;
      prompt.tell(error);
    }
  }
}

async function send(
  connection: MessageConnection,
  message: Uint8Array,
): Promise<void> {
  try {
    await connection.send(message);
  } catch (error) {
    throw cannotSend(error);
  }
}

function unsent(
  { stats }: MessageConnection,
  { unsent }: Progress,
  cause: unknown,
): Failure {
  const messages = `${unsent} message${unsent === 1 ? "" : "s"}`;
  const left = [
    ...stats.bytesWaiting === 0 ? [] : [formatSize(stats.bytesWaiting)],
    ...unsent === 0 ? [] : [messages],
  ];
  const lost = left.length === 0
    ? ""
    : `${left.join(" and ")} of the input were not sent, and `;
  return new Failure(
    EXIT.lost,
    `${
      errorText(cause)
    }; ${lost}the rest of the input was not read: the server's log may say why`,
    { cause },
  );
}

/**
 * Rejects when the connection is aborted or lost. Sending alone may not notice: it
 * may be waiting for input that never comes.
 */
function untilLost({ signal }: MessageConnection): Promise<never> {
  return new Promise((_, reject) => {
    const lost = () => reject(signal.reason);
    if (signal.aborted) lost();
    else signal.addEventListener("abort", lost, { once: true });
  });
}

function isLinkLost(error: unknown): boolean {
  return error instanceof Error &&
    /^(Connection|Closed|Timeout|Protocol)Error$/.test(error.name);
}
