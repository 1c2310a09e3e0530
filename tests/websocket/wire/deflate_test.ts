/**
 * permessage-deflate on the wire, after the public descriptions of sections 12 and
 * 13 of the Autobahn test suite. What a peer sends is made by zlib itself.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  constants,
  createDeflateRaw,
  createInflateRaw,
  deflateRawSync,
} from "node:zlib";
import type { Side } from "../../../lib/framing/framing.ts";
import {
  type CompressionContext,
  MessageDeflater,
  MessageInflater,
} from "../../../lib/websocket/wire/deflate.ts";
import { noise } from "../../support/foreign_http.ts";
import { cuts, type FrameSpec, read, stream, utf8 } from "./frames.ts";

const CONTEXT: CompressionContext = { takesOver: true, windowBits: 15 };
const SIDES: readonly Side[] = ["client", "server"];
// Of the reserved bits, the one that marks a compressed message.
const RSV1 = 4;

/** Leaves out the end of a flush, as RFC 7692 section 7.2.1 wants it. */
const withoutTail = (bytes: Uint8Array) => bytes.slice(0, -4);

/** One message as a peer without a memory compresses it. */
function compressed(message: Uint8Array, options = {}): Uint8Array {
  const finishFlush = constants.Z_SYNC_FLUSH;
  return withoutTail(deflateRawSync(message, { ...options, finishFlush }));
}

/** Messages as a peer compresses them that remembers the earlier ones. */
async function takingOver(
  messages: readonly Uint8Array[],
  windowBits: number,
): Promise<Uint8Array[]> {
  const deflater = createDeflateRaw({ windowBits });
  let pieces: Uint8Array[] = [];
  deflater.on("data", (piece: Uint8Array) => pieces.push(piece));
  const all: Uint8Array[] = [];
  for (const message of messages) {
    await new Promise<void>((resolve) => {
      deflater.write(message);
      deflater.flush(constants.Z_SYNC_FLUSH, () => resolve());
    });
    const whole = await new Blob(pieces as BlobPart[]).bytes();
    all.push(withoutTail(whole));
    pieces = [];
  }
  deflater.close();
  return all;
}

/** Text that can be compressed, and no piece of it repeats the one before. */
function prose(length: number, seed: number): Uint8Array {
  const words = ["frame", "mask", "opcode", "payload", "close", "ping", "é"];
  let text = "";
  for (let i = seed; text.length < length; i = (i * 31 + 7) % 10_007) {
    text += `${words[i % words.length]} ${i} `;
  }
  return utf8(text).slice(0, length);
}

Deno.test("messages refer to earlier ones, as in RFC 7692 section 7.2.3.2", () => {
  const inflater = new MessageInflater(CONTEXT);
  for (const hex of ["f248cdc9c90700", "f200110000", "f200110000"]) {
    const message = inflater.inflate(Uint8Array.fromHex(hex), 5);
    assertEquals(message, utf8("Hello"));
  }
});

Deno.test("each form of a block of RFC 7692 section 7.2.3 is read", () => {
  for (
    const hex of [
      "f248cdc9c90700", // 7.2.3.1, one block of DEFLATE
      "000500faff48656c6c6f00", // 7.2.3.3, a stored block
      "f348cdc9c9070000", // 7.2.3.4, a block that says it is the last one
      "f24805000000ffffcac9c90700", // 7.2.3.5, two blocks
    ]
  ) {
    const inflater = new MessageInflater(CONTEXT);
    const message = inflater.inflate(Uint8Array.fromHex(hex), 5);
    assertEquals(message, utf8("Hello"), hex);
  }
});

Deno.test("a message of the largest size may be larger when compressed", () => {
  // Noise grows by a header for each block; small blocks have more of them.
  const message = noise(65_536);
  const payload = compressed(message, { memLevel: 1 });
  assert(payload.length > message.length);
  const bytes = stream([{ opcode: 2, rsv: RSV1, payload }], "client");
  for (const [most, error] of [[65_536, undefined], [65_535, 1009]] as const) {
    const inflater = new MessageInflater(CONTEXT);
    const report = read([bytes], "client", { inflater, maxMessageBytes: most });
    assertEquals(report.error, error);
  }
});

Deno.test("sections 12 and 13: what a peer compresses is read, whole and in pieces", async () => {
  const sizes = [
    16,
    64,
    256,
    1024,
    4096,
    8192,
    16_384,
    32_768,
    65_536,
    131_072,
  ];
  const messages = sizes.flatMap((size) => [
    ...[prose(size, size), noise(size), prose(size, size)],
  ]);
  for (let windowBits = 9; windowBits <= 15; windowBits++) {
    const remembered = await takingOver(messages, windowBits);
    const alone = messages.map((message) =>
      compressed(message, { windowBits })
    );
    assert(remembered[2]!.length < alone[2]!.length);
    for (const [takesOver, payloads] of [[true, remembered], [false, alone]]) {
      const context = { takesOver: takesOver === true, windowBits };
      const inflater = new MessageInflater(context);
      for (const [i, payload] of (payloads as Uint8Array[]).entries()) {
        const message = inflater.inflate(payload, messages[i]!.length);
        assertEquals(message?.length, messages[i]!.length);
        assert(message!.every((byte, at) => byte === messages[i]![at]));
      }
    }
  }
});

Deno.test("sections 12 and 13: compressed messages in fragments", async () => {
  for (
    const [size, fragmentBytes] of [
      ...[8192, 16_384, 32_768, 65_536, 131_072].map((size) => [size, 256]),
      ...[1024, 4096, 32_768].map((fragmentBytes) => [131_072, fragmentBytes]),
    ] as [number, number][]
  ) {
    const messages = [prose(size, 1), prose(size, 2), prose(size, 1)];
    const payloads = await takingOver(messages, 15);
    const frames = payloads.flatMap((payload) =>
      inFragments(payload, fragmentBytes)
    );
    for (const from of SIDES) {
      const inflater = new MessageInflater(CONTEXT);
      const report = read([stream(frames, from)], from, { inflater });
      assertEquals(
        [report.error, report.events.length],
        [undefined, 3],
        report.text,
      );
    }
  }
});

/** A compressed text in fragments, of which the first one alone is marked. */
function inFragments(payload: Uint8Array, size: number): FrameSpec[] {
  const count = Math.ceil(payload.length / size);
  return Array.from({ length: count }, (_, i) => ({
    ...i === 0 ? { opcode: 1, rsv: RSV1 } : { opcode: 0 },
    fin: i === count - 1,
    payload: payload.subarray(i * size, (i + 1) * size),
  }));
}

Deno.test("sections 12 and 13: what is sent keeps to each window", async () => {
  for (let windowBits = 9; windowBits <= 15; windowBits++) {
    const deflater = new MessageDeflater({ ...CONTEXT, windowBits }, 0);
    for (const size of [16, 256, 4096, 32_768, 131_072]) {
      // A repetition that is near enough only in some of the windows.
      const half = noise(size / 2);
      const message = new Uint8Array(await new Blob([half, half]).bytes());
      const inflater = createInflateRaw({ windowBits });
      const pieces: Uint8Array[] = [];
      inflater.on("data", (piece: Uint8Array) => pieces.push(piece));
      await new Promise<void>((resolve, reject) => {
        inflater.once("error", reject);
        inflater.write(deflater.deflate(message)!);
        inflater.write(Uint8Array.of(0, 0, 0xff, 0xff), () => resolve());
      });
      inflater.close();
      const whole = await new Blob(pieces as BlobPart[]).bytes();
      assertEquals(whole.toHex(), message.toHex());
    }
  }
});

for (const from of SIDES) {
  Deno.test(`compressed frames of a ${from} at every cut`, async () => {
    const texts = ["say it", "say it, and again", "", "say it, é, and again"];
    const [first, second, third, last] = await takingOver(texts.map(utf8), 15);
    const half = second!.length >> 1;
    const frames: FrameSpec[] = [
      { opcode: 1, rsv: RSV1, payload: first! },
      { opcode: 1, rsv: RSV1, fin: false, payload: second!.subarray(0, half) },
      { opcode: 9, payload: "there?" },
      { opcode: 0, payload: second!.subarray(half) },
      // One that is not compressed does not enter the memory.
      { opcode: 2, payload: "plain" },
      { opcode: 1, rsv: RSV1, payload: third! },
      { opcode: 1, rsv: RSV1, payload: last! },
    ];
    const bytes = stream(frames, from);
    const events = [
      `text "say it"`,
      `ping ${utf8("there?").toHex()}`,
      `text "say it, and again"`,
      `binary "${utf8("plain").toHex()}"`,
      `text ""`,
      `text "say it, é, and again"`,
    ];
    for (const chunks of cuts(bytes)) {
      const inflater = new MessageInflater(CONTEXT);
      const report = read(chunks, from, { inflater });
      assertEquals(report, { events, error: undefined, text: undefined });
    }
  });

  Deno.test(`compressed frames of a ${from} that are wrong`, () => {
    const hello = compressed(utf8("Hello"));
    const begun = { opcode: 1, rsv: RSV1, fin: false, payload: hello };
    const wrong: [string, FrameSpec[], number][] = [
      ["RSV2", [{ opcode: 1, rsv: RSV1 | 2, payload: hello }], 1002],
      ["a compressed ping", [{ opcode: 9, rsv: RSV1, payload: hello }], 1002],
      ["a compressed close", [{ opcode: 8, rsv: RSV1 }], 1002],
      ["RSV1 twice", [begun, { opcode: 0, rsv: RSV1, payload: "" }], 1002],
      ["not DEFLATE", [{ opcode: 1, rsv: RSV1, payload: "\x07" }], 1002],
      ["too far back", [
        { opcode: 1, rsv: RSV1, payload: Uint8Array.fromHex("f200110000") },
      ], 1002],
      ["text that is not UTF-8", [
        { opcode: 1, rsv: RSV1, payload: compressed(Uint8Array.of(0xff)) },
      ], 1007],
    ];
    for (const [name, frames, error] of wrong) {
      const inflater = new MessageInflater(CONTEXT);
      const report = read([stream(frames, from)], from, { inflater });
      assertEquals([report.error, report.events], [error, []], name);
    }
    // Without an agreement the bit has no meaning.
    const frames = [{ opcode: 1, rsv: RSV1, payload: hello }];
    assertEquals(read([stream(frames, from)], from).error, 1002);
  });

  Deno.test(`a bomb of a ${from} is bounded by maxMessageBytes`, () => {
    const payload = compressed(new Uint8Array(64 << 20));
    assert(payload.length < 100_000);
    const bytes = stream([{ opcode: 2, rsv: RSV1, payload }], from);
    const inflater = new MessageInflater(CONTEXT);
    const before = Deno.memoryUsage().rss;
    const report = read([bytes], from, { inflater, maxMessageBytes: 1 << 20 });
    assertEquals([report.error, report.events], [1009, []]);
    // It is not made first and refused then.
    assert(Deno.memoryUsage().rss - before < 32 << 20);
  });
}
