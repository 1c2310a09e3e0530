/**
 * The part of `@std/streams` in use here, one entry for each function.
 *
 * @module
 */

export { mergeReadableStreams } from "./merge_readable_streams.ts";
export {
  TextLineStream,
  type TextLineStreamOptions,
} from "./text_line_stream.ts";
export { toBytes } from "./to_bytes.ts";
export { toText } from "./to_text.ts";
