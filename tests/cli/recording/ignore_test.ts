import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../cli/output/failure.ts";
import {
  parseIgnored,
  withoutIgnored,
} from "../../../cli/recording/exchange/ignore.ts";

/** What is left of a text without what is ignored. */
function left(text: string, ...ignored: string[]): string {
  const message = new TextEncoder().encode(text);
  const bytes = withoutIgnored(message, ignored.map(parseIgnored));
  return new TextDecoder().decode(bytes);
}

Deno.test("withoutIgnored() leaves out every match of a pattern", () => {
  assertEquals(left("at 08:00 and 09:30", "/\\d\\d:\\d\\d/"), "at  and ");
  assertEquals(left("ID=Ab", "/[a-z]/i"), "=");
  assertEquals(left("a/b", "/a\\/b/"), "");
});

Deno.test("withoutIgnored() leaves out members of JSON, and keeps elements in their places", () => {
  const json = '{"a":{"b":1,"c":2},"list":[{"id":1,"x":2},{"id":3}]}';
  assertEquals(
    left(json, ".a.b", ".list[].id"),
    '{"a":{"c":2},"list":[{"x":2},{}]}',
  );
  assertEquals(left("[1,2,3]", "[1]"), "[1,null,3]");
  assertEquals(left("[1,2]", "[]"), "[null,null]");
  assertEquals(left('{"a":1}', ".b.c", ".a.x"), '{"a":1}');
});

Deno.test("withoutIgnored() leaves alone what is neither text nor JSON", () => {
  assertEquals(left("no JSON", ".a"), "no JSON");
  const bytes = Uint8Array.of(0xff, 0x61);
  assertEquals(withoutIgnored(bytes, [parseIgnored("/a/")]), bytes);
});

Deno.test("parseIgnored() refuses what is neither a pattern nor a path", () => {
  for (const text of ["", "a", "//", ".", ".a.", "a.b", "/(/", "/a/q"]) {
    assertThrows(() => parseIgnored(text), Error, `"${text}"`);
  }
});

Deno.test("withoutIgnored() gives up a pattern that takes too long", () => {
  const hostile = `${"a".repeat(60)}!`;
  const error = assertThrows(
    () => left(hostile, "/^(?=a)(a+)+$/"),
    UsageError,
  );
  assertEquals(
    error.text,
    "--ignore: messages cannot be compared without /^(?=a)(a+)+$/g: the search was given up after 500 ms, as the regular expression backtracks too much on what it looked at",
  );
});
