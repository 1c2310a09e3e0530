/**
 * Records what a program reads from a connection and writes to it.
 *
 * A chunk is recorded as soon as it was read, and before it is written: an answer never
 * comes before its question in the recording.
 *
 * @module
 */

import type { Address, Connection } from "../../../mod.ts";
import { ConnectionError } from "../../../lib/start.ts";
import { otherSide, OuterConnection } from "../../../lib/core.ts";
import type { Side } from "../../../lib/framing/mod.ts";
import type { ConnectionRecord, Strike } from "./connection_record.ts";
import type { Recorder } from "./recorder.ts";

// What is recorded before it is written may never be taken, if the link is lost then.
// So it is not much.
const MOST_WRITTEN_BYTES = 64 * 1024;

/**
 * Puts a recorder between a connection and what speaks over it.
 *
 * @param side The side that this program is.
 */
export function recordedConnection(
  connection: Connection,
  recorder: Recorder,
  side: Side,
): RecordedConnection {
  const own = addressOf(connection.localAddress);
  const peer = addressOf(connection.remoteAddress);
  const record = side === "server"
    ? recorder.open(peer, own)
    : recorder.open(own, peer);
  return new RecordedConnection(connection, record, side);
}

/** A client at a Unix socket has no address of its own. */
function addressOf(address: Address): string | undefined {
  const text = String(address);
  return text === "unix:" ? undefined : text;
}

/** A connection that is recorded. */
class RecordedConnection extends OuterConnection {
  readonly #record: ConnectionRecord;
  readonly #side: Side;
  // How much of what comes next was recorded already: a write took only a part.
  #aheadBytes = 0;

  constructor(connection: Connection, record: ConnectionRecord, side: Side) {
    super(connection);
    this.#record = record;
    this.#side = side;
  }

  /** Records a fault, before what it strikes. */
  strike(strike: Strike): void {
    this.#record.fault(strike);
    if (strike.name === "reset-after") this.#record.resetByFault();
  }

  override async read(into: Uint8Array): Promise<number | null> {
    await this.#record.room();
    try {
      const count = await super.read(into);
      if (count === null) this.#record.end(this.#side);
      else this.#record.chunk(this.#side, into.subarray(0, count));
      return count;
    } catch (error) {
      this.#lost(error);
      throw error;
    }
  }

  override async write(bytes: Uint8Array): Promise<number> {
    await this.#record.room();
    const some = bytes.subarray(0, MOST_WRITTEN_BYTES);
    const peer = otherSide(this.#side);
    const fresh = some.subarray(this.#aheadBytes);
    if (fresh.length > 0) this.#record.chunk(peer, fresh);
    try {
      const count = await super.write(some);
      this.#aheadBytes = some.length - count;
      return count;
    } catch (error) {
      this.#lost(error);
      throw error;
    }
  }

  override async closeWrite(): Promise<void> {
    this.#record.end(otherSide(this.#side));
    await super.closeWrite();
  }

  override close(): void {
    this.#record.close(this.#side);
    super.close();
  }

  override abort(): void {
    this.#record.close(this.#side);
    super.abort();
  }

  #lost(error: unknown): void {
    if (error instanceof ConnectionError) this.#record.reset(this.#side);
  }
}
