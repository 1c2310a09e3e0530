/**
 * Framings without options: a name, a decoder and an encoder.
 *
 * @module
 */

import type { FramePlace } from "../explain/frame_part.ts";
import { PartList } from "../explain/part_list.ts";
import type {
  BadFrames,
  Boundary,
  CodecOptions,
  Decoder,
  Encoder,
  Framing,
} from "../framing.ts";

/** Adds the parts of a frame to a list. */
export type Explain = (
  parts: PartList,
  frame: Uint8Array,
  place: FramePlace,
) => void;

/** What a framing may have besides its decoder and encoder. */
export interface NamedFramingOptions {
  /**
   * What happens to bad frames unless the user chooses.
   *
   * @default {"fail"}
   */
  readonly badFrames?: BadFrames;
  /**
   * Where messages end.
   *
   * @default {"frame"}
   */
  readonly boundary?: Boundary;
  /**
   * Whether its encoders keep nothing of earlier messages, nor of their connection.
   *
   * @default {true}
   */
  readonly encodesAlike?: boolean;
  /** Names the parts of a frame. */
  readonly explain?: Explain | undefined;
}

/**
 * Makes a framing whose string is its name.
 *
 * @param decoder Makes a decoder with that limit in bytes.
 * @param encoder Makes an encoder with that limit in bytes.
 * @returns The framing; its messages end in the bytes themselves unless `boundary`
 * says otherwise.
 */
export function namedFraming(
  name: string,
  decoder: (maxMessageBytes: number, options: CodecOptions) => Decoder,
  encoder: (maxMessageBytes: number, options: CodecOptions) => Encoder,
  options: NamedFramingOptions = {},
): Framing {
  const {
    badFrames = "fail",
    boundary = "frame",
    encodesAlike = true,
    explain,
  } = options;
  const framing: Framing = {
    badFrames,
    boundary,
    encodesAlike,
    decoder: (options) => decoder(options.maxMessageBytes, options),
    encoder: (options) => encoder(options.maxMessageBytes, options),
    toString: () => name,
  };
  return explaining(framing, explain);
}

/** Lets a framing that is an object without a class name its parts. */
export function explaining(
  framing: Framing,
  explain: Explain | undefined,
): Framing {
  if (explain === undefined) return framing;
  return {
    ...framing,
    explain(frame, place = {}) {
      const parts = new PartList(frame);
      explain(parts, frame, place);
      return parts.finish();
    },
  };
}
