/**
 * A TCP connection on `node:net`, whose socket can be reset. The runtime's own sockets
 * cannot: closing them sends the end of the stream.
 *
 * ```text
 *   open ── the peer's end was read ──► ended     writing goes on
 *     │ └── the socket fails ─────────► lost      what had arrived is read first
 *     └──── close() or abort(), from any ───────► closed
 * ```
 *
 * It is slower than a socket of the runtime, so it is used only where a reset is asked
 * for.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { Address } from "../address.ts";
import type { Connection } from "../connection.ts";
import {
  closedHere,
  finishedHere,
  systemCode,
  translate,
} from "../os_error.ts";
import { Waiting } from "../waiting.ts";

// A stalled peer shows within one piece.
const WRITE_BYTES = 256 * 1024;

const CANCELLED = {
  code: "reset",
  reason: "the peer reset the connection",
} as const;

/** A connection that can be reset. */
export class ResettableConnection implements Connection {
  readonly localAddress: Address;
  readonly remoteAddress: Address;
  readonly #socket: Socket;
  readonly #waiting = new Waiting();
  #state: "open" | "ended" | "lost" | "closed" = "open";
  #lost: unknown;
  // Whether this side has finished sending.
  #finishing: Promise<void> | undefined;
  // What was taken from the socket and did not fit.
  #rest: Uint8Array | undefined;
  #wake: (() => void) | undefined;

  /**
   * Takes ownership of a socket.
   *
   * @param socket The socket, connected and paused.
   */
  constructor(socket: Socket, localAddress: Address, remoteAddress: Address) {
    this.#socket = socket;
    this.localAddress = localAddress;
    this.remoteAddress = remoteAddress;
    const wake = () => this.#wake?.();
    socket.on("readable", wake);
    socket.on("end", () => {
      if (this.#state === "open") this.#state = "ended";
      wake();
    });
    socket.on("error", (error) => {
      this.#lost ??= error;
      if (this.#state !== "closed") this.#state = "lost";
      wake();
      this.#waiting.end();
    });
    socket.on("close", wake);
  }

  /** Whether `abort` really resets the connection. */
  get canReset(): boolean {
    return typeof this.#socket.resetAndDestroy === "function";
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      if (this.#state === "closed") throw this.#closed("read from");
      // Before it reports an end or a failure: what arrived is read first.
      this.#rest ??= this.#socket.read() as Buffer | null ?? undefined;
      if (this.#rest !== undefined) return this.#take(this.#rest, into);
      if (this.#state === "lost") throw this.#failure("read from");
      if (this.#state === "ended" || this.#socket.destroyed) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = undefined;
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    if (this.#state === "closed") throw this.#closed("write to");
    if (this.#finishing !== undefined) {
      throw finishedHere("write to", this.remoteAddress);
    }
    const part = bytes.subarray(0, WRITE_BYTES);
    const written = new Promise<void>((resolve, reject) => {
      this.#socket.write(part, (error) => error ? reject(error) : resolve());
    });
    try {
      await this.#waiting.race(written, () => this.#lost);
    } catch (error) {
      this.#lost ??= error;
      throw this.#failure("write to");
    }
    return part.length;
  }

  async closeWrite(): Promise<void> {
    if (this.#state === "closed") throw this.#closed("finish sending to");
    this.#finishing ??= new Promise((resolve) => {
      // A lost link has no end to be sent.
      this.#socket.once("close", () => resolve());
      this.#socket.end(() => resolve());
    });
    await this.#finishing;
    if (this.#isClosed) throw this.#closed("finish sending to");
  }

  close(): void {
    this.#end(() => this.#socket.destroy());
  }

  abort(): void {
    this.#end(() => {
      if (this.canReset) this.#socket.resetAndDestroy();
      else this.#socket.destroy();
    });
  }

  // A method, as the compiler would take the state for unchanged by an await.
  get #isClosed(): boolean {
    return this.#state === "closed";
  }

  #take(rest: Uint8Array, into: Uint8Array): number {
    const given = rest.subarray(0, into.length);
    into.set(given);
    this.#rest = given.length === rest.length
      ? undefined
      : rest.subarray(given.length);
    return given.length;
  }

  #end(destroy: () => void): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#rest = undefined;
    destroy();
    this.#wake?.();
    this.#waiting.end();
  }

  #failure(action: string): Error {
    if (this.#state === "closed") return this.#closed(action);
    // A write is cancelled when reading fails, which only a reset makes it do.
    const known = systemCode(this.#lost) === "ECANCELED" ? CANCELLED : {};
    return translate(this.#lost, action, this.remoteAddress, known);
  }

  #closed(action: string): Error {
    return closedHere(action, this.remoteAddress);
  }
}
