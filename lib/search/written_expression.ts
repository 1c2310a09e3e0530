/**
 * Regular expressions as users write them: `/RE/`, or `/RE/i` with flags.
 *
 * @module
 */

// Without d, g and y, which change what a search returns and not what it finds. A path
// such as /usr/bin has no such ending.
const WRITTEN = /^\/(.+)\/([imsuv]*)$/s;

/**
 * Reads a regular expression.
 *
 * @returns It, or `undefined` if the text is not between slashes.
 * @throws {SyntaxError} If it is between slashes, and is not a regular expression.
 */
export function parseExpression(text: string): RegExp | undefined {
  const [, source, flags] = WRITTEN.exec(text) ?? [];
  return source === undefined ? undefined : new RegExp(source, flags);
}
