/**
 * Shows a conversation that did not follow its script.
 *
 * @module
 */

import type { ScriptFailure, ScriptMessage } from "../../lib/testing/mod.ts";
import { bareReason, errorText } from "../output/error_text.ts";
import { escapeControls } from "../output/escape.ts";
import { visible } from "../output/visible.ts";

/** The side that a script speaks for. */
export type ScriptSide = "client" | "server";

const MOST_SHOWN_BYTES = 300;

/**
 * Shows a failure: the line, what was expected, what came, and the last messages.
 *
 * @param side The side that the script speaks for.
 * @returns Rows without control characters.
 */
export function failureRows(
  error: ScriptFailure,
  side: ScriptSide,
): readonly string[] {
  const { details, line, script } = error;
  const { difference, expected, received, recent, statement } = details;
  const rows = [`${script}:${line}: ${statement}`];
  const add = (title: string, text: string) =>
    rows.push(`  ${title.padEnd(8)}  ${text}`);
  if (expected === undefined) add("failed", bareReason(error));
  else {
    add("expected", expected);
    // In the words of the command line.
    add(
      "received",
      details.error === undefined
        ? received ?? ""
        : `an error: ${errorText(details.error)}`,
    );
    if (difference !== undefined) add("where", difference);
    if (error.advice !== undefined) add("note", error.advice);
  }
  recent.forEach((message, i) =>
    add(i === 0 ? "messages" : "", shownMessage(message, side))
  );
  return rows.map((row) => escapeControls(row));
}

function shownMessage(
  { connection, direction, message }: ScriptMessage,
  side: ScriptSide,
): string {
  const isToServer = (direction === "sent") === (side === "client");
  const name = connection === "" ? "" : `${connection} `;
  const begin = message.subarray(0, MOST_SHOWN_BYTES);
  const dots = begin.length < message.length ? "..." : "";
  return `${name}${isToServer ? "→" : "←"} ${visible(begin)}${dots}`;
}
