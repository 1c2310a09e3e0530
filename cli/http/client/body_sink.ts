/**
 * The destinations of a response's body.
 *
 * @module
 */

import type { Output } from "../../terminal/terminal.ts";
import type { ProgressLine } from "./progress_line.ts";
import { VisibleText } from "./visible_text.ts";

/** Takes a body. */
export interface BodySink {
  /**
   * Appends bytes.
   *
   * @param bytes The bytes. They are not used after the call.
   */
  write(bytes: Uint8Array): void;

  /** Ends the body, whether it is complete or not. */
  end(): void;
}

/** A file that a body is written to. */
export interface BodyFile extends AsyncDisposable {
  /**
   * Appends bytes.
   *
   * @throws {Failure} With code 9 if they cannot be written.
   */
  write(bytes: Uint8Array): void;

  /** Makes the file what it is to be, once the body is complete. */
  keep(): Promise<void>;
}

/** Drops a body that is shown elsewhere. */
export const NOWHERE: BodySink = { write() {}, end() {} };

/**
 * Shows a body on standard output, unchanged except for characters that could
 * drive a terminal.
 *
 * @param output Standard output.
 */
export function shown(output: Output): BodySink {
  if (!output.isTerminal) {
    return { write: (bytes) => output.write(bytes), end() {} };
  }
  const encoder = new TextEncoder();
  // Line feeds and tabs are part of text and harmless.
  const visible = new VisibleText({ keep: "\n\t" });
  let last = "";
  const show = (text: string) => {
    if (text === "") return;
    output.write(encoder.encode(text));
    last = text.at(-1)!;
  };
  return {
    write: (bytes) => show(visible.add(bytes)),
    end() {
      show(visible.end());
      // The next output starts on a line of its own.
      if (last !== "" && last !== "\n") show("\n");
    },
  };
}

/**
 * Writes a body into a file.
 *
 * @param line Shows the progress, at a terminal.
 */
export function writtenTo(
  file: BodyFile,
  line: ProgressLine | undefined,
): BodySink {
  return {
    write(bytes) {
      file.write(bytes);
      line?.add(bytes.length);
    },
    end: () => line?.clear(),
  };
}

/**
 * Reads the whole body of a response into a sink.
 *
 * @param sink Where its body goes.
 * @returns How many bytes it had.
 */
export async function takeBody(
  response: Response,
  sink: BodySink,
): Promise<number> {
  const reader = response.body?.getReader();
  let count = 0;
  try {
    for (;;) {
      const { done, value } = await reader?.read() ?? { done: true };
      if (done || value === undefined) return count;
      count += value.length;
      sink.write(value);
    }
  } catch (error) {
    // If the sink failed, the rest of the body would block the connection.
    await reader?.cancel(error).catch(() => {});
    throw error;
  } finally {
    sink.end();
  }
}
