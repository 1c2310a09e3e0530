/**
 * `startsWith` of `@std/bytes`, from the npm build of the same code.
 *
 * @module
 */

// @ts-types="./starts_with.d.ts"
export { startsWith } from "npm:deno-std@1.4.0/bytes/starts_with.js";
