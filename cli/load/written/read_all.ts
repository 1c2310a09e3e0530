/**
 * Reads a whole file, within a bound.
 *
 * @module
 */

import { formatSize } from "../../arguments/sizes.ts";
import { EXIT } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";
import { systemReason } from "../../output/system_reason.ts";
import type { Input } from "../../terminal/terminal.ts";

const MOST_BYTES = 64 * 1024 * 1024;
const READ_BYTES = 64 * 1024;

/**
 * Reads all of a file.
 *
 * @param path The file; `-` is standard input.
 * @throws {Failure} With code 9 if it cannot be read, and with code 2 if it is larger
 * than 64 MiB.
 */
export async function readAll(
  path: string,
  input: Input,
): Promise<Uint8Array> {
  if (path === "-") return await readFrom(input, "standard input");
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (cause) {
    throw cannotRead(path, cause);
  }
  using _ = file;
  return await readFrom(file, path);
}

async function readFrom(
  source: Pick<Input, "read">,
  name: string,
): Promise<Uint8Array> {
  let bytes = new Uint8Array(READ_BYTES);
  let length = 0;
  for (;;) {
    if (length === bytes.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(bytes);
      bytes = larger;
    }
    let count: number | null;
    try {
      count = await source.read(bytes.subarray(length));
    } catch (cause) {
      throw cannotRead(name, cause);
    }
    if (count === null) return bytes.subarray(0, length);
    length += count;
    if (length <= MOST_BYTES) continue;
    throw new Failure(
      EXIT.usage,
      `${name} is larger than ${formatSize(MOST_BYTES)}`,
    );
  }
}

function cannotRead(name: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  return new Failure(
    EXIT.local,
    `cannot read ${name}: ${systemReason(cause)}`,
    { cause },
  );
}
