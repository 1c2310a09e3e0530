/**
 * `equals` of `@std/bytes`, from the npm build of the same code.
 *
 * @module
 */

// @ts-types="./equals.d.ts"
export { equals } from "npm:deno-std@1.4.0/bytes/equals.js";
