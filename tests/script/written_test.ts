/**
 * What a failure shows can be copied into a script.
 *
 * @module
 */

import fc from "fast-check";
import { assertEquals } from "@std/assert";
import { parseScript } from "../../lib/testing/mod.ts";
import type { ParsedScript } from "../../lib/script/statement.ts";
import { bytesOf } from "../../lib/script/template.ts";
import { writtenValue } from "../../lib/script/running/written.ts";

/** The message that a script expects. */
function expected(written: string): Uint8Array | string {
  const script = parseScript(`expect ${written}`);
  const action = (script as ParsedScript).steps.at(-1)!.action;
  return action.type === "expect" && action.pattern.type === "value"
    ? bytesOf(action.pattern.value)
    : `another pattern: ${written}`;
}

const TEXTS = [
  ...["", " ", "a ", "\ta", "end", "reset", "any", "any as x", "json {}"],
  ...["/a/", '"', '"a"', "text", "text a", "hex", "hex 00", "base64 AA=="],
  ...["file x", "{{x}}", "a {{ b }} c", "{{", "a\nb", "\r", "\u001b[2J"],
  ...["\u202eabc", "\u0085", "\u2028", "\ufeff", "ü😀", "\\n", "# no comment"],
  ...["\u{e0001}", "\u007f"],
];

for (const text of TEXTS) {
  Deno.test(`writtenValue() writes ${JSON.stringify(text)} so that a script reads it back`, () => {
    const bytes = new TextEncoder().encode(text);
    const written = writtenValue(bytes);
    assertEquals(expected(written), bytes, written);
    assertEquals(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(written), false, written);
  });
}

Deno.test("writtenValue() writes any short text and any bytes so that a script reads them back", () => {
  const code = fc.oneof(
    fc.integer({ min: 0, max: 0x7f }),
    fc.integer({ min: 0, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  );
  fc.assert(fc.property(fc.array(code, { maxLength: 50 }), (codes) => {
    const bytes = new TextEncoder().encode(String.fromCodePoint(...codes));
    assertEquals(expected(writtenValue(bytes)), bytes);
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
    assertEquals(expected(writtenValue(bytes)), bytes);
  }));
});

Deno.test("writtenValue() cuts long messages, and not inside a character", () => {
  const encode = (text: string) => new TextEncoder().encode(text);
  assertEquals(writtenValue(encode("x".repeat(5000))), `${"x".repeat(200)}...`);
  assertEquals(
    writtenValue(encode("😀".repeat(5000))),
    `${"😀".repeat(100)}...`,
  );
  assertEquals(
    writtenValue(encode(`a${"😀".repeat(5000)}`)).endsWith("😀..."),
    true,
  );
  assertEquals(
    writtenValue(new Uint8Array(100).fill(255)),
    `hex ${"ff ".repeat(64)}...`,
  );
});
