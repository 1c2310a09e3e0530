/**
 * A file that grows while a program works, in writes of whole pieces.
 *
 * ```text
 *   add ─► waiting ─── 100 ms, or 256 KiB ──► one write ─► the file
 *            │ above 4 MiB: room() waits
 *
 *   open ── a write fails ──► failed: what comes is dropped, what is there stays
 *    └───── close() ────────► closed
 * ```
 *
 * A program that is killed leaves all pieces but those of the last moment, and at most
 * a part of one at the end.
 *
 * @module
 */

import type { Failure } from "../../output/failure.ts";
import { cannotWrite } from "../../output/new_file.ts";
import { Batch } from "./batch.ts";

/** How many bytes may wait before {@linkcode GrowingFile.room} waits. */
const MOST_WAITING_BYTES: number = 4 * 1024 * 1024;

const SOON_MS = 100;
const MANY_BYTES = 256 * 1024;

/** Appends to a file. */
export class GrowingFile {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #onFailure: (failure: Failure) => void = () => {};
  #state: "open" | "failed" | "closed" = "open";
  #failure: Failure | undefined;
  // What waits, and what is being written; each in pieces that end there.
  #waiting = new Batch();
  #underWay = new Batch();
  // What is in the file, up to the last whole piece.
  #writtenBytes = 0;
  #writing: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #room: PromiseWithResolvers<void> | undefined;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Opens a file, and replaces what was in it by a first piece.
   *
   * @param onFailure Called once if it cannot be written later.
   * @throws {Failure} With code 9 if it cannot be opened or written.
   */
  static async create(
    path: string,
    first: Uint8Array,
    onFailure: (failure: Failure) => void,
  ): Promise<GrowingFile> {
    let file: Deno.FsFile;
    try {
      file = await Deno.open(path, {
        write: true,
        create: true,
        truncate: true,
        // What went over TLS is in it in clear, passwords too.
        mode: 0o600,
      });
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
    const growing = new GrowingFile(path, file);
    growing.add(first);
    await growing.#flush();
    if (growing.#failure !== undefined) {
      growing.#file.close();
      throw growing.#failure;
    }
    growing.#onFailure = onFailure;
    return growing;
  }

  /** Why it cannot be written any more. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Whether more waits to be written than should. */
  get isFull(): boolean {
    return this.#waiting.length + this.#underWay.length > MOST_WAITING_BYTES;
  }

  /**
   * Appends a piece, which is written soon, and never in parts unless the disk is full.
   *
   * @param piece A line of text or a block of bytes, which is copied.
   */
  add(piece: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#waiting.add(piece);
    if (this.#writing !== undefined) return;
    if (this.#waiting.length >= MANY_BYTES) void this.#flush();
    else this.#flushSoon();
  }

  /**
   * Waits until there is room for more.
   *
   * @returns `undefined` if there is room now. The promise never rejects.
   */
  room(): Promise<void> | undefined {
    if (!this.isFull) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Writes what waits and closes the file. It can be called again. */
  async close(): Promise<void> {
    while (this.#waiting.length > 0 || this.#writing !== undefined) {
      await this.#flush();
    }
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#file.close();
  }

  #flush(): Promise<void> {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
      // Room was made for it, and it came after the last look.
      if (this.#waiting.length > 0) this.#flushSoon();
    });
    return this.#writing;
  }

  #flushSoon(): void {
    this.#timer ??= setTimeout(() => void this.#flush(), SOON_MS);
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = this.#underWay;
      this.#underWay = batch;
      await this.#write(batch);
      batch.clear();
      if (!this.isFull) {
        this.#room?.resolve();
        this.#room = undefined;
      }
      // What came meanwhile can wait for more, unless it is a lot.
      const { length } = this.#waiting;
      if (length < MANY_BYTES) return;
    }
  }

  async #write(batch: Batch): Promise<void> {
    const { bytes } = batch;
    let at = 0;
    try {
      while (at < bytes.length) {
        at += await this.#file.write(bytes.subarray(at));
      }
      this.#writtenBytes += at;
    } catch (error) {
      this.#writtenBytes += batch.wholeBytes(at);
      await this.#fail(error);
    }
  }

  async #fail(cause: unknown): Promise<void> {
    this.#state = "failed";
    this.#waiting.clear();
    this.#failure = cannotWrite(this.#path, cause);
    // A part of a piece may be at the end. Where it cannot be cut off, as in a device,
    // readers drop it.
    await this.#file.truncate(this.#writtenBytes).catch(() => {});
    this.#onFailure(this.#failure);
  }
}
