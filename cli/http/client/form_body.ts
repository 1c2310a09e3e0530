/**
 * A form as a browser sends it, with files: multipart/form-data (RFC 7578).
 *
 * ```text
 * --BOUNDARY CRLF  Content-Disposition: form-data; name="a" CRLF CRLF  1 CRLF
 * --BOUNDARY CRLF  ...; name="f"; filename="x.png" CRLF CRLF  bytes CRLF
 * --BOUNDARY-- CRLF
 * ```
 *
 * Files are read while they are sent, so their size does not matter.
 *
 * @module
 */

import { EXIT } from "../../output/exit_code.ts";
import { Failure, UsageError } from "../../output/failure.ts";
import { systemReason } from "../../output/system_reason.ts";
import type { FormField } from "./form_field.ts";
import { mediaType } from "../files/media_types.ts";

const READ_BYTES = 64 * 1024;

/** A form that can be sent. */
export interface FormBody {
  /** Its bytes. */
  readonly body: ReadableStream<Uint8Array>;
  /** How many there are. */
  readonly length: number;
  /** The value of Content-Type, with the boundary. */
  readonly type: string;
}

/**
 * Makes a form.
 *
 * @throws {UsageError} If a file cannot be read.
 */
export async function formBody(
  fields: readonly FormField[],
): Promise<FormBody> {
  const boundary = `parley-${crypto.randomUUID()}`;
  const encoder = new TextEncoder();
  const parts: { head: Uint8Array; size: number; path?: string }[] = [];
  for (const field of fields) {
    const isFile = "path" in field;
    const head = encoder.encode(
      `--${boundary}\r\nContent-Disposition: form-data; name="${
        quoted(field.name)
      }"${isFile ? fileLines(field.path) : ""}\r\n\r\n${
        isFile ? "" : field.text
      }`,
    );
    parts.push(
      isFile
        ? { head, size: await sizeOf(field.path), path: field.path }
        : { head, size: 0 },
    );
  }
  const last = encoder.encode(`--${boundary}--\r\n`);
  const lineEnd = encoder.encode("\r\n");
  const length = parts.reduce(
    (sum, { head, size }) => sum + head.length + size + lineEnd.length,
    last.length,
  );
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const { head, path, size } of parts) {
      yield head;
      if (path !== undefined) yield* fileBytes(path, size);
      yield lineEnd;
    }
    yield last;
  }
  return {
    body: ReadableStream.from(bytes()),
    length,
    type: `multipart/form-data; boundary=${boundary}`,
  };
}

function fileLines(path: string): string {
  const name = path.replace(/^.*[/\\]/s, "");
  return `; filename="${quoted(name)}"\r\nContent-Type: ${mediaType(name)}`;
}

/** As browsers do (HTML, "multipart/form-data encoding algorithm"). */
function quoted(name: string): string {
  return name.replaceAll("\n", "%0A").replaceAll("\r", "%0D")
    .replaceAll('"', "%22");
}

async function sizeOf(path: string): Promise<number> {
  try {
    const { isFile, size } = await Deno.stat(path);
    if (isFile) {
      (await Deno.open(path)).close();
      return size;
    }
  } catch (cause) {
    throw new UsageError(
      `--form: cannot read ${path}: ${systemReason(cause)}`,
      { cause },
    );
  }
  throw new UsageError(`--form: ${path} is not a regular file`);
}

/** Exactly as many bytes of a file as were announced. */
async function* fileBytes(
  path: string,
  size: number,
): AsyncGenerator<Uint8Array> {
  using file = await Deno.open(path);
  for (let left = size; left > 0;) {
    const bytes = new Uint8Array(Math.min(READ_BYTES, left));
    const count = await file.read(bytes);
    if (count === null) {
      throw new Failure(
        EXIT.local,
        `cannot send ${path}: it became shorter while it was read`,
      );
    }
    left -= count;
    yield bytes.subarray(0, count);
  }
}
