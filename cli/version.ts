/**
 * The version, apart from `deno.json`: all of that would be loaded with it at every
 * start.
 *
 * @module
 */

/** The version of the package; a test compares it with `deno.json`. */
export const VERSION: string = "0.1.0";
