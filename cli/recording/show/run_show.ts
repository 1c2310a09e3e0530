/**
 * `parley-client show`: prints a recording as a tap would have printed it, or turns it
 * into a capture.
 *
 * @module
 */

import { parseArguments } from "../../arguments/parse.ts";
import type { Manual } from "../../manual/manual.ts";
import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import { UsageError } from "../../output/failure.ts";
import { Log } from "../../output/log.ts";
import type { Invocation, LoadedCommand } from "../../program.ts";
import { checkDisplay } from "../../tap/display/display_for.ts";
import { readRecording } from "../read/load_recording.ts";
import { SHOW_OPTIONS } from "./show_options.ts";

const MANUAL: Manual = {
  name: "parley-client show",
  usage: "FILE [options]",
  summary: "prints a recording, message by message",
  examples: [
    "parley-client show session.jsonl",
    "parley-client show session.jsonl --frame length:4 --format hex",
    "parley-client show session.jsonl --filter error --connection 3",
    "parley-client show session.jsonl --pcapng session.pcapng",
  ],
  operands: [{
    title: "Operands",
    rows: [["FILE", "a recording, made with --record; - is standard input"]],
  }],
  options: SHOW_OPTIONS,
  details: [{
    title: "Output",
    rows: [
      [
        "a line",
        "connection, direction (→ to the server), number, size, time, message; then how long the answer took, and in how many reads the message came if more than one",
      ],
      [
        "!N",
        "bytes that do not fit the framing; reads are shown as they are from there on",
      ],
      [
        "standard error",
        "when a connection was opened, and how it ended; faults; where events are missing",
      ],
    ],
  }],
  exitCodes: [EXIT.done, EXIT.failed, EXIT.usage, EXIT.local, EXIT.brokenPipe],
};

/** The command. */
export const SHOW: LoadedCommand = { manual: () => MANUAL, run };

async function run(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  const { operands, options } = parseArguments(args.slice(1), SHOW_OPTIONS);
  const [path, ...more] = operands;
  if (path === undefined) {
    throw new UsageError(
      "there is no recording; write for example: show session.jsonl",
    );
  }
  if (more.length > 0) {
    throw new UsageError(`"${more[0]}" is one operand too many`);
  }
  checkDisplay(options);
  progress.json = options.log === "json";
  const log = new Log(terminal, { ...options, format: options.log });
  const wanted = options.connection;
  const isWanted = (event: object) =>
    wanted === undefined || !("connection" in event) ||
    event.connection === wanted;
  try {
    if (options.pcapng !== undefined) {
      const { Conversion } = await import("./conversion.ts");
      const conversion = new Conversion(options.pcapng, path, log);
      await readRecording(
        path,
        {
          head: (head) => conversion.begin(head),
          event: (event) =>
            isWanted(event) ? conversion.event(event) : undefined,
        },
        terminal.input,
        log,
      );
      return await conversion.end();
    }
    const { ShownRecording } = await import("./shown_recording.ts");
    const shown = await ShownRecording.make(path, options, terminal, log);
    await readRecording(
      path,
      {
        head: (head) => shown.begin(head),
        event: (event) => isWanted(event) ? shown.event(event) : undefined,
      },
      terminal.input,
      log,
    );
    shown.end();
    return EXIT.done;
  } finally {
    log.flush();
  }
}
