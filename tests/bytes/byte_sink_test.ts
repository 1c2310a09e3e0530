import { ByteSink, COPY_LIMIT_BYTES } from "../../lib/bytes/byte_sink.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";

function joined(sink: ByteSink): number[] {
  return sink.pieces().flatMap((piece) => [...piece]);
}

Deno.test("ByteSink gives back in order what was appended", () => {
  const step = fc.oneof(
    fc.record({ verb: fc.constant("byte" as const), value: fc.nat(255) }),
    fc.record({ verb: fc.constant("uint32" as const), value: fc.nat() }),
    fc.record({
      verb: fc.constantFrom("copy" as const, "payload" as const),
      value: fc.uint8Array({ maxLength: 100 }),
    }),
    fc.record({
      verb: fc.constant("prefixed" as const),
      value: fc.uint8Array({ maxLength: 100 }),
    }),
    fc.record({
      verb: fc.constant("ascii" as const),
      value: fc.constant("5:"),
    }),
    fc.record({ verb: fc.constant("clear" as const), value: fc.constant(0) }),
  );
  fc.assert(fc.property(fc.array(step), (steps) => {
    const sink = new ByteSink();
    let wanted: number[] = [];
    for (const { verb, value } of steps) {
      switch (verb) {
        case "byte":
          sink.byte(value);
          wanted.push(value);
          break;
        case "uint32":
          sink.uint32(value);
          wanted.push(
            value >>> 24,
            value >> 16 & 255,
            value >> 8 & 255,
            value & 255,
          );
          break;
        case "copy":
        case "payload":
          sink[verb](value);
          wanted.push(...value);
          break;
        case "prefixed":
          sink.prefixed(value);
          wanted.push(0, 0, 0, value.length, ...value);
          break;
        case "ascii":
          sink.ascii(value);
          wanted.push(0x35, 0x3a);
          break;
        case "clear":
          sink.clear();
          wanted = [];
      }
      assertEquals(sink.length, wanted.length);
    }
    assertEquals(joined(sink), wanted);
  }));
});

Deno.test("ByteSink leaves a payload above COPY_LIMIT_BYTES where it lies", () => {
  const sink = new ByteSink();
  const large = new Uint8Array(COPY_LIMIT_BYTES + 1);
  const small = new Uint8Array(COPY_LIMIT_BYTES);
  sink.byte(1);
  assert(!sink.borrows);
  sink.payload(large);
  assert(sink.borrows);
  sink.byte(2);
  sink.payload(small);
  sink.prefixed(large);
  const pieces = sink.pieces();
  assertEquals(pieces.map((piece) => piece.length), [
    1,
    large.length,
    1 + small.length + 4,
    large.length,
  ]);
  assert(pieces[1] === large && pieces[3] === large);
  sink.clear();
  assertEquals([sink.length, sink.borrows, sink.pieces()], [0, false, []]);
});

Deno.test("ByteSink.prefixedAll() appends as prefixed() does, up to the first that is too long or full", () => {
  const size = fc.oneof(fc.nat(60), fc.constantFrom(200_000, 4_000));
  const numbers = fc.record({
    sizes: fc.array(size, { minLength: 1, maxLength: 30 }),
    from: fc.nat(29),
    before: fc.nat(500),
    maxBytes: fc.constantFrom(59, 4_000, 300_000),
    untilBytes: fc.oneof(fc.nat(1_000), fc.constant(250_000)),
  });
  fc.assert(fc.property(numbers, (given) => {
    const { sizes, before, maxBytes, untilBytes } = given;
    const messages = sizes.map((size, i) => new Uint8Array(size).fill(i));
    const from = given.from % messages.length;
    const [all, each] = [new ByteSink(), new ByteSink()];
    for (const sink of [all, each]) sink.copy(new Uint8Array(before));
    let next = from;
    for (; next < messages.length; next++) {
      if (messages[next]!.length > maxBytes) break;
      if (next > from && each.length >= untilBytes) break;
      each.prefixed(messages[next]!);
    }
    assertEquals(all.prefixedAll(messages, from, maxBytes, untilBytes), next);
    assertEquals(all.pieces(), each.pieces());
  }));
});

Deno.test("ByteSink copies, so that the caller may reuse the array", () => {
  for (const verb of ["copy", "payload"] as const) {
    for (const size of [3, 100]) {
      const sink = new ByteSink();
      const bytes = new Uint8Array(size).fill(7);
      sink[verb](bytes);
      bytes.fill(0);
      assertEquals(joined(sink), Array(size).fill(7));
    }
  }
});

Deno.test("ascii() gives each character a byte, however long the text", () => {
  for (const size of [1, 63, 64, 65, 100, 5_000]) {
    // The encoder of the platform needs two bytes for the one in the middle.
    for (const odd of ["a", "\xe9", "\xff"]) {
      const middle = Math.floor(size / 2);
      const text = "x".repeat(middle) + odd + "y".repeat(size - middle - 1);
      const sink = new ByteSink();
      sink.ascii(text);
      const expected = Uint8Array.from(text, (c) => c.charCodeAt(0));
      assertEquals(sink.pieces(), [expected]);
    }
  }
});

Deno.test("ByteSink refuses what is not a byte or not 32 bits, and appends nothing then", () => {
  const sink = new ByteSink();
  for (const value of [-1, 256, 1.5, NaN, Infinity]) {
    assertThrows(() => sink.byte(value), RangeError, "from 0 to 255");
  }
  for (const value of [-1, 2 ** 32, 0.5, NaN]) {
    assertThrows(() => sink.uint32(value), RangeError, "from 0 to 4294967295");
  }
  assertEquals(sink.length, 0);
  sink.byte(255);
  sink.uint32(2 ** 32 - 1);
  assertEquals(sink.length, 5);
});

Deno.test("ByteSink keeps its buffer for frames that are a little longer than the last ones", () => {
  const sink = new ByteSink();
  sink.copy(new Uint8Array(65_540));
  sink.copy(new Uint8Array(65_540));
  sink.copy(new Uint8Array(65_540));
  const { capacity } = sink;
  assertEquals(capacity, 262_144);
  sink.clear();
  sink.copy(new Uint8Array(capacity));
  assertEquals(sink.capacity, capacity);
});

Deno.test("ByteSink.reserve() makes room once, and keeps what is here", () => {
  const sink = new ByteSink();
  sink.ascii("head");
  sink.reserve(600_000);
  const { capacity } = sink;
  assertEquals(capacity, 600_004);
  for (let i = 0; i < 60; i++) sink.copy(new Uint8Array(10_000).fill(i));
  assertEquals([sink.capacity, sink.length], [capacity, 600_004]);
  const [bytes] = sink.pieces();
  assertEquals(bytes!.subarray(0, 5), Uint8Array.of(104, 101, 97, 100, 0));
  assertEquals(bytes!.at(-1), 59);
});

Deno.test("ByteSink.free() gives the buffer back, and the sink goes on", () => {
  const sink = new ByteSink();
  sink.copy(new Uint8Array(300_000));
  const [bytes] = sink.pieces();
  sink.free();
  assertEquals([bytes!.length, sink.length, sink.capacity], [0, 0, 0]);
  sink.ascii("on");
  assertEquals(sink.pieces(), [Uint8Array.of(111, 110)]);
});
