/**
 * Messages and texts with names in them, once the names have values.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import type { Captures } from "./capture.ts";
import type { Template } from "./statement.ts";

/** Whether the script says all of it, so that it is known before it runs. */
export function isConstant(template: Template): boolean {
  return template.every((part) => typeof part === "string" || isBytes(part));
}

const UTF8 = new TextEncoder();

/** Gives a template's bytes, with the values that the names have. */
export function bytesOf(template: Template, captures?: Captures): Uint8Array {
  return concat(
    template.map((part) =>
      typeof part === "string"
        ? UTF8.encode(part)
        : isBytes(part)
        ? part
        : captures!.valueOf(part.name).bytes
    ),
  );
}

/**
 * Gives a template's text, with the values that the names have.
 *
 * @param escape What is done with each value.
 */
export function textOf(
  template: Template,
  captures: Captures,
  escape: (value: string) => string = (value) => value,
): string {
  return template.map((part) =>
    typeof part === "string"
      ? part
      : escape(captures.textOf((part as { readonly name: string }).name))
  ).join("");
}

function isBytes(part: Template[number]): part is Uint8Array {
  return part instanceof Uint8Array;
}
