/**
 * Frames that members share.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { FrameDecoder, parseFraming } from "../../../lib/framing/mod.ts";
import { Packer, packerKey } from "../../../lib/hub/rooms/parcel.ts";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decoded(framing: string, frames: Uint8Array): string[] {
  const decoder = new FrameDecoder(framing);
  decoder.push(frames);
  const texts: string[] = [];
  for (let m; (m = decoder.next()) !== undefined;) {
    texts.push(new TextDecoder().decode(m));
  }
  return texts;
}

Deno.test("Packer.pack() encodes messages once, in parcels of about the given size", () => {
  const packer = new Packer(parseFraming("length:4"), 1_000);
  const texts = Array.from({ length: 10 }, (_, i) => `${i}`.repeat(100));

  const parcels = packer.pack(texts.map(bytes), 250);

  assertEquals(parcels.map(({ count }) => count), [3, 3, 3, 1]);
  assertEquals(
    parcels.flatMap(({ frames }) => decoded("length:4", frames!)),
    texts,
  );
  for (const { frames, size } of parcels) {
    assertEquals(frames!.length, size);
    // Nothing else holds the buffer, so a queue counts what it keeps.
    assertEquals(frames!.buffer.byteLength, size);
  }
  assertEquals(packer.skipped, undefined);
});

Deno.test("Packer.pack() skips what the framing cannot hold, wherever it stands", () => {
  const packer = new Packer(parseFraming("line"), 10);
  for (const bad of ["a\nb", "12345678901"]) {
    for (let at = 0; at < 4; at++) {
      const texts = ["one", "two", "three"];
      texts.splice(at, 0, bad);

      const parcels = packer.pack(texts.map(bytes), 1_000);

      assertEquals(
        parcels.flatMap(({ frames }) => decoded("line", frames!)),
        ["one", "two", "three"],
      );
      assertEquals(parcels.reduce((sum, { count }) => sum + count, 0), 3);
      assertEquals(packer.skipped?.count, 1);
    }
    assertEquals(packer.pack([bytes(bad)], 1_000), []);
  }
  assertEquals(packer.pack([], 1_000), []);
});

Deno.test("Packer.pack() leaves framings with a memory to each member", () => {
  const framing = parseFraming("fixed:4 then length:1");
  const packer = new Packer(framing, 1_000);
  const messages = [bytes("one"), bytes("three")];

  const [parcel] = packer.pack(messages, 1_000);

  assertEquals(parcel, {
    ...{ count: 2, isNotice: false, size: 8, frames: undefined, messages },
  });
  assert(packerKey(framing) === framing);
  assertEquals(packerKey(parseFraming("length:4")), "length:4");
  // Two framings without a name are not one.
  const { decoder, encoder } = parseFraming("line");
  const unnamed = {
    boundary: "frame",
    encodesAlike: true,
    decoder,
    encoder,
  } as const;
  assert(packerKey(unnamed) === unnamed);
  // Scanners of protocols may follow both directions of their connection.
  const protocol = parseFraming("smtp");
  assert(packerKey(protocol) === protocol);
});
