/**
 * The part of `@std/text` in use here, one entry for each function.
 *
 * @module
 */

export { levenshteinDistance } from "./levenshtein_distance.ts";
