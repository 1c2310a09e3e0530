/**
 * The client over UDP: each message is a datagram, and one reply to each is
 * waited for.
 *
 * @module
 */

import {
  type Address,
  bindUdp,
  type DatagramSocket,
  TimeoutError,
} from "../mod.ts";
import type { ClientCommand } from "./client_options.ts";
import { formatDuration } from "./durations.ts";
import { EXIT, Failure } from "./exit_code.ts";
import type { Log } from "./log.ts";
import { Printer } from "./printer.ts";
import { type Prompt, TerminalPrompt } from "./prompt.ts";
import { formatSize } from "./sizes.ts";
import type { Terminal } from "./terminal.ts";
import { TypedMessages } from "./typed_messages.ts";

// What RFC 8085 begins with; without an end nothing would ever be sent again.
const DEFAULT_TIMEOUT_MS = 1_000;

/** A question to one server. */
type Ask = (message: Uint8Array) => Promise<Uint8Array>;

/**
 * Sends the messages of the command line, or those that are typed, and shows
 * the reply to each.
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
  const { address, messages, options } = command;
  const socket = bindUdp(...placeFor(address, options["max-message"]));
  const begun = performance.now();
  try {
    tellBound(socket, address, log);
    const ask = asker(socket, command, signal);
    const printer = new Printer(terminal, options.format, false);
    if (messages.length > 0) {
      for (const message of messages) printer.print([await ask(message)]);
    } else {
      await askTyped(ask, command, terminal, printer, log, signal);
    }
    tellSummary(socket, log, performance.now() - begun);
  } finally {
    await socket.close();
  }
}

/** Where answers are received: on the loopback alone if that is where they come from. */
function placeFor(
  { hostname }: Address,
  maxMessageBytes: number,
): [string, { maxMessageBytes: number }] {
  const options = { maxMessageBytes };
  if (/^127\./.test(hostname)) return ["udp://127.0.0.1:0", options];
  if (hostname === "::1") return ["udp://[::1]:0", options];
  const isIpv4 = /^[\d.]+$/.test(hostname);
  return [isIpv4 ? "udp://0.0.0.0:0" : "udp://[::]:0", options];
}

function asker(
  socket: DatagramSocket,
  { address, given, options }: ClientCommand,
  signal: AbortSignal,
): Ask {
  const timeoutMs = given.has("timeout") ? options.timeout : DEFAULT_TIMEOUT_MS;
  // As long after each attempt, so that it can be foretold how long it takes.
  const how = { attempts: options.attempts, backoff: 1, signal, timeoutMs };
  return async (message) => {
    try {
      return await socket.request(message, address, how);
    } catch (cause) {
      if (cause instanceof TimeoutError) {
        throw new Failure(
          EXIT.timeout,
          `${
            lowerFirst(cause.message)
          }; allow more with --timeout or --attempts`,
          { cause },
        );
      }
      if (cause instanceof RangeError) {
        throw new Failure(EXIT.framing, lowerFirst(cause.message), { cause });
      }
      throw cause;
    }
  };
}

async function askTyped(
  ask: Ask,
  { address, options }: ClientCommand,
  terminal: Terminal,
  printer: Printer,
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
        ? askLines(ask, typed, printer)
        : askPerson(ask, typed, printer, prompt, signal),
    ]);
  } finally {
    prompt?.leave();
  }
}

async function askLines(
  ask: Ask,
  typed: TypedMessages,
  printer: Printer,
): Promise<void> {
  for (let batch; (batch = await typed.next()) !== undefined;) {
    for (const message of batch) printer.print([await ask(message)]);
  }
}

/** A person who is not answered, or mistypes, is told and may go on. */
async function askPerson(
  ask: Ask,
  typed: TypedMessages,
  printer: Printer,
  prompt: Prompt,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    prompt.ask();
    try {
      const messages = await typed.next();
      if (messages === undefined) break;
      prompt.answered();
      for (const message of messages) printer.print([await ask(message)]);
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

function tellBound(socket: DatagramSocket, to: Address, log: Log): void {
  if (!log.options.verbose) return;
  const from = String(socket.address);
  log.now(
    { event: "bound", address: String(to), from },
    `asking ${to} from ${from}`,
  );
}

function tellSummary(
  { stats }: DatagramSocket,
  log: Log,
  durationMs: number,
): void {
  if (!log.options.verbose) return;
  const { bytesIn, bytesOut, datagramsIn, datagramsOut } = stats;
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

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
