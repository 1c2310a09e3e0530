import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { ByteSink } from "../../lib/bytes/byte_sink.ts";
import { type Framing, raw } from "../../lib/framing/mod.ts";
import { parseFraming } from "../../lib/framing/parse.ts";
import {
  FrameWatch,
  type FrameWatchOptions,
  type RelayDirection,
} from "../../lib/relay/mod.ts";
import { chunkings } from "../support/chunkings.ts";

const TEXT = new TextEncoder();
const MESSAGES = ["hello", "-", "a\tb", "x".repeat(30), "é"]
  .map((text) => TEXT.encode(text));

function encoded(
  framing: string,
  messages: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const encoder = parseFraming(framing).encoder({ maxMessageBytes: 1 << 20 });
  const sink = new ByteSink();
  for (const message of messages) encoder.encode(message, sink);
  return concat(sink.pieces().map((piece) => piece.slice()));
}

/** What a watch told, with copies of all bytes. */
interface Told {
  readonly messages: Uint8Array[];
  readonly frames: Uint8Array[];
  readonly offsets: number[];
  readonly numbers: number[];
  readonly raw: boolean[];
  readonly reads: number[];
  readonly errors: string[];
  skipped: number;
}

function watching(
  options: FrameWatchOptions,
): { watch: FrameWatch; told: Record<RelayDirection, Told> } {
  const empty = (): Told => ({
    ...{ messages: [], frames: [], offsets: [], numbers: [], raw: [] },
    ...{ reads: [], errors: [], skipped: 0 },
  });
  const told = { toServer: empty(), toClient: empty() };
  const watch = new FrameWatch({
    onMessage: (found) => {
      const of = told[found.direction];
      of.messages.push(found.message.slice());
      of.frames.push(found.frame.slice());
      of.offsets.push(found.offset);
      of.numbers.push(found.number);
      of.raw.push(found.isRaw);
      of.reads.push(found.reads);
    },
    onError: ({ direction, number, error, isRaw }) =>
      told[direction].errors.push(`${number} ${error.code} ${isRaw}`),
    onSkipped: (direction, count) => told[direction].skipped += count,
    ...options,
  });
  return { watch, told };
}

/** Feeds chunks whose buffer is used again after each call, as a relay's is. */
function feed(
  watch: FrameWatch,
  direction: RelayDirection,
  chunks: Iterable<Uint8Array>,
): void {
  const buffer = new Uint8Array(70_000);
  for (const chunk of chunks) {
    buffer.set(chunk);
    watch.onChunk(direction, buffer.subarray(0, chunk.length));
    buffer.fill(0xee);
  }
  watch.onEnd(direction);
}

const FRAMINGS = [
  ...["line,crlf", "length:4", "varint", "netstring", "header:10"],
  ...["content-length", "slip", "cobs", "delimiter:#*#", "octet-count"],
];

for (const framing of FRAMINGS) {
  Deno.test(`FrameWatch gives the messages and frames of ${framing} at every cut`, () => {
    const stream = encoded(framing, MESSAGES);
    const whole = watching({ framing });
    feed(whole.watch, "toServer", [stream]);
    const { frames, offsets } = whole.told.toServer;
    frames.forEach((frame, i) => {
      const at = offsets[i]!;
      assertEquals(frame, stream.slice(at, at + frame.length));
    });
    // The END in front of a packet is no part of it.
    if (framing !== "slip") assertEquals(concat(frames), stream);

    for (const chunks of chunkings(stream)) {
      const { watch, told: { toServer } } = watching({ framing });
      feed(watch, "toServer", chunks);
      assertEquals(toServer.messages, MESSAGES);
      assertEquals(toServer.frames, frames);
      assertEquals(toServer.offsets, offsets);
      assertEquals(toServer.numbers, [1, 2, 3, 4, 5]);
      assertEquals(toServer.errors, []);
      assertEquals(watch.messages("toServer"), 5);
      assertEquals(watch.pendingBytes("toServer"), 0);
    }
  });

  Deno.test(`FrameWatch counts the messages of ${framing} at every cut without a view`, () => {
    const stream = encoded(framing, MESSAGES);
    for (const chunks of chunkings(stream)) {
      const { watch, told: { toClient } } = watching({
        framing,
        isWanted: () => false,
      });
      feed(watch, "toClient", chunks);
      assertEquals(watch.messages("toClient"), 5);
      assertEquals(toClient.skipped, 5);
      assertEquals(toClient.messages, []);
    }
  });
}

Deno.test("FrameWatch gives the rest as raw after the first byte that breaks the framing, at every cut", () => {
  const good = encoded("length:4", MESSAGES.slice(0, 2));
  const stream = concat([good, TEXT.encode("GET / HTTP/1.1\r\n\r\n"), good]);
  for (const chunks of chunkings(stream)) {
    const { watch, told: { toServer } } = watching({ framing: "length:4" });
    feed(watch, "toServer", chunks);
    assertEquals(toServer.errors, ["3 too_large true"]);
    assertEquals(toServer.messages.slice(0, 2), MESSAGES.slice(0, 2));
    assertEquals(concat(toServer.frames), stream);
    assertEquals(toServer.raw.slice(0, 3), [false, false, true]);
    assertEquals(toServer.offsets[2], good.length);
    assertEquals(toServer.numbers, toServer.numbers.map((_, i) => i + 1));
  }
});

Deno.test("FrameWatch tells every bad frame of a framing that can go on, and goes on", () => {
  const stream = concat([
    encoded("slip", [TEXT.encode("one")]),
    Uint8Array.of(0xdb, 0x41, 0xc0),
    encoded("slip", [TEXT.encode("two")]),
  ]);
  for (const chunks of chunkings(stream)) {
    const { watch, told: { toServer } } = watching({ framing: "slip" });
    feed(watch, "toServer", chunks);
    assertEquals(toServer.errors, ["2 malformed false"]);
    assertEquals(
      toServer.messages.map((message) => new TextDecoder().decode(message)),
      ["one", "two"],
    );
  }
});

Deno.test("FrameWatch tells that a stream ends inside a message, and gives what is left", () => {
  const stream = encoded("length:4", [MESSAGES[0]!]).slice(0, -2);
  for (const chunks of chunkings(stream)) {
    const { watch, told: { toServer } } = watching({ framing: "length:4" });
    feed(watch, "toServer", chunks);
    assertEquals(toServer.errors, ["1 truncated true"]);
    assertEquals(concat(toServer.frames), stream);
  }
});

Deno.test("FrameWatch gives a last line without its end where the framing says that it is one", () => {
  const { watch, told: { toServer } } = watching({ framing: "line,eof" });
  feed(watch, "toServer", [TEXT.encode("one\ntw"), TEXT.encode("o")]);
  assertEquals(toServer.messages, [TEXT.encode("one"), TEXT.encode("two")]);
  assertEquals(toServer.reads, [1, 2]);
});

Deno.test("FrameWatch says in how many reads a message came, and how far apart", () => {
  let nowMs = 0;
  const spans: [number, number][] = [];
  const { watch } = watching({
    framing: "line",
    now: () => nowMs,
    onMessage: ({ reads, spanMs }) => spans.push([reads, spanMs]),
  });
  for (const text of ["one\ntw", "", "o", "\nthree\n", "four\n"]) {
    nowMs += 100;
    if (text !== "") watch.onChunk("toServer", TEXT.encode(text));
  }
  assertEquals(spans, [[1, 0], [3, 300], [1, 0], [1, 0]]);
});

Deno.test("FrameWatch looks at messages only while they are wanted, and keeps their numbers", () => {
  let isWanted = true;
  const { watch, told: { toServer } } = watching({
    framing: "line",
    isWanted: () => isWanted,
  });
  for (const text of ["a\nb", "\nc\nd", "\ne\n"]) {
    watch.onChunk("toServer", TEXT.encode(text));
    isWanted = !isWanted;
  }
  assertEquals(toServer.numbers, [1, 4, 5]);
  assertEquals(toServer.skipped, 2);
});

Deno.test("FrameWatch stops looking in the middle of a read once messages are not wanted", () => {
  let left = 2;
  const { watch, told: { toServer } } = watching({
    framing: "line",
    isWanted: () => left-- > 0,
  });
  watch.onChunk("toServer", TEXT.encode("a\nb\nc\nd\n"));
  assertEquals(toServer.numbers, [1, 2]);
  assertEquals(toServer.skipped, 2);
});

Deno.test("FrameWatch knows a framing for each direction", () => {
  const { watch, told } = watching({
    framing: { toServer: "line", toClient: "length:1" },
  });
  watch.onChunk("toServer", TEXT.encode("ask\n"));
  watch.onChunk("toClient", Uint8Array.of(1, 65));
  assertEquals(told.toServer.messages, [TEXT.encode("ask")]);
  assertEquals(told.toClient.messages, [TEXT.encode("A")]);
});

Deno.test("FrameWatch gives each read as it is in framing raw", () => {
  const { watch, told: { toServer } } = watching({});
  watch.onChunk("toServer", TEXT.encode("abc"));
  watch.onChunk("toServer", new Uint8Array(65_536));
  assertEquals(toServer.messages.map(({ length }) => length), [3, 65_536]);
  assertEquals(toServer.offsets, [0, 3]);
  assertEquals(toServer.raw, [true, true]);
});

Deno.test("FrameWatch holds no more than maxMessageBytes and a read", () => {
  const { watch, told: { toServer } } = watching({
    framing: "line",
    maxMessageBytes: 100_000,
  });
  const chunk = new Uint8Array(65_536).fill(0x61);
  let most = 0;
  for (let i = 0; i < 20; i++) {
    watch.onChunk("toServer", chunk);
    most = Math.max(most, watch.pendingBytes("toServer"));
  }
  assertLess(most, 100_000 + 65_536);
  assertEquals(toServer.errors, ["1 too_large true"]);
  assertEquals(concat(toServer.frames).length, 20 * 65_536);
});

Deno.test("FrameWatch refuses a limit of 0 and a framing that does not exist", () => {
  assertThrows(
    () => new FrameWatch({ maxMessageBytes: 0 }),
    RangeError,
    "maxMessageBytes",
  );
  assertThrows(() => new FrameWatch({ framing: "lines" }), TypeError, "lines");
});

Deno.test("FrameWatch throws what a framing of your own refuses before any byte passes", () => {
  const framing: Framing = {
    boundary: "frame",
    decoder() {
      throw new RangeError("at most 4 bytes");
    },
    encoder: (options) => raw().encoder(options),
    toString: () => "own",
  };
  assertThrows(() => new FrameWatch({ framing }), RangeError, "at most 4");
});
