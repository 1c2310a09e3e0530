/**
 * Framings: the rules for where a message begins and ends in a stream of bytes.
 *
 * @module
 */

export { ByteQueue } from "../bytes/byte_queue.ts";
export { ByteSink, COPY_LIMIT_BYTES } from "../bytes/byte_sink.ts";
export { ProtocolError } from "../errors.ts";
export type { ProtocolErrorCode, ProtocolErrorDetails } from "../errors.ts";
export { cobs } from "./cobs.ts";
export { contentLength, MAX_HEADER_BLOCK_BYTES } from "./content_length.ts";
export { decimalHeader, type DecimalHeaderOptions } from "./decimal_header.ts";
export { delimiter, type DelimiterOptions } from "./delimiter.ts";
export { fixedLength, type FixedLengthOptions } from "./fixed_length.ts";
export { FrameDecoder, type FrameDecoderOptions } from "./frame_decoder.ts";
export { DEFAULT_MAX_MESSAGE_BYTES } from "./framing.ts";
export type {
  Boundary,
  CodecOptions,
  Decoder,
  Encoder,
  Framing,
} from "./framing.ts";
export { jsonSequence } from "./json_sequence.ts";
export {
  type LengthBytes,
  lengthPrefix,
  type LengthPrefixOptions,
} from "./length_prefix.ts";
export { line, type LineOptions } from "./line.ts";
export { netstring } from "./netstring.ts";
export { octetCount } from "./octet_count.ts";
export { parseFraming } from "./parse.ts";
export { raw } from "./raw.ts";
export { slip } from "./slip.ts";
export { untilClose } from "./until_close.ts";
export { varintPrefix, type VarintPrefixOptions } from "./varint_prefix.ts";
