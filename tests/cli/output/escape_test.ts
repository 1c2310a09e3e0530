import { assertEquals } from "@std/assert";
import { escapeControls } from "../../../cli/output/escape.ts";
import { visible } from "../../../cli/output/visible.ts";
Deno.test("visible() shows what is UTF-8 among other bytes, as a decoder finds it", () => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  // The slow way: the longest character that the platform's decoder takes.
  const slowly = (bytes: Uint8Array) => {
    let text = "";
    for (let at = 0; at < bytes.length;) {
      let size = 4;
      for (; size > 0; size--) {
        if (at + size > bytes.length) continue;
        try {
          const char = decoder.decode(bytes.subarray(at, at + size));
          if ([...char].length !== 1) continue;
          text += escapeControls(char);
          break;
        } catch {
          // A shorter one, then.
        }
      }
      if (size === 0) text += `\\x${bytes.subarray(at, at + 1).toHex()}`;
      at += Math.max(size, 1);
    }
    return text;
  };
  // A linear congruential generator: the run repeats.
  let state = 4711;
  const random = () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >> 8;
  const likely = [
    0x41,
    0x80,
    0xbf,
    0xc2,
    0xe0,
    0xa0,
    0xed,
    0x9f,
    0xf0,
    0x90,
    0xf4,
  ];
  for (let round = 0; round < 3000; round++) {
    const bytes = Uint8Array.from(
      { length: random() % 12 },
      () =>
        random() % 3 === 0
          ? random() & 0xff
          : likely[random() % likely.length]!,
    );
    assertEquals(visible(bytes), slowly(bytes));
  }
});
