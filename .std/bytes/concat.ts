/**
 * `concat` of `@std/bytes`, from the npm build of the same code.
 *
 * @module
 */

// @ts-types="./concat.d.ts"
export { concat } from "npm:deno-std@1.4.0/bytes/concat.js";
