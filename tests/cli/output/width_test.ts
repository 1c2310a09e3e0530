import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { cutToColumns, textColumns } from "../../../cli/output/width.ts";

Deno.test("textColumns() counts wide characters twice and combining ones not at all", () => {
  for (
    const [text, columns] of [
      ["hello", 5],
      ["é", 1],
      ["e\u0301", 1],
      ["日本", 4],
      ["한글", 4],
      ["👍", 2],
      ["ﾊﾝ", 2],
      ["→…", 2],
    ] as const
  ) {
    assertEquals(textColumns(text), columns, text);
  }
});

Deno.test("cutToColumns() keeps what fits and marks what is left out", () => {
  assertEquals(cutToColumns("hello", 5), "hello");
  assertEquals(cutToColumns("hello", 4), "hel…");
  assertEquals(cutToColumns("日本語", 5), "日本…");
  assertEquals(cutToColumns("日本語", 4), "日…");
  assertEquals(cutToColumns("日本語", 6), "日本語");
  assertEquals(cutToColumns("", 1), "");
});

Deno.test("cutToColumns() never exceeds the columns and never splits a character", () => {
  const text = "a日e\u0301👍한b".repeat(3);
  for (let most = 1; most < 40; most++) {
    const cut = cutToColumns(text, most);
    assertLessOrEqual(textColumns(cut), most);
    assert(cut === text || cut.endsWith("…"));
    assert(cut.isWellFormed());
  }
});
