/**
 * The messages of one direction of a relay.
 *
 * ```text
 *             next() or skip()
 *   framed ──────────────────────► framed
 *      │ a ProtocolError, after which no frame can be found
 *      └──────────────────────────► raw     each read is given as it is
 * ```
 *
 * The relay writes its buffer again after each call. So what is left of a chunk, the
 * beginning of a message, is copied before the call returns, and nothing else is.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { FrameDecoder } from "../framing/frame_decoder.ts";
import type { Framing } from "../framing/framing.ts";
import type { RelayDirection } from "./options.ts";
import type { FrameWatchOptions, WatchedMessage } from "./watched.ts";

/** The options of a watch, which both directions share. */
export interface SharedOptions extends Omit<FrameWatchOptions, "framing"> {
  readonly now: () => number;
}

/** Finds the messages of one direction. */
export class WatchedDirection {
  /** How many messages have passed. */
  messages = 0;
  readonly #options: SharedOptions;
  readonly #direction: RelayDirection;
  // Gone once the direction is raw.
  #frames: FrameDecoder | undefined;
  #offset = 0;
  #chunk = 0;
  #chunkMs = 0;
  // The read with the first byte of the message that has begun.
  #begunChunk = 0;
  #begunMs = 0;
  #skipped = 0;

  /**
   * Begins with the first byte of a direction.
   *
   * @param connection Stands for the connection, the same in both directions.
   */
  constructor(
    direction: RelayDirection,
    framing: Framing,
    connection: object,
    options: SharedOptions,
  ) {
    this.#options = options;
    this.#direction = direction;
    if (framing.boundary === "none") return;
    const { maxMessageBytes } = options;
    this.#frames = new FrameDecoder(framing, {
      connection,
      from: direction === "toServer" ? "client" : "server",
      ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
      onBadFrame: (error) => this.#tell(error, false),
    });
    this.#frames.queue.show();
  }

  /** Bytes of a message that has begun and is not complete. */
  get pendingBytes(): number {
    return this.#frames?.queue.length ?? 0;
  }

  /** Takes the bytes of one read. */
  chunk(bytes: Uint8Array): void {
    this.#chunk++;
    this.#chunkMs = this.#options.now();
    if (this.pendingBytes === 0) this.#begin();
    const frames = this.#frames;
    if (frames === undefined) this.#raw(bytes);
    else {
      frames.push(bytes);
      this.#decode(frames, false);
      // Copies what is left of the chunk: the caller writes to it again. Between two
      // messages nothing is kept, as a quiet connection may stay open for long.
      if (this.pendingBytes > 0) frames.queue.reserve(frames.missingBytes);
      else frames.queue.retire();
    }
    this.#tellSkipped();
  }

  /** Takes note that the sender has finished. */
  end(): void {
    if (this.#frames !== undefined) this.#decode(this.#frames, true);
    this.#tellSkipped();
  }

  #decode(frames: FrameDecoder, hasEnded: boolean): void {
    const { queue } = frames;
    try {
      if (!hasEnded && !this.#isWanted()) return this.#skip(frames);
      const base = queue.offset;
      // Reading moves no bytes, so frames are parts of this.
      const bytes = queue.peek(0, queue.gather());
      for (;;) {
        const message = hasEnded ? frames.end() : frames.next();
        if (message === undefined) return;
        const { frameOffset } = frames;
        const frame = bytes.subarray(frameOffset - base, queue.offset - base);
        this.#found(message, frame, frameOffset);
        if (!hasEnded && !this.#isWanted()) return this.#skip(frames);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#frames = undefined;
      this.#offset = queue.offset;
      this.#tell(error, true);
      const rest = queue.peek(0, queue.gather());
      if (rest.length > 0) this.#raw(rest);
    }
  }

  #skip(frames: FrameDecoder): void {
    for (let count; (count = frames.skipBatch()) > 0;) {
      this.#skipped += count;
      this.messages += count;
      this.#begin();
    }
  }

  #isWanted(): boolean {
    const { isWanted, onMessage } = this.#options;
    return onMessage !== undefined && isWanted?.(this.#direction) !== false;
  }

  /** Gives bytes as they are. */
  #raw(bytes: Uint8Array): void {
    const offset = this.#offset;
    this.#offset += bytes.length;
    if (this.#isWanted()) this.#found(bytes, bytes, offset);
    else {
      this.#skipped++;
      this.messages++;
    }
  }

  #found(message: Uint8Array, frame: Uint8Array, offset: number): void {
    const { onMessage } = this.#options;
    const found: WatchedMessage = {
      direction: this.#direction,
      number: ++this.messages,
      offset,
      message,
      frame,
      isRaw: this.#frames === undefined,
      reads: this.#chunk - this.#begunChunk + 1,
      spanMs: this.#chunkMs - this.#begunMs,
    };
    this.#begin();
    onMessage?.(found);
  }

  /** The next message begins in this read, or the one after it. */
  #begin(): void {
    this.#begunChunk = this.#chunk;
    this.#begunMs = this.#chunkMs;
  }

  #tell(error: ProtocolError, isRaw: boolean): void {
    const number = this.messages + 1;
    const direction = this.#direction;
    this.#options.onError?.({ direction, number, error, isRaw });
  }

  #tellSkipped(): void {
    const count = this.#skipped;
    if (count === 0) return;
    this.#skipped = 0;
    this.#options.onSkipped?.(this.#direction, count);
  }
}
