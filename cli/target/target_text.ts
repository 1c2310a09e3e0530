/**
 * Errors of the server that a command connects to, in the words of its flags.
 *
 * @module
 */

import { errorText, flagOf } from "../output/error_text.ts";

/** The flags of the library's options on the side of TARGET. */
const TARGET_FLAGS: Readonly<Record<string, string>> = {
  caCerts: "--target-ca",
  cert: "--target-cert",
  "cert, key": "--target-cert, --target-key",
  insecure: "--target-insecure",
  key: "--target-key",
  serverName: "--target-server-name",
};

/** Writes an error of the target with the flags of that side. */
export function targetText(error: unknown): string {
  return errorText(error, (option) => TARGET_FLAGS[option] ?? flagOf(option));
}
