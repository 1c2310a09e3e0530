/**
 * What is wrong with a recording.
 *
 * @module
 */

import { type ErrorParts, ParleyError } from "../errors.ts";

/** Why a recording cannot be read; stable across versions. */
export type RecordingErrorCode =
  | "not_a_recording"
  | "version"
  | "malformed"
  | "too_large";

/** A recording cannot be read. */
export class RecordingError extends ParleyError {
  /** Always `"RecordingError"`. */
  override readonly name: string = "RecordingError";
  /** Machine-readable reason; compare this, never the message. */
  readonly code: RecordingErrorCode;
  /** The line at fault, from 1. */
  readonly line: number;

  /**
   * Creates the error.
   *
   * @param code Machine-readable reason.
   * @param line The line at fault, from 1.
   * @param parts What the text is made of, and the usual `cause`.
   */
  constructor(
    code: RecordingErrorCode,
    line: number,
    parts: ErrorParts & ErrorOptions,
  ) {
    super(parts);
    this.code = code;
    this.line = line;
  }
}
