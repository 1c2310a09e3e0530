/**
 * The options that show or cut reads and writes. What does that is loaded if one of
 * them was given.
 *
 * @module
 */

import type { Connection } from "../../../mod.ts";
import type { Framing, Side } from "../../../lib/framing/mod.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { Log } from "../log.ts";

/** The options for reads and writes. */
export interface WireOptions {
  readonly annotate: boolean;
  readonly chunks: boolean;
  readonly "read-size": number | undefined;
  readonly "write-size": number | undefined;
  readonly "write-delay": number | undefined;
  /** What messages are in, to draw them. */
  readonly frame: Framing;
  /** The largest message. */
  readonly "max-message": number;
}

/** Where a view shows what it sees. */
export interface WireSurroundings {
  /** The log. */
  readonly log: Log;
  /** The side that this program is. A server's lines name the peer. */
  readonly side: Side;
  /** For how wide standard error is. */
  readonly terminal: Pick<Terminal, "errors">;
}

/** Puts a view between a connection and its messages. */
export type WireViewer = (connection: Connection) => Connection;

/**
 * Loads what the options need.
 *
 * @returns What puts a view onto a connection; `undefined` if no option needs one.
 */
export async function wireView(
  options: WireOptions,
  surroundings: WireSurroundings,
): Promise<WireViewer | undefined> {
  const { annotate, chunks, "read-size": read, "write-delay": wait } = options;
  const isNeeded = annotate || chunks ||
    [read, options["write-size"], wait].some((option) => option !== undefined);
  if (!isNeeded) return undefined;
  const { openWireView } = await import("./wire_view.ts");
  return await openWireView(options, surroundings);
}
