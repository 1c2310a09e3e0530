/**
 * A file that is written when a run is over.
 *
 * @module
 */

import { EXIT } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";
import { systemReason } from "../../output/system_reason.ts";

/**
 * Looks whether a file can be written later: a run of an hour should not end with
 * the news that it cannot.
 *
 * @throws {Failure} With code 9 if it is a folder, or its folder is missing.
 */
export async function checkWritable(path: string): Promise<void> {
  try {
    const { isDirectory } = await Deno.stat(path);
    if (isDirectory) throw new Deno.errors.IsADirectory();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) {
      throw cannotWrite(path, cause);
    }
    const folder = path.replace(/[^/\\]*$/, "") || ".";
    try {
      const { isDirectory } = await Deno.stat(folder);
      if (!isDirectory) throw new Deno.errors.NotADirectory();
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
  }
}

/**
 * Writes a file, in place of one that is there.
 *
 * @throws {Failure} With code 9 if it cannot be written.
 */
export async function writeFile(path: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(path, text);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

function cannotWrite(path: string, cause: unknown): Failure {
  return new Failure(
    EXIT.local,
    `cannot write ${path}: ${systemReason(cause)}`,
    { cause },
  );
}
