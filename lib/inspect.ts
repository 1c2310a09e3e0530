/**
 * What `console.log` and `String` show of an object: what a person asks for, and not
 * how it is made.
 *
 * @module
 */

/** The name of the method that `console.log` calls, in Deno and in Node. */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** Writes a value as `console.log` would; the third argument of such a method. */
export type Inspect = (value: unknown, options?: unknown) => string;
