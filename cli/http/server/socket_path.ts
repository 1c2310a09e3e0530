/**
 * The value of `--ws`: a service, and the path where it is.
 *
 * @module
 */

import { UsageError } from "../../output/failure.ts";

/** A service of messages at a path. */
export interface SocketPath {
  /** Its name, such as `echo`. */
  readonly service: string;
  /** Its path, such as `/chat`. */
  readonly path: string;
}

/**
 * Reads `SERVICE:/PATH`.
 *
 * @throws {UsageError} If it has another form.
 */
export function parseSocketPath(text: string): SocketPath {
  const [, service, path] = /^([a-z]+):(\/[\x21\x22\x24-\x3e\x40-\x7e]*)$/
    .exec(text) ?? [];
  if (service !== undefined && path !== undefined) {
    // Requests are compared in the form that URL gives their path.
    const asked = new URL(`http://localhost${path}`).pathname;
    if (asked === path) return { service, path };
    throw new UsageError(
      `a client that opens ${path} asks for ${asked}; write ${service}:${asked}`,
    );
  }
  throw new UsageError(
    `"${text}" is not a service and a path; write for example: --ws echo:/chat`,
  );
}
