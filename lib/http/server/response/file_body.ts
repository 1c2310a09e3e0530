/**
 * The bytes of a file as the body of a response.
 *
 * @module
 */

import { checkInteger } from "../../../check.ts";

// Bytes that are read at once where something else than a server reads the stream.
const CHUNK_BYTES = 64 * 1024;

/** Which bytes of a file are meant. */
export interface FileRange {
  /** Position of the first byte. */
  readonly start: number;
  /** Position behind the last byte. */
  readonly end: number;
}

/**
 * Makes a body of a part of a file.
 *
 * {@linkcode serveHttp} sends it without a stream: it holds little memory for a
 * client that has stopped reading. Everything else reads it as the stream that it
 * is.
 *
 * @param file The file, which the body owns from now on. It closes the file at its
 * end, when it is cancelled and when it fails.
 * @param range Which bytes of the file.
 * @returns The bytes; an error if the file became shorter.
 * @throws {RangeError} If the positions are not integers with 0 <= start <= end.
 *
 * @example A file
 * ```ts
 * import { fileBody, request, serveHttp } from "@parley/parley/http";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, "0123456789");
 * await using server = await serveHttp("tcp://127.0.0.1:0", {}, async () => {
 *   const file = await Deno.open(path);
 *   return new Response(fileBody(file, { start: 2, end: 5 }));
 * });
 * const response = await request(`http://127.0.0.1:${server.address.port}/`);
 * assertEquals(await response.text(), "234");
 * await Deno.remove(path);
 * ```
 */
export function fileBody(
  file: Deno.FsFile,
  range: FileRange,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  checkInteger("start", range.start, 0, range.end);
  checkInteger("end", range.end, 0);
  return new FileStream(new FilePart(file, range));
}

/**
 * Takes the file of a body that {@linkcode fileBody} has made. Its stream is locked
 * from then on.
 *
 * @returns The part, which the caller closes; `undefined` if the body is another.
 */
export function takeFilePart(body: ReadableStream): FilePart | undefined {
  return FileStream.take(body);
}

/** A part of a file that is read from any place. */
export class FilePart {
  readonly start: number;
  readonly end: number;
  readonly #file: Deno.FsFile;
  // Where the next read begins by itself; unknown at first, as the program may have
  // read from the file.
  #position = -1;
  #reading: Promise<number | null> | undefined;

  /** Takes ownership of a file. */
  constructor(file: Deno.FsFile, { start, end }: FileRange) {
    this.#file = file;
    this.start = start;
    this.end = end;
  }

  /** How many bytes it has. */
  get length(): number {
    return this.end - this.start;
  }

  /**
   * Reads all of it.
   *
   * @throws {Error} If the file became shorter.
   */
  async readAll(): Promise<Uint8Array<ArrayBuffer>> {
    const all = new Uint8Array(this.length);
    for (let done = 0; done < all.length;) {
      const part = await this.read(all.subarray(done), this.start + done);
      done += part.length;
    }
    return all;
  }

  /**
   * Reads as many bytes as there are and fit.
   *
   * @param at Position of the first one, before the end.
   * @returns A part of the memory, not empty.
   * @throws {Error} If the file became shorter.
   */
  async read(
    memory: Uint8Array<ArrayBuffer>,
    at: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    // Moving the position does not touch the disk, so it need not be awaited.
    if (at !== this.#position) this.#file.seekSync(at, Deno.SeekMode.Start);
    const room = memory.subarray(0, this.end - at);
    this.#reading = this.#file.read(room);
    const count = await this.#reading;
    if (count === null) {
      throw new Error(
        `Cannot send the rest of the file: it became ${
          this.end - at
        } bytes shorter`,
      );
    }
    this.#position = at + count;
    return room.subarray(0, count);
  }

  /** Closes the file; closing it during a read would fail the read. */
  async close(): Promise<void> {
    await this.#reading?.catch(() => {});
    this.#file.close();
  }
}

class FileStream extends ReadableStream<Uint8Array<ArrayBuffer>> {
  readonly #part: FilePart;

  constructor(part: FilePart) {
    let at = part.start;
    super({
      async pull(controller) {
        try {
          if (at < part.end) {
            const memory = new Uint8Array(Math.min(CHUNK_BYTES, part.end - at));
            const bytes = await part.read(memory, at);
            at += bytes.length;
            controller.enqueue(bytes);
          }
          if (at < part.end) return;
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        await part.close();
      },
      cancel: () => part.close(),
    }, { highWaterMark: 0 });
    this.#part = part;
  }

  static take(body: ReadableStream): FilePart | undefined {
    if (!(#part in body) || body.locked) return undefined;
    body.getReader();
    return body.#part;
  }
}
