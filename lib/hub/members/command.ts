/**
 * What a member says to the hub and not to the room.
 *
 * @module
 */

import {
  faultOfMemberName,
  faultOfName,
  MAX_MEMBER_NAME_BYTES,
  MAX_ROOM_NAME_BYTES,
} from "./names.ts";

/** A message that is for the hub. */
export type Command =
  | { readonly type: "join" | "name"; readonly name: string }
  | { readonly type: "refused"; readonly reason: string };

const SLASH = 0x2f;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// A command is a word, a blank and a name.
const LONGEST = "/join ".length + MAX_ROOM_NAME_BYTES;

/** Which commands a member may give; other messages are for its room. */
export interface Allowed {
  readonly join: boolean;
  readonly name: boolean;
}

/** Reads a command; `undefined` if the message is for the room. */
export function readCommand(
  message: Uint8Array,
  allowed: Allowed,
): Command | undefined {
  if (message[0] !== SLASH) return undefined;
  const type = startsWith(message, "/join ")
    ? "join"
    : startsWith(message, "/name ")
    ? "name"
    : undefined;
  if (type === undefined || !allowed[type]) return undefined;
  return nameIn(message, type);
}

function nameIn(message: Uint8Array, type: "join" | "name"): Command {
  const what = `/${type}`;
  const most = type === "join" ? MAX_ROOM_NAME_BYTES : MAX_MEMBER_NAME_BYTES;
  if (message.length > LONGEST) {
    return refused(what, `it has more than ${most} bytes`);
  }
  let name: string;
  try {
    name = UTF8.decode(message.subarray("/join ".length)).trim();
  } catch {
    return refused(what, "it is not UTF-8");
  }
  if (type === "name") name = name.normalize("NFC");
  const fault = type === "name"
    ? faultOfMemberName(name)
    : faultOfName(name, most);
  return fault === undefined ? { type, name } : refused(what, fault);
}

function refused(what: string, fault: string): Command {
  return { type: "refused", reason: `${what} needs another name: ${fault}` };
}

function startsWith(message: Uint8Array, word: string): boolean {
  if (message.length < word.length) return false;
  for (let i = 0; i < word.length; i++) {
    if (message[i] !== word.charCodeAt(i)) return false;
  }
  return true;
}
