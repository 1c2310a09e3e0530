/**
 * The part of `@std/encoding` in use here, one entry for each function.
 *
 * @module
 */

export { decodeBase32, encodeBase32 } from "./base32.ts";
