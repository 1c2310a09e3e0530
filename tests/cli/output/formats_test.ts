import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { escapeControls, escapeJson } from "../../../cli/output/escape.ts";
import { visible } from "../../../cli/output/visible.ts";
import { UsageError } from "../../../cli/output/failure.ts";
import {
  FORMATS,
  TYPED_FORMATS,
} from "../../../cli/output/views/format_names.ts";
import { formatNamed, parserOf } from "../../../cli/output/formats.ts";
import { shownFormat } from "../../../cli/output/shown_format.ts";
import { VIEWS } from "../../../cli/output/views/format_names.ts";
import { formatDuration } from "../../../cli/arguments/durations.ts";
import { formatSize, parseSize } from "../../../cli/arguments/sizes.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("every typed format reads back what it shows, whatever the bytes", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const samples = [encode(""), encode("héllo 🌮"), all, encode('"\\')];
  for (const name of TYPED_FORMATS) {
    const format = formatNamed(name, false);
    for (const sample of samples) {
      const shown = format.show(sample, new Date(0));
      assertEquals([name, format.parse(shown)], [name, sample]);
    }
  }
});

Deno.test("hex is read with spaces, colons and capitals", () => {
  const { parse } = formatNamed("hex", false);
  assertEquals(parse(encode("00 FF:1a")), Uint8Array.of(0, 255, 26));
  assertThrows(() => parse(encode("123")), UsageError, "two digits per byte");
});

Deno.test("json refuses what is no message and shows the form", () => {
  const { parse } = formatNamed("json", false);
  for (const typed of ["{}", "3", "null", "[]", '{"message":3}']) {
    assertThrows(() => parse(encode(typed)), UsageError, '{"message": "text"}');
  }
});

Deno.test("a view refuses what is typed, and says that it is read-only", () => {
  for (const name of VIEWS) {
    assertThrows(
      () => parserOf(name)(encode("a0")),
      UsageError,
      `--format ${name} is read-only`,
    );
  }
});

Deno.test("no byte that drives a terminal is shown on one, in any format", async () => {
  const hostile = Uint8Array.from({ length: 512 }, (_, i) => i % 256);
  for (const name of FORMATS) {
    const { show } = await shownFormat(name, true);
    const text = decode(show(hostile, new Date(0)));
    // deno-lint-ignore no-control-regex -- they are what this is about
    const found = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/.exec(text);
    assertEquals([name, found], [name, null]);
  }
});

Deno.test("visible() shows text as it is, controls and broken UTF-8 as escapes", () => {
  const bytes = [...encode("é\x1b[2J\u009b\u202e🌮\t\n"), 0xff, 0xf0, 0x9f];
  assertEquals(
    visible(Uint8Array.from(bytes), "\n\t"),
    "é\\x1b[2J\\x9b\\u202e🌮\t\n\\xff\\xf0\\x9f",
  );
});

Deno.test("escapeControls() gives one line", () => {
  assertEquals(escapeControls("a\r\nb\u2028c"), "a\\r\\nb\\u2028c");
});

Deno.test("escapeJson() leaves JSON what it is", () => {
  const value = { text: 'a\r\n\x1b\x7f\u009b31m\u202e\\x"é🌮' };
  const escaped = escapeJson(JSON.stringify(value));
  assertMatch(escaped, /^[\x20-\x7eé🌮]+$/u);
  assertEquals(JSON.parse(escaped), value);
});

Deno.test("sizes are read in bytes, thousands and 1024s", () => {
  const sizes = ["1000", "64KiB", "16MiB", "1GiB", "2kb", "3MB", "7B"];
  assertEquals(sizes.map(parseSize), [
    ...[1000, 65_536, 16_777_216, 1_073_741_824, 2000, 3_000_000, 7],
  ]);
});

Deno.test("formatSize() and formatDuration() choose the unit", () => {
  assertEquals([0, 1023, 1024, 1536, 1048575, 2 ** 30].map(formatSize), [
    ...["0 B", "1023 B", "1 KiB", "1.5 KiB", "1 MiB", "1 GiB"],
  ]);
  assertEquals(
    [0.4, 999, 1500, 99_900, 120_000, 7_200_000].map(formatDuration),
    [
      ...["0 ms", "999 ms", "1.5 s", "99.9 s", "2 min", "2 h"],
    ],
  );
});
