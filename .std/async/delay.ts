/**
 * `delay` of `@std/async`, from the npm build of the same code.
 *
 * @module
 */

// @ts-types="./delay.d.ts"
export { delay, type DelayOptions } from "npm:deno-std@1.4.0/async/delay.js";
