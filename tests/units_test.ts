/**
 * Durations and sizes as people write them.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { parseDuration, parseSize } from "../lib/units.ts";

Deno.test("parseDuration() reads every unit, and a fraction of one", () => {
  const read = (text: string) => parseDuration(text);
  assertEquals(
    ["1ms", "700ms", "1.5s", "2m", "3h", "576h", "3 s"].map(read),
    [1, 700, 1500, 120_000, 10_800_000, 2_073_600_000, 3000],
  );
});

Deno.test("parseDuration() reads none and 0 only where they are allowed", () => {
  assertEquals(parseDuration("none", { none: true }), Infinity);
  assertEquals(parseDuration("0s", { zero: true }), 0);
  assertThrows(() => parseDuration("none"), TypeError, "is not a duration");
  assertThrows(() => parseDuration("0s"), RangeError, "from 1ms to 576h");
});

Deno.test("parseDuration() says what is wrong, and what was meant", () => {
  for (const text of ["5", "5S", "s", "-1s", "1e3ms", ""]) {
    assertThrows(() => parseDuration(text), TypeError, "is not a duration");
  }
  assertThrows(
    () => parseDuration("5"),
    TypeError,
    'did you mean "5s"?); write a number with ms, s, m or h',
  );
  assertThrows(() => parseDuration("577h"), RangeError, "out of range");
});

Deno.test("parseSize() reads every unit, in any case", () => {
  assertEquals(
    ["1", "12B", "1KB", "1kib", "16MiB", "2 GiB", "1mb"].map(parseSize),
    [1, 12, 1000, 1024, 16_777_216, 2_147_483_648, 1_000_000],
  );
});

Deno.test("parseSize() says what is wrong, and what was meant", () => {
  for (const text of ["", "KiB", "1.5MiB", "-1", "12k"]) {
    assertThrows(() => parseSize(text), TypeError, "is not a size");
  }
  assertThrows(() => parseSize("12k"), TypeError, 'did you mean "12KiB"?');
  assertThrows(() => parseSize("0"), RangeError, "from 1 byte to 8191 TiB");
  assertThrows(() => parseSize("9999999GiB"), RangeError, "out of range");
});
