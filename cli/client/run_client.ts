/**
 * The client as a function: connects, talks, finishes.
 *
 * @module
 */

import type { MessageConnection } from "../../mod.ts";
import type { PeerCertificate } from "../../lib/transport/tls/mod.ts";
import { askAll } from "../udp/ask.ts";
import {
  CLIENT_MANUAL,
  type ClientCommand,
  parseClientArguments,
} from "./client_options.ts";
import { converse } from "./conversation.ts";
import { formatDuration } from "../arguments/durations.ts";
import { exchange } from "./request_reply.ts";
import { EXIT, type ExitCode, Failure } from "../output/exit_code.ts";
import { Log } from "../output/log.ts";
import { openConnection } from "./open_connection.ts";
import { Printer } from "../output/printer.ts";
import { runProgram } from "../program.ts";
import { TerminalPrompt } from "./prompt.ts";
import { formatSize } from "../arguments/sizes.ts";
import type { Terminal } from "../terminal/terminal.ts";

/**
 * Runs `parley-client`.
 *
 * @param args The command line.
 * @param terminal What the program has around it.
 * @returns The exit code.
 */
export function runClient(
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  return runProgram(CLIENT_MANUAL, args, terminal, async (progress) => {
    const command = parseClientArguments(args);
    const { options } = command;
    progress.json = options.log === "json";
    const log = new Log(terminal, {
      format: options.log,
      quiet: options.quiet,
      verbose: options.verbose,
    });
    const interrupt = new AbortController();
    const undo = interruptedBy(terminal, interrupt);
    const { signal } = interrupt;
    try {
      if ("url" in command) {
        // Who does not speak HTTP starts as fast without it.
        const { runHttpRequest } = await import(
          "../http/client/run_http_request.ts"
        );
        await runHttpRequest(command, { terminal, log, signal, progress });
      } else if (command.address.transport === "udp") {
        await askAll(command, terminal, log, signal);
      } else {
        const connection = await openConnection(
          command,
          terminal,
          log,
          signal,
        );
        progress.stage = "talking";
        await talk(connection, command, terminal, log, signal);
      }
    } finally {
      for (const stopListening of undo) stopListening();
      log.flush();
    }
    return EXIT.done;
  });
}

function interruptedBy(
  terminal: Terminal,
  interrupt: AbortController,
): (() => void)[] {
  // No text: whoever presses Ctrl-C knows.
  const on = (code: ExitCode) => () => interrupt.abort(new Failure(code, ""));
  return [
    terminal.onSignal("SIGINT", on(EXIT.interrupted)),
    terminal.onSignal("SIGTERM", on(EXIT.terminated)),
  ];
}

async function talk(
  connection: MessageConnection,
  command: ClientCommand,
  terminal: Terminal,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const onInterrupt = () => connection.abort(signal.reason);
  signal.addEventListener("abort", onInterrupt);
  if (signal.aborted) onInterrupt();
  const begun = performance.now();
  try {
    tellConnected(connection, log);
    await sendAndShow(connection, command, terminal, log);
    await connection.close();
    tellSummary(connection, log, performance.now() - begun);
  } catch (error) {
    connection.abort(error);
    throw error;
  } finally {
    signal.removeEventListener("abort", onInterrupt);
  }
}

async function sendAndShow(
  connection: MessageConnection,
  command: ClientCommand,
  terminal: Terminal,
  log: Log,
): Promise<void> {
  const { messages, options } = command;
  const isRaw = options.frame.boundary === "none";
  const printer = new Printer(terminal, options.format, isRaw);
  if (messages.length > 0) return await exchange(connection, command, printer);
  const { errors, input } = terminal;
  const prompt = input.isTerminal && errors.isTerminal
    ? new TerminalPrompt(terminal)
    : undefined;
  if (prompt !== undefined) {
    log.soon(
      { event: "prompt" },
      `connected to ${connection.remoteAddress} (--frame ${options.frame}); Ctrl-D finishes, Ctrl-C leaves`,
    );
    log.flush();
  }
  await converse(connection, command, terminal, printer, prompt, log);
}

function tellConnected(connection: MessageConnection, log: Log): void {
  if (!log.options.verbose) return;
  const { alpn, localAddress, peerCertificate, remoteAddress } = connection;
  log.now(
    {
      event: "connected",
      address: String(remoteAddress),
      from: String(localAddress),
    },
    `connected to ${remoteAddress} from ${localAddress}`,
  );
  if (alpn !== undefined) {
    log.now({ event: "alpn", alpn }, `agreed on the protocol ${alpn}`);
  }
  if (peerCertificate !== undefined) tellCertificate(peerCertificate, log);
}

function tellCertificate(
  { fingerprint256, subject, validTo }: PeerCertificate,
  log: Log,
): void {
  const until = validTo.toISOString();
  const name = subject["CN"] ?? "";
  log.now(
    { event: "certificate", name, fingerprint256, validTo: until },
    `the server's certificate is of ${name}, valid until ${until}, SHA-256 ${fingerprint256}`,
  );
}

function tellSummary(
  { stats }: MessageConnection,
  log: Log,
  durationMs: number,
): void {
  if (!log.options.verbose) return;
  const { bytesIn, bytesOut, messagesIn, messagesOut } = stats;
  log.now(
    {
      event: "closed",
      messagesIn,
      bytesIn,
      messagesOut,
      bytesOut,
      durationMs: Math.round(durationMs * 10) / 10,
    },
    `closed after ${formatDuration(durationMs)}: sent ${messagesOut} messages ${
      formatSize(bytesOut)
    }, received ${messagesIn} messages ${formatSize(bytesIn)}`,
  );
}
