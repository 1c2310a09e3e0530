/**
 * A file that is there whole or not at all: it is written under another name in
 * the same folder, and gets its own at the end.
 *
 * @module
 */

import { EXIT } from "./exit_code.ts";
import { Failure } from "./failure.ts";
import { systemReason } from "./system_reason.ts";

/**
 * A file in the making; what is disposed of before {@linkcode keep} is gone.
 */
export class NewFile implements AsyncDisposable {
  readonly #path: string;
  readonly #option: string;
  readonly #target: string;
  readonly #temporary: string | undefined;
  readonly #file: Deno.FsFile;
  #isOpen = true;

  private constructor(
    path: string,
    option: string,
    target: string,
    temporary: string | undefined,
    file: Deno.FsFile,
  ) {
    this.#path = path;
    this.#option = option;
    this.#target = target;
    this.#temporary = temporary;
    this.#file = file;
  }

  /**
   * Begins a file. What is there under its name stays as it is until the end.
   *
   * @param option The option that names it, for errors.
   * @throws {Failure} With code 9 if it could not be written.
   */
  static async create(path: string, option: string): Promise<NewFile> {
    try {
      const there = await statOf(path);
      if (there?.isDirectory) throw new Deno.errors.IsADirectory();
      // Such as /dev/null or /dev/stdout, in whose place no file belongs.
      if (there?.isCharDevice || there?.isFifo) {
        const device = await Deno.open(path, { write: true });
        return new NewFile(path, option, path, undefined, device);
      }
      if (there !== undefined && !there.isFile) {
        throw new Failure(EXIT.local, "it is not a regular file");
      }
      // Where a symbolic link leads is replaced, not the link.
      const target = there === undefined
        ? await absentAt(path)
        : await Deno.realPath(path);
      return await NewFile.#beside(path, option, target, there);
    } catch (cause) {
      throw cannotWrite(path, cause, option);
    }
  }

  static async #beside(
    path: string,
    option: string,
    target: string,
    there: Deno.FileInfo | undefined,
  ): Promise<NewFile> {
    if (there !== undefined) {
      // The folder's permissions alone would let a read-only file be replaced.
      (await Deno.open(target, { write: true })).close();
    }
    // Not made of its name, which may be as long as names can be.
    const temporary = `${folderOf(target)}.parley-${crypto.randomUUID()}.part`;
    const file = await Deno.open(temporary, { createNew: true, write: true });
    const created = new NewFile(path, option, target, temporary, file);
    try {
      // A user who could not read it before cannot read it now.
      if (there?.mode) await Deno.chmod(temporary, there.mode & 0o777);
    } catch (error) {
      await created[Symbol.asyncDispose]();
      throw error;
    }
    return created;
  }

  /**
   * Appends bytes.
   *
   * @throws {Failure} With code 9 if they cannot be written.
   */
  write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;) {
        at += this.#file.writeSync(bytes.subarray(at));
      }
    } catch (cause) {
      throw cannotWrite(this.#path, cause, this.#option);
    }
  }

  /**
   * Gives the file its name.
   *
   * @throws {Failure} With code 9 if that cannot be done; then it is gone.
   */
  async keep(): Promise<void> {
    try {
      if (this.#temporary !== undefined) {
        // Some file systems find out only now that there is no room.
        await this.#file.syncData();
        await Deno.rename(this.#temporary, this.#target);
      }
      this.#close();
    } catch (cause) {
      throw cannotWrite(this.#path, cause, this.#option);
    }
  }

  /** Removes the file, unless it was kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#close();
    if (this.#temporary === undefined) return;
    await Deno.remove(this.#temporary).catch(() => {
      // It was removed meanwhile; it is gone in any case.
    });
  }

  #close(): void {
    this.#isOpen = false;
    this.#file.close();
  }
}

/** What is at a path, if there is something. */
export async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Where a name leads at which there is nothing: to itself, or along links to
 * what they are to lead to. Links in a circle were refused when it was looked
 * up.
 */
async function absentAt(path: string): Promise<string> {
  for (;;) {
    try {
      if (!(await Deno.lstat(path)).isSymlink) return path;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return path;
      throw error;
    }
    const next = await Deno.readLink(path);
    path = /^(?:[/\\]|[a-z]:)/i.test(next) ? next : folderOf(path) + next;
  }
}

/** The folder of a file, with its slash; `""` for one of this folder. */
function folderOf(path: string): string {
  return /^.*[/\\]/s.exec(path)?.[0] ?? "";
}

/**
 * The failure of a file that cannot be written.
 *
 * @param option The option that names it, where another file may do.
 */
export function cannotWrite(
  path: string,
  cause: unknown,
  option?: string,
): Failure {
  const reason = cause instanceof Failure
    ? cause.text
    : systemReason(cause, REASONS);
  const advice = option === undefined ? "" : `; give another --${option}`;
  return new Failure(
    EXIT.local,
    `cannot write ${path}: ${reason}${advice}`,
    { cause },
  );
}

const REASONS = { NotFound: "there is no such folder" };
