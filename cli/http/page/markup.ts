/**
 * HTML from templates. Strings are escaped; only HTML that was made here stays HTML.
 *
 * @module
 */

import { escape } from "@std/html/entities";

/** HTML, as opposed to text. */
export class Html {
  /** The HTML. */
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** A value in a template. */
export type Part = string | number | Html | readonly Html[];

/**
 * A template: strings in it are escaped, HTML stays.
 *
 * @param texts The HTML between the parts.
 * @param parts The values between them.
 */
export function markup(
  texts: TemplateStringsArray,
  ...parts: readonly Part[]
): Html {
  return new Html(String.raw({ raw: texts }, ...parts.map(sourceOf)));
}

function sourceOf(part: Part): string {
  if (part instanceof Html) return part.source;
  if (typeof part === "object") {
    return part.map(({ source }) => source).join("");
  }
  return escape(String(part));
}
