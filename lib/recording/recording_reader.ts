/**
 * Reads a recording in pieces, as they come from a file.
 *
 * ```text
 *   start ── the first line ──► events
 *     └───────────────────────────┴── another version, a malformed line ──► failed
 *                                       (every further call throws the same error)
 * ```
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import { checkSize } from "../check.ts";
import type { RecordedEvent, RecordingHead } from "./event.ts";
import { parseEvent, parseHead } from "./parse_event.ts";
import { RecordingError } from "./recording_error.ts";

/** The default of {@linkcode RecordingReaderOptions.maxLineBytes}: 64 MiB. */
export const DEFAULT_MAX_LINE_BYTES: number = 64 * 1024 * 1024;

/** Options for {@linkcode RecordingReader}. */
export interface RecordingReaderOptions {
  /**
   * Longest line in bytes. A chunk takes four thirds of its size, and reads are below
   * 1 MiB.
   *
   * @default {67_108_864}
   */
  readonly maxLineBytes?: number;
}

/** How a recording ends. */
export interface RecordingEnd {
  /** How many whole lines it has. */
  readonly lines: number;
  /**
   * Whether a part of a line followed, which was dropped: the program that recorded was
   * killed, or the disk was full. `lines` says after which line.
   */
  readonly isCutOff: boolean;
  /** Whether its last line says that it is complete. */
  readonly isFinished: boolean;
}

const LINE_FEED = 0x0a;

type State =
  | { readonly type: "start"; readonly head?: undefined }
  | { readonly type: "events"; readonly head: RecordingHead }
  | {
    readonly type: "failed";
    readonly error: unknown;
    readonly head: RecordingHead | undefined;
  };

/**
 * Reads the head and the events of one recording, synchronously.
 *
 * @example From bytes that come in pieces
 * ```ts
 * import { encodeEvent, encodeHead, RecordingReader } from "@parley/parley/recording";
 * import { assertEquals } from "@std/assert";
 *
 * const text = encodeHead({ at: new Date(0), by: "me", frameToServer: "line" }) +
 *   encodeEvent({ t: 1, connection: 1, to: "server", bytes: Uint8Array.of(1, 2) }) +
 *   '{"t":2,"connec';
 *
 * const reader = new RecordingReader();
 * for (const piece of text.match(/.{1,10}/gs)!) {
 *   reader.push(new TextEncoder().encode(piece));
 * }
 * assertEquals(reader.next(), { t: 1, connection: 1, to: "server", bytes: Uint8Array.of(1, 2) });
 * assertEquals(reader.next(), undefined);
 * assertEquals(reader.head?.frameToServer, "line");
 * assertEquals(reader.end(), { lines: 2, isCutOff: true, isFinished: false });
 * ```
 */
export class RecordingReader {
  readonly #maxLineBytes: number;
  // What was pushed and not read yet: whole pieces, the first from #at on.
  #pieces: Uint8Array[] = [];
  #at = 0;
  // Where in the last piece no line feed was looked for yet.
  #lookedAt = 0;
  #waitingBytes = 0;
  #lines = 0;
  // Whether the last line says that the recording is complete.
  #isFinished = false;
  #state: State = { type: "start" };

  /**
   * Creates a reader at the beginning of a recording.
   *
   * @throws {RangeError} If the limit is not a positive integer.
   */
  constructor(options: RecordingReaderOptions = {}) {
    const { maxLineBytes = DEFAULT_MAX_LINE_BYTES } = options;
    this.#maxLineBytes = checkSize("maxLineBytes", maxLineBytes, 1);
  }

  /** The head, once its line is here and was read by `next`. */
  get head(): RecordingHead | undefined {
    return this.#state.head;
  }

  /** How many whole lines were read so far. */
  get lines(): number {
    return this.#lines;
  }

  /**
   * Adds bytes of the recording.
   *
   * @param piece The bytes; do not write to the array any more.
   */
  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#waitingBytes += piece.length;
  }

  /**
   * Gives the next event. The head is read on the way.
   *
   * @returns The event, or `undefined` when more bytes are needed.
   * @throws {RecordingError} If this is not a recording, of a version that cannot be
   * read, or a line is malformed or too long. From then on every call throws it.
   */
  next(): RecordedEvent | undefined {
    if (this.#state.type === "failed") throw this.#state.error;
    try {
      return this.#next();
    } catch (error) {
      this.#state = { type: "failed", error, head: this.head };
      this.#pieces = [];
      throw error;
    }
  }

  /**
   * Ends the recording, once `next` has returned `undefined`.
   *
   * @returns How it ends.
   * @throws {RecordingError} If not even its first line is whole.
   */
  end(): RecordingEnd {
    if (this.#state.type === "failed") throw this.#state.error;
    if (this.#state.type === "start") {
      throw new RecordingError("not_a_recording", 1, {
        reason: this.#waitingBytes === 0
          ? "it is empty"
          : "not even its first line is whole",
        advice: "make a recording with --record FILE",
      });
    }
    return {
      lines: this.#lines,
      isCutOff: this.#waitingBytes > 0,
      isFinished: this.#isFinished,
    };
  }

  #next(): RecordedEvent | undefined {
    for (;;) {
      const line = this.#line();
      if (line === undefined) return undefined;
      this.#lines++;
      if (this.#state.type === "start") {
        this.#state = { type: "events", head: parseHead(line) };
        continue;
      }
      // Recordings can be written by hand.
      if (line.length === 0) continue;
      const event = parseEvent(line, this.#lines);
      if (event === undefined) continue;
      this.#isFinished = "event" in event && event.event === "finish";
      return event;
    }
  }

  /** Takes the next whole line, without its line feed. */
  #line(): Uint8Array | undefined {
    const last = this.#pieces.length - 1;
    for (let i = this.#lookedAt; i <= last; i++) {
      const piece = this.#pieces[i]!;
      const end = piece.indexOf(LINE_FEED, i === 0 ? this.#at : 0);
      if (end !== -1) return this.#take(i, end);
    }
    this.#lookedAt = last + 1;
    // Looked at as soon as it is certain, so that nothing else is kept in memory. A
    // file that is not a recording may have no line feed at all.
    if (this.#waitingBytes > this.#maxLineBytes) {
      throw this.#lines === 0
        ? new RecordingError("not_a_recording", 1, {
          reason: "its first line is too long for a recording",
        })
        : this.#tooLong();
    }
    return undefined;
  }

  #take(index: number, end: number): Uint8Array {
    const [first] = this.#pieces;
    let line: Uint8Array;
    if (index === 0) {
      line = first!.subarray(this.#at, end);
    } else {
      const parts = this.#pieces.slice(0, index + 1);
      parts[0] = first!.subarray(this.#at);
      parts[index] = parts[index]!.subarray(0, end);
      line = concat(parts);
      this.#pieces.splice(0, index);
    }
    this.#at = end + 1;
    this.#lookedAt = 0;
    this.#waitingBytes -= line.length + 1;
    if (this.#at === this.#pieces[0]!.length) {
      this.#pieces.shift();
      this.#at = 0;
    }
    if (line.length > this.#maxLineBytes) throw this.#tooLong();
    return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
  }

  #tooLong(): RecordingError {
    return new RecordingError("too_large", this.#lines + 1, {
      reason: `line ${
        this.#lines + 1
      } is longer than ${this.#maxLineBytes} bytes`,
      option: "maxLineBytes",
    });
  }
}
