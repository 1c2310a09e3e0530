/**
 * A connection that fails as faults say.
 *
 * ```text
 *   read  ◄─ Incoming ◄─ connection.read      the peer's direction
 *   write ─► Outgoing ─► connection.write     this side's direction
 * ```
 *
 * A direction without a fault has neither: reads and writes go through as they are.
 *
 * ```text
 *   open ── close() with bytes that are not due yet ──► leaving ── sent ──► closed
 *     ├──── close() otherwise, or abort() ────────────────────────────────► closed
 *     └──── a fault resets ──► reset: every call fails with the fault's error
 * ```
 *
 * @module
 */

import { ClosedError } from "../errors.ts";
import { SYSTEM_TIME, type Time } from "../time/time.ts";
import type { Connection } from "../transport/connection.ts";
import { OuterConnection } from "../transport/outer_connection.ts";
import { Waiting } from "../transport/waiting.ts";
import type { FaultEvent } from "./fault.ts";
import { Incoming } from "./incoming.ts";
import { Outgoing } from "./outgoing.ts";
import type { Passage } from "./passage.ts";
import { struck } from "./refused_connection.ts";

/** The two directions of a connection, seen from this end. */
export interface Passages {
  /** What the peer sends, if something may strike it. */
  readonly incoming: Passage | undefined;
  /** What this end sends, if something may strike it. */
  readonly outgoing: Passage | undefined;
  readonly time?: Time | undefined;
}

type State =
  | { readonly type: "open" | "leaving" | "closed" }
  | { readonly type: "reset"; readonly error: Error };

/** A connection with faults in one direction or both. */
export class FaultyConnection extends OuterConnection {
  readonly #connection: Connection;
  readonly #incoming: Incoming | undefined;
  readonly #outgoing: Outgoing | undefined;
  #state: State = { type: "open" };
  // Reads of the connection itself, which stays open while bytes leave.
  readonly #waiting = new Waiting();
  #released: Promise<void> | undefined;

  constructor(
    connection: Connection,
    { incoming, outgoing, time = SYSTEM_TIME }: Passages,
  ) {
    super(connection);
    this.#connection = connection;
    this.#incoming = incoming && new Incoming(connection, incoming);
    this.#outgoing = outgoing && new Outgoing(connection, outgoing, time, {
      onReset: (event) => void this.#reset("write to", event),
      onStuck: () => this.abort(),
    });
  }

  override get released(): Promise<void> | undefined {
    return this.#released ?? this.#connection.released;
  }

  override async read(into: Uint8Array): Promise<number | null> {
    this.#check("read from");
    this.#begin();
    if (this.#incoming === undefined) return await this.#readThrough(into);
    const next = await this.#incoming.next(into.length);
    this.#check("read from");
    switch (next?.type) {
      case "bytes":
        into.set(next.bytes);
        return next.bytes.length;
      case "failed":
        this.#outgoing?.lose(next.error);
        throw next.error;
      case "reset":
        throw this.#reset("read from", next.event);
      default:
        return null;
    }
  }

  override async write(bytes: Uint8Array): Promise<number> {
    this.#check("write to");
    this.#begin();
    if (this.#outgoing === undefined) return await this.#writeThrough(bytes);
    await this.#outgoing.room();
    this.#check("write to");
    return this.#outgoing.push(bytes);
  }

  override async closeWrite(): Promise<void> {
    // On a lost link it does nothing.
    if (this.#state.type === "reset") return;
    this.#check("finish sending to");
    this.#begin();
    if (this.#outgoing === undefined) {
      return await this.#connection.closeWrite();
    }
    // The network has taken the end.
    this.#outgoing.end();
  }

  override close(): void {
    const { type } = this.#state;
    if (type === "leaving" || type === "closed") return;
    const outgoing = this.#outgoing;
    const isDue = type === "open" && outgoing?.isDue === true;
    this.#endCalls();
    if (!isDue) return this.#close();
    this.#state = { type: "leaving" };
    this.#released = outgoing.leave().then(() => {
      this.#close();
      return this.#connection.released;
    });
  }

  override abort(): void {
    if (this.#state.type === "closed") return;
    this.#enterClosed();
    this.#endCalls();
    this.#outgoing?.close();
    this.#connection.abort();
  }

  /** Begins with the first call, when the connection is known to the program. */
  #begin(): void {
    this.#outgoing?.begin();
    this.#incoming?.begin();
  }

  async #readThrough(into: Uint8Array): Promise<number | null> {
    try {
      return await this.#waiting.race(
        this.#connection.read(into),
        () => this.#closedError("read from"),
      );
    } catch (error) {
      if (this.#state.type === "open") this.#outgoing?.lose(error);
      throw this.#reasonOf(error);
    }
  }

  async #writeThrough(bytes: Uint8Array): Promise<number> {
    try {
      return await this.#connection.write(bytes);
    } catch (error) {
      throw this.#reasonOf(error);
    }
  }

  /** A fault in the other direction has ended both. */
  #reasonOf(error: unknown): unknown {
    return this.#state.type === "reset" ? this.#state.error : error;
  }

  #reset(action: string, event: FaultEvent): Error {
    const error = struck(action, this.remoteAddress, event);
    this.#state = { type: "reset", error };
    this.#incoming?.close();
    this.#outgoing?.close();
    this.#connection.abort();
    return error;
  }

  #check(action: string): void {
    if (this.#state.type === "reset") throw this.#state.error;
    if (this.#state.type !== "open") throw this.#closedError(action);
  }

  /** Ends the calls that wait. */
  #endCalls(): void {
    this.#incoming?.close();
    this.#waiting.end();
  }

  #close(): void {
    this.#enterClosed();
    this.#outgoing?.close();
    this.#connection.close();
  }

  /** What was reset fails for that reason after it is closed, too. */
  #enterClosed(): void {
    if (this.#state.type !== "reset") this.#state = { type: "closed" };
  }

  #closedError(action: string): ClosedError {
    return new ClosedError({
      action,
      address: String(this.remoteAddress),
      reason: "it was closed by this side",
    });
  }
}
