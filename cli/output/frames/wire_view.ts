/**
 * Shows that TCP has no messages: logs the bytes of each read and of each message, and
 * limits the size of reads and of writes.
 *
 * ```text
 * reads   at most --read-size at once, each shown with --chunks
 * writes  at most --write-size at once, --write-delay between them
 * both    messages are drawn with --annotate
 * ```
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { Connection } from "../../../mod.ts";
import { framingOf } from "../../../lib/start.ts";
import { OuterConnection } from "../../../lib/core.ts";
import { visible } from "../visible.ts";
import type { FrameLog } from "./frame_log.ts";
import type { Log } from "../log.ts";
import type {
  WireOptions,
  WireSurroundings,
  WireViewer,
} from "./wire_options.ts";

// The first bytes of a chunk; more would not be read.
const SHOWN_BYTES = 60;

/** Makes the function that puts a view between a connection and its messages. */
export async function openWireView(
  options: WireOptions,
  { log, side, terminal }: WireSurroundings,
): Promise<WireViewer> {
  const peerOf = ({ remoteAddress }: Connection) =>
    side === "server" ? `${remoteAddress} ` : "";
  if (!options.annotate) {
    return (connection) =>
      new WireView(connection, options, log, peerOf(connection));
  }
  const { FrameLog } = await import("./frame_log.ts");
  const { errors } = terminal;
  return (connection) => {
    const peer = peerOf(connection);
    const frames = new FrameLog({
      columns: errors.isTerminal ? errors.columns?.() ?? Infinity : Infinity,
      // The address may have one of its own. WebSocket's belongs to its connection,
      // so a second one reads along.
      framing: framingOf(String(connection.framing ?? options.frame)),
      log,
      maxMessageBytes: options["max-message"],
      peer,
      side,
    });
    return new WireView(connection, options, log, peer, frames);
  };
}

class WireView extends OuterConnection {
  readonly #frames: FrameLog | undefined;
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
    peer: string,
    frames?: FrameLog,
  ) {
    super(connection);
    this.#frames = frames;
    this.#log = options.chunks ? log : undefined;
    this.#peer = peer;
    this.#readBytes = options["read-size"] ?? Infinity;
    this.#writeBytes = options["write-size"] ?? Infinity;
    this.#writeDelayMs = options["write-delay"] ?? 0;
  }

  override async read(into: Uint8Array): Promise<number | null> {
    const bytes = into.subarray(0, this.#readBytes);
    const count = await super.read(bytes);
    if (this.#log !== undefined) {
      if (count === null) this.#tellEnd(this.#log);
      else this.#tell(bytes.subarray(0, count), this.#log);
    }
    if (count === null) this.#frames?.ended();
    else this.#frames?.received(bytes.subarray(0, count));
    return count;
  }

  override async write(bytes: Uint8Array): Promise<number> {
    if (this.#hasWritten && this.#writeDelayMs > 0) {
      const { signal } = this.#over;
      // After the end, the connection reports the reason.
      await delay(this.#writeDelayMs, { signal }).catch(() => {});
    }
    this.#hasWritten = true;
    const some = bytes.subarray(0, this.#writeBytes);
    const count = await super.write(some);
    this.#frames?.sent(some.subarray(0, count));
    return count;
  }

  override close(): void {
    this.#over.abort();
    super.close();
  }

  override abort(): void {
    this.#over.abort();
    super.abort();
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
