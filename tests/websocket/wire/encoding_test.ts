import { assert, assertEquals, assertThrows } from "@std/assert";
import { ByteSink } from "../../../lib/bytes/byte_sink.ts";
import type { Side } from "../../../lib/framing/framing.ts";
import { fitReason } from "../../../lib/websocket/wire/close_status.ts";
import { MaskBlocks, maskInto } from "../../../lib/websocket/wire/mask.ts";
import {
  WebSocketEncoder,
  type WebSocketEncoderOptions,
} from "../../../lib/websocket/wire/websocket_encoder.ts";
import { frame, read, stream, utf8 } from "./frames.ts";

// The key that `frame` uses.
const newKey = () => 0x37fa213d;

function encoded(
  write: (encoder: WebSocketEncoder, sink: ByteSink) => void,
  from: Side,
  options: Partial<WebSocketEncoderOptions> = {},
): Uint8Array {
  const encoder = new WebSocketEncoder({
    maxMessageBytes: 1 << 24,
    newKey,
    ...options,
    from,
  });
  const sink = new ByteSink();
  write(encoder, sink);
  const whole = new Uint8Array(sink.length);
  let at = 0;
  for (const piece of sink.pieces()) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

for (const from of ["client", "server"] as const) {
  Deno.test(`a ${from} writes messages of every size class as RFC 6455 draws them`, () => {
    for (const size of [0, 1, 125, 126, 65535, 65536, 200_000]) {
      const payload = new Uint8Array(size).map((_, i) => i * 7);
      assertEquals(
        encoded((encoder, sink) => encoder.encode(payload, sink), from),
        frame({ opcode: 2, payload }, from),
      );
      assertEquals(
        encoded((encoder, sink) => {
          encoder.kind = "text";
          encoder.encode(payload, sink);
        }, from),
        frame({ opcode: 1, payload }, from),
      );
    }
  });

  Deno.test(`a ${from} writes control frames`, () => {
    assertEquals(
      encoded((encoder, sink) => {
        encoder.ping(utf8("hi"), sink);
        encoder.pong(utf8("hi"), sink);
        encoder.close({ code: 1000, reason: "bye" }, sink);
        encoder.close({ code: undefined, reason: "" }, sink);
      }, from),
      stream([
        { opcode: 9, payload: "hi" },
        { opcode: 10, payload: "hi" },
        { opcode: 8, payload: Uint8Array.of(3, 232, ...utf8("bye")) },
        { opcode: 8 },
      ], from),
    );
    assertThrows(
      () =>
        encoded(
          (encoder, sink) => encoder.ping(new Uint8Array(126), sink),
          from,
        ),
      RangeError,
      "126 bytes",
    );
  });

  Deno.test(`a ${from} sends large messages in fragments if told to`, () => {
    const bytes = encoded(
      (encoder, sink) => encoder.encode(utf8("abcdefghij"), sink),
      from,
      { maxFrameBytes: 4 },
    );
    assertEquals(
      bytes,
      stream([
        { opcode: 2, fin: false, payload: "abcd" },
        { opcode: 0, fin: false, payload: "efgh" },
        { opcode: 0, payload: "ij" },
      ], from),
    );
    assertEquals(read([bytes], from).events, [
      `binary ${JSON.stringify(utf8("abcdefghij").toHex())}`,
    ]);
  });
}

Deno.test("a long masked message makes the buffer of the sink grow once, to its size", () => {
  const sink = new ByteSink();
  const encoder = new WebSocketEncoder({
    from: "client",
    maxMessageBytes: Infinity,
    newKey: () => 1,
  });
  encoder.encode(new Uint8Array(1_000_000), sink);
  assertEquals(sink.length, 1_000_014);
  assertEquals(sink.capacity, 1_000_014);
});

Deno.test("a message above the limit is refused before a byte is written", () => {
  const sink = new ByteSink();
  const encoder = new WebSocketEncoder({
    from: "server",
    maxMessageBytes: 3,
    newKey,
  });
  assertThrows(
    () => encoder.encode(new Uint8Array(4), sink),
    RangeError,
    "the limit is 3 bytes",
  );
  assertEquals(sink.length, 0);
});

Deno.test("masking by words equals masking by bytes at every place and phase", () => {
  const key = 0xa1b2c3d4;
  const keyBytes = [0xa1, 0xb2, 0xc3, 0xd4];
  const source = new Uint8Array(260).map((_, i) => i * 31);
  for (const length of [0, 1, 3, 4, 95, 96, 97, 100, 131, 200]) {
    for (let begin = 0; begin < 5; begin++) {
      for (let place = 0; place < 5; place++) {
        for (let phase = 0; phase < 4; phase++) {
          const from = source.subarray(begin, begin + length);
          const into = new Uint8Array(length + 8).subarray(
            place,
            place + length,
          );
          maskInto(from, into, key, phase);
          const expected = from.map((byte, i) =>
            byte ^ keyBytes[(i + phase) & 3]!
          );
          assertEquals(into, expected);
        }
      }
    }
  }
});

Deno.test("a connection that has said one thing holds a small block, and one that says much a large one", () => {
  const blocks = new MaskBlocks();
  const hello = new Uint8Array(10);
  assertEquals(blocks.copy(hello, 1).buffer.byteLength, 1024);
  let largest = 0;
  for (let i = 0; i < 10_000; i++) {
    largest = Math.max(largest, blocks.copy(hello, 1).buffer.byteLength);
  }
  assertEquals(largest, 32 * 1024);
  // A payload that is longer than the block gets one of its length.
  const long = new MaskBlocks().copy(new Uint8Array(4000), 1);
  assertEquals(long.length, 4000);
});

Deno.test("unmasked messages do not change when later ones come", () => {
  const messages = Array.from({ length: 100 }, (_, i) => `message ${i}`);
  const bytes = stream(
    messages.map((payload) => ({ opcode: 1, payload })),
    "client",
  );
  assertEquals(
    read([bytes], "client").events,
    messages.map((message) => `text ${JSON.stringify(message)}`),
  );
});

Deno.test("a reason is cut to what a close frame holds, at a whole character", () => {
  assertEquals(fitReason("short"), "short");
  assertEquals(fitReason("é".repeat(100)), "é".repeat(61));
  assert(utf8(fitReason("😀".repeat(100))).length <= 123);
});
