/**
 * Which room a member and its messages belong to.
 *
 * ```text
 *   ws: path /red ──► room red, for good          wins over all
 *   room: "red"  ──► room red, for good
 *   roomPath     ──► the rooms that the member's messages name
 *   none of them ──► lobby, until it says /join NAME
 * ```
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import type { Framing } from "../../framing/framing.ts";
import { isSpoken } from "../../transport/spoken_framing.ts";
import { faultOfName, MAX_ROOM_NAME_BYTES } from "./names.ts";

/** The room of members that have not chosen one. */
export const LOBBY = "lobby";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const STEPS = /^(?:\.[^.\s[\]"]+)+$/;

/** A message whose room cannot be read. */
export interface NoRoom {
  /** Why. */
  readonly reason: string;
}

/** Reads the room of a message. */
export type RoomReader = (message: Uint8Array) => string | NoRoom;

/**
 * Makes what reads the room of a JSON message.
 *
 * @param path The names of the members that lead to it: `.room`, `.to.room`.
 * @throws {TypeError} If it is not such a path.
 */
export function roomReader(path: string): RoomReader {
  if (!STEPS.test(path)) {
    throw new OptionTypeError({
      action: "use",
      option: "roomPath",
      value: path,
      reason: "it is not a path into JSON",
      advice:
        "write the names that lead to the room, such as .room or .to.room",
    });
  }
  const steps = path.slice(1).split(".");
  return (message) => {
    let value: unknown;
    try {
      value = JSON.parse(UTF8.decode(message));
    } catch {
      return { reason: "it is not JSON" };
    }
    for (const step of steps) {
      const isObject = typeof value === "object" && value !== null;
      value = isObject && Object.hasOwn(value as object, step)
        ? (value as Record<string, unknown>)[step]
        : undefined;
    }
    if (typeof value !== "string") {
      return { reason: `it has no text at ${path}` };
    }
    const fault = faultOfName(value, MAX_ROOM_NAME_BYTES);
    return fault === undefined
      ? value
      : { reason: `the room's name: ${fault}` };
  };
}

/**
 * The room in the path that a WebSocket client asked for.
 *
 * @returns Its name, what is wrong with it, or `undefined` if there is no path.
 */
export function roomOfPath(framing: Framing): string | NoRoom | undefined {
  if (!isSpoken(framing)) return undefined;
  const { agreement } = framing as {
    agreement?: { readonly target?: unknown };
  };
  const target = agreement?.target;
  if (typeof target !== "string") return undefined;
  const path = target.replace(/[?#].*$/s, "").replace(/^\//, "");
  if (path === "") return undefined;
  let name: string;
  try {
    name = decodeURIComponent(path);
  } catch {
    return { reason: "its path is not UTF-8" };
  }
  const fault = faultOfName(name, MAX_ROOM_NAME_BYTES);
  return fault === undefined ? name : { reason: `the room's name: ${fault}` };
}
