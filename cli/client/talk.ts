/**
 * The client on a connection: connects, sends and shows, finishes.
 *
 * @module
 */

import type { PeerCertificate } from "../../lib/transport/tls/mod.ts";
import type { MessageConnection } from "../../mod.ts";
import { formatDuration } from "../arguments/durations.ts";
import { counted } from "../output/counted.ts";
import { amount } from "../arguments/sizes.ts";
import type { Log } from "../output/log.ts";
import { Printer } from "../output/printer.ts";
import type { ClientCommand } from "./client_command.ts";
import { openConnection } from "./connection/open_connection.ts";
import { finish } from "./finish.ts";
import type { Surroundings } from "./run_client.ts";
import { sendMessages } from "./send_messages.ts";

/**
 * Connects, sends the messages of the command line or those that are typed, and
 * shows the replies.
 *
 * @param surroundings What it works with.
 */
export async function talk(
  command: ClientCommand,
  surroundings: Surroundings,
): Promise<void> {
  const { log, progress, signal } = surroundings;
  const connection = await openConnection(command, surroundings);
  progress.stage = "talking";
  const onInterrupt = () => connection.abort(signal.reason);
  signal.addEventListener("abort", onInterrupt);
  if (signal.aborted) onInterrupt();
  const begun = performance.now();
  try {
    tellConnected(connection, log);
    await sendAndShow(connection, command, surroundings);
    await finish(connection, log);
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
  { interrupt, log, terminal }: Surroundings,
): Promise<void> {
  const { messages, options } = command;
  const isRaw = options.frame.boundary === "none";
  const printer = await Printer.open(terminal, options.format, isRaw);
  if (options.name !== undefined) {
    const words = `/name ${options.name}`;
    await connection.send(new TextEncoder().encode(words));
  }
  if (messages.length > 0) {
    return await sendMessages(connection, command, printer, log);
  }
  // Only messages from standard input need them.
  const { openPrompt } = await import("./prompt.ts");
  const { converse } = await import("./conversation.ts");
  const prompt = await openPrompt(terminal, interrupt);
  if (prompt !== undefined) {
    log.soon(
      { event: "prompt" },
      `connected to ${connection.remoteAddress} (--frame ${options.frame}); Ctrl-D finishes, Ctrl-C leaves`,
    );
    log.flush();
  }
  await converse(connection, command, { terminal, printer, prompt, log });
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
  const { badFrames, bytesIn, bytesOut, messagesIn, messagesOut } = stats;
  log.now(
    {
      event: "closed",
      messagesIn,
      bytesIn,
      messagesOut,
      bytesOut,
      badFrames,
      durationMs: Math.round(durationMs * 10) / 10,
    },
    `closed after ${formatDuration(durationMs)}: sent ${
      amount(messagesOut, "message", bytesOut)
    }, received ${amount(messagesIn, "message", bytesIn)}${
      badFrames === 0 ? "" : `, skipped ${counted(badFrames, "bad frame")}`
    }`,
  );
}
