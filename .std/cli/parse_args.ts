/**
 * `parseArgs` of `@std/cli`, from the npm build of the same code.
 *
 * @module
 */

// @ts-types="./parse_args.d.ts"
export {
  type Args,
  parseArgs,
  type ParseOptions,
} from "npm:deno-std@1.4.0/cli/parse_args.js";
