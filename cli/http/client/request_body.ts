/**
 * What the client sends as the body of a request.
 *
 * @module
 */

import { EXIT } from "../../output/exit_code.ts";
import { Failure, UsageError } from "../../output/failure.ts";
import { systemReason } from "../../output/system_reason.ts";
import type { Input } from "../../terminal/terminal.ts";
import type { DataSource } from "./http_client_options.ts";

// What is in memory can be sent again where a redirect asks for that, and more
// of a file need not be there at once.
const IN_MEMORY_BYTES = 1024 * 1024;
const READ_BYTES = 64 * 1024;

/** A body, with what is known about it. Its opener disposes of it. */
export interface RequestBody extends Disposable {
  /** The body, as requests take it. */
  readonly body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  /** Its length in bytes, where the body does not know it itself. */
  readonly length?: number;
  /** The value of Content-Type, if the body has one of its own. */
  readonly type?: string;
}

/**
 * Opens what the command line names as the body.
 *
 * @param source What it names.
 * @param input Standard input.
 * @throws {UsageError} If there is a file that cannot be read.
 */
export async function openBody(
  source: DataSource,
  input: Input,
): Promise<RequestBody> {
  const { kind } = source;
  if (kind === "text") return { body: source.text, [Symbol.dispose]() {} };
  if (kind === "input") {
    const body = streamOf((into) => input.read(into));
    return { body, [Symbol.dispose]() {} };
  }
  try {
    return await openFile(source.path);
  } catch (cause) {
    throw new UsageError(`--data: ${cannotRead(source.path, cause)}`, {
      cause,
    });
  }
}

function cannotRead(path: string, cause: unknown): string {
  return `cannot read ${path}: ${systemReason(cause)}`;
}

async function openFile(path: string): Promise<RequestBody> {
  const { isDirectory, isFile, size } = await Deno.stat(path);
  if (isDirectory) throw new Deno.errors.IsADirectory();
  if (isFile && size <= IN_MEMORY_BYTES) {
    return { body: await Deno.readFile(path), [Symbol.dispose]() {} };
  }
  const file = await Deno.open(path);
  return {
    body: streamOf(async (into) => {
      try {
        return await file.read(into);
      } catch (cause) {
        throw new Failure(EXIT.local, cannotRead(path, cause), { cause });
      }
    }),
    [Symbol.dispose]: () => file.close(),
    // A pipe has none.
    ...(isFile ? { length: size } : {}),
  };
}

function streamOf(
  read: (into: Uint8Array) => Promise<number | null>,
): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const bytes = new Uint8Array(READ_BYTES);
      const count = await read(bytes);
      if (count === null) controller.close();
      else if (count > 0) controller.enqueue(bytes.subarray(0, count));
    },
  }, { highWaterMark: 0 });
}
