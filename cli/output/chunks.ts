/**
 * Shows that TCP has no messages: logs the bytes of each read, and limits the
 * size of reads.
 *
 * @module
 */

import type { Address, Connection } from "../../mod.ts";
import { visible } from "./escape.ts";
import type { Log } from "./log.ts";

// The first bytes of a chunk; more would not be read.
const SHOWN_BYTES = 60;

/** How reads of a connection are limited and logged. */
export interface ChunkOptions {
  /** Most bytes at once. */
  readonly readBytes: number;
  /** The log for chunks; without one they are not logged. */
  readonly log: Log | undefined;
}

/** A connection whose reads are small, or logged, or both. */
export class ChunkedConnection implements Connection {
  readonly #connection: Connection;
  readonly #options: ChunkOptions;
  #count = 0;

  constructor(connection: Connection, options: ChunkOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  get localAddress(): Address {
    return this.#connection.localAddress;
  }

  get remoteAddress(): Address {
    return this.#connection.remoteAddress;
  }

  async read(into: Uint8Array): Promise<number | null> {
    const { log, readBytes } = this.#options;
    const bytes = into.subarray(0, readBytes);
    const count = await this.#connection.read(bytes);
    if (log === undefined) return count;
    if (count === null) {
      log.now({ event: "end" }, "end: the server has finished sending");
    } else {
      this.#tell(bytes.subarray(0, count), log);
    }
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#connection.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#connection.closeWrite();
  }

  close(): void {
    this.#connection.close();
  }

  abort(): void {
    this.#connection.abort();
  }

  #tell(chunk: Uint8Array, log: Log): void {
    const number = ++this.#count;
    const shown = visible(chunk.subarray(0, SHOWN_BYTES));
    const more = chunk.length > SHOWN_BYTES ? "..." : "";
    log.now(
      { event: "chunk", number, bytes: chunk.length, shown: shown + more },
      `chunk ${number}: ${chunk.length} byte${
        chunk.length === 1 ? "" : "s"
      } "${shown}"${more}`,
    );
  }
}
