import {
  FrameDecoder,
  type FrameDecoderOptions,
  ProtocolError,
} from "@parley/parley/framing";
import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { chunkings, fromLatin1, latin1 } from "../support/chunkings.ts";

/** Decodes to the end; the skipped frames as code and place. */
function decode(
  framing: string,
  chunks: readonly Uint8Array[],
  options: FrameDecoderOptions = {},
): { messages: string[]; bad: string[]; error?: string } {
  const bad: string[] = [];
  const decoder = new FrameDecoder(framing, {
    ...options,
    onBadFrame: ({ code, details }) =>
      bad.push(`${code} ${details.messageNumber} at ${details.streamOffset}`),
  });
  const messages: string[] = [];
  try {
    for (const chunk of chunks) {
      decoder.push(chunk);
      for (let m; (m = decoder.next()) !== undefined;) {
        messages.push(fromLatin1(m));
      }
    }
    for (let m; (m = decoder.end()) !== undefined;) {
      messages.push(fromLatin1(m));
    }
  } catch (error) {
    assert(error instanceof ProtocolError);
    return { messages, bad, error: error.code };
  }
  assertEquals(decoder.badCount, bad.length);
  return { messages, bad };
}

const LONG = "abcdefghijklmno";

for (
  const [framing, stream, messages, bad, maxMessageBytes = 10] of [
    [
      "cobs",
      "\x22\x33\0\x03\x11\x22\0",
      ["\x11\x22"],
      ["malformed 1 at 0"],
      50,
    ],
    ["cobs", "\x10" + LONG + "\0\x02a\0", ["a"], ["too_large 1 at 0"]],
    ["slip", "\x41\xdb\x41\xc0\x01\x02\xc0", ["\x01\x02"], [
      "malformed 1 at 0",
    ]],
    ["slip", "a\xc0\xc0b\xdb\xc0\xc0c\xc0", ["a", "c"], ["malformed 2 at 3"]],
    ["hdlc", "ab\x7d\x7ec\x7e", ["c"], ["malformed 1 at 0"]],
    ["hdlc", LONG + "\x7eok\x7e", ["ok"], ["too_large 1 at 0"]],
    ["dle", "x\x10\x02a\x10\x03", ["a"], ["malformed 1 at 0"]],
    ["dle", "\x10\x02a\x10\x02b\x10\x03", ["b"], ["malformed 1 at 0"]],
    ["dle", "\x10\x02a\x10\x05\x10\x10\x02\x10\x03\x10\x02b\x10\x03", ["b"], [
      "malformed 1 at 0",
    ]],
    ["dle", `\x10\x02${LONG}\x10\x03\x10\x02b\x10\x03`, ["b"], [
      "too_large 1 at 0",
    ]],
    ["mllp", "MSH\r\x0bok\x1c\r", ["ok"], ["malformed 1 at 0"]],
    ["mllp", "\x0bab\x0bok\x1c\r", ["ok"], ["malformed 1 at 0"]],
    ["mllp", `\x0b${LONG}\x1c\r\x0bok\x1c\r`, ["ok"], ["too_large 1 at 0"]],
    ["slip", LONG + "\xc0ok\xc0", ["ok"], ["too_large 1 at 0"]],
    ["json-seq", '\x1e{"a":\x1e{"b":2}\n', ['{"b":2}'], ["malformed 1 at 0"]],
    ["json-seq", "noise\x1e1\n", ["1"], ["malformed 1 at 0"]],
    ["json-seq", "\x1e1\n \x1e\x1e" + `"${LONG}"\n\x1e2\n`, ["1", "2"], [
      "too_large 2 at 5",
    ]],
    ["line", LONG + "\nok\n", ["ok"], ["too_large 1 at 0"]],
    ["line", `a\n${LONG}\r\n${LONG}\nb\n`, ["a", "b"], [
      "too_large 2 at 2",
      "too_large 3 at 19",
    ]],
    ["line,eof", "ok\n" + LONG, ["ok"], ["too_large 2 at 3"]],
    ["line,eof", "ok\nabcdefghij\r", ["ok"], ["too_large 2 at 3"]],
    ["delimiter:#*#", LONG + "#*#*#ok#*#", ["*#ok"], ["too_large 1 at 0"]],
    ["delimiter:aab", "x".repeat(11) + "aaab" + "okaab", ["ok"], [
      "too_large 1 at 0",
    ]],
  ] as const
) {
  Deno.test(`${framing} skips the bad frames of ${JSON.stringify(stream)} in every cut`, () => {
    for (const chunks of chunkings(latin1(stream))) {
      assertEquals(
        decode(framing, chunks, { badFrames: "skip", maxMessageBytes }),
        { messages: [...messages], bad: [...bad] },
      );
    }
  });

  Deno.test(`${framing} ends at the first bad frame of ${JSON.stringify(stream)} when told to`, () => {
    for (const chunks of chunkings(latin1(stream))) {
      const { messages: before, error } = decode(framing, chunks, {
        badFrames: "fail",
        maxMessageBytes,
      });
      assertEquals(before, messages.slice(0, before.length));
      assertEquals(error, bad[0].split(" ")[0]);
    }
  });
}

Deno.test("slip, cobs and json-seq skip bad frames unless told otherwise, the others do not", () => {
  for (const framing of ["slip", "cobs", "json-seq"]) {
    const stream = latin1("abcdefg\0\xc0\x1e");
    const { bad } = decode(framing, [stream], { maxMessageBytes: 4 });
    assertEquals(
      bad[0],
      framing === "json-seq" ? "malformed 1 at 0" : "too_large 1 at 0",
    );
  }
  const { error } = decode("line", [latin1("abcdefg\n")], {
    maxMessageBytes: 4,
  });
  assertEquals(error, "too_large");
});

Deno.test("a framing that cannot find the end of a bad frame ends the stream, also when told to skip", () => {
  for (const framing of ["length:4", "netstring", "varint", "content-length"]) {
    const options = { badFrames: "skip", maxMessageBytes: 4 } as const;
    const { error, bad } = decode(
      framing,
      [latin1("\xff\xff\xff\xff\x7fabc")],
      options,
    );
    assert(error !== undefined, framing);
    assertEquals(bad, []);
  }
});

Deno.test("a stream that is cut off is an error, also where bad frames are skipped", () => {
  for (const framing of ["slip", "cobs", "json-seq", "line"]) {
    const stream = framing === "json-seq" ? "\x1e{" : "\x05a";
    const { error } = decode(framing, [latin1(stream)], { badFrames: "skip" });
    assertEquals(error, "truncated", framing);
  }
});

for (const framing of ["line", "delimiter:aab", "slip", "cobs", "json-seq"]) {
  Deno.test(`${framing} skips a frame of 16 MiB in the memory of a few reads`, () => {
    const decoder = new FrameDecoder(framing, {
      badFrames: "skip",
      maxMessageBytes: 1000,
    });
    if (framing === "json-seq") decoder.push(latin1("\x1e"));
    for (let i = 0; i < 256; i++) {
      const room = decoder.queue.reserve(decoder.missingBytes);
      room.fill(0x61);
      decoder.queue.commit(room.length);
      assertEquals(decoder.next(), undefined);
      assertLess(decoder.queue.length, 1100);
      assertLess(room.length, 2 * 65_537);
      if (i % 16 !== 0) continue;
      decoder.push(new Uint8Array(65_536).fill(0x61));
      assertEquals(decoder.next(), undefined);
    }
    const end = {
      line: "\nok\n",
      slip: "\xc0ok\xc0",
      cobs: "\0\x03ok\0",
      "json-seq": "\n\x1eok\n",
    }[framing] ?? "aabokaab";
    decoder.push(latin1(end));
    assertEquals(decoder.next(), latin1("ok"));
    assertEquals(decoder.badCount, 1);
  });
}

Deno.test("FrameDecoder.refuse() skips a message with bad content in any framing, and says which one it was", () => {
  for (
    const [framing, stream] of [
      ["line", "a\nbad\nc\n"],
      ["length:1", "\x01a\x03bad\x01c"],
      ["netstring", "1:a,3:bad,1:c,"],
      ["fixed:3,pad=#", "a##badc##"],
    ] as const
  ) {
    const bad: ProtocolError[] = [];
    const decoder = new FrameDecoder(framing, {
      badFrames: "skip",
      onBadFrame: (error) => bad.push(error),
    });
    decoder.push(latin1(stream));
    const good: string[] = [];
    for (let m; (m = decoder.next()) !== undefined;) {
      if (m.length === 3) {
        decoder.refuse(
          new ProtocolError("malformed", { reason: "it is bad" }),
          m,
        );
      } else good.push(fromLatin1(m));
    }
    assertEquals(good, ["a", "c"]);
    assertEquals(bad.map(({ details }) => details.messageNumber), [2]);
    assertEquals(decoder.badCount, 1);
    assertEquals([decoder.count, decoder.end()], [3, undefined]);
  }
});

Deno.test("FrameDecoder.refuse() ends the stream unless bad frames are skipped, and always for an error that is not about the bytes", () => {
  for (const badFrames of ["fail", "skip"] as const) {
    const decoder = new FrameDecoder("line", { badFrames });
    decoder.push(latin1("a\nb\n"));
    const message = decoder.next()!;
    const error = badFrames === "fail"
      ? new ProtocolError("malformed", { reason: "it is bad" })
      : new TypeError("a mistake in the program");
    const thrown = assertThrows(() => decoder.refuse(error, message));
    assertEquals(assertThrows(() => decoder.next()), thrown);
  }
});

Deno.test("a message behind a long header or long padding does not keep it in memory", () => {
  for (
    const [framing, stream, size] of [
      [
        "content-length",
        `X: ${"x".repeat(5000)}\r\nContent-Length: 1\r\n\r\na`,
        1,
      ],
      ["fixed:5000,pad=#", "a".padEnd(5000, "#"), 1],
      ["slip", "\xc0".repeat(5000) + "a\xc0", 1],
      ["length:4,offset=5000", "\0".repeat(5000) + "\0\0\0\x01a", 1],
    ] as const
  ) {
    for (const take of ["next", "nextBatch"] as const) {
      const decoder = new FrameDecoder(framing);
      decoder.push(latin1(stream));
      const batch: Uint8Array[] = [];
      if (take === "nextBatch") decoder.nextBatch(batch, 9);
      const message = take === "next" ? decoder.next()! : batch[0]!;
      assertEquals(message, latin1("a"), framing);
      assertEquals(message.buffer.byteLength, size, framing);
    }
  }
});
