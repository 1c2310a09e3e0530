/**
 * The part of `@std/cli` in use here, one entry for each function.
 *
 * @module
 */

export { type Args, parseArgs, type ParseOptions } from "./parse_args.ts";
