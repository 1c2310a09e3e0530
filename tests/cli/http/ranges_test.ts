import { assertEquals } from "@std/assert";
import { parseRange } from "../../../cli/http/files/ranges.ts";

Deno.test("parseRange() gives the part", () => {
  const parts: readonly (readonly [string, number, number])[] = [
    ["bytes=0-0", 0, 1],
    ["bytes=0-9", 0, 10],
    ["bytes=0-99", 0, 10],
    ["bytes=3-", 3, 10],
    ["bytes=9-9", 9, 10],
    ["bytes=-1", 9, 10],
    ["bytes=-10", 0, 10],
    ["bytes=-99", 0, 10],
    ["bytes=2-99999999999999999999999", 2, 10],
    ["Bytes= 2-4 ", 2, 5],
    ["bytes=007-008", 7, 9],
  ];
  for (const [value, start, end] of parts) {
    assertEquals(parseRange(value, 10), { start, end }, value);
  }
});

Deno.test("parseRange() says that there is no such byte", () => {
  for (const value of ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99-99"]) {
    assertEquals(parseRange(value, 10), "none", value);
  }
  for (const value of ["bytes=0-", "bytes=0-0", "bytes=-1"]) {
    assertEquals(parseRange(value, 0), "none", value);
  }
});

Deno.test("parseRange() passes over what is no range, and over several", () => {
  const values = [
    ...["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1", "bytes=+1-2"],
    ...["bytes=5-2", "lines=0-1", "bytes=0-1,3-4", "bytes 0-1", "bytes=1--2"],
    ...["bytes=0x1-2", "bytes=1.5-2", "bytes=1e3-", "bytes=--1"],
  ];
  for (const value of values) {
    assertEquals(parseRange(value, 10), "whole", value);
  }
  assertEquals(parseRange(null, 10), "whole");
});
