import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../../cli/output/failure.ts";
import { type Filter, Filters, parseFilter } from "../../../cli/tap/filter.ts";

const UTF8 = new TextEncoder();

function passes(filters: readonly Filter[], message: Uint8Array): boolean {
  return new Filters(filters, fail).passes(message);
}

function fail(): never {
  throw new Error("a filter was given up");
}

function shown(filters: readonly string[], ...texts: string[]): string[] {
  const parsed = filters.map(parseFilter);
  return texts.filter((text) => passes(parsed, UTF8.encode(text)));
}

Deno.test("passes() shows what one of the filters matches, and nothing that one with ! matches", () => {
  const texts = ["GET a", "GET b", "PUT a", "DEL c"];
  assertEquals(shown([], ...texts), texts);
  assertEquals(shown(["GET"], ...texts), ["GET a", "GET b"]);
  assertEquals(shown(["GET", "DEL"], ...texts), ["GET a", "GET b", "DEL c"]);
  assertEquals(shown(["!GET"], ...texts), ["PUT a", "DEL c"]);
  assertEquals(shown(["GET", "!b"], ...texts), ["GET a"]);
  assertEquals(shown(["/^(GET|PUT) a$/"], ...texts), ["GET a", "PUT a"]);
  assertEquals(shown(["!/a$/"], ...texts), ["GET b", "DEL c"]);
});

Deno.test("parseFilter() takes a text for a text, whatever is in it", () => {
  assertEquals(shown(["/a"], "/a", "a"), ["/a"]);
  assertEquals(shown(["a.c"], "a.c", "abc"), ["a.c"]);
  assertEquals(shown(["é"], "été", "ete"), ["été"]);
  assertEquals(shown(["//"], "a//b", "ab"), ["a//b"]);
});

Deno.test("parseFilter() finds a text among bytes that are not UTF-8", () => {
  const bytes = Uint8Array.of(0xff, 0x00, 0x68, 0x69, 0x80);
  assertEquals(passes([parseFilter("hi")], bytes), true);
  assertEquals(passes([parseFilter("/^\\ufffd\\0hi/")], bytes), true);
  // An é in UTF-8 is two bytes, one of which alone is no é.
  assertEquals(passes([parseFilter("é")], Uint8Array.of(0xe9)), false);
});

Deno.test("a text is found at every place of short and of long messages, and nowhere else", () => {
  const filter = [parseFilter("aab")];
  for (const length of [3, 5, 255, 256, 257, 300]) {
    for (let at = 0; at <= length - 3; at++) {
      const text = "a".repeat(at) + "aab" + "a".repeat(length - 3 - at);
      assertEquals(passes(filter, UTF8.encode(text)), true, `${length} ${at}`);
    }
    const without = UTF8.encode("a".repeat(length - 1) + "c");
    assertEquals(passes(filter, without), false, `${length}`);
  }
  assertEquals(passes(filter, UTF8.encode("aa")), false);
  assertEquals(passes(filter, UTF8.encode("")), false);
});

Deno.test("a regular expression looks at the first 64 KiB of a message", () => {
  const filter = [parseFilter("/b/")];
  assertEquals(passes(filter, UTF8.encode("a".repeat(65_535) + "b")), true);
  assertEquals(passes(filter, UTF8.encode("a".repeat(65_536) + "b")), false);
});

Deno.test("parseFilter() refuses what is empty or is not a regular expression, with the reason", () => {
  for (const typed of ["", "!"]) {
    assertThrows(() => parseFilter(typed), UsageError, "looks for nothing");
  }
  const error = assertThrows(() => parseFilter("/(/"), UsageError);
  assertStringIncludes(error.text, '"/(/" is not a regular expression: ');
});

Deno.test("parseFilter() takes flags behind a regular expression, and a path for a text", () => {
  assertEquals(shown(["/error/i"], "ERROR 1", "warning"), ["ERROR 1"]);
  assertEquals(shown(["/usr/bin"], "in /usr/bin", "usr"), ["in /usr/bin"]);
});
