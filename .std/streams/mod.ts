/**
 * The part of `@std/streams` in use here, one entry for each function.
 *
 * @module
 */

export {
  TextLineStream,
  type TextLineStreamOptions,
} from "./text_line_stream.ts";
