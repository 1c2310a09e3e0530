/**
 * Numbers of things, for people.
 *
 * @module
 */

/**
 * Writes a number of things.
 *
 * @param noun One of them, whose plural takes an s.
 * @returns Such as `1 message` or `2 messages`.
 */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Writes a count with its thousands apart: `1,204`. */
export function grouped(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}
