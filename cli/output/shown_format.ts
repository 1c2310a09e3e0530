/**
 * How messages are shown in any format, also in those that are loaded when they
 * are asked for.
 *
 * @module
 */

import type { FormatName } from "./views/format_names.ts";
import { formatNamed, type ShownFormat } from "./formats.ts";
import { isView } from "./views/format_names.ts";

const ENCODER = new TextEncoder();

/**
 * Finds what shows messages in a format, and loads it if it is a view.
 *
 * @param toTerminal Whether the output is a terminal, which messages must not
 * drive.
 */
export async function shownFormat(
  name: FormatName,
  toTerminal: boolean,
): Promise<ShownFormat> {
  if (!isView(name)) return formatNamed(name, toTerminal);
  const { loadView } = await import("./views/load_view.ts");
  const view = await loadView(name);
  return { show: (message) => ENCODER.encode(view(message)) };
}
