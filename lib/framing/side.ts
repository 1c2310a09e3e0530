/**
 * The side of a connection whose bytes are read or written.
 *
 * @module
 */

import { checkOneOf, OptionTypeError } from "../check.ts";
import type { CodecOptions, Framing, Side } from "./framing.ts";
import { nameOf } from "./name.ts";

const SIDES: readonly Side[] = ["client", "server"];

/** The other side. */
export function otherSide(side: Side): Side {
  return side === "client" ? "server" : "client";
}

/**
 * The side for a framing whose two directions differ.
 *
 * @param name The framing, for the error.
 * @throws {TypeError} If the side is missing or does not exist.
 */
export function sideOf(name: string, { from }: CodecOptions): Side {
  if (from !== undefined) return checkOneOf("from", from, SIDES);
  throw new OptionTypeError({
    action: `use framing "${name}" without a direction`,
    reason: "its client and its server write differently",
    option: "from",
    advice: 'set from to "client" or "server", the side that sends the bytes',
  });
}

/**
 * One direction of a framing.
 *
 * @param from The side that sends the bytes, if it matters.
 * @returns A framing whose decoders and encoders are for that side.
 */
export function facing(framing: Framing, from: Side | undefined): Framing {
  if (from === undefined) return framing;
  checkOneOf("from", from, SIDES);
  return {
    badFrames: framing.badFrames ?? "fail",
    boundary: framing.boundary,
    encodesAlike: framing.encodesAlike === true,
    decoder: (options) => framing.decoder({ ...options, from }),
    encoder: (options) => framing.encoder({ ...options, from }),
    ...(framing.explain === undefined ? {} : {
      explain: (frame, place) => framing.explain!(frame, { ...place, from }),
    }),
    toString: () => nameOf(framing),
  };
}
