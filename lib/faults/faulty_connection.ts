/**
 * A connection that fails as faults say.
 *
 * ```text
 *   read  ◄─ passage ◄─ pump ◄─ connection.read      the peer's direction
 *   write ─► passage ─► pump ─► connection.write     this side's direction
 * ```
 *
 * A direction without a fault has no passage: reads and writes go through as they are.
 *
 * ```text
 *   open ── close() with bytes that are not due yet ──► leaving ── sent ──► closed
 *     ├──── close() otherwise, or abort() ────────────────────────────────► closed
 *     └──── a fault resets ──► reset: every call fails, until close()
 * ```
 *
 * @module
 */

import { ClosedError } from "../errors.ts";
import { SYSTEM_TIME, type Time, type Timer } from "../time/time.ts";
import type { Connection } from "../transport/connection.ts";
import { OuterConnection } from "../transport/outer_connection.ts";
import { Waiting } from "../transport/waiting.ts";
import type { FaultEvent } from "./fault.ts";
import type { Passage } from "./passage.ts";
import { struck } from "./refused_connection.ts";

const READ_BYTES = 64 * 1024;

// How long a peer may take nothing of what leaves after close(): as long as a channel
// waits in all.
const LONGEST_WRITE_MS = 30_000;

/** The two directions of a connection, seen from this end. */
export interface Passages {
  /** What the peer sends, if something may strike it. */
  readonly incoming: Passage | undefined;
  /** What this end sends, if something may strike it. */
  readonly outgoing: Passage | undefined;
  readonly time?: Time | undefined;
}

/** A connection with faults in one direction or both. */
export class FaultyConnection extends OuterConnection {
  readonly #connection: Connection;
  readonly #time: Time;
  readonly #incoming: Passage | undefined;
  readonly #outgoing: Passage | undefined;
  #state: "open" | "leaving" | "closed" = "open";
  // What was due and did not fit into the reader's buffer.
  #rest: Uint8Array | undefined;
  #hasEnded = false;
  // Why nothing can be read or written any more: a fault has reset it.
  #failure: unknown;
  // Why nothing can be written any more. Reading finds out for itself.
  #writeFailure: unknown;
  // Until everything that is due was written.
  #written: Promise<void> | undefined;
  #isWriting = false;
  #writeTimer: Timer;
  // Reads of the connection itself, which stays open while bytes leave.
  readonly #waiting = new Waiting();
  #released: Promise<void> | undefined;

  constructor(
    connection: Connection,
    { incoming, outgoing, time = SYSTEM_TIME }: Passages,
  ) {
    super(connection);
    this.#connection = connection;
    this.#time = time;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  override get released(): Promise<void> | undefined {
    return this.#released ?? this.#connection.released;
  }

  override async read(into: Uint8Array): Promise<number | null> {
    this.#check("read from");
    this.#begin();
    const passage = this.#incoming;
    if (passage === undefined) return await this.#readThrough(into);
    if (this.#hasEnded) return null;
    this.#rest ??= await this.#next(passage);
    if (this.#rest === undefined) return null;
    const given = this.#rest.subarray(0, into.length);
    into.set(given);
    this.#rest = given.length === this.#rest.length
      ? undefined
      : this.#rest.subarray(given.length);
    return given.length;
  }

  override async write(bytes: Uint8Array): Promise<number> {
    this.#check("write to");
    const passage = this.#outgoing;
    this.#begin();
    if (passage === undefined) return await this.#writeThrough(bytes);
    await passage.room();
    this.#check("write to");
    if (this.#writeFailure !== undefined) throw this.#writeFailure;
    const taken = bytes.slice(0, READ_BYTES);
    passage.push(taken);
    return taken.length;
  }

  override async closeWrite(): Promise<void> {
    // On a lost link it does nothing.
    if (this.#failure !== undefined) return;
    this.#check("finish sending to");
    this.#begin();
    const passage = this.#outgoing;
    if (passage === undefined) return await this.#connection.closeWrite();
    // The network has taken the end. When it arrives is the faults' business.
    passage.end();
  }

  override close(): void {
    if (this.#state !== "open") return;
    const written = this.#written;
    const isDue = this.#failure === undefined && written !== undefined &&
      this.#outgoing?.isOver === false;
    this.#end();
    if (!isDue) return this.#close();
    this.#state = "leaving";
    this.#released = written.then(() => {
      this.#close();
      return this.#connection.released;
    });
    this.#outgoing?.end();
    this.#boundWrite();
  }

  override abort(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#end();
    this.#outgoing?.close();
    this.#connection.abort();
  }

  /** Begins with the first call, when the connection is known to the program. */
  #begin(): void {
    if (this.#written !== undefined) return;
    this.#written = this.#outgoing === undefined
      ? Promise.resolve()
      : this.#pumpOut(this.#outgoing);
    if (this.#incoming !== undefined) void this.#pumpIn(this.#incoming);
  }

  async #readThrough(into: Uint8Array): Promise<number | null> {
    try {
      return await this.#waiting.race(
        this.#connection.read(into),
        () => this.#closedError("read from"),
      );
    } catch (error) {
      if (this.#state === "open") this.#lose(error);
      // A fault in the other direction has ended both.
      throw this.#failure ?? error;
    }
  }

  async #writeThrough(bytes: Uint8Array): Promise<number> {
    try {
      return await this.#connection.write(bytes);
    } catch (error) {
      throw this.#failure ?? error;
    }
  }

  /** Gives what the peer's direction has next; `undefined` at its end. */
  async #next(passage: Passage): Promise<Uint8Array | undefined> {
    for (;;) {
      const next = await passage.take();
      this.#check("read from");
      switch (next?.type) {
        case "bytes":
          // A message may be empty, which a stream cannot show.
          if (next.bytes.length === 0) continue;
          return next.bytes;
        case "failed":
          this.#lose(next.error);
          throw next.error;
        case "reset":
          throw this.#reset("read from", next.event);
        default:
          this.#hasEnded = true;
          return undefined;
      }
    }
  }

  /** Reads ahead of the reader, as the network does. */
  async #pumpIn(passage: Passage): Promise<void> {
    const into = new Uint8Array(READ_BYTES);
    try {
      while (this.#state === "open") {
        await passage.room();
        const count = await this.#connection.read(into);
        if (count === null) return passage.end();
        passage.push(into.slice(0, count));
      }
    } catch (error) {
      passage.fail(error);
    }
  }

  /** Writes what is due. It never rejects. */
  async #pumpOut(passage: Passage): Promise<void> {
    try {
      for (;;) {
        const next = await passage.take();
        switch (next?.type) {
          case "bytes":
            await this.#writeAll(next.bytes);
            break;
          case "end":
            return await this.#connection.closeWrite();
          case "reset":
            this.#reset("write to", next.event);
            return;
          default:
            return;
        }
      }
    } catch (error) {
      this.#writeFailure = error;
      passage.close();
    }
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      this.#isWriting = true;
      this.#boundWrite();
      try {
        rest = rest.subarray(await this.#connection.write(rest));
      } finally {
        this.#isWriting = false;
        this.#time.clearTimer(this.#writeTimer);
      }
    }
  }

  /** Once the program has closed it, nothing else bounds a write. */
  #boundWrite(): void {
    if (!this.#isWriting || this.#state !== "leaving") return;
    this.#writeTimer = this.#time.setTimer(
      () => this.abort(),
      LONGEST_WRITE_MS,
    );
  }

  /** The link is lost: what is due goes nowhere, so close() does not wait for it. */
  #lose(error: unknown): void {
    this.#writeFailure ??= error;
    this.#outgoing?.close();
  }

  #reset(action: string, event: FaultEvent): Error {
    const error = struck(action, this.remoteAddress, event);
    this.#failure = error;
    this.#incoming?.close();
    this.#outgoing?.close();
    this.#connection.abort();
    return error;
  }

  #check(action: string): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#state !== "open") throw this.#closedError(action);
  }

  /** Ends the calls that wait. */
  #end(): void {
    this.#incoming?.close();
    this.#waiting.end();
  }

  #close(): void {
    this.#state = "closed";
    this.#outgoing?.close();
    this.#connection.close();
  }

  #closedError(action: string): ClosedError {
    return new ClosedError({
      action,
      address: String(this.remoteAddress),
      reason: "it was closed by this side",
    });
  }
}
