/**
 * The part of `@std/html` in use here, one entry for each function.
 *
 * @module
 */

export { escape } from "./entities.ts";
