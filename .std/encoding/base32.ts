/**
 * Base32 of `@std/encoding`, from the npm build of the same code.
 *
 * @module
 */

// @ts-types="./base32.d.ts"
export {
  decodeBase32,
  encodeBase32,
} from "npm:deno-std@1.4.0/encoding/base32.js";
