/**
 * The client with messages from standard input: sends and receives at the same
 * time, each as fast as the other side allows.
 *
 * @module
 */

import { type MessageConnection, TimeoutError } from "../mod.ts";
import { cannotSend, type ClientCommand } from "./client_options.ts";
import { formatDuration } from "./durations.ts";
import type { Log } from "./log.ts";
import type { Printer } from "./printer.ts";
import { NO_PROMPT, type Prompt } from "./prompt.ts";
import { TypedMessages } from "./typed_messages.ts";
import type { Terminal } from "./terminal.ts";

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

/** How to wait for messages. */
export interface ShowOptions {
  /** Longest time to wait for each. */
  readonly timeoutMs: number;
  /** Whether that time counts already. */
  readonly mayTimeOut: () => boolean;
  /** Has to make way for what is shown. */
  readonly prompt?: Prompt | undefined;
}

/**
 * Shows messages until the server finishes.
 *
 * @param connection The connection.
 * @param printer Shows them.
 * @param options How to wait for them.
 */
export async function showUntilEnd(
  connection: MessageConnection,
  printer: Printer,
  options: ShowOptions,
): Promise<void> {
  const { prompt = NO_PROMPT } = options;
  const watch = new Watch(connection, options);
  try {
    for await (const batch of connection.batches({ reuse: true })) {
      prompt.makeWay();
      printer.print(batch);
      prompt.ask();
      watch.restart();
    }
  } finally {
    watch.stop();
  }
}

/** Ends a connection on which nothing arrives for too long. */
class Watch {
  readonly #connection: MessageConnection;
  readonly #options: ShowOptions;
  #since = performance.now();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(connection: MessageConnection, options: ShowOptions) {
    this.#connection = connection;
    this.#options = options;
    const { timeoutMs } = options;
    if (timeoutMs === Infinity) return;
    const everyMs = Math.max(5, Math.min(100, timeoutMs / 10));
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  restart(): void {
    this.#since = performance.now();
  }

  stop(): void {
    if (this.#timer !== undefined) clearInterval(this.#timer);
  }

  #look(): void {
    const { mayTimeOut, timeoutMs } = this.#options;
    if (!mayTimeOut()) return this.restart();
    if (performance.now() - this.#since < timeoutMs) return;
    this.stop();
    this.#connection.abort(
      new TimeoutError(
        "receive",
        timeoutMs,
        `Cannot receive from ${this.#connection.remoteAddress}: nothing within ${
          formatDuration(timeoutMs)
        }`,
      ),
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
