/**
 * `escape` of `@std/html`, from the npm build of the same code.
 *
 * @module
 */

// @ts-types="./entities.d.ts"
export { escape } from "npm:deno-std@1.4.0/html/entities.js";
