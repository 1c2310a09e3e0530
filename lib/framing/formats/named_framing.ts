/**
 * Framings without options: a name, a decoder and an encoder.
 *
 * @module
 */

import type { BadFrames, Decoder, Encoder, Framing } from "../framing.ts";

/**
 * Makes a framing whose string is its name.
 *
 * @param decoder Makes a decoder with that limit in bytes.
 * @param encoder Makes an encoder with that limit in bytes.
 * @param badFrames What happens to bad frames unless the user chooses.
 * @returns The framing; its messages end in the bytes themselves.
 */
export function namedFraming(
  name: string,
  decoder: (maxMessageBytes: number) => Decoder,
  encoder: (maxMessageBytes: number) => Encoder,
  badFrames: BadFrames = "fail",
): Framing {
  return {
    badFrames,
    boundary: "frame",
    decoder: ({ maxMessageBytes }) => decoder(maxMessageBytes),
    encoder: ({ maxMessageBytes }) => encoder(maxMessageBytes),
    toString: () => name,
  };
}
