/**
 * `TextLineStream` of `@std/streams`, from the npm build of the same code.
 *
 * @module
 */

// @ts-types="./text_line_stream.d.ts"
export {
  TextLineStream,
  type TextLineStreamOptions,
} from "npm:deno-std@1.4.0/streams/text_line_stream.js";
