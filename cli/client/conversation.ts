/**
 * The client with messages from standard input: sends and receives at the same
 * time, each as fast as the other side allows.
 *
 * @module
 */

import type { MessageConnection } from "../../mod.ts";
import { cannotSend } from "./client_checks.ts";
import type { ClientCommand } from "./client_command.ts";
import type { Log } from "../output/log.ts";
import type { Printer } from "../output/printer.ts";
import type { Prompt } from "./prompt.ts";
import { showUntilEnd } from "../output/show_messages.ts";
import { TypedMessages } from "./typed_messages.ts";
import type { Terminal } from "../terminal/terminal.ts";

/**
 * Sends what is typed until its end, and shows what comes until the server
 * finishes.
 *
 * @param connection The connection.
 * @param command The command line.
 * @param terminal Where messages are typed.
 * @param printer Shows what comes.
 * @param prompt Asks for messages, if a person types them.
 * @param log Where it is told that the server has not waited for all.
 */
export async function converse(
  connection: MessageConnection,
  { options }: ClientCommand,
  terminal: Terminal,
  printer: Printer,
  prompt: Prompt | undefined,
  log: Log,
): Promise<void> {
  const typed = new TypedMessages(terminal.input, {
    format: options.format,
    framing: options.frame,
    maxMessageBytes: options["max-message"],
  });
  let inputEnded = false;
  const sending = prompt === undefined
    ? sendAllTyped(connection, typed)
    : sendAsTyped(connection, typed, prompt);
  sending.then(() => {
    inputEnded = true;
    return connection.closeWrite();
  }).catch((error) => {
    // If the link was lost, receiving has more to say about it.
    if (!isLinkLost(error)) connection.abort(error);
  });
  try {
    await showUntilEnd(connection, printer, {
      timeoutMs: options.timeout,
      // Before, it is whoever types who takes the time.
      mayTimeOut: () => inputEnded && prompt === undefined,
      prompt,
    });
  } finally {
    prompt?.leave();
  }
  const someSent = prompt !== undefined || connection.stats.messagesOut > 0;
  if (!inputEnded && someSent) {
    log.soon(
      { event: "finished_early" },
      "the server has finished before the end of the input",
    );
  }
}

async function sendAllTyped(
  connection: MessageConnection,
  typed: TypedMessages,
): Promise<void> {
  for (let batch; (batch = await typed.next()) !== undefined;) {
    try {
      await connection.sendAll(batch);
    } catch (error) {
      throw cannotSend(error);
    }
  }
}

/** A person who mistypes is told and may go on. */
async function sendAsTyped(
  connection: MessageConnection,
  typed: TypedMessages,
  prompt: Prompt,
): Promise<void> {
  for (;;) {
    prompt.ask();
    try {
      const messages = await typed.next();
      if (messages === undefined) break;
      prompt.answered();
      for (const message of messages) await send(connection, message);
    } catch (error) {
      if (isLinkLost(error)) throw error;
      prompt.answered();
      prompt.tell(error);
    }
  }
  prompt.end();
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

function isLinkLost(error: unknown): boolean {
  return error instanceof Error &&
    /^(Connection|Closed|Timeout|Protocol)Error$/.test(error.name);
}
