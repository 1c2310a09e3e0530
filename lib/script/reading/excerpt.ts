/**
 * A part of a line of a script, and the place where it stands.
 *
 * @module
 */

import type { ErrorParts } from "../../errors.ts";
import { asReason, ScriptError } from "../script_error.ts";

/** From some column of a line to its end. */
export class Excerpt {
  /** Name of the script. */
  readonly script: string;
  /** Number of the line, from 1. */
  readonly line: number;
  /** The column of its first character, from 1. */
  readonly column: number;
  readonly text: string;

  constructor(script: string, line: number, column: number, text: string) {
    this.script = script;
    this.line = line;
    this.column = column;
    this.text = text;
  }

  /** The part from a character on, counted from 0. */
  from(at: number): Excerpt {
    const { column, line, script, text } = this;
    return new Excerpt(script, line, column + at, text.slice(at));
  }

  /** The first so many characters of it. */
  upTo(length: number): Excerpt {
    const { column, line, script, text } = this;
    return new Excerpt(script, line, column, text.slice(0, length));
  }

  /** Another text at the same place: what an escape stands for. */
  as(text: string): Excerpt {
    return new Excerpt(this.script, this.line, this.column, text);
  }

  /** The first word, up to a blank; `""` if a blank comes first. */
  get word(): string {
    return /^[^ \t]*/.exec(this.text)![0];
  }

  /** What follows the first word and one blank, verbatim. */
  get rest(): Excerpt {
    return this.from(Math.min(this.word.length + 1, this.text.length));
  }

  /** The same without the blanks around it. */
  get trimmed(): Excerpt {
    const { column, line, script, text } = this;
    const blanks = /^[ \t]*/.exec(text)![0].length;
    return new Excerpt(script, line, column + blanks, text.trim());
  }

  /** Makes an error that points here, with the reason of another one. */
  wrapping(cause: unknown): ScriptError {
    return this.error(asReason(cause));
  }

  /**
   * Makes an error that points here.
   *
   * @param at A character of it, counted from 0.
   */
  error(parts: ErrorParts & ErrorOptions, at = 0): ScriptError {
    return new ScriptError(this.script, this.line, this.column + at, parts);
  }
}
