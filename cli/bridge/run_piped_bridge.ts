/**
 * A bridge whose client is standard input and output.
 *
 * @module
 */

import { MessageConnection, streamConnection } from "../../mod.ts";
import { bridge, type OpenBridge } from "../../lib/relay/mod.ts";
import { counted } from "../output/counted.ts";
import { EXIT, type ExitCode } from "../output/exit_code.ts";
import { Failure } from "../output/failure.ts";
import type { Log } from "../output/log.ts";
import type { Progress } from "../program.ts";
import { interruption } from "../terminal/interruption.ts";
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
  // What ends it on this side, with an exit code of its own.
  let ownEnd: Failure | undefined;
  const note = (error: unknown): never => {
    if (error instanceof Failure) ownEnd ??= error;
    // Both ways: the other one may wait for input that never comes.
    client.abort();
    throw error;
  };
  // A program that started this one waits for its end once the target has ended, and
  // may keep standard input open for that long.
  const ended = Promise.withResolvers<null>();
  const client = new MessageConnection(
    streamConnection({
      readable: bytesOf(terminal.input, ended.promise, note),
      writable: bytesTo(terminal.output, () => ended.resolve(null), note),
    }),
    { ...connectionSettings(command), framing: options.frame },
  );
  const stop = interruption(terminal);
  stop.signal.addEventListener("abort", () => {
    ownEnd ??= stop.signal.reason;
    client.abort();
  });
  const { error, failed, toClient, toServer } = await bridge(client, open);
  stop.undo();
  log.soon(
    { event: "closed", messagesToServer: toServer, messagesToClient: toClient },
    `${counted(toServer, "message")} to ${target}, ${
      counted(toClient, "message")
    } from it`,
  );
  if (ownEnd !== undefined) throw ownEnd;
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

/** Standard input until the target has ended; `note` sees why a read fails. */
function bytesOf(
  input: Input,
  ended: Promise<null>,
  note: (error: unknown) => never,
): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const into = new Uint8Array(READ_BYTES);
      const read = input.read(into).catch(note);
      const count = await Promise.race([read, ended]);
      if (count === null) controller.close();
      else controller.enqueue(into.subarray(0, count));
    },
  });
}

/** Standard output; `note` sees why a write fails, `onEnd` the target's end. */
function bytesTo(
  output: Output,
  onEnd: () => void,
  note: (error: unknown) => never,
): WritableStream<Uint8Array> {
  return new WritableStream({
    close: onEnd,
    async write(bytes) {
      try {
        await (output.writeLater?.(bytes) ?? output.write(bytes));
      } catch (error) {
        note(error);
      }
    },
  });
}
