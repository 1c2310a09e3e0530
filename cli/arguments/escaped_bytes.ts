/**
 * Bytes on the command line.
 *
 * @module
 */

import { unescape } from "../../lib/framing/grammar/escapes.ts";
import { errorText } from "../output/error_text.ts";
import { UsageError } from "../output/failure.ts";

/**
 * Reads bytes as they are written in a framing's string: as themselves, or as
 * `\n \r \t \0 \\` and `\xHH`.
 *
 * @throws {UsageError} If an escape is unknown.
 */
export function parseEscapedBytes(text: string): Uint8Array {
  try {
    return unescape(text);
  } catch (cause) {
    throw new UsageError(`"${text}": ${errorText(cause)}`, { cause });
  }
}
