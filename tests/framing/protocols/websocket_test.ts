import fc from "fast-check";
import { fromLatin1 } from "../../support/chunkings.ts";
import { codecSuite } from "../../support/codec_suite.ts";
import { oracleTest, Refusal, type Text } from "../../support/oracle.ts";

/** A frame; the mask is there if its bytes are given. */
function frame(first: number, payload: string, mask = ""): string {
  const size = payload.length;
  const bit = mask === "" ? 0 : 0x80;
  const length = size < 126
    ? String.fromCharCode(bit | size)
    : String.fromCharCode(bit | 126, size >> 8, size & 255);
  return String.fromCharCode(first) + length + mask + payload;
}

const KEY = "\x37\xfa\x21\x3d";
// From RFC 6455, section 5.7.
const MASKED_HELLO = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
const HELLO = "\x81\x05Hello";
const REQUEST = "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n";
const ANSWER = "HTTP/1.1 101 Switching Protocols\r\n\r\n";

codecSuite({
  framing: "websocket",
  from: "client",
  samples: [
    MASKED_HELLO,
    frame(0x82, "a".repeat(200), KEY),
    frame(0xc1, "", KEY),
    frame(0x89, "ping", KEY),
    frame(0x88, "", KEY),
  ],
  golden: [[MASKED_HELLO, MASKED_HELLO]],
  reads: [
    [REQUEST + MASKED_HELLO, [REQUEST, MASKED_HELLO]],
    [REQUEST + REQUEST, [REQUEST, REQUEST]],
    [
      frame(1, "a", KEY) + frame(0x89, "", KEY) + frame(0x80, "b", KEY),
      [frame(1, "a", KEY), frame(0x89, "", KEY), frame(0x80, "b", KEY)],
    ],
  ],
  rejects: [
    ["POST / HTTP/1.1", "malformed", "this looks like an HTTP client"],
    ["GET /\n", "malformed", "must end with CR LF, and has byte 0a"],
    ["GET /\rx", "malformed", 'must end with CR LF, and has "x"'],
    [HELLO, "malformed", "a client must mask its frames"],
    [MASKED_HELLO + REQUEST, "malformed", "its opcode 7 is reserved"],
    ["\x83", "malformed", "its opcode 3 is reserved"],
    ["\xa1", "malformed", "second and third reserved bits must not be set"],
    ["\xc8", "malformed", "its first reserved bit must not be set"],
    ["\x09", "malformed", "a control frame must not be a fragment"],
    ["\x80", "malformed", "it continues a message that has not begun"],
    [
      frame(1, "a", KEY) + "\x81",
      "malformed",
      "the message before it lacks its last fragment",
    ],
    ["\x88\xfe", "malformed", "a control frame has at most 125 bytes"],
    ["\x81\xfe\0\x05", "malformed", "5 must be written with fewer bytes"],
    [
      "\x81\xff\0\0\0\0\0\0\xff\xff",
      "malformed",
      "65535 must be written with fewer bytes",
    ],
    [
      "\x81\xff\x80\0\0\0\0\0\0\0",
      "malformed",
      "the first bit of its length must not be set",
    ],
    ["\x81\xfe\x03\xe8", "too_large", "size of 1008 bytes"],
    [
      "\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff",
      "too_large",
      "size of 9223372036854775821 bytes",
    ],
    [`GET /${"a".repeat(1000)}`, "too_large", "limit of 1000 bytes"],
    [MASKED_HELLO.slice(0, -1), "truncated", "of at least 11"],
  ],
  refuses: [
    [HELLO, "a client must mask its frames"],
    [MASKED_HELLO + MASKED_HELLO, "its packet ends after 11 bytes"],
  ],
});

codecSuite({
  framing: "websocket",
  from: "server",
  samples: [
    HELLO,
    frame(0x82, "a".repeat(126)),
    frame(0x82, "\xff".repeat(125)),
    frame(0x8a, ""),
    "\x82\x7f\0\0\0\0\0\x01\0\0" + "a".repeat(65536),
  ],
  golden: [[HELLO, HELLO]],
  reads: [[ANSWER + HELLO + HELLO, [ANSWER, HELLO, HELLO]]],
  rejects: [
    ["HTTP/2 200\n", "malformed", "this looks like an HTTP server"],
    ["HTTQ", "malformed", 'it must begin with "HTTP/", and has "Q"'],
    [MASKED_HELLO, "malformed", "a server must not mask its frames"],
    ["\x81\x7e\x01", "truncated", "after 3 bytes of a WebSocket frame"],
  ],
});

/** Reads frames one after the other, telling fragments from those before. */
function reader(begin: string, bit: number): (text: Text) => string {
  let stream: Text | undefined;
  let isOpen = false;
  let hasFrame = false;
  return (text) => {
    if (stream !== text) isOpen = hasFrame = false;
    stream = text;
    const from = text.at;
    if (!hasFrame && text.next === begin[0]) {
      text.word(begin);
      for (let last = "x"; last !== "";) {
        last = text.while((c) => c !== "\r" && c !== "\n");
        text.word("\r\n");
      }
      return text.text.slice(from, text.at);
    }
    const first = text.take(1).charCodeAt(0);
    const [final, code] = [first >> 7, first & 15];
    const isControl = code > 7;
    if (![0, 1, 2, 8, 9, 10].includes(code) || (first & 0x30) > 0) {
      throw new Refusal("malformed");
    }
    if ((first & 0x40) > 0 && code !== 1 && code !== 2) {
      throw new Refusal("malformed");
    }
    if (isControl ? final === 0 : (code === 0) !== isOpen) {
      throw new Refusal("malformed");
    }
    const second = text.take(1).charCodeAt(0);
    if (second >> 7 !== bit) throw new Refusal("malformed");
    const short = second & 127;
    if (isControl && short > 125) throw new Refusal("malformed");
    const bytes = short === 127 ? 8 : short === 126 ? 2 : 0;
    const size = bytes === 0
      ? BigInt(short)
      : Array.from(text.take(bytes)).reduce(
        (all, c) => all * 256n + BigInt(c.charCodeAt(0)),
        0n,
      );
    if (bytes > 0 && (size < (bytes === 2 ? 126n : 65536n) || size >> 63n)) {
      throw new Refusal("malformed");
    }
    if (size > 1_000_000n) throw new Refusal("too_large");
    text.take(4 * bit + Number(size));
    hasFrame = true;
    if (!isControl) isOpen = final === 0;
    return text.text.slice(from, text.at);
  };
}

for (const from of ["client", "server"] as const) {
  const isClient = from === "client";
  const payload = fc.uint8Array({ maxLength: 140 }).map(fromLatin1);
  const mask = isClient ? KEY : "";
  oracleTest({
    framing: "websocket",
    from,
    read: reader(isClient ? "GET " : "HTTP/", isClient ? 1 : 0),
    parts: fc.oneof(
      fc.tuple(fc.constantFrom(0x81, 0x82, 0xc1), payload)
        .map(([first, payload]) => frame(first, payload, mask)),
      fc.tuple(fc.constantFrom(0x88, 0x89, 0x8a), payload)
        .map(([first, payload]) => frame(first, payload.slice(0, 125), mask)),
      fc.array(payload, { maxLength: 3 }).map((parts) =>
        frame(1, "a", mask) +
        parts.map((part) => frame(0, part, mask)).join("") +
        frame(0x80, "z", mask)
      ),
      fc.constant(isClient ? REQUEST : ANSWER),
    ),
  });
}
