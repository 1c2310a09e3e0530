/**
 * Reads files and standard input.
 *
 * @module
 */

import { formatSize } from "../arguments/sizes.ts";
import { EXIT } from "../output/exit_code.ts";
import { Failure } from "../output/failure.ts";
import { systemReason } from "../output/system_reason.ts";
import type { Input } from "./terminal.ts";

// It is in memory as a whole, and a device has no end.
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
  using file = await openFile(path);
  return await readFrom(file, path);
}

/**
 * Opens a file to be read.
 *
 * @throws {Failure} With code 9 if it cannot be read.
 */
export async function openFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

/**
 * The failure of a file that cannot be read. A failure stays what it is.
 *
 * @param name The path, or what else was read.
 */
export function cannotRead(name: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const reason = systemReason(cause);
  return new Failure(EXIT.local, `cannot read ${name}: ${reason}`, { cause });
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
