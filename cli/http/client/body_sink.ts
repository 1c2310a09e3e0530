/**
 * Where the body of a response goes.
 *
 * @module
 */

import type { Output } from "../../terminal/terminal.ts";
import type { NewFile } from "./new_file.ts";
import type { ProgressLine } from "./progress_line.ts";
import { VisibleText } from "./visible_text.ts";

/** Takes a body. */
export interface BodySink {
  /**
   * Takes bytes behind those before.
   *
   * @param bytes The bytes; not looked at later.
   */
  write(bytes: Uint8Array): void;

  /** Says that nothing follows, be the body whole or not. */
  end(): void;
}

/** Takes a body that is shown otherwise. */
export const NOWHERE: BodySink = { write() {}, end() {} };

/**
 * Shows a body on standard output: as it is, but where it could drive a
 * terminal.
 *
 * @param output Standard output.
 * @returns What takes the body.
 */
export function shown(output: Output): BodySink {
  if (!output.isTerminal) {
    return { write: (bytes) => output.write(bytes), end() {} };
  }
  const encoder = new TextEncoder();
  // Line feeds and tabs are what text consists of and do no harm.
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
      // What follows is not to stand in the body's last line.
      if (last !== "" && last !== "\n") show("\n");
    },
  };
}

/**
 * Writes a body into a file.
 *
 * @param file The file.
 * @param line Shows how far it has come, where somebody looks.
 * @returns What takes the body.
 */
export function writtenTo(
  file: NewFile,
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
 * Takes the whole body of a response.
 *
 * @param response The response.
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
    // A sink that fails leaves a connection that nobody reads.
    await reader?.cancel(error).catch(() => {});
    throw error;
  } finally {
    sink.end();
  }
}
