/**
 * A bridge whose client is standard input and output.
 *
 * @module
 */

import { MessageConnection, streamConnection } from "../../mod.ts";
import { bridge, type OpenBridge } from "../../lib/relay/mod.ts";
import { EXIT, type ExitCode } from "../output/exit_code.ts";
import { Failure } from "../output/failure.ts";
import type { Log } from "../output/log.ts";
import type { Progress } from "../program.ts";
import { targetText } from "../target/target_text.ts";
import type { Input, Output, Terminal } from "../terminal/terminal.ts";
import type { BridgeCommand } from "./bridge_command.ts";
import { connectionSettings, openerOf } from "./start_bridge.ts";

// As much as a pipe of the system holds.
const READ_BYTES = 64 * 1024;

/**
 * Joins standard input and output with the target.
 *
 * @throws {Failure} If one side fails.
 */
export async function runPipedBridge(
  command: BridgeCommand,
  terminal: Terminal,
  log: Log,
  progress: Progress,
): Promise<ExitCode> {
  const { options, target } = command;
  progress.stage = "connecting";
  const connectTo = await openerOf(command, terminal, log);
  const open: OpenBridge = async (signal) => {
    const connection = await connectTo(signal);
    progress.stage = "talking";
    return connection;
  };
  const client = new MessageConnection(
    streamConnection({
      readable: bytesOf(terminal.input),
      writable: bytesTo(terminal.output),
    }),
    { ...connectionSettings(command), framing: options.frame },
  );
  const stops = (["SIGINT", "SIGTERM"] as const).map((signal) =>
    terminal.onSignal(signal, () => client.abort())
  );
  const { error, failed, toClient, toServer } = await bridge(client, open);
  for (const stop of stops) stop();
  log.soon(
    { event: "closed", messagesToServer: toServer, messagesToClient: toClient },
    `${toServer} messages to ${target}, ${toClient} messages from it`,
  );
  if (failed === undefined) return EXIT.done;
  if (error instanceof RangeError) {
    throw new Failure(
      EXIT.framing,
      `a message of the ${failed}: ${targetText(error)}`,
      { cause: error },
    );
  }
  throw error;
}

function bytesOf(input: Input): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const into = new Uint8Array(READ_BYTES);
      const count = await input.read(into);
      if (count === null) controller.close();
      else controller.enqueue(into.subarray(0, count));
    },
  });
}

function bytesTo(output: Output): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (bytes) => output.writeLater?.(bytes) ?? output.write(bytes),
  });
}
