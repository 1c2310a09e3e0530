/**
 * The version, for the summary.
 *
 * @module
 */

/** The version of the package; a test compares it with `deno.json`. */
export const VERSION: string = "0.1.0";
