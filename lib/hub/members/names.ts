/**
 * The names of rooms and members.
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";

/** The most bytes of UTF-8 in the name of a room. */
export const MAX_ROOM_NAME_BYTES = 255;

/** The most bytes of UTF-8 in the name of a member. */
export const MAX_MEMBER_NAME_BYTES = 64;

// What would drive a terminal or break a line, wherever a name is shown: control
// characters, line and paragraph separators, and marks that turn the direction of
// what follows.
const UNSHOWN =
  /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const UTF8 = new TextEncoder();

/**
 * What is wrong with a name.
 *
 * @param most The most bytes that it may have.
 * @returns The reason, or `undefined` if nothing is.
 */
export function faultOfName(name: string, most: number): string | undefined {
  if (name === "") return "it is empty";
  // Longer than any name of that many bytes: do not encode megabytes to say so.
  const bytes = name.length > most ? name.length : UTF8.encode(name).length;
  if (bytes > most) return `it has more than ${most} bytes`;
  if (!name.isWellFormed()) return "it is not Unicode";
  if (UNSHOWN.test(name)) return "it has control characters";
  return undefined;
}

/**
 * What is wrong with the name of a member.
 *
 * A name is followed by a colon and a message, and what the hub says begins with an
 * asterisk. With these in it, a name would say what another member or the hub says.
 *
 * @returns The reason, or `undefined` if nothing is.
 */
export function faultOfMemberName(name: string): string | undefined {
  const fault = faultOfName(name, MAX_MEMBER_NAME_BYTES);
  if (fault !== undefined) return fault;
  const look = lookOf(name);
  if (look === "") return "nothing of it can be seen";
  if (look.includes(":")) return "it has a colon";
  if (look.startsWith("*")) return "it begins with an asterisk";
  return undefined;
}

/**
 * What a name looks like. Case, width, blanks, and characters that are not shown make
 * no difference, so that no member can pass for another one.
 */
export function lookOf(name: string): string {
  return name.normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .replace(/\s+/gu, " ").trim().toLowerCase();
}

/**
 * Checks the name of a room that the program has chosen.
 *
 * @throws {TypeError} If it is empty, too long or has control characters.
 */
export function checkRoomName(option: string, name: string): string {
  const reason = faultOfName(name, MAX_ROOM_NAME_BYTES);
  if (reason === undefined) return name;
  throw new OptionTypeError({
    action: "use",
    option,
    value: name,
    reason,
    advice: `a room has 1 to ${MAX_ROOM_NAME_BYTES} bytes of UTF-8`,
  });
}

/** The name of a member that has not said one. */
export function guestName(member: number): string {
  return `guest-${member}`;
}

/** Whether a name is one that the hub gives. */
export function isGuestName(name: string): boolean {
  return /^guest-\d+$/.test(name);
}
