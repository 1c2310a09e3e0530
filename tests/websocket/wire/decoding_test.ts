import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { ByteQueue } from "../../../lib/bytes/byte_queue.ts";
import { ProtocolError } from "../../../lib/errors.ts";
import { FrameDecoder } from "../../../lib/framing/frame_decoder.ts";
import type { Framing, Side } from "../../../lib/framing/framing.ts";
import { WebSocketDecoder } from "../../../lib/websocket/wire/websocket_decoder.ts";
import { CASES } from "./cases.ts";
import { cuts, read, type Report, stream, utf8 } from "./frames.ts";

const SIDES: readonly Side[] = ["client", "server"];

for (const from of SIDES) {
  Deno.test(`frames of a ${from}: every case, whole and at every cut`, async (t) => {
    for (const { error, events, frames, name } of CASES) {
      await t.step(name, () => {
        const bytes = stream(frames, from);
        const expected = { events, error };
        const whole = read([bytes], from);
        assertEquals({ events: whole.events, error: whole.error }, expected);
        for (const chunks of cuts(bytes)) {
          assertEquals(read(chunks, from), whole);
        }
      });
    }
  });

  Deno.test(`frames of a ${from}: a stream that ends anywhere is never a clean end`, () => {
    const bytes = stream([
      { opcode: 1, fin: false, payload: "half " },
      { opcode: 9, payload: "are you there" },
      { opcode: 0, payload: "a message" },
      { opcode: 2, payload: new Uint8Array(300) },
    ], from);
    for (let end = 0; end <= bytes.length; end++) {
      const report = read([bytes.subarray(0, end)], from, { ends: true });
      assertEquals(report.error, "truncated", `cut at ${end}`);
    }
    const closed = stream([{ opcode: 8 }], from);
    assertEquals(read([bytes, closed], from, { ends: true }).error, undefined);
  });

  Deno.test(`frames of a ${from} with the mask bit of the other side are refused`, () => {
    for (const opcode of [0, 1, 2, 8, 9, 10]) {
      const frames = [
        ...(opcode === 0 ? [{ opcode: 1, fin: false, payload: "a" }] : []),
        { opcode, payload: "", mask: from === "server" },
      ];
      const report = read([stream(frames, from)], from);
      assertEquals(report.error, 1002);
      assertStringIncludes(report.text!, from);
    }
  });
}

Deno.test("a length above the limit is refused by its header alone", () => {
  for (const from of SIDES) {
    const bytes = stream([{ opcode: 2, declares: 101, payload: "" }], from);
    const report = read([bytes.subarray(0, 2)], from, { maxMessageBytes: 100 });
    assertEquals(report.error, 1009);
    assertStringIncludes(report.text!, "declared size of 101 bytes");
  }
});

Deno.test("the limit holds for the sum of the fragments", () => {
  const frames = [
    { opcode: 2, fin: false, payload: new Uint8Array(60) },
    { opcode: 0, fin: false, payload: new Uint8Array(40) },
    { opcode: 0, payload: new Uint8Array(1) },
  ];
  const bytes = stream(frames, "client");
  assertEquals(
    read([bytes], "client", { maxMessageBytes: 101 }).error,
    undefined,
  );
  for (const chunks of cuts(bytes)) {
    assertEquals(read(chunks, "client", { maxMessageBytes: 100 }).error, 1009);
  }
});

Deno.test("fragments without end are refused at their limit", () => {
  const frames = [
    { opcode: 1, fin: false },
    ...Array.from({ length: 9 }, () => ({ opcode: 0, fin: false })),
    { opcode: 0, fin: true },
  ];
  const bytes = stream(frames, "client");
  assertEquals(read([bytes], "client", { maxFragments: 11 }).error, undefined);
  const report = read([bytes], "client", { maxFragments: 10 });
  assertEquals(report.error, 1009);
  assertStringIncludes(report.text!, "more than 10 fragments");
});

Deno.test("a bad byte of text is refused before its frame is whole", () => {
  for (const from of SIDES) {
    const payload = Uint8Array.of(...utf8("κόσμε"), 0xff, ...utf8("and more"));
    const bytes = stream([{ opcode: 1, payload }], from);
    const bad = bytes.length - 9;
    const whole = read([bytes], from);
    assertEquals(whole.error, 1007);
    assertEquals(read([bytes.subarray(0, bad)], from).error, undefined);
    assertEquals(read([bytes.subarray(0, bad + 1)], from), whole);
  }
});

Deno.test("large payloads that are unmasked in place give the same messages and errors, at every cut", () => {
  const good = utf8("é".repeat(5_000));
  const bad = Uint8Array.of(...good, 0xff);
  const streams = [
    stream(
      [{ opcode: 2, payload: bad }, { opcode: 1, payload: good }],
      "client",
    ),
    stream([
      { opcode: 1, fin: false, payload: good },
      { opcode: 9, payload: "now" },
      { opcode: 0, payload: good },
      { opcode: 1, payload: "short" },
    ], "client"),
    // The error shows the bytes as they came, in the same words.
    stream(
      [{ opcode: 2, payload: good }, { opcode: 1, payload: bad }],
      "client",
    ),
    stream(
      [{ opcode: 1, payload: bad }, { opcode: 1, payload: "x" }],
      "client",
    ),
  ];
  for (const [i, bytes] of streams.entries()) {
    const whole = read([bytes], "client");
    assertEquals(whole.error, i < 2 ? undefined : 1007);
    for (const chunks of cuts(bytes)) {
      assertEquals(read(chunks, "client", { isOwned: true }), whole, `${i}`);
    }
  }
});

Deno.test("an error about a payload that was unmasked in place shows the bytes as they came", () => {
  const payload = Uint8Array.of(...utf8("a".repeat(5_000)), 0xff);
  const bytes = stream([{ opcode: 1, payload }], "client");
  const ignored = () => {};
  const framing: Framing = {
    boundary: "frame",
    decoder: ({ maxMessageBytes }) =>
      new WebSocketDecoder({
        from: "client",
        maxMessageBytes,
        control: { ping: ignored, pong: ignored, close: ignored },
      }),
    encoder: () => ({ encode: ignored }),
  };
  const texts = [true, false].map((isOwned) => {
    const queue = new ByteQueue();
    const frames = new FrameDecoder(framing, { queue });
    if (!isOwned) queue.push(bytes.slice());
    for (let rest = bytes; isOwned && rest.length > 0;) {
      const into = queue.reserve();
      const some = rest.subarray(0, into.length);
      into.set(some);
      queue.commit(some.length);
      rest = rest.subarray(some.length);
    }
    return assertThrows(() => frames.next(), ProtocolError).message;
  });
  assertStringIncludes(texts[0]!, "it begins 81 fe");
  assertEquals(texts[0], texts[1]);
});

Deno.test("random bytes give events or an error, the same at every cut", () => {
  // A linear congruential generator: the run repeats.
  let state = 20261126;
  const random = () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >> 8;
  const seen = new Set<Report["error"]>();
  for (let round = 0; round < 3000; round++) {
    const from = SIDES[round & 1]!;
    const bytes = new Uint8Array(1 + random() % 60);
    for (let i = 0; i < bytes.length; i++) bytes[i] = random();
    // Most first bytes break the first rule: begin with a frame that is allowed.
    bytes[0] = [0x81, 0x82, 0x01, 0x02, 0x89, 0x8a, 0x88][random() % 7]!;
    if (bytes.length > 1) {
      bytes[1] = (from === "client" ? 0x80 : 0) | (random() % 20);
    }
    const whole = read([bytes], from, { ends: true });
    seen.add(whole.error);
    const parts = Array.from(bytes, (byte) => Uint8Array.of(byte));
    assertEquals(read(parts, from, { ends: true }), whole);
  }
  assert(seen.has(1002) && seen.has(1007) && seen.has("truncated"));
});
