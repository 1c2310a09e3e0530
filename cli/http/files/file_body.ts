/**
 * The bytes of a file as the body of a response.
 *
 * @module
 */

import type { ByteRange } from "./ranges.ts";

/**
 * Bytes that are read at once. A client that stops reading holds as many. In one
 * run over loopback more brought nothing, and 64 KiB 0.7 as much per second.
 */
const CHUNK_BYTES = 96 * 1024;

/** How many downloads may read a chunk ahead: those that are being taken. */
const MOST_AHEAD = 64;

/**
 * How long a chunk that was read ahead is kept. A client that takes nothing for so
 * long may never take anything, and another download can use the memory.
 */
const AHEAD_MS = 1_000;

/**
 * Streams a part of a file: exactly the announced bytes, also if the file
 * grows. One chunk is read ahead, so that the disk works while the socket does.
 *
 * A chunk is valid until the next read, then its memory holds another.
 * `serveHttp` has sent it by then, and new memory for each chunk costs a third of
 * the speed. A caller that collects chunks must copy them.
 *
 * @param file The file, which the stream owns from now on and closes at its end,
 * when it is cancelled and when it fails.
 * @param range The part; it is not empty.
 * @returns The bytes; an error if the file became shorter.
 */
export function fileBody(
  file: Deno.FsFile,
  range: ByteRange,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = new PartReader(file, range);
  return new ReadableStream({
    async pull(controller) {
      controller.enqueue(await reader.next());
      if (reader.isOver) controller.close();
    },
    cancel: () => reader.close(),
  }, { highWaterMark: 0 });
}

// Memory of chunks that are neither being sent nor read.
const spare: Uint8Array<ArrayBuffer>[] = [];
let aheadCount = 0;

function newMemory(): Uint8Array<ArrayBuffer> {
  return spare.pop() ?? new Uint8Array(CHUNK_BYTES);
}

function recycle(memory: Uint8Array<ArrayBuffer> | undefined): void {
  if (memory?.length === CHUNK_BYTES && spare.length < MOST_AHEAD) {
    spare.push(memory);
  }
}

/** A chunk that is being read, or was. */
interface ChunkRead {
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly bytes: Promise<Uint8Array<ArrayBuffer>>;
}

class PartReader {
  readonly #file: Deno.FsFile;
  // What is still to be read, and from where if not from where the last read ended.
  #left: number;
  #position: number;
  #mustSeek: boolean;
  #current: ChunkRead | undefined;
  #ahead: ChunkRead | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(file: Deno.FsFile, { start, end }: ByteRange) {
    this.#file = file;
    this.#left = end - start;
    this.#position = start;
    this.#mustSeek = start > 0;
  }

  /** Whether every byte was given. */
  get isOver(): boolean {
    return this.#ahead === undefined && this.#left === 0;
  }

  async next(): Promise<Uint8Array<ArrayBuffer>> {
    recycle(this.#current?.memory);
    try {
      this.#current = this.#takeAhead() ?? this.#read();
      const bytes = await this.#current.bytes;
      if (this.#left === 0) this.#file.close();
      else if (aheadCount < MOST_AHEAD) this.#readAhead();
      return bytes;
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.isOver) return;
    // Closing during a read would fail the read.
    await this.#takeAhead()?.bytes.catch(() => {});
    this.#file.close();
  }

  #readAhead(): void {
    const ahead = this.#read();
    // The next call handles the failure, and may come late.
    ahead.bytes.catch(() => {});
    aheadCount++;
    this.#ahead = ahead;
    this.#timer = setTimeout(() => void this.#giveBack(ahead), AHEAD_MS);
  }

  #takeAhead(): ChunkRead | undefined {
    const ahead = this.#ahead;
    if (ahead === undefined) return undefined;
    clearTimeout(this.#timer);
    this.#ahead = undefined;
    aheadCount--;
    return ahead;
  }

  /** Forgets a chunk that nothing has asked for; it is read again later. */
  async #giveBack(ahead: ChunkRead): Promise<void> {
    const bytes = await ahead.bytes.catch(() => undefined);
    if (bytes === undefined || this.#ahead !== ahead) return;
    this.#takeAhead();
    recycle(ahead.memory);
    this.#left += bytes.length;
    this.#position -= bytes.length;
    this.#mustSeek = true;
  }

  #read(): ChunkRead {
    const memory = this.#left < CHUNK_BYTES
      // A small file needs little.
      ? new Uint8Array(this.#left)
      : newMemory();
    return { memory, bytes: this.#fill(memory) };
  }

  async #fill(
    memory: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const room = memory.subarray(0, this.#left);
    if (this.#mustSeek) {
      await this.#file.seek(this.#position, Deno.SeekMode.Start);
      this.#mustSeek = false;
    }
    const count = await this.#file.read(room);
    if (count === null) {
      throw new Error(
        `Cannot send the rest of the file: it became ${this.#left} bytes shorter`,
      );
    }
    this.#left -= count;
    this.#position += count;
    return room.subarray(0, count);
  }
}
