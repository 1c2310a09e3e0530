/**
 * Which well-known protocol a stream begins with.
 *
 * A framing of digits refuses `G` at once and would never see `GET `. So an error
 * about the first message waits while the stream may still be the beginning of a
 * greeting. The wait ends at a byte that decides, or at the end of the stream, so
 * the same bytes give the same error in every cut.
 *
 * @module
 */

import { KNOWN_BEGINNINGS } from "../sniff/known_protocols.ts";

/** How streams begin, and what sends that; in bytes, one character each. */
const GREETINGS: readonly (readonly [begin: string, peer: string])[] =
  KNOWN_BEGINNINGS.flatMap(({ begin, peer }) => {
    const [first] = begin;
    return typeof first === "string" && peer !== undefined
      ? [[first, peer] as const]
      : [];
  });

const FIRST_BYTES: ReadonlySet<number> = new Set(
  GREETINGS.map(([begin]) => begin.charCodeAt(0)),
);

/** Whether a greeting begins with that byte. */
export function mayGreet(byte: number): boolean {
  return FIRST_BYTES.has(byte);
}

/** What a stream begins with. */
export interface Greeting {
  /** What sends it. */
  readonly peer: string;
  /** How many bytes of the message show it; 0 if earlier ones do. */
  readonly bytes: number;
}

/**
 * Looks at the first bytes of a stream.
 *
 * @param bytes The first bytes, 16 of them or all that are here.
 * @param hasEnded Whether no more bytes will come. Then a part is enough: three
 * characters, or one byte of TLS.
 * @returns What sends them, `undefined` if that is not known, or `"undecided"`.
 */
export function readGreeting(
  bytes: Uint8Array,
  hasEnded: boolean,
): Greeting | undefined | "undecided" {
  let isUndecided = false;
  for (const [begin, peer] of GREETINGS) {
    let fits = 0;
    while (fits < begin.length && bytes[fits] === begin.charCodeAt(fits)) {
      fits++;
    }
    if (fits === begin.length) return { peer, bytes: fits };
    if (fits !== bytes.length || fits === 0) continue;
    if (!hasEnded) isUndecided = true;
    else if (fits >= Math.min(3, begin.length - 1)) {
      return { peer, bytes: fits };
    }
  }
  return isUndecided ? "undecided" : undefined;
}

/** Says what the bytes, or those at the stream's beginning, look like. */
export function looksLike({ bytes, peer }: Greeting): string {
  return `${bytes === 0 ? "the stream" : "this"} looks like ${peer}`;
}
