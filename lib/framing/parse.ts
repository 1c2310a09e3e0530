/** Stand-in until every framing is in the table. */
import type { Framing } from "./framing.ts";
import { lengthPrefix } from "./length_prefix.ts";
/** Parses. */
export function parseFraming(text: string): Framing {
  if (text === "length:4") return lengthPrefix();
  throw new TypeError(`Unknown framing ${text}`);
}
