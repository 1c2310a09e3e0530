import { FrameDecoder, parseFraming, sequence } from "@parley/parley/framing";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { chunkings, cutAt, fromLatin1, latin1 } from "../support/chunkings.ts";
import { codecSuite, decodeAll, encodeAll } from "../support/codec_suite.ts";

codecSuite({
  framing: "length:2 then length:4,le",
  samples: ["", "a", "hello", "\0\xff"],
  golden: [["hello", "\0\x05hello"]],
  reads: [["\0\x01a\x02\0\0\0bc\0\0\0\0", ["a", "bc", ""]]],
  rejects: [
    ["\x04\0", "too_large", "message 1 at byte 0"],
    ["\0\x01a\0\0\0\x01", "too_large", "message 2 at byte 3"],
    ["\0", "truncated", "after 1 of 2 header bytes"],
    ["\0\x01a\x02", "truncated", "after 1 of 4 header bytes"],
  ],
});

codecSuite({
  framing: "fixed:3 then line",
  samples: ["abc", "\0\x01\x02", "xyz"],
  reads: [
    ["HI\nhello\nworld\n", ["HI\n", "hello", "world"]],
    ["HI\n", ["HI\n"]],
  ],
  rejects: [["HI", "truncated", "message 1 at byte 0"]],
});

codecSuite({
  framing: "line then netstring then slip",
  samples: ["a", "hello"],
  reads: [["x\n1:y,\xc0z\xc0w\xc0", ["x", "y", "z", "w"]]],
  rejects: [
    ["x\n1;", "malformed", "message 2 at byte 2"],
    ["x\n1:y,a\xdb\xc0", "malformed", "message 3 at byte 6"],
  ],
});

// What AMQP's name stands for, written by hand.
codecSuite({
  framing: "fixed:8 then length:4,offset=3,adjust=1,strip=0",
  samples: ["AMQP\0\0\x09\x01"],
  reads: [[
    "AMQP\0\0\x09\x01\x08\0\0\0\0\0\0\xce",
    ["AMQP\0\0\x09\x01", "\x08\0\0\0\0\0\0\xce"],
  ]],
});

Deno.test("a sequence reads each message as its framing alone would, in 3000 random streams", () => {
  const framings = ["length:2", "line", "netstring", "varint", "cobs", "resp"];
  const spec = fc.constantFrom(...framings);
  const content = fc.string({
    unit: fc.constantFrom(..."ab1".split("")),
    maxLength: 12,
  });
  const message = (framing: string, text: string) =>
    framing === "resp" ? `+${text}\r\n` : text;
  fc.assert(
    fc.property(
      fc.array(spec, { minLength: 2, maxLength: 4 }),
      fc.array(content, { maxLength: 6 }),
      fc.array(fc.nat(80), { maxLength: 6 }),
      (parts, contents, places) => {
        const framing = parts.join(" then ");
        const at = (i: number) => parts[Math.min(i, parts.length - 1)]!;
        const messages = contents.map((text, i) => message(at(i), text));
        const stream = messages.map((text, i) =>
          fromLatin1(encodeAll(at(i), [latin1(text)]))
        ).join("");
        assertEquals(
          fromLatin1(encodeAll(framing, messages.map(latin1))),
          stream,
        );
        assertEquals(decodeAll(framing, cutAt(latin1(stream), places)), {
          messages,
          error: undefined,
        });
      },
    ),
    { numRuns: 3000 },
  );
});

Deno.test("a sequence skips bad frames in the framings that can be skipped", () => {
  for (const chunks of chunkings(latin1("ok\nab\xdbx\xc0\xc0cd\xc0"))) {
    const bad: string[] = [];
    const decoder = new FrameDecoder("line then slip", {
      badFrames: "skip",
      onBadFrame: ({ code, details }) =>
        bad.push(`${code} ${details.messageNumber} at ${details.streamOffset}`),
    });
    const messages: string[] = [];
    for (const chunk of chunks) {
      decoder.push(chunk);
      for (let m; (m = decoder.next()) !== undefined;) {
        messages.push(fromLatin1(m));
      }
    }
    assertEquals(decoder.end(), undefined);
    assertEquals(messages, ["ok", "cd"]);
    assertEquals(bad, ["malformed 2 at 3"]);
  }
});

Deno.test("a sequence that ends in raw gives all bytes after its first message", () => {
  for (const chunks of chunkings(latin1("GO\nabc\ndef"))) {
    const { messages } = decodeAll("line then raw", chunks);
    assertEquals(messages[0], "GO");
    assertEquals(messages.slice(1).join(""), "abc\ndef");
  }
});

for (
  const [text, part] of [
    [
      "raw then line",
      'Cannot use framing "raw" in a sequence: its messages have no end',
    ],
    ["line then raw then line", '"raw" can be the last framing'],
    ["close then line", "its message ends with the stream"],
    ["line then close", 'use "raw" as the last framing'],
    ["line then", 'there is no framing "line then"'],
    ["line then lenght:4", 'did you mean "length"?'],
    [" then line", 'there is no framing ""'],
  ] as const
) {
  Deno.test(`parseFraming() refuses the sequence ${JSON.stringify(text)}`, () => {
    assertThrows(() => parseFraming(text), TypeError, part);
  });
}

Deno.test("a delimiter that holds the word of a sequence is read back", () => {
  const framing = parseFraming("delimiter:a\\x20then\\x20b");
  assertEquals(framing.toString(), "delimiter:a\\x20then\\x20b");
  assertEquals(parseFraming(framing.toString()).toString(), framing.toString());
});

Deno.test("sequence() writes its canonical string", () => {
  const framing = sequence(parseFraming("fixed:04"), parseFraming("redis"));
  assertEquals(framing.toString(), "fixed:4 then redis");
});
