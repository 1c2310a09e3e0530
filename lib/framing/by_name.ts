/**
 * Framings where a framing or its string is given.
 *
 * The formats are a third of the code of a program that sends messages, and one
 * of them is used. So what sends and receives messages does not import them:
 * `parse.ts`, which has the table of formats, says here how to read a string when
 * it is loaded.
 *
 * ```text
 * mod.ts, /framing, ...  ─► parse.ts ─► formats.ts ─► all formats
 *                              │ announces
 * session, FrameDecoder  ─► by_name.ts ─► line.ts
 * ```
 *
 * Every entry point that takes a framing's string loads `parse.ts`. The executables
 * load it when a command line names a framing.
 *
 * @module
 */

import { OptionTypeError } from "../check.ts";
import type { Framing } from "./framing.ts";
import { line } from "./formats/line.ts";

/** The framing where none is given. */
export const DEFAULT_FRAMING: string = "line";

let read: ((text: string) => Framing) | undefined;

/** Says how to read the string of a framing. */
export function announceParser(parser: (text: string) => Framing): void {
  read = parser;
}

/**
 * Finds a framing.
 *
 * @param framing A framing, which is returned as it is, or its string.
 * @throws {TypeError} If the string names no framing.
 */
export function framingOf(framing: Framing | string): Framing {
  if (typeof framing !== "string") {
    if (typeof framing?.decoder === "function") return framing;
    throw new OptionTypeError({
      action: "use",
      option: "framing",
      value: framing,
      reason: 'it must be a Framing, or a string such as "length:4"',
    });
  }
  if (read !== undefined) return read(framing);
  if (framing === DEFAULT_FRAMING) return line();
  throw new OptionTypeError({
    action: "use framing",
    address: `"${framing}"`,
    reason: "the table of framings is not loaded",
    advice: "the entry points . and /framing load it",
  });
}
