/**
 * A file that keeps what has arrived, so that a download that broke off can be
 * continued.
 *
 * The file's date says what the part is of: it is set to the server's
 * `Last-Modified`, which has no fraction of a second. `If-Range` with that date
 * asks for the rest only if the server still has the same (RFC 9110, section
 * 13.1.5). A file with another date was not written here and is begun anew.
 *
 * ```text
 * absent, or of another date ─► asks for all ──200──► written from the start
 * part of this date ──► asks for the rest ──┬──206──► the rest is appended
 *                                           ├──200──► written from the start
 *                                           └──416──► it is complete already
 * ```
 *
 * @module
 */

import { EXIT } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";
import { cannotWrite, statOf } from "../../output/new_file.ts";
import type { BodyFile } from "./body_sink.ts";

// A date is exact only if nothing changed within it after it was given: RFC 9110,
// section 8.8.2.2.
const EXACT_AFTER_MS = 1000;

/** A file that is continued. */
export class PartFile implements BodyFile {
  readonly #path: string;
  readonly #size: number;
  readonly #modified: Date | undefined;
  #file: Deno.FsFile | undefined;
  #date: Date | undefined;

  private constructor(path: string, there: Deno.FileInfo | undefined) {
    const modified = there?.mtime ?? undefined;
    const isOurs = modified?.getMilliseconds() === 0 && there!.size > 0;
    this.#path = path;
    this.#size = isOurs ? there!.size : 0;
    this.#modified = isOurs ? modified : undefined;
  }

  /**
   * Looks at what is there.
   *
   * @throws {Failure} With code 9 if it cannot be written.
   */
  static async open(path: string): Promise<PartFile> {
    try {
      const there = await statOf(path);
      if (there?.isDirectory) throw new Deno.errors.IsADirectory();
      if (there !== undefined && !there.isFile) {
        throw new Failure(EXIT.local, "it is not a regular file");
      }
      return new PartFile(path, there);
    } catch (cause) {
      throw cannotWrite(path, cause, "output");
    }
  }

  /** What asks for the rest, and nothing if all of it is wanted. */
  get headers(): [name: string, value: string][] {
    if (this.#modified === undefined) return [];
    return [
      ["Range", `bytes=${this.#size}-`],
      ["If-Range", this.#modified.toUTCString()],
    ];
  }

  /**
   * Whether the server says that nothing is missing.
   *
   * @param response A response to a request with {@linkcode headers}.
   */
  isComplete({ headers, status }: Response): boolean {
    return status === 416 && this.#size > 0 &&
      headers.get("content-range") === `bytes */${this.#size}`;
  }

  /**
   * Makes the file ready for the body of a response.
   *
   * @param response A successful one.
   * @returns Where the body begins in the file.
   * @throws {Failure} If the body is another part of it.
   */
  async begin({ headers, status, url }: Response): Promise<number> {
    const range = headers.get("content-range") ?? "";
    const isRest = status === 206;
    if (isRest && !range.startsWith(`bytes ${this.#size}-`)) {
      throw new Failure(
        EXIT.framing,
        `${url} was asked for bytes ${this.#size}- and answered with "${range}"`,
      );
    }
    this.#date = exactDate(headers);
    try {
      this.#file = await Deno.open(this.#path, {
        write: true,
        ...(isRest ? { append: true } : { create: true, truncate: true }),
      });
    } catch (cause) {
      throw cannotWrite(this.#path, cause, "output");
    }
    return isRest ? this.#size : 0;
  }

  /** Appends bytes; see `NewFile`. */
  write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;) {
        at += this.#file!.writeSync(bytes.subarray(at));
      }
    } catch (cause) {
      throw cannotWrite(this.#path, cause, "output");
    }
  }

  /** Makes sure that it is on the disk. */
  async keep(): Promise<void> {
    try {
      await this.#file?.syncData();
    } catch (cause) {
      throw cannotWrite(this.#path, cause, "output");
    }
  }

  /** Leaves what has arrived, with the server's date. */
  async [Symbol.asyncDispose](): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    const { mtime } = await file.stat();
    // Without a date it must not look like a part of the version before.
    const date = this.#date ?? notWhole(mtime ?? new Date());
    await file.utime(date, date).catch(() => {
      // A file system without dates: the next time it is begun anew.
    });
    file.close();
  }
}

/** When what is sent was changed, if that is certain to the second. */
function exactDate(headers: Headers): Date | undefined {
  const modified = Date.parse(headers.get("last-modified") ?? "");
  const sent = Date.parse(headers.get("date") ?? "");
  return sent - modified >= EXACT_AFTER_MS ? new Date(modified) : undefined;
}

function notWhole(date: Date): Date {
  return date.getMilliseconds() === 0 ? new Date(date.getTime() + 1) : date;
}
