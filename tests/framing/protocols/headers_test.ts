import fc from "fast-check";
import { fromLatin1 } from "../../support/chunkings.ts";
import { type CodecSpec, codecSuite } from "../../support/codec_suite.ts";
import { oracleTest, Refusal, type Text } from "../../support/oracle.ts";

/** A number as bytes, the most significant one first. */
function be(value: number, bytes: number): string {
  return Array.from(
    { length: bytes },
    (_, i) =>
      String.fromCharCode(Math.floor(value / 256 ** (bytes - 1 - i)) % 256),
  ).join("");
}

/** The same, the least significant one first. */
const le = (value: number, bytes: number) =>
  Array.from(be(value, bytes)).reverse().join("");
const fromBe = (text: string) =>
  Array.from(text).reduce((value, c) => value * 256 + c.charCodeAt(0), 0);
const fromLe = (text: string) => fromBe(Array.from(text).reverse().join(""));

/** Takes the rest of a packet whose size was read. */
function rest(text: Text, size: number, least: number, from: number): void {
  if (size < least) throw new Refusal("malformed");
  if (size > 1024 * 1024) throw new Refusal("too_large");
  text.take(Math.max(0, from + size - text.at));
}

interface ProtocolSpec {
  /** Makes a packet with a content. */
  readonly packet: (content: string) => string;
  /** Reads a packet from its specification; what it took is the message. */
  readonly read: (text: Text, from: number) => void;
  readonly golden: readonly string[];
  readonly reads?: NonNullable<CodecSpec["reads"]>;
  readonly rejects: NonNullable<CodecSpec["rejects"]>;
}

/** MySQL: a greeting, a request for TLS, and what follows both. */
const greeting = "\x05\0\0\0\x0a8.0\0";
const sslRequest = "\x20\0\0\x01\x85\xae\x3f\x20" + "\0".repeat(28);
const record = "\x16\x03\x01\0\x02hi";
const other = "\x17\x03\x03\0\x01!";

const marker = "\xff".repeat(16);

const PROTOCOLS: Readonly<Record<string, ProtocolSpec>> = {
  mysql: {
    packet: (content) => `${le(content.length, 3)}\x01${content}`,
    read(text, from) {
      rest(text, fromLe(text.take(3)) + 4, 4, from);
    },
    reads: [
      [greeting + record + other, [greeting, record, other]],
      [sslRequest + record + other, [sslRequest, record, other]],
      [greeting + "\x02\0\0\x02ok", [greeting, "\x02\0\0\x02ok"]],
      // A packet of 22 bytes, the first of which looks like a record's.
      [greeting + "\x16\0\0\x02" + "a".repeat(22), [
        greeting,
        "\x16\0\0\x02" + "a".repeat(22),
      ]],
    ],
    // COM_QUIT and COM_PING.
    golden: ["\x01\0\0\0\x01", "\x01\0\0\0\x0e"],
    rejects: [
      ["\xff\xff\xff\0", "too_large", "size of 16777219 bytes"],
      [
        sslRequest + record + "\x02",
        "malformed",
        "the content type must be byte 14 or",
      ],
      [greeting + "\x16\x03", "truncated", "after 2 bytes of a MySQL packet"],
      [
        "\x05\0\0\0he",
        "truncated",
        "after 6 bytes of a MySQL packet of at least 9",
      ],
    ],
  },
  mongodb: {
    packet: (content) =>
      le(content.length + 16, 4) + "\x01\0\0\0\0\0\0\0\xdd\x07\0\0" + content,
    read(text, from) {
      rest(text, fromLe(text.take(4)), 16, from);
    },
    golden: ["\x15\0\0\0\x07\0\0\0\0\0\0\0\xdd\x07\0\0\0\0\0\0\0"],
    rejects: [
      [
        "\x0f\0\0\0",
        "malformed",
        "makes a packet of 15 bytes, and it must have at least 16",
      ],
      ["\xe9\x03\0\0", "too_large", "size of 1001 bytes"],
    ],
  },
  modbus: {
    packet: (content) =>
      `\0\x01\0\0${be(Math.min(250, content.length) + 2, 2)}\x11\x03${
        content.slice(0, 250)
      }`,
    read(text, from) {
      text.take(2);
      text.word("\0\0");
      const size = fromBe(text.take(2)) + 6;
      if (size > 260) throw new Refusal("malformed");
      rest(text, size, 8, from);
    },
    // Read holding registers 0 and 1, from the specification's own drawing.
    golden: ["\0\x01\0\0\0\x06\x11\x03\0\0\0\x02"],
    rejects: [
      [
        "\0\x01\0\x01",
        "malformed",
        "the protocol identifier must be byte 00, not byte 01",
      ],
      ["\0\x01\0\0\0\x01", "malformed", "it must have at least 8"],
      ["\0\x01\0\0\0\xff", "malformed", "it must have at most 260"],
    ],
  },
  bgp: {
    packet: (content) => `${marker}${be(content.length + 19, 2)}\x02${content}`,
    read(text, from) {
      text.word(marker);
      rest(text, fromBe(text.take(2)), 19, from);
    },
    // KEEPALIVE.
    golden: [`${marker}\0\x13\x04`],
    rejects: [
      ["\xff\xfe", "malformed", "the marker must be byte ff, not byte fe"],
      [`${marker}\0\x12`, "malformed", "it must have at least 19"],
    ],
  },
  smpp: {
    packet: (content) =>
      `${be(content.length + 16, 4)}\0\0\0\x15\0\0\0\0\0\0\0\x01${content}`,
    read(text, from) {
      rest(text, fromBe(text.take(4)), 16, from);
    },
    // enquire_link.
    golden: ["\0\0\0\x10\0\0\0\x15\0\0\0\0\0\0\0\x01"],
    rejects: [
      ["\0\0\0\x0f", "malformed", "it must have at least 16"],
      ["GET / HTTP/1.1", "too_large", "this looks like an HTTP client"],
    ],
  },
  diameter: {
    packet: (content) =>
      `\x01${be(content.length + 20, 3)}\x80\0\x01\x18${
        "\0".repeat(12)
      }${content}`,
    read(text, from) {
      text.oneOf("\x01");
      rest(text, fromBe(text.take(3)), 20, from);
    },
    golden: [`\x01\0\0\x14\x80\0\x01\x18${"\0".repeat(12)}`],
    rejects: [
      ["\x02", "malformed", "the version must be byte 01, not byte 02"],
      ["\x01\0\0\x13", "malformed", "it must have at least 20"],
    ],
  },
  tls: {
    packet: (content) => `\x17\x03\x03${be(content.length, 2)}${content}`,
    read(text, from) {
      text.oneOf("\x14\x15\x16\x17\x18");
      text.oneOf("\x03");
      text.take(1);
      const size = fromBe(text.take(2)) + 5;
      if (size > 5 + 16384 + 2048) throw new Refusal("malformed");
      rest(text, size, 5, from);
    },
    // The alert close_notify.
    golden: ["\x15\x03\x03\0\x02\x01\0"],
    rejects: [
      ["GET /", "malformed", "the content type must be byte 14 or"],
      ["\x16\x02", "malformed", "the major version must be byte 03"],
      ["\x16\x03\x01\x48\x01", "malformed", "it must have at most 18437"],
    ],
  },
  bitcoin: {
    packet: (content) =>
      `\xf9\xbe\xb4\xd9version\0\0\0\0\0${
        le(content.length, 4)
      }\x01\x02\x03\x04${content}`,
    read(text, from) {
      text.take(16);
      rest(text, fromLe(text.take(4)) + 24, 24, from);
    },
    // verack, as in the protocol's documentation.
    golden: ["\xf9\xbe\xb4\xd9verack\0\0\0\0\0\0\0\0\0\0\x5d\xf6\xe0\xe2"],
    rejects: [
      [
        `\xf9\xbe\xb4\xd9${"a".repeat(12)}\xe8\x03\0\0`,
        "too_large",
        "size of 1024 bytes",
      ],
    ],
  },
  docker: {
    packet: (content) => `\x01\0\0\0${be(content.length, 4)}${content}`,
    read(text, from) {
      text.oneOf("\0\x01\x02\x03");
      text.word("\0\0\0");
      rest(text, fromBe(text.take(4)) + 8, 8, from);
    },
    golden: ["\x02\0\0\0\0\0\0\x03err"],
    rejects: [
      ["\x04", "malformed", "the stream must be byte 00 or byte 01 or"],
      ["\x01\0\x01", "malformed", "the byte after the stream must be byte 00"],
    ],
  },
  "9p": {
    packet: (content) => `${le(content.length + 7, 4)}\x64\xff\xff${content}`,
    read(text, from) {
      rest(text, fromLe(text.take(4)), 7, from);
    },
    // Tversion of 8192 bytes and "9P2000".
    golden: ["\x13\0\0\0\x64\xff\xff\0\x20\0\0\x06\x009P2000"],
    rejects: [["\x06\0\0\0", "malformed", "it must have at least 7"]],
  },
  amqp: {
    packet: (content) => `\x01\0\x05${be(content.length, 4)}${content}\xce`,
    read(text, from) {
      if (text.next === "A") {
        text.word("AMQP");
        return void text.take(4);
      }
      text.oneOf("\x01\x02\x03\x08");
      text.take(2);
      const size = fromBe(text.take(4)) + 8;
      rest(text, size, 8, from);
      if (text.text[text.at - 1] !== "\xce") throw new Refusal("malformed");
    },
    golden: ["AMQP\0\0\x09\x01", "\x08\0\0\0\0\0\0\xce"],
    rejects: [
      [
        "HTTP",
        "malformed",
        'the frame type must be byte 01 or byte 02 or byte 03 or byte 08, not "H"',
      ],
      [
        "AMPQ",
        "malformed",
        'a protocol header begins with "AMQP", and has "P" (50) at position 3',
      ],
      [
        "\x08\0\0\0\0\0\0\xcf",
        "malformed",
        "its last byte must be byte ce, not byte cf",
      ],
      ["\x01\0\0\xff\xff\xff\xff", "too_large", "size of 4294967303 bytes"],
      ["AMQP\0\0", "truncated", "after 6 bytes of a AMQP frame of at least 8"],
    ],
  },
};

for (const [framing, spec] of Object.entries(PROTOCOLS)) {
  const { golden, packet, read, reads = [], rejects } = spec;
  const packets = ["", "a", "\xff".repeat(40)].map(packet);
  codecSuite({
    framing,
    samples: [...golden, ...packets],
    golden: golden.map((message) => [message, message] as const),
    reads: [
      [golden.join("") + packets.join(""), [...golden, ...packets]],
      ...reads,
    ],
    rejects,
    refuses: [
      ["", "and it ends after 0 bytes"],
      [packet("abc").slice(0, -1), "it ends after"],
      [packet("abc") + "x", "its packet ends after"],
    ],
  });
  oracleTest({
    framing,
    isNeverMalformed: framing === "mysql" || framing === "bitcoin",
    read(text) {
      const from = text.at;
      read(text, from);
      return text.text.slice(from, text.at);
    },
    parts: fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) =>
        packet(fromLatin1(bytes))
      ),
      fc.constantFrom(...golden),
      // What makes the headers of all of them wrong often enough.
      { weight: 1, arbitrary: fc.constantFrom("\0\0\0\0", "\xff\xff\xfe\xff") },
    ),
  });
}
