import { FrameDecoder, ProtocolError } from "@parley/parley/framing";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { bytes } from "../../lib/encoding/bytes.ts";
import { json, type JsonValue } from "../../lib/encoding/json.ts";
import { parseEncoding } from "../../lib/encoding/parse.ts";
import { text } from "../../lib/encoding/text.ts";
import { cutAt, latin1 } from "../support/chunkings.ts";

const UTF8 = new TextEncoder();

Deno.test("bytes() leaves bytes as they are and refuses other values", () => {
  const value = Uint8Array.of(1, 2);
  assertStrictEquals(bytes().decoder(true).decode(value), value);
  assertStrictEquals(bytes().encode(value), value);
  assertThrows(
    () => bytes().encode("a" as unknown as Uint8Array),
    TypeError,
    "a value of type string as bytes",
  );
  assertThrows(
    () => bytes().encode(null as unknown as Uint8Array),
    TypeError,
    "null",
  );
});

Deno.test("text() gives back any well-formed text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (value) => {
    assertEquals(text().decoder(true).decode(text().encode(value)), value);
  }));
});

Deno.test("text() keeps a byte order mark", () => {
  assertEquals(
    text().decoder(true).decode(text().encode("\ufeffa")),
    "\ufeffa",
  );
});

for (
  const [name, value] of [
    ["a lone continuation byte", "\x80"],
    ["a character cut off", "\xe2\x82"],
    ["an overlong form", "\xc0\xaf"],
    ["a surrogate", "\xed\xa0\x80"],
    ["a code point above 10FFFF", "\xf4\x90\x80\x80"],
  ] as const
) {
  Deno.test(`text() rejects ${name}`, () => {
    const error = assertThrows(
      () => text().decoder(true).decode(latin1(value)),
      ProtocolError,
      "not valid UTF-8",
    );
    assertEquals(error.code, "malformed");
  });
}

Deno.test("text() is not disturbed by a message that was not valid", () => {
  const decoder = text().decoder(true);
  assertThrows(() => decoder.decode(latin1("\xe2\x82")), ProtocolError);
  assertEquals(decoder.decode(UTF8.encode("é")), "é");
});

Deno.test("text() refuses to send a lone surrogate and other values", () => {
  assertThrows(() => text().encode("a\ud800"), TypeError, "lone surrogate");
  assertThrows(
    () => text().encode(1 as unknown as string),
    TypeError,
    "type number as text",
  );
});

Deno.test("text() over framing raw gives the same text however the bytes are cut", () => {
  const unit = fc.constantFrom("a", "é", "€", "🌮", "\ufeff", "\0");
  fc.assert(fc.property(
    fc.string({ unit, maxLength: 20 }),
    fc.array(fc.nat(80)),
    (value, places) => {
      const decoder = text().decoder(false);
      let given = "";
      for (const piece of cutAt(UTF8.encode(value), places)) {
        given += decoder.decode(piece) ?? "";
      }
      decoder.end();
      assertEquals(given, value);
    },
  ));
});

Deno.test("text() over framing raw gives nothing for a part of a character, and tells when it is cut off", () => {
  const decoder = text().decoder(false);
  assertEquals(decoder.decode(latin1("\xf0\x9f")), undefined);
  assertEquals(decoder.decode(latin1("\x8c")), undefined);
  const error = assertThrows(
    () => decoder.end(),
    ProtocolError,
    "inside a UTF-8",
  );
  assertEquals(error.code, "truncated");
});

Deno.test("text() decoders of two streams do not disturb each other", () => {
  const [one, two] = [text().decoder(false), text().decoder(false)];
  one.decode(latin1("\xc3"));
  assertEquals(two.decode(latin1("a")), "a");
  assertEquals(one.decode(latin1("\xa9")), "é");
});

Deno.test("json() gives back any JSON value", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const sent = JSON.parse(JSON.stringify(value)) as JsonValue;
    assertEquals(json().decoder(true).decode(json().encode(sent)), sent);
  }));
});

Deno.test("json() rejects what is no JSON, and keeps the cause", () => {
  for (const source of ["", "{", "{} {}", "undefined", "\ufeff1"]) {
    const error = assertThrows(
      () => json().decoder(true).decode(UTF8.encode(source)),
      ProtocolError,
      "its content is not JSON",
    );
    assertEquals(error.code, "malformed");
    assertEquals((error.cause as Error).name, "SyntaxError");
  }
  assertThrows(
    () => json().decoder(true).decode(latin1('"\xff"')),
    ProtocolError,
    "not valid UTF-8",
  );
});

Deno.test("json() says why on one line without control characters", () => {
  const { message } = assertThrows(
    () => json().decoder(true).decode(UTF8.encode("[\n\x1b[31m]")),
    ProtocolError,
  );
  assertEquals(/\p{Cc}/u.test(message), false);
});

Deno.test("json() refuses what has no form in JSON", () => {
  for (
    const [value, part] of [
      [undefined, "a value of type undefined as JSON"],
      [() => {}, "a value of type function as JSON"],
      [1n, "as JSON: "],
      [["\ud800".repeat(2)], undefined],
    ] as const
  ) {
    const send = () => json().encode(value as unknown as JsonValue);
    // A lone surrogate inside of JSON is written as an escape, and arrives.
    if (part === undefined) send();
    else assertThrows(send, TypeError, part);
  }
  const circular: JsonValue[] = [];
  circular.push(circular);
  assertThrows(() => json().encode(circular), TypeError, "as JSON: ");
});

Deno.test("json() refuses framing raw, which has no messages", () => {
  assertThrows(() => json().decoder(false), TypeError, 'framing "raw"');
});

/** A message of a chat; no index signature, and one property is optional. */
interface Say {
  readonly text: string;
  readonly to?: string;
}

Deno.test("json() sends and receives interfaces with optional properties, in types of their own for each direction", () => {
  const say: Say = { text: "hello" };
  // A type error here would fail the check of this file.
  const chat = json<Say>();
  const received: Say = chat.decoder(true).decode(chat.encode(say))!;
  assertEquals(received, say);
  const any: JsonValue = json().decoder(true).decode(json().encode(say))!;
  assertEquals(any, { text: "hello" });
  const counts = json<number, Say>();
  const count: number = counts.decoder(true).decode(UTF8.encode("5"))!;
  counts.encode({ text: String(count), to: "you" });
  // @ts-expect-error It sends Say, not numbers.
  counts.encode(5);
});

Deno.test("json() refuses a message that its check refuses, and keeps the reason", () => {
  const mistake = new TypeError("it has no text");
  const decoder = json<Say>((value) => {
    if (typeof (value as Say).text === "string") return value as Say;
    throw mistake;
  }).decoder(true);
  assertEquals(decoder.decode(UTF8.encode('{"text":"a"}')), { text: "a" });
  const error = assertThrows(
    () => decoder.decode(UTF8.encode("{}")),
    ProtocolError,
    "its content was refused: it has no text",
  );
  assertEquals(error.code, "malformed");
  assertStrictEquals(error.cause, mistake);
});

Deno.test("json() names a byte order mark, which cannot be seen", () => {
  assertThrows(
    () => json().decoder(true).decode(UTF8.encode("\ufeff1")),
    ProtocolError,
    "it begins with a byte order mark (ef bb bf)",
  );
  const { message } = assertThrows(() =>
    json().decoder(true).decode(UTF8.encode("1 \u200b2"))
  ) as Error;
  assertEquals(/\p{Cf}/u.test(message), false);
});

Deno.test("parseEncoding() finds the encodings by name and leaves an encoding as it is", () => {
  for (const encoding of [bytes(), text(), json()]) {
    assertStrictEquals(parseEncoding(encoding.name as "text"), encoding);
  }
  const own = { ...text(), name: "mine" };
  assertStrictEquals(parseEncoding(own), own);
});

Deno.test("parseEncoding() refuses what is no encoding", () => {
  for (const wrong of ["utf8", "", "JSON", null, undefined, 5, {}]) {
    assertThrows(
      () => parseEncoding(wrong as "text"),
      TypeError,
      'it must be "bytes", "text" or "json"',
    );
  }
});

Deno.test("an error about a message's content says which message it was", () => {
  const decoder = new FrameDecoder("line");
  decoder.push(latin1("ok\n\xff\n"));
  decoder.next();
  const message = decoder.next()!;
  const content = assertThrows(
    () => text().decoder(true).decode(message),
    ProtocolError,
  );
  assertEquals(
    (decoder.fail(content, message) as Error).message,
    'Cannot decode message 2 at byte 3 (line): its bytes are not valid UTF-8; it begins ff "."',
  );
});
