/**
 * The sending half of TLS by `node:tls`.
 *
 * ```text
 * open ── finish() ──► finishing ── last word written ──► finished
 *   │                      │
 *   └── a write fails ─────┴──► broken: what the peer sent is still read
 * ```
 *
 * @module
 */

import type { TLSSocket } from "node:tls";

// node:tls encrypts 48 KiB at a time, and a call costs as much time as 12 KiB
// do. A stalled peer shows within one piece.
const WRITE_BYTES = 4 * 48 * 1024;

/** Writes to `node:tls`. */
export class TlsSender {
  readonly #socket: TLSSocket;
  readonly #finishLine: () => Promise<void>;
  #state: "open" | "finishing" | "finished" | "broken" = "open";
  #isWriting = false;
  #finishing: Promise<void> | undefined;
  #why: unknown;

  /**
   * Takes over the sending half.
   *
   * @param socket The socket, agreed on.
   * @param finishLine Finishes sending on the connection below, once TLS has
   * said its last word.
   */
  constructor(socket: TLSSocket, finishLine: () => Promise<void>) {
    this.#socket = socket;
    this.#finishLine = finishLine;
  }

  /** Whether {@linkcode TlsSender.finish} was called. */
  get hasFinished(): boolean {
    return this.#finishing !== undefined;
  }

  /** Whether nothing can be written because a write failed. */
  get isBroken(): boolean {
    return this.#state === "broken";
  }

  /** Why a write failed. */
  get why(): unknown {
    return this.#why;
  }

  /** Whether there is a last word that can be said. */
  get canSayGoodbye(): boolean {
    const isOpen = this.#state === "open" || this.#state === "finishing";
    return isOpen && !this.#isWriting;
  }

  /**
   * Writes some of the bytes.
   *
   * @param wait Waits for what may never come.
   * @returns How many of them were taken.
   */
  async write(
    bytes: Uint8Array,
    wait: (written: Promise<void>) => Promise<void>,
  ): Promise<number> {
    const part = bytes.length > WRITE_BYTES
      ? bytes.subarray(0, WRITE_BYTES)
      : bytes;
    this.#isWriting = true;
    try {
      await wait(
        new Promise((resolve, reject) => {
          this.#socket.write(
            part,
            (error?: Error | null) => error ? reject(error) : resolve(),
          );
        }),
      );
      return part.length;
    } finally {
      this.#isWriting = false;
    }
  }

  /**
   * Says the last word of TLS.
   *
   * @returns When it is on its way. May be called any number of times.
   */
  finish(): Promise<void> {
    this.#finishing ??= this.#finish();
    return this.#finishing;
  }

  /** Takes note that nothing can be written any more. */
  breakOff(error: unknown): void {
    if (this.#state === "broken") return;
    this.#state = "broken";
    this.#why = error;
  }

  async #finish(): Promise<void> {
    if (this.#state === "open") this.#state = "finishing";
    await new Promise<void>((resolve) => {
      this.#socket.once("close", resolve);
      this.#socket.end(resolve);
    });
    await this.#finishLine();
    if (this.#state === "finishing") this.#state = "finished";
  }
}
