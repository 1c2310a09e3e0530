/**
 * The client over UDP: each message is a datagram, and its reply is waited for,
 * or its replies if many are asked.
 *
 * @module
 */

import { ManyAsker } from "./ask_many.ts";
import { OneAsker } from "./ask_one.ts";
import { AskingSockets, type Totals } from "./asker.ts";
import type { ClientCommand } from "../client/client_options.ts";
import { formatDuration } from "../arguments/durations.ts";
import { isForMany } from "./group_options.ts";
import type { Log } from "../output/log.ts";
import { Printer } from "../output/printer.ts";
import { type Prompt, TerminalPrompt } from "../client/prompt.ts";
import { formatSize } from "../arguments/sizes.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { TypedMessages } from "../client/typed_messages.ts";

/** Asks, and shows the replies. */
type Ask = (message: Uint8Array) => Promise<void>;

/**
 * Sends the messages of the command line, or those that are typed, and shows
 * the replies to each.
 *
 * @param command The command line.
 * @param terminal Where messages are typed and shown.
 * @param log Where it is told what happens.
 * @param signal Ends it with its reason.
 */
export async function askAll(
  command: ClientCommand,
  terminal: Terminal,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const { address, given, messages, options } = command;
  const sockets = new AskingSockets(command, log);
  const begun = performance.now();
  {
    await using asker = isForMany(address, given)
      ? new ManyAsker(command, sockets, log, signal)
      : new OneAsker(command, sockets, signal);
    const printer = new Printer(terminal, options.format, false);
    const ask: Ask = (message) =>
      asker.ask(message, (reply) => printer.print([reply]));
    if (messages.length === 0) {
      await askTyped(ask, command, terminal, log, signal);
    }
    for (const message of messages) await ask(message);
  }
  // Only now all is counted.
  tellSummary(sockets.totals, log, performance.now() - begun);
}

async function askTyped(
  ask: Ask,
  { address, options }: ClientCommand,
  terminal: Terminal,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const { errors, input } = terminal;
  const typed = new TypedMessages(input, {
    format: options.format,
    framing: options.frame,
    maxMessageBytes: options["max-message"],
  });
  const prompt = input.isTerminal && errors.isTerminal
    ? new TerminalPrompt(terminal)
    : undefined;
  const over = endOf(signal);
  if (prompt !== undefined) {
    log.soon(
      { event: "prompt" },
      `each line is a datagram to ${address}; Ctrl-D finishes, Ctrl-C leaves`,
    );
    log.flush();
  }
  try {
    await Promise.race([
      over,
      prompt === undefined
        ? askLines(ask, typed)
        : askPerson(ask, typed, prompt, signal),
    ]);
  } finally {
    prompt?.leave();
  }
}

async function askLines(
  ask: Ask,
  typed: TypedMessages,
): Promise<void> {
  for (let batch; (batch = await typed.next()) !== undefined;) {
    for (const message of batch) await ask(message);
  }
}

/** A person who is not answered, or mistypes, is told and may go on. */
async function askPerson(
  ask: Ask,
  typed: TypedMessages,
  prompt: Prompt,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    prompt.ask();
    try {
      const messages = await typed.next();
      if (messages === undefined) break;
      prompt.answered();
      for (const message of messages) await ask(message);
    } catch (error) {
      if (signal.aborted) throw error;
      prompt.answered();
      prompt.tell(error);
    }
  }
  prompt.end();
}

/** Rejects when the signal is aborted: reading what is typed cannot be. */
function endOf(signal: AbortSignal): Promise<never> {
  const over = new Promise<never>((_, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end);
  });
  over.catch(() => {});
  return over;
}

function tellSummary(
  { bytesIn, bytesOut, datagramsIn, datagramsOut }: Totals,
  log: Log,
  durationMs: number,
): void {
  if (!log.options.verbose) return;
  log.now(
    {
      event: "closed",
      datagramsIn,
      bytesIn,
      datagramsOut,
      bytesOut,
      durationMs: Math.round(durationMs * 10) / 10,
    },
    `closed after ${
      formatDuration(durationMs)
    }: sent ${datagramsOut} datagrams ${
      formatSize(bytesOut)
    }, received ${datagramsIn} datagrams ${formatSize(bytesIn)}`,
  );
}
