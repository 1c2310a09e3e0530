/**
 * The client over UDP: each message is a datagram, and its reply is waited for,
 * or its replies if many are asked.
 *
 * @module
 */

import type { ClientCommand } from "../client/client_command.ts";
import { formatDuration } from "../arguments/durations.ts";
import { isForMany } from "./group_options.ts";
import type { Log } from "../output/log.ts";
import { Printer } from "../output/printer.ts";
import { openPrompt, type Prompt } from "../client/prompt.ts";
import { amount } from "../arguments/sizes.ts";
import type { Surroundings } from "../client/run_client.ts";
import { TypedMessages } from "../client/typed_messages.ts";
import { GroupRequester } from "./group_requester.ts";
import { RequestSockets, type Totals } from "./requester.ts";
import { UnicastRequester } from "./unicast_requester.ts";

/** Sends a message and shows the replies. */
type Request = (message: Uint8Array) => Promise<void>;

/**
 * Sends the messages of the command line, or those that are typed, and shows
 * the replies to each.
 *
 * @param surroundings What it works with.
 */
export async function runUdpClient(
  command: ClientCommand,
  surroundings: Surroundings,
): Promise<void> {
  const { log, recording, signal, terminal } = surroundings;
  const { address, given, messages, options } = command;
  const sockets = new RequestSockets(command, log, recording);
  const begun = performance.now();
  {
    await using requester = isForMany(address, given)
      ? new GroupRequester(command, sockets, log, signal)
      : new UnicastRequester(command, sockets, signal);
    const printer = await Printer.open(
      terminal,
      options.format,
      false,
    );
    const request: Request = (message) =>
      requester.request(message, (reply) => printer.print([reply]));
    if (messages.length === 0) {
      await requestTyped(request, command, surroundings);
    }
    for (const message of messages) await request(message);
  }
  // Only now all is counted.
  tellSummary(sockets.totals, log, performance.now() - begun);
}

async function requestTyped(
  request: Request,
  { address, options }: ClientCommand,
  { interrupt, log, signal, terminal }: Surroundings,
): Promise<void> {
  const prompt = await openPrompt(terminal, interrupt);
  const typed = new TypedMessages(prompt?.input ?? terminal.input, {
    format: options.format,
    framing: options.frame,
    maxMessageBytes: options["max-message"],
    skipEmpty: options["skip-empty"],
  });
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
        ? requestLines(request, typed)
        : requestAtPrompt(request, typed, prompt, signal),
    ]);
  } finally {
    prompt?.leave();
  }
}

async function requestLines(
  request: Request,
  typed: TypedMessages,
): Promise<void> {
  for (let batch; (batch = await typed.next()) !== undefined;) {
    for (const message of batch) await request(message);
  }
}

/** Reports a missing reply or a mistyped message, and goes on. */
async function requestAtPrompt(
  request: Request,
  typed: TypedMessages,
  prompt: Prompt,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    prompt.ask();
    try {
      const messages = await typed.next();
      if (messages === undefined) break;
      for (const message of messages) await request(message);
    } catch (error) {
      if (signal.aborted) throw error;
      prompt.tell(error);
    }
  }
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
  { bytesIn, bytesOut, datagramsIn, datagramsOut, extra, resent }: Totals,
  log: Log,
  durationMs: number,
): void {
  if (resent > 0) {
    log.soon(
      { event: "resends", count: resent },
      `sent again ${
        resent === 1 ? "once" : `${resent} times`
      }, as no reply came in time`,
    );
  }
  if (extra > 0) {
    log.soon(
      { event: "not_shown", datagrams: extra },
      `not shown: ${extra} more ${
        extra === 1 ? "reply" : "replies"
      } than one for each message`,
    );
  }
  if (!log.options.verbose) return;
  log.now(
    {
      event: "closed",
      datagramsIn,
      bytesIn,
      datagramsOut,
      bytesOut,
      resent,
      extra,
      durationMs: Math.round(durationMs * 10) / 10,
    },
    `closed after ${formatDuration(durationMs)}: sent ${
      amount(datagramsOut, "datagram", bytesOut)
    }, received ${amount(datagramsIn, "datagram", bytesIn)}`,
  );
}
