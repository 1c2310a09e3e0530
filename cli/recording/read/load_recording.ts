/**
 * Reads a recording from a file, for the commands that work with one.
 *
 * @module
 */

import {
  type RecordedEvent,
  RecordingError,
  type RecordingHead,
  RecordingReader,
} from "../../../lib/recording/mod.ts";
import { errorText } from "../../output/error_text.ts";
import { EXIT } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";
import type { Log } from "../../output/log.ts";
import { cannotRead, openFile } from "../../terminal/read_file.ts";
import type { Input } from "../../terminal/terminal.ts";

const READ_BYTES = 1024 * 1024;

/** What a recording is read into. */
export interface RecordingSink {
  /** Called once, before all events. */
  head(head: RecordingHead): void;
  /** Called with each event. What it returns is waited for. */
  event(event: RecordedEvent): void | Promise<void>;
}

/**
 * Reads a recording, event by event.
 *
 * @param path The file; `-` is standard input.
 * @param sink Takes what is in it.
 * @param input Standard input.
 * @param log For one line if it is cut off.
 * @throws {Failure} With code 9 if the file cannot be read.
 * @throws {Failure} With code 2 if it is not a recording that can be read.
 */
export async function readRecording(
  path: string,
  sink: RecordingSink,
  input: Input,
  log: Log,
): Promise<void> {
  const reader = new RecordingReader();
  const name = path === "-" ? "standard input" : path;
  let hasHead = false;
  try {
    for await (const chunk of chunksOf(path, input)) {
      reader.push(chunk);
      for (let event; (event = reader.next()) !== undefined;) {
        if (!hasHead) sink.head(reader.head!);
        hasHead = true;
        await sink.event(event);
      }
    }
    const { isCutOff, lines } = reader.end();
    if (!hasHead) sink.head(reader.head!);
    if (isCutOff) {
      log.now(
        { event: "cut_off", lines },
        `${name}: cut off after line ${lines}`,
      );
    }
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    throw new Failure(
      EXIT.usage,
      `${name} is not a recording that can be read: ${errorText(error)}`,
      { cause: error },
    );
  }
}

async function* chunksOf(
  path: string,
  input: Input,
): AsyncGenerator<Uint8Array> {
  const file = path === "-" ? undefined : await openFile(path);
  try {
    for (;;) {
      // The reader keeps it.
      const chunk = new Uint8Array(READ_BYTES);
      const count = file === undefined
        ? await input.read(chunk)
        : await readFrom(file, chunk, path);
      if (count === null) return;
      yield chunk.subarray(0, count);
    }
  } finally {
    file?.close();
  }
}

async function readFrom(
  file: Deno.FsFile,
  into: Uint8Array,
  path: string,
): Promise<number | null> {
  try {
    return await file.read(into);
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}
