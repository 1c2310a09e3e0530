/**
 * The decoder and the encoder of a connection, as the two ends have agreed.
 *
 * @module
 */

import { MessageDeflater, MessageInflater } from "../wire/deflate.ts";
import type { ControlReceiver } from "../wire/decoder_options.ts";
import { WebSocketDecoder } from "../wire/websocket_decoder.ts";
import { WebSocketEncoder } from "../wire/websocket_encoder.ts";
import type { WebSocketAgreement } from "./agreement.ts";
import { newKey } from "./mask_keys.ts";
import { otherSide } from "../../framing/side.ts";

// Messages below this are not compressed: the headers of DEFLATE eat the gain.
const COMPRESSED_FROM_BYTES = 64;

/** Makes the decoder of what the peer sends. */
export function decoderFor(
  { compression, side }: WebSocketAgreement,
  control: ControlReceiver,
  maxMessageBytes: number,
): WebSocketDecoder {
  return new WebSocketDecoder({
    from: otherSide(side),
    control,
    maxMessageBytes,
    inflater: compression && new MessageInflater(compression.receiving),
  });
}

/** Makes the encoder of what this side sends. */
export function encoderFor(
  { compression, side }: WebSocketAgreement,
  maxMessageBytes: number,
): WebSocketEncoder {
  return new WebSocketEncoder({
    from: side,
    maxMessageBytes,
    newKey,
    deflater: compression &&
      new MessageDeflater(compression.sending, COMPRESSED_FROM_BYTES),
  });
}
