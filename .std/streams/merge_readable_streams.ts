/**
 * `mergeReadableStreams` of `@std/streams`, from the npm build of the same code.
 *
 * @module
 */

// @ts-types="./merge_readable_streams.d.ts"
export { mergeReadableStreams } from "npm:deno-std@1.4.0/streams/merge_readable_streams.js";
