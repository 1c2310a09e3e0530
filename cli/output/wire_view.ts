/**
 * Shows that TCP has no messages: logs the bytes of each read, and limits the
 * size of reads and of writes.
 *
 * ```text
 * reads   at most --read-size at once, each shown with --chunks
 * writes  at most --write-size at once, --write-delay between them
 * ```
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { Address, Connection } from "../../mod.ts";
import { visible } from "./escape.ts";
import type { Log } from "./log.ts";

// The first bytes of a chunk; more would not be read.
const SHOWN_BYTES = 60;

/** The options for reads and writes. */
export interface WireOptions {
  readonly chunks: boolean;
  readonly "read-size": number | undefined;
  readonly "write-size": number | undefined;
  readonly "write-delay": number | undefined;
}

/**
 * Makes the function that puts a view between a connection and its messages.
 *
 * @param log The log, for chunks.
 * @param isNamed Whether each line names the peer, as there can be several.
 * @returns The function; `undefined` without options that need it.
 */
export function wireView(
  options: WireOptions,
  log: Log,
  isNamed: boolean,
): ((connection: Connection) => Connection) | undefined {
  const { chunks, "read-size": read, "write-delay": wait } = options;
  const { "write-size": write } = options;
  if (!chunks && [read, write, wait].every((option) => option === undefined)) {
    return undefined;
  }
  return (connection) => new WireView(connection, options, log, isNamed);
}

class WireView implements Connection {
  readonly #connection: Connection;
  readonly #log: Log | undefined;
  readonly #peer: string;
  readonly #readBytes: number;
  readonly #writeBytes: number;
  readonly #writeDelayMs: number;
  readonly #over = new AbortController();
  #chunks = 0;
  #hasWritten = false;

  constructor(
    connection: Connection,
    options: WireOptions,
    log: Log,
    isNamed: boolean,
  ) {
    this.#connection = connection;
    this.#log = options.chunks ? log : undefined;
    this.#peer = isNamed ? `${connection.remoteAddress} ` : "";
    this.#readBytes = options["read-size"] ?? Infinity;
    this.#writeBytes = options["write-size"] ?? Infinity;
    this.#writeDelayMs = options["write-delay"] ?? 0;
  }

  get localAddress(): Address {
    return this.#connection.localAddress;
  }

  get remoteAddress(): Address {
    return this.#connection.remoteAddress;
  }

  get alpn(): string | undefined {
    return this.#connection.alpn;
  }

  async read(into: Uint8Array): Promise<number | null> {
    const bytes = into.subarray(0, this.#readBytes);
    const count = await this.#connection.read(bytes);
    if (this.#log === undefined) return count;
    if (count === null) this.#tellEnd(this.#log);
    else this.#tell(bytes.subarray(0, count), this.#log);
    return count;
  }

  async write(bytes: Uint8Array): Promise<number> {
    if (this.#hasWritten && this.#writeDelayMs > 0) {
      const { signal } = this.#over;
      // After the end, the connection reports the reason.
      await delay(this.#writeDelayMs, { signal }).catch(() => {});
    }
    this.#hasWritten = true;
    return await this.#connection.write(bytes.subarray(0, this.#writeBytes));
  }

  closeWrite(): Promise<void> {
    return this.#connection.closeWrite();
  }

  close(): void {
    this.#over.abort();
    this.#connection.close();
  }

  abort(): void {
    this.#over.abort();
    this.#connection.abort();
  }

  #tell(chunk: Uint8Array, log: Log): void {
    const number = ++this.#chunks;
    const shown = visible(chunk.subarray(0, SHOWN_BYTES));
    const more = chunk.length > SHOWN_BYTES ? "..." : "";
    const peer = String(this.remoteAddress);
    log.now(
      {
        event: "chunk",
        peer,
        number,
        bytes: chunk.length,
        shown: shown + more,
      },
      `${this.#peer}chunk ${number}: ${chunk.length} byte${
        chunk.length === 1 ? "" : "s"
      } "${shown}"${more}`,
    );
  }

  #tellEnd(log: Log): void {
    log.now(
      { event: "end", peer: String(this.remoteAddress) },
      this.#peer === ""
        ? "end: the server has finished sending"
        : `${this.#peer}end: the peer has finished sending`,
    );
  }
}
