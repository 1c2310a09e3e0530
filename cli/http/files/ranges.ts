/**
 * Which part of a file a request asks for (RFC 9110 section 14).
 *
 * @module
 */

/** A part of a file. */
export interface ByteRange {
  /** Its first byte. */
  readonly start: number;
  /** The byte after its last one. */
  readonly end: number;
}

/**
 * Reads a `Range`.
 *
 * Several parts at once are answered with the whole file, which a server may
 * always do. Only PDF viewers ask for them, and attackers have used them to
 * make a server send a file a thousand times over.
 *
 * @param value The value of the field, or `null` if there is none.
 * @param size Size of the file in bytes.
 * @returns The part, `"whole"` if the whole file is the answer, or `"none"` if
 * there is no byte of the part (416).
 */
export function parseRange(
  value: string | null,
  size: number,
): ByteRange | "whole" | "none" {
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(value ?? "");
  if (match === null) return "whole";
  const [, first = "", last = ""] = match;
  if (first === "") {
    // The last bytes, as many as there are.
    if (last === "") return "whole";
    const count = Math.min(Number(last), size);
    return count === 0 ? "none" : { start: size - count, end: size };
  }
  const start = Number(first);
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  if (last !== "" && Number(last) < start) return "whole";
  return start < size ? { start, end } : "none";
}
