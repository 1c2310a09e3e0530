/**
 * Collects what passes in both directions of a connection, for guessing its
 * framing.
 *
 * ```text
 * toServer   a a a a | b b | c c          | is a change of direction
 * toClient           A A   B B B   C
 * ```
 *
 * @module
 */

import type { SniffedConversation, SniffedStream } from "./sniffed_stream.ts";

/** How many bytes of each direction are kept: 64 KiB. */
export const MOST_SNIFFED_BYTES = 65_536;

/** A direction of a connection. */
type Direction = "toClient" | "toServer";

/**
 * Collects the first 64 KiB of each direction, and where reads and changes of
 * direction are. Its own fields are what `sniffFraming` takes.
 *
 * @example A question and an answer
 * ```ts
 * import { SniffBuffer, sniffFraming } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const seen = new SniffBuffer();
 * const utf8 = new TextEncoder();
 * for (const text of ["one", "two more", "and three"]) {
 *   seen.push("toServer", utf8.encode(`${text.length}:${text},`));
 *   seen.push("toClient", utf8.encode("2:ok,"));
 * }
 * const [best] = sniffFraming(seen);
 * assertEquals(best?.framing, "netstring");
 * assertEquals(best?.sureness, "sure");
 * ```
 */
export class SniffBuffer implements SniffedConversation {
  readonly #toClient = new CollectedStream();
  readonly #toServer = new CollectedStream();
  #last: Direction | undefined;

  /** What the server has sent, `undefined` if that is nothing. */
  get toClient(): SniffedStream | undefined {
    return this.#toClient.length === 0 ? undefined : this.#toClient;
  }

  /** What the client has sent, `undefined` if that is nothing. */
  get toServer(): SniffedStream | undefined {
    return this.#toServer.length === 0 ? undefined : this.#toServer;
  }

  /** Whether both directions are full, so that more bytes change nothing. */
  get isFull(): boolean {
    return this.#toClient.isFull && this.#toServer.isFull;
  }

  /**
   * Adds the bytes of one read. They are copied.
   *
   * @param direction Which way they went.
   */
  push(direction: "toClient" | "toServer", bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#last !== undefined && this.#last !== direction) {
      this.#of(this.#last).turn();
    }
    this.#last = direction;
    this.#of(direction).push(bytes);
  }

  /**
   * Says that a direction has ended, or was quiet for so long that its last message
   * is whole.
   *
   * @param direction Which one.
   */
  complete(direction: "toClient" | "toServer"): void {
    this.#of(direction).complete();
  }

  #of(direction: Direction): CollectedStream {
    return direction === "toClient" ? this.#toClient : this.#toServer;
  }
}

class CollectedStream implements SniffedStream {
  readonly reads: number[] = [];
  readonly turns: number[] = [];
  isComplete = false;
  length = 0;
  #buffer = new Uint8Array(1024);
  #isCut = false;

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.length);
  }

  get isFull(): boolean {
    return this.length === MOST_SNIFFED_BYTES;
  }

  push(bytes: Uint8Array): void {
    const piece = bytes.subarray(0, MOST_SNIFFED_BYTES - this.length);
    this.#isCut ||= piece.length < bytes.length;
    const end = this.length + piece.length;
    if (end > this.#buffer.length) {
      const larger = new Uint8Array(
        Math.min(MOST_SNIFFED_BYTES, Math.max(end, 2 * this.#buffer.length)),
      );
      larger.set(this.bytes);
      this.#buffer = larger;
    }
    this.#buffer.set(piece, this.length);
    this.length = end;
    if (!this.#isCut) this.reads.push(end);
  }

  turn(): void {
    if (!this.#isCut) this.turns.push(this.length);
  }

  complete(): void {
    this.isComplete = !this.#isCut;
  }
}
