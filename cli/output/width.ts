/**
 * How many columns of a terminal a text takes.
 *
 * @module
 */

// Combining marks, joiners and other characters that take no room.
const ZERO = /[\p{Mn}\p{Me}\p{Cf}]/u;
// Wide in East Asian fonts, and emoji: two columns. The first wide ones are Hangul.
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
// Katakana and Hangul that are made to be narrow.
const NARROW = /[\uff61-\uffdc]/;
const FIRST_WIDE = 0x1100;
const FIRST_ZERO = 0x300;

/** How many columns a character takes. */
function columnsOf(character: string): 0 | 1 | 2 {
  const code = character.codePointAt(0)!;
  if (code < FIRST_ZERO) return 1;
  if (ZERO.test(character)) return 0;
  const isWide = code >= FIRST_WIDE && WIDE.test(character) &&
    !NARROW.test(character);
  return isWide ? 2 : 1;
}

/**
 * Measures a text of one line.
 *
 * @returns How many columns it takes.
 */
export function textColumns(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOf(character);
  return columns;
}

/**
 * Cuts a text of one line, with an ellipsis where something is left out.
 *
 * @param most How many columns it may take, at least 1.
 */
export function cutToColumns(text: string, most: number): string {
  if (text.length * 2 <= most) return text;
  let columns = 0;
  // Where the ellipsis goes if the rest does not fit.
  let cutAt = 0;
  let at = 0;
  for (const character of text) {
    columns += columnsOf(character);
    at += character.length;
    if (columns <= most - 1) cutAt = at;
    if (columns > most) return `${text.slice(0, cutAt)}…`;
  }
  return text;
}
