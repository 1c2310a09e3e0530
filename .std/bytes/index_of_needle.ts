/**
 * `indexOfNeedle` of `@std/bytes`, from the npm build of the same code.
 *
 * @module
 */

// @ts-types="./index_of_needle.d.ts"
export { indexOfNeedle } from "npm:deno-std@1.4.0/bytes/index_of_needle.js";
