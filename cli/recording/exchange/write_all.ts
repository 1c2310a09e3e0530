/**
 * Writes pieces so that each leaves by itself.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Connection } from "../../../mod.ts";

/** Writes all of the bytes. */
export async function writeAll(
  connection: Connection,
  bytes: Uint8Array,
): Promise<void> {
  for (let rest = bytes; rest.length > 0;) {
    rest = rest.subarray(await connection.write(rest));
  }
}

/**
 * Writes pieces one by one, with a turn of the event loop between them. TCP sends each
 * at once, as the connection has `noDelay`; a reader that is late may still get several
 * in one read.
 */
export async function writePieces(
  connection: Connection,
  pieces: Iterable<Uint8Array>,
): Promise<void> {
  for (const piece of pieces) {
    await writeAll(connection, piece);
    // A timer would take 2 ms in this runtime.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
