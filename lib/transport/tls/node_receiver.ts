/**
 * The receiving half of TLS by `node:tls`: what was decrypted and not read yet,
 * and which of three ends it came to.
 *
 * ```text
 *        the connection below ends        nothing is left to decrypt
 * open ────────────────────────► draining ──────────────────────────► ended
 *   │                                │                                  ▲
 *   └────────────────────────────────┴── the peer says that it has ─────┘
 *                                        finished, or TLS fails
 * ```
 *
 * `node:tls` takes all three for the same.
 *
 * @module
 */

import { ReadAhead } from "../read_ahead.ts";

// What is decrypted before it is read.
const READ_AHEAD_BYTES = 256 * 1024;

/** What the receiving half asks of its connection. */
export interface ReceiverOwner {
  /**
   * Tells how many bytes `node:tls` still holds.
   *
   * @returns The number, or `undefined` before the two ends have agreed.
   */
  held(): number | undefined;

  /** Takes note that the connection is lost. */
  failed(error: unknown): void;
}

/** What was received and not read yet. */
export class TlsReceiver {
  readonly #owner: ReceiverOwner;
  readonly #ahead = new ReadAhead(READ_AHEAD_BYTES);
  #state: "open" | "draining" | "ended" = "open";
  #lineError: unknown;
  #unannounced = false;
  #wake: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(owner: ReceiverOwner) {
    this.#owner = owner;
  }

  /** Whether nothing waits to be read. */
  get isEmpty(): boolean {
    return this.#ahead.isEmpty;
  }

  /** Whether no more bytes will come. */
  get hasEnded(): boolean {
    return this.#state === "ended";
  }

  /** Whether the bytes ended without the peer's word for it. */
  get endedUnannounced(): boolean {
    return this.#unannounced;
  }

  /**
   * Waits for room.
   *
   * @returns A promise, or `undefined` if there is room.
   */
  room(): Promise<void> | undefined {
    return this.#ahead.room();
  }

  /**
   * Takes in what was decrypted.
   *
   * @param chunk The bytes; the receiver's from now on.
   */
  push(chunk: Uint8Array): void {
    this.#ahead.push(chunk);
    this.#wake?.();
  }

  /**
   * Gives bytes to a reader.
   *
   * @param into Where to.
   * @returns How many.
   */
  take(into: Uint8Array): number {
    return this.#ahead.take(into);
  }

  /**
   * Waits until there is a chunk, or will never be one.
   *
   * @returns When the state is worth another look.
   */
  async more(): Promise<void> {
    if (this.#state === "draining") this.#endSoon();
    await new Promise<void>((resolve) => this.#wake = resolve);
    this.#wake = undefined;
  }

  /**
   * Takes note that the connection below gives no more bytes. What they say may
   * still be on its way through `node:tls`.
   *
   * @param error Why, if it failed.
   */
  lineEnded(error?: unknown): void {
    this.#lineError ??= error;
    if (this.#state === "open") this.#state = "draining";
    this.#endSoon();
  }

  /** Ends, and lets a reader find out. */
  end(): void {
    this.#state = "ended";
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wake?.();
  }

  /** Drops what was not read. */
  drop(): void {
    this.#ahead.clear();
    this.end();
  }

  #endSoon(): void {
    if (this.#state === "ended") return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#endUnlessMore();
    }, 0);
  }

  #endUnlessMore(): void {
    const held = this.#owner.held();
    if (held === undefined) {
      const cutOff = new Error("unexpected end of file");
      return this.#owner.failed(this.#lineError ?? cutOff);
    }
    // What is read from it comes back here.
    if (!this.#ahead.isEmpty || held > 0) return;
    if (this.#lineError !== undefined) {
      return this.#owner.failed(this.#lineError);
    }
    this.#unannounced = true;
    this.end();
  }
}
