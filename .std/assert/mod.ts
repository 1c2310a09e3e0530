/**
 * The functions of `@std/assert` that the tests use, from the npm build of the
 * same code. Types are in `mod.d.ts`, as the npm build has none.
 *
 * @module
 */

// @ts-types="./mod.d.ts"
export { assert } from "npm:deno-std@1.4.0/assert/assert.js";
// @ts-types="./mod.d.ts"
export { assertAlmostEquals } from "npm:deno-std@1.4.0/assert/almost_equals.js";
// @ts-types="./mod.d.ts"
export { assertEquals } from "npm:deno-std@1.4.0/assert/equals.js";
// @ts-types="./mod.d.ts"
export { assertExists } from "npm:deno-std@1.4.0/assert/exists.js";
// @ts-types="./mod.d.ts"
export { assertGreater } from "npm:deno-std@1.4.0/assert/greater.js";
// @ts-types="./mod.d.ts"
export { assertGreaterOrEqual } from "npm:deno-std@1.4.0/assert/greater_or_equal.js";
// @ts-types="./mod.d.ts"
export { assertInstanceOf } from "npm:deno-std@1.4.0/assert/instance_of.js";
// @ts-types="./mod.d.ts"
export { assertLess } from "npm:deno-std@1.4.0/assert/less.js";
// @ts-types="./mod.d.ts"
export { assertLessOrEqual } from "npm:deno-std@1.4.0/assert/less_or_equal.js";
// @ts-types="./mod.d.ts"
export { assertMatch } from "npm:deno-std@1.4.0/assert/match.js";
// @ts-types="./mod.d.ts"
export { assertNotEquals } from "npm:deno-std@1.4.0/assert/not_equals.js";
// @ts-types="./mod.d.ts"
export { assertNotMatch } from "npm:deno-std@1.4.0/assert/not_match.js";
// @ts-types="./mod.d.ts"
export { assertNotStrictEquals } from "npm:deno-std@1.4.0/assert/not_strict_equals.js";
// @ts-types="./mod.d.ts"
export { assertRejects } from "npm:deno-std@1.4.0/assert/rejects.js";
// @ts-types="./mod.d.ts"
export { assertStrictEquals } from "npm:deno-std@1.4.0/assert/strict_equals.js";
// @ts-types="./mod.d.ts"
export { assertStringIncludes } from "npm:deno-std@1.4.0/assert/string_includes.js";
// @ts-types="./mod.d.ts"
export { assertThrows } from "npm:deno-std@1.4.0/assert/throws.js";
// @ts-types="./mod.d.ts"
export { AssertionError } from "npm:deno-std@1.4.0/assert/assertion_error.js";
