/**
 * The part of `@std/bytes` in use here, one entry for each function.
 *
 * @module
 */

export { concat } from "./concat.ts";
