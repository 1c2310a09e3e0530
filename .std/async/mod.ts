/**
 * The part of `@std/async` in use here, one entry for each function.
 *
 * @module
 */

export { delay, type DelayOptions } from "./delay.ts";
