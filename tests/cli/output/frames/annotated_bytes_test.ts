import { assertEquals, assertLessOrEqual } from "@std/assert";
import { explainFrame, parseFraming } from "@parley/parley/framing";
import { annotatedBytes } from "../../../../cli/output/frames/annotated_bytes.ts";

const FRAMING = parseFraming("length:4");

function frame(size: number): Uint8Array {
  const bytes = new Uint8Array(4 + size).fill(0x61);
  new DataView(bytes.buffer).setUint32(0, size);
  return bytes;
}

Deno.test("annotatedBytes() draws sixteen bytes a row, and each part under its first bytes", () => {
  const bytes = frame(14);
  bytes[5] = 0x1b;
  assertEquals(annotatedBytes(bytes, explainFrame(FRAMING, bytes)), [
    "00000000  00 00 00 0e 61 1b 61 61  61 61 61 61 61 61 61 61  |....a.aaaaaaaaaa|",
    "          ^^^^^^^^^^^ length 14",
    "                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ payload, 14 bytes",
    "00000010  61 61                                             |aa|",
  ]);
});

Deno.test("annotatedBytes() draws eight bytes a row where sixteen do not fit", () => {
  const bytes = frame(5);
  const parts = explainFrame(FRAMING, bytes);
  for (const columns of [79, 78, 60]) {
    const rows = annotatedBytes(bytes, parts, { columns, offset: 0x20 });
    assertEquals(rows[0]!.slice(0, 14), "00000020  00 0");
    assertEquals(rows.length, columns === 79 ? 3 : 4);
    for (const row of rows) assertLessOrEqual(row.length, columns);
  }
});

Deno.test("annotatedBytes() draws no more rows than asked for, and says what is left out", () => {
  const bytes = frame(2000);
  const parts = explainFrame(FRAMING, bytes);
  const rows = annotatedBytes(bytes, parts, { mostRows: 2 });
  assertEquals(rows.at(-1), "… 1,972 more bytes");
  assertEquals(rows.filter((row) => /^[0-9a-f]{8} /.test(row)).length, 2);
});

Deno.test("annotatedBytes() draws bytes alone, and nothing for no bytes", () => {
  assertEquals(annotatedBytes(Uint8Array.of(0xff, 0x7e), []), [
    "00000000  ff 7e                                             |.~|",
  ]);
  assertEquals(annotatedBytes(new Uint8Array(0), []), []);
});

Deno.test("annotatedBytes() escapes what a part says", () => {
  const part = {
    kind: "header",
    offset: 0,
    size: 1,
    text: "a\x1b[2J",
  } as const;
  assertEquals(
    annotatedBytes(Uint8Array.of(0), [part])[1],
    "          ^^ a\\x1b[2J",
  );
});
