/**
 * The part of `@std/bytes` in use here, one entry for each function.
 *
 * @module
 */

export { concat } from "./concat.ts";
export { endsWith } from "./ends_with.ts";
export { equals } from "./equals.ts";
export { indexOfNeedle } from "./index_of_needle.ts";
export { startsWith } from "./starts_with.ts";
