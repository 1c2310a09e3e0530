/**
 * A connection whose messages are framed by what its two ends have agreed on, or by
 * what its address says.
 *
 * @module
 */

import type { Framing } from "../../framing/framing.ts";
import type { Connection } from "../../transport/connection.ts";
import { OuterConnection } from "../../transport/outer_connection.ts";
import { RAW, type RawCalls, rawCalls } from "../../transport/raw_calls.ts";

/**
 * Gives a connection a framing, unless it has one: what the two ends have agreed on
 * stays.
 */
export function framedBy(
  connection: Connection,
  framing: Framing | undefined,
): Connection {
  return framing === undefined || connection.framing !== undefined
    ? connection
    : new FramedLine(connection, framing);
}

/** The same bytes as of another connection, with a framing. */
export class FramedLine extends OuterConnection {
  readonly #framing: Framing;
  readonly #line: Connection;

  constructor(line: Connection, framing: Framing) {
    super(line);
    this.#framing = framing;
    this.#line = line;
  }

  // The bytes are the same, so the promise is too.
  get [RAW](): RawCalls | undefined {
    return rawCalls(this.#line);
  }

  override get framing(): Framing {
    return this.#framing;
  }
}
