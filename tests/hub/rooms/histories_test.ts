/**
 * The last messages of rooms.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Histories } from "../../../lib/hub/rooms/histories.ts";

function message(text: string) {
  return { bytes: new TextEncoder().encode(text), hub: "h", member: 1 };
}

function textsOf(histories: Histories, room: string, count = 100): string[] {
  return histories.last(room, count).map(({ bytes }) =>
    new TextDecoder().decode(bytes)
  );
}

Deno.test("Histories keeps the last messages of each room, oldest first", () => {
  const histories = new Histories();
  for (const text of ["1", "2", "3", "4"]) {
    histories.add("red", message(text), 3);
  }
  histories.add("blue", message("b"), 3);

  assertEquals(textsOf(histories, "red"), ["2", "3", "4"]);
  assertEquals(textsOf(histories, "red", 2), ["3", "4"]);
  assertEquals(textsOf(histories, "red", 0), []);
  assertEquals(textsOf(histories, "blue"), ["b"]);
  assertEquals(textsOf(histories, "green"), []);
});

Deno.test("Histories holds no more bytes than its bound, and forgets the quietest room first", () => {
  const histories = new Histories(4_000);
  for (let i = 0; i < 100; i++) {
    histories.add(`room ${i % 3}`, message("x".repeat(i)), 10);
    assert(histories.bytes <= 4_000, `${histories.bytes}`);
  }
  const before = histories.bytes;
  histories.forget("room 0");
  assert(histories.bytes < before);
  histories.add("huge", message("x".repeat(5_000)), 10);

  assertEquals(histories.bytes, 0);
  assertEquals(textsOf(histories, "huge"), []);
});

Deno.test("Histories keeps a copy of a few bytes, and not the buffer they were read into", () => {
  const histories = new Histories();
  const buffer = new Uint8Array(64 * 1024);
  const bytes = buffer.subarray(100, 103);
  histories.add("red", { bytes, hub: "h", member: 1 }, 1);

  const [kept] = histories.last("red", 1);

  assertEquals(kept!.bytes.buffer.byteLength, 3);
});
