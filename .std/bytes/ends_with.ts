/**
 * `endsWith` of `@std/bytes`, from the npm build of the same code.
 *
 * @module
 */

// @ts-types="./ends_with.d.ts"
export { endsWith } from "npm:deno-std@1.4.0/bytes/ends_with.js";
