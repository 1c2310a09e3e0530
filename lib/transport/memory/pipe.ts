/**
 * One direction of a connection in memory: a bounded buffer with a reader at
 * one end, a writer at the other, and faults in between.
 *
 * ```text
 *  write ─► room? ─► cut ─► end or reset here? ─► [ ring ] ─► delay ─► cut ─► read
 * ```
 *
 * A call that cannot proceed waits in `#reading` or `#writing`. Each change of
 * the state calls `#advance()`, the only place that settles them.
 *
 * @module
 */

import { fork, type Random } from "../../random.ts";
import { delays, type MemoryFaults, Pieces, place } from "./faults.ts";

/**
 * Why a call failed: this end was closed, or has finished sending; the other
 * end was closed, or the connection reset.
 */
export type PipeFailure = "closed" | "finished" | "gone" | "reset";

interface Pending<Outcome> {
  readonly bytes: Uint8Array;
  readonly settle: (outcome: Outcome | PipeFailure) => void;
}

const EMPTY = new Uint8Array(0);

/** One direction of a connection in memory. */
export class MemoryPipe {
  // Grows up to its bound, so a quiet pair takes little memory.
  #ring: Uint8Array = EMPTY;
  #start = 0;
  #length = 0;
  #written = 0;
  #ended = false;
  #finished = false;
  #reset = false;
  #readerClosed = false;
  #writerClosed = false;
  #reading: Pending<number | null> | undefined;
  #writing: Pending<number> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #afterWrite: (() => void)[] = [];

  readonly #bufferBytes: number;
  readonly #endAfter: number;
  readonly #resetAfter: number;
  readonly #readPieces: Pieces;
  readonly #writePieces: Pieces;
  readonly #delayMs: () => number;
  readonly #delayTurns: () => number;
  readonly #onReset: () => void;

  /**
   * Creates a direction.
   *
   * @param bufferBytes How many bytes may be under way.
   * @param faults What goes wrong.
   * @param random Where random cuts and delays come from.
   * @param onReset Called once `resetAfterBytes` have been written.
   * @throws {RangeError} If a fault is out of its range.
   */
  constructor(
    bufferBytes: number,
    faults: MemoryFaults,
    random: Random,
    onReset: () => void,
  ) {
    this.#bufferBytes = bufferBytes;
    this.#endAfter = place("endAfterBytes", faults.endAfterBytes);
    this.#resetAfter = place("resetAfterBytes", faults.resetAfterBytes);
    this.#readPieces = new Pieces("readBytes", faults.readBytes, fork(random));
    this.#writePieces = new Pieces(
      "writeBytes",
      faults.writeBytes,
      fork(random),
    );
    this.#delayMs = delays("delayMs", faults.delayMs, fork(random));
    this.#delayTurns = delays("delayTurns", faults.delayTurns, fork(random));
    this.#onReset = onReset;
  }

  /** Whether a read waits. */
  get isReading(): boolean {
    return this.#reading !== undefined;
  }

  /** Whether a write waits. */
  get isWriting(): boolean {
    return this.#writing !== undefined;
  }

  /** Applies the faults that are due before the first byte. */
  start(): void {
    this.#reach();
    this.#advance();
  }

  /**
   * Reads; at most one read may wait.
   *
   * @returns How many bytes, `null` at the end, or the failure.
   */
  read(into: Uint8Array): Promise<number | null | PipeFailure> {
    return new Promise((settle) => {
      this.#reading = { bytes: into, settle };
      this.#advance();
    });
  }

  /**
   * Writes; at most one write may wait.
   *
   * @returns How many bytes were taken, or the failure.
   */
  write(bytes: Uint8Array): Promise<number | PipeFailure> {
    return new Promise((settle) => {
      this.#writing = { bytes, settle };
      this.#advance();
    });
  }

  /**
   * Ends the stream, after a waiting write.
   *
   * @returns The failure, if any.
   */
  async finish(): Promise<"closed" | undefined> {
    if (this.#writing !== undefined) {
      await new Promise<void>((settled) => this.#afterWrite.push(settled));
    }
    if (this.#writerClosed) return "closed";
    this.#finished = this.#ended = true;
    this.#advance();
    return undefined;
  }

  /**
   * Drops all unread bytes. From now on a write fails.
   *
   * @param reset Whether the writer sees a reset.
   */
  closeReader(reset: boolean): void {
    this.#readerClosed = true;
    this.#reset ||= reset;
    this.#ring = EMPTY;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#advance();
  }

  /**
   * Ends the stream after what was written.
   *
   * @param reset Whether the reader sees a reset.
   */
  closeWriter(reset: boolean): void {
    this.#writerClosed = this.#ended = true;
    this.#reset ||= reset;
    this.#advance();
  }

  /** Breaks the stream after what was written. */
  reset(): void {
    this.#reset = true;
    this.#advance();
  }

  #advance(): void {
    this.#advanceWrite();
    this.#advanceRead();
    // The read may have made room.
    this.#advanceWrite();
  }

  #advanceWrite(): void {
    const writing = this.#writing;
    if (writing === undefined) return;
    const outcome = this.#failedWrite() ?? this.#take(writing.bytes);
    if (outcome === 0) return;
    this.#writing = undefined;
    writing.settle(outcome);
    for (const settled of this.#afterWrite.splice(0)) settled();
    this.#reach();
  }

  #failedWrite(): PipeFailure | undefined {
    if (this.#writerClosed) return "closed";
    if (this.#reset) return "reset";
    if (this.#finished) return "finished";
    if (this.#readerClosed) return "gone";
    return undefined;
  }

  /** Copies what there is room for into the ring; 0 if there is none. */
  #take(bytes: Uint8Array): number {
    const limit = Math.min(bytes.length, this.#resetAfter - this.#written);
    const lost = this.#written >= this.#endAfter;
    const room = lost
      ? limit
      : Math.min(limit, this.#bufferBytes - this.#length);
    if (room === 0) return 0;
    const most = lost ? room : Math.min(room, this.#endAfter - this.#written);
    const taken = this.#writePieces.take(most);
    this.#written += taken;
    if (!lost) this.#put(bytes.subarray(0, taken));
    return taken;
  }

  #put(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#ring.length) {
      const ring = new Uint8Array(
        Math.min(this.#bufferBytes, Math.max(needed, 2 * this.#ring.length)),
      );
      this.#copyOut(ring.subarray(0, this.#length));
      this.#ring = ring;
      this.#start = 0;
    }
    const at = (this.#start + this.#length) % this.#ring.length;
    const first = bytes.subarray(0, this.#ring.length - at);
    this.#ring.set(first, at);
    this.#ring.set(bytes.subarray(first.length), 0);
    this.#length = needed;
  }

  #copyOut(into: Uint8Array): void {
    const first = this.#ring.subarray(this.#start, this.#start + into.length);
    into.set(first);
    into.set(this.#ring.subarray(0, into.length - first.length), first.length);
  }

  /** Applies the faults that are due after the bytes written so far. */
  #reach(): void {
    if (this.#written >= this.#endAfter) this.#ended = true;
    if (this.#written >= this.#resetAfter && !this.#reset) this.#onReset();
  }

  #advanceRead(): void {
    if (this.#reading === undefined) return;
    if (this.#readerClosed) return this.#settleRead("closed");
    if (this.#timer !== undefined) return;
    if (this.#length === 0 && !this.#reset && !this.#ended) return;
    const turns = this.#delayTurns();
    const ms = this.#delayMs();
    if (turns === 0 && ms === 0) this.#give();
    else this.#giveLater(turns, ms);
  }

  #giveLater(turns: number, ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (turns > 1 || (turns === 1 && ms > 0)) {
        return this.#giveLater(turns - 1, ms);
      }
      this.#give();
      this.#advanceWrite();
    }, turns > 0 ? 0 : ms);
  }

  #give(): void {
    const into = this.#reading?.bytes ?? EMPTY;
    if (this.#length === 0) {
      return this.#settleRead(this.#reset ? "reset" : null);
    }
    const given = this.#readPieces.take(Math.min(into.length, this.#length));
    this.#copyOut(into.subarray(0, given));
    this.#start = (this.#start + given) % this.#ring.length;
    this.#length -= given;
    this.#settleRead(given);
  }

  #settleRead(outcome: number | null | PipeFailure): void {
    const reading = this.#reading;
    this.#reading = undefined;
    reading?.settle(outcome);
  }
}
