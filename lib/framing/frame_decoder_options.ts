/**
 * What may be chosen for a decoder of frames.
 *
 * @module
 */

import type { ByteQueue } from "../bytes/byte_queue.ts";
import type { ProtocolError } from "../errors.ts";
import type { BadFrames, Side } from "./framing.ts";

/** Options for {@linkcode FrameDecoder}. */
export interface FrameDecoderOptions {
  /**
   * What happens to a bad frame, and to a message whose content is bad: `"fail"`
   * ends the stream, `"skip"` drops it, calls `onBadFrame` and goes on. Frames
   * can be skipped where the end of one can be found without its beginning, as in
   * `line`, `delimiter`, `slip`, `cobs`, `json-seq`, `hdlc`, `dle`, `mllp` and
   * `nmea`, and with a wrong checksum of `crc` in all; otherwise a bad frame ends
   * the stream in any case. A stream that ends
   * inside a frame is always an error.
   *
   * @default {"fail", but "skip" for `slip`, `cobs` and `json-seq`}
   */
  readonly badFrames?: BadFrames | undefined;
  /**
   * Any object that stands for the connection, the same one for the decoders of
   * both of its directions, so that they can learn from each other.
   *
   * @default {this direction is all that is known}
   */
  readonly connection?: object | undefined;
  /**
   * The side that sends the bytes, for framings whose directions differ, such as
   * `postgres` and `smtp`. The others ignore it.
   *
   * @default {not known, which a framing whose directions differ refuses}
   */
  readonly from?: Side | undefined;
  /**
   * Largest message in bytes, as the user receives it.
   *
   * @default {1_048_576}
   */
  readonly maxMessageBytes?: number;
  /**
   * Called with each frame that was skipped; the error says why, which frame it
   * was and where it began. If it returns `"pause"`, the call that was decoding
   * returns as if more bytes were needed, and the next call goes on.
   */
  readonly onBadFrame?: ((error: ProtocolError) => unknown) | undefined;
  /**
   * Where the bytes come from, if they do not come from
   * {@linkcode FrameDecoder.push}.
   *
   * @default {an empty queue}
   */
  readonly queue?: ByteQueue | undefined;
}
