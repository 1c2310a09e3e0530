import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { GeneratedMessages } from "../../lib/load/messages/generated_messages.ts";
import { GivenMessages } from "../../lib/load/messages/given_messages.ts";

const TEXT = new TextDecoder();

/** One message, copied. */
function made(source: GeneratedMessages, number: number): Uint8Array {
  return source.take(number, 1)[0]!.slice();
}

Deno.test("GeneratedMessages have their sizes, are letters and digits, and begin with their numbers", () => {
  const source = new GeneratedMessages(20, 20, 1);
  const texts = source.take(30, 3).map((message) => TEXT.decode(message));
  assertEquals(texts.map((text) => text.slice(0, 6)), [
    "00000u",
    "00000v",
    "000010",
  ]);
  for (const text of texts) assert(/^[0-9a-z]{20}$/.test(text), text);
});

Deno.test("GeneratedMessages are the same for the same seed, and each knows its own", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 400 }),
    fc.integer({ min: 0, max: 400 }),
    fc.nat(2 ** 34),
    (least, range, number) => {
      const source = new GeneratedMessages(least, least + range, 5);
      const again = new GeneratedMessages(least, least + range, 5);
      const message = made(source, number);
      assert(message.length >= least && message.length <= least + range);
      assertEquals(message, made(again, number));
      assert(source.isSame(message, number));
      message[message.length - 1]! ^= 1;
      assert(!source.isSame(message, number));
      assert(!source.isSame(message.subarray(1), number));
    },
  ));
});

Deno.test("GeneratedMessages of sizes between two bounds use all of them", () => {
  const source = new GeneratedMessages(10, 13, 3);
  const sizes = new Set<number>();
  for (let n = 0; n < 200; n++) sizes.add(made(source, n).length);
  assertEquals([...sizes].sort(), [10, 11, 12, 13]);
});

Deno.test("GeneratedMessages above 128 KiB are not overwritten by the next", () => {
  const source = new GeneratedMessages(200_000, 200_000, 3);
  assertEquals(source.mostAtOnce, 1);
  const [first] = source.take(1, 1);
  source.take(2, 1);
  assert(source.isSame(first!, 1));
});

Deno.test("GeneratedMessages.match() finds a later message, an earlier one, and a wrong one", () => {
  for (const size of [6, 64]) {
    const source = new GeneratedMessages(size, size, 9);
    const match = (number: number) =>
      source.match(made(source, number), 100, 110);
    assertEquals(match(100), { number: 100 });
    assertEquals(match(109), { number: 109 });
    // Not sent yet.
    assertEquals(match(110), "wrong");
    assertEquals(match(99), "extra");
    assertEquals(match(0), "extra");
    const bad = made(source, 105);
    bad[2] = 0;
    assertEquals(source.match(bad, 100, 110), "wrong");
    assertEquals(source.match(new Uint8Array(0), 100, 110), "wrong");
  }
});

Deno.test("GeneratedMessages.match() finds numbers beyond 30 bits", () => {
  const source = new GeneratedMessages(64, 64, 9);
  const first = 2 ** 30 - 3;
  const match = (number: number) =>
    source.match(made(source, number), first, first + 10);
  assertEquals(match(first + 5), { number: first + 5 });
  assertEquals(match(first - 1), "extra");
});

Deno.test("GeneratedMessages of one byte tell only what the byte can", () => {
  const source = new GeneratedMessages(1, 1, 9);
  assert(source.isSame(made(source, 3), 3));
  // 32 numbers, and 20 wait: any could be meant.
  assertEquals(source.match(made(source, 8), 5, 25), "wrong");
  assertEquals(source.match(made(source, 8), 5, 10), { number: 8 });
});

Deno.test("GivenMessages come in turn, and an answer is compared with its own", () => {
  const source = new GivenMessages(
    ["a", "bb"].map((text) => new TextEncoder().encode(text)),
  );
  assertEquals([source.minBytes, source.maxBytes], [1, 2]);
  const texts = source.take(1, 3).map((message) => TEXT.decode(message));
  assertEquals(texts, ["bb", "a", "bb"]);
  const [a] = source.take(0, 1);
  assert(source.isSame(a!, 4) && !source.isSame(a!, 5));
  assertEquals(source.match(a!, 2, 3), { number: 2 });
  assertEquals(source.match(a!, 3, 4), "wrong");
});
