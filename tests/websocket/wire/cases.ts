/**
 * The cases of the Autobahn test suite for the frames that a side receives, with the
 * suite's numbers and payloads: sections 1 (framing), 2 (pings and pongs), 3
 * (reserved bits), 4 (opcodes), 5 (fragmentation), 6 (UTF-8), 7 (close handling).
 * Sections 9 and 10 (sizes) are in `limits_test.ts`, 12 and 13 (compression) in
 * `deflate_test.ts`. A name without a number is a case that the suite does not have.
 *
 * Every case is decoded whole, at every cut and byte by byte. So those that differ
 * from another one in their cuts alone have no row: 1.1.8, 1.2.8, 2.6, 2.11, 5.4, 5.5,
 * 5.7, 5.8, 5.10, 5.11, 5.13, 5.14, 5.20. Case 9.9.1 is switched off in the suite.
 *
 * @module
 */

import { type FrameSpec, utf8 } from "./frames.ts";
import { SURROGATE, unicode } from "./unicode_cases.ts";

/** A stream, and what has to come of it. */
export interface Case {
  readonly name: string;
  readonly frames: readonly FrameSpec[];
  readonly events: readonly string[];
  /** The close code, if the stream has to be refused. */
  readonly error?: number;
}

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const CONTINUATION = 0;

const text = (payload: string): FrameSpec => ({ opcode: TEXT, payload });
const bytes = (...values: number[]) => Uint8Array.from(values);
const message = (payload: string) => {
  const shown = payload.length <= 40
    ? JSON.stringify(payload)
    : `${payload.length} characters, ${payload.slice(0, 8)}`;
  return `text ${shown}`;
};

/** Section 1: a frame of every size class. */
function* framing(): Iterable<Case> {
  const sizes = [0, 125, 126, 127, 128, 65535, 65536];
  for (const [i, size] of sizes.entries()) {
    const payload = "*".repeat(size);
    yield {
      name: `1.1.${i + 1} text of ${size} bytes`,
      frames: [text(payload)],
      events: [message(payload)],
    };
    const binary = new Uint8Array(size).fill(0xfe);
    const hex = binary.toHex();
    yield {
      name: `1.2.${i + 1} binary of ${size} bytes`,
      frames: [{ opcode: BINARY, payload: binary }],
      events: [
        `binary ${
          hex.length <= 40
            ? JSON.stringify(hex)
            : `${hex.length} characters, ${hex.slice(0, 8)}`
        }`,
      ],
    };
  }
}

/** Section 2: pings and pongs. */
function* pings(): Iterable<Case> {
  const ping = (payload: Uint8Array | string): FrameSpec => ({
    opcode: PING,
    payload,
  });
  const unasked = { opcode: PONG, payload: "unsolicited pong payload" };
  const hex = (payload: string) => utf8(payload).toHex();
  yield { name: "2.1 empty ping", frames: [ping("")], events: ["ping "] };
  yield {
    name: "2.2 ping with text",
    frames: [ping("Hello, world!")],
    events: [`ping ${hex("Hello, world!")}`],
  };
  yield {
    name: "2.3 ping with binary",
    frames: [ping(bytes(0, 255, 254, 253, 252, 251, 0, 255))],
    events: ["ping 00fffefdfcfb00ff"],
  };
  yield {
    name: "2.4 ping of 125 bytes",
    frames: [ping(new Uint8Array(125).fill(0xfe))],
    events: [`ping ${"fe".repeat(125)}`],
  };
  yield {
    name: "2.5 ping of 126 bytes",
    frames: [ping(new Uint8Array(126).fill(0xfe))],
    events: [],
    error: 1002,
  };
  yield {
    name: "2.7 unasked pong without payload",
    frames: [{ opcode: PONG }],
    events: ["pong "],
  };
  yield {
    name: "2.8 unasked pong with payload",
    frames: [unasked],
    events: [`pong ${hex("unsolicited pong payload")}`],
  };
  yield {
    name: "2.9 unasked pong, then a ping",
    frames: [unasked, ping("ping payload")],
    events: [
      `pong ${hex("unsolicited pong payload")}`,
      `ping ${hex("ping payload")}`,
    ],
  };
  yield {
    name: "2.10 ten pings",
    frames: Array.from({ length: 10 }, (_, i) => ping(`payload-${i}`)),
    events: Array.from({ length: 10 }, (_, i) => `ping ${hex(`payload-${i}`)}`),
  };
}

/** Section 3: the reserved bits, then on every kind of frame. */
function* reservedBits(): Iterable<Case> {
  const good = text("Hello, world!");
  const ping = { opcode: PING };
  const binary = bytes(0, 255, 254, 253, 252, 251, 0, 255);
  const cases: readonly (readonly FrameSpec[])[] = [
    [{ ...good, rsv: 1 }],
    [good, { ...good, rsv: 2 }, ping],
    [good, { ...good, rsv: 3 }, ping],
    [good, { ...good, rsv: 4 }, ping],
    [{ opcode: BINARY, payload: binary, rsv: 5 }],
    [{ opcode: BINARY, payload: "Hello, world!", rsv: 6 }],
    [{ opcode: CLOSE, rsv: 7 }],
  ];
  for (const [i, frames] of cases.entries()) {
    const events = frames[0] === good ? [message("Hello, world!")] : [];
    const name = `3.${i + 1} reserved bits ${i + 1}`;
    yield { name, frames, events, error: 1002 };
  }
  for (let rsv = 1; rsv <= 7; rsv++) {
    for (const opcode of [TEXT, BINARY, CLOSE, PING, PONG]) {
      yield {
        name: `reserved bits ${rsv} in opcode ${opcode}`,
        frames: [good, { opcode, rsv }, good],
        events: [message("Hello, world!")],
        error: 1002,
      };
    }
    yield {
      name: `reserved bits ${rsv} in a continuation`,
      frames: [
        { opcode: TEXT, fin: false, payload: "a" },
        { opcode: CONTINUATION, rsv, payload: "b" },
      ],
      events: [],
      error: 1002,
    };
  }
}

/** Section 4: reserved opcodes, alone, with payload and behind a message. */
function* opcodes(): Iterable<Case> {
  const good = text("Hello, world!");
  for (const [section, first] of [["4.1", 3], ["4.2", 11]] as const) {
    for (let i = 0; i < 5; i++) {
      const opcode = first + i;
      const alone = { opcode };
      const full = {
        opcode,
        payload: i === 1 ? "reserved opcode payload" : "Hello, world!",
      };
      const frame = i === 0 || i === 2 ? alone : full;
      yield {
        name: `${section}.${i + 1} opcode ${opcode}`,
        frames: i < 2 ? [frame] : [good, frame, { opcode: PING }],
        events: i < 2 ? [] : [message("Hello, world!")],
        error: 1002,
      };
      for (const frames of [[alone], [good, full]]) {
        yield {
          name: `opcode ${opcode} as frame ${frames.length}`,
          frames,
          events: frames.length === 1 ? [] : [message("Hello, world!")],
          error: 1002,
        };
      }
    }
  }
}

/** Section 5: fragments. */
function* fragmentation(): Iterable<Case> {
  const begin = (payload: string): FrameSpec => ({
    opcode: TEXT,
    fin: false,
    payload,
  });
  const more = (payload: string, fin = false): FrameSpec => ({
    opcode: CONTINUATION,
    fin,
    payload,
  });
  const ping = (payload: string): FrameSpec => ({ opcode: PING, payload });
  const pinged = (payload: string) => `ping ${utf8(payload).toHex()}`;
  for (const [number, opcode] of [["5.1", PING], ["5.2", PONG]] as const) {
    yield {
      name: `${number} control frame in two fragments`,
      frames: [
        { opcode, fin: false, payload: "fragment1" },
        more("fragment2", true),
      ],
      events: [],
      error: 1002,
    };
  }
  yield {
    name: "5.3 text in two fragments",
    frames: [begin("fragment1"), more("fragment2", true)],
    events: [message("fragment1fragment2")],
  };
  yield {
    name: "5.6 text in two fragments, a ping in between",
    frames: [
      begin("fragment1"),
      ping("ping payload"),
      more("fragment2", true),
    ],
    events: [pinged("ping payload"), message("fragment1fragment2")],
  };
  yield {
    name: "5.9 continuation without a message, final",
    frames: [more("non-continuation payload", true), text("Hello, world!")],
    events: [],
    error: 1002,
  };
  yield {
    name: "5.12 continuation without a message, not final",
    frames: [more("non-continuation payload"), text("Hello, world!")],
    events: [],
    error: 1002,
  };
  yield {
    name: "5.15 continuation behind a whole message",
    frames: [
      begin("fragment1"),
      more("fragment2", true),
      more("fragment3"),
      text("fragment4"),
    ],
    events: [message("fragment1fragment2")],
    error: 1002,
  };
  for (const [number, fin] of [["5.16", false], ["5.17", true]] as const) {
    const once = [
      more("fragment1", fin),
      begin("fragment2"),
      more("fragment3", true),
    ];
    yield {
      name: `${number} twice: a continuation, then a text in two fragments`,
      frames: [...once, ...once],
      events: [],
      error: 1002,
    };
  }
  yield {
    name: "5.18 a second message inside the first",
    frames: [begin("fragment1"), { opcode: TEXT, payload: "fragment2" }],
    events: [],
    error: 1002,
  };
  yield {
    name: "5.19 five fragments, a ping behind the second and the fourth",
    frames: [
      begin("fragment1"),
      more("fragment2"),
      ping("pongme 1!"),
      more("fragment3"),
      more("fragment4"),
      ping("pongme 2!"),
      more("fragment5", true),
    ],
    events: [
      pinged("pongme 1!"),
      pinged("pongme 2!"),
      message("fragment1fragment2fragment3fragment4fragment5"),
    ],
  };
  yield {
    name: "6.1.1 empty text",
    frames: [text("")],
    events: [message("")],
  };
  yield {
    name: "6.1.2 three empty fragments",
    frames: [begin(""), more(""), more("", true)],
    events: [message("")],
  };
  yield {
    name: "6.1.3 empty fragments around one with text",
    frames: [begin(""), more("middle frame payload"), more("", true)],
    events: [message("middle frame payload")],
  };
}

/** Section 7: the closing handshake. */
function* closing(): Iterable<Case> {
  const close = (payload: Uint8Array | string): FrameSpec => ({
    opcode: CLOSE,
    payload,
  });
  const code = (value: number, reason: Uint8Array | string = "") =>
    bytes(
      value >> 8,
      value & 0xff,
      ...(typeof reason === "string" ? utf8(reason) : reason),
    );
  yield {
    name: "7.1.1 a message, then the end",
    frames: [text("Hello World!"), close(code(1000))],
    events: [message("Hello World!"), 'close 1000 ""'],
  };
  yield {
    name: "7.1.2 two close frames",
    frames: [close(code(1000)), close("")],
    events: ['close 1000 ""'],
  };
  yield {
    name: "7.1.3 a ping behind the close frame",
    frames: [close(code(1000)), { opcode: PING }],
    events: ['close 1000 ""'],
  };
  yield {
    name: "7.1.4 a text behind the close frame",
    frames: [close(code(1000)), text("Hello World!")],
    events: ['close 1000 ""'],
  };
  yield {
    name: "7.1.5 the end inside a message",
    frames: [
      { opcode: TEXT, fin: false, payload: "fragment1" },
      close(code(1000)),
      { opcode: CONTINUATION, payload: "fragment2" },
    ],
    events: ['close 1000 ""'],
  };
  const large = "BAsd7&jh23".repeat(26_215).slice(0, 256 * 1024);
  yield {
    name: "7.1.6 256 KiB, a text, a close frame, a ping",
    frames: [
      text(large),
      text("Hello World!"),
      close(code(1000)),
      { opcode: PING },
    ],
    events: [message(large), message("Hello World!"), 'close 1000 ""'],
  };
  yield {
    name: "7.3.1 a close frame without a code",
    frames: [close("")],
    events: ['close undefined ""'],
  };
  yield {
    name: "7.3.2 a close frame of 1 byte",
    frames: [close("a")],
    events: [],
    error: 1002,
  };
  yield {
    name: "7.3.3 a code alone",
    frames: [close(code(1000))],
    events: ['close 1000 ""'],
  };
  yield {
    name: "7.3.4 a code and a reason",
    frames: [close(code(1000, "Hello World!"))],
    events: ['close 1000 "Hello World!"'],
  };
  const longest = "*".repeat(123);
  yield {
    name: "7.3.5 the longest reason",
    frames: [close(code(1000, longest))],
    events: [`close 1000 ${JSON.stringify(longest)}`],
  };
  yield {
    name: "7.3.6 a reason that is too long",
    frames: [close(code(1000, "*".repeat(124)))],
    events: [],
    error: 1002,
  };
  yield {
    name: "7.5.1 a reason that is not UTF-8",
    frames: [close(code(1000, SURROGATE))],
    events: [],
    error: 1007,
  };
  const good = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011];
  for (const [i, value] of [...good, 3000, 3999, 4000, 4999].entries()) {
    yield {
      name: `7.7.${i + 1} the code ${value}`,
      frames: [close(code(value))],
      events: [`close ${value} ""`],
    };
  }
  const reserved = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
  const refused = [
    ...reserved.map((value, i) => [`7.9.${i + 1}`, value] as const),
    // The suite takes any answer to these two.
    ["7.13.1", 5000] as const,
    ["7.13.2", 65535] as const,
    ["unnumbered:", 1015] as const,
  ];
  for (const [number, value] of refused) {
    yield {
      name: `${number} the code ${value}`,
      frames: [close(code(value))],
      events: [],
      error: 1002,
    };
  }
  // Registered with IANA after the suite was written.
  for (const value of [1012, 1013, 1014]) {
    yield {
      name: `the code ${value}`,
      frames: [close(code(value))],
      events: [`close ${value} ""`],
    };
  }
}

/** What RFC 6455 demands and the suite does not ask for. */
function* further(): Iterable<Case> {
  yield {
    name: "RFC 6455 5.2: a length in more bytes than it needs: 2",
    frames: [{ opcode: BINARY, payload: bytes(1), lengthBytes: 2 }],
    events: [],
    error: 1002,
  };
  yield {
    name: "RFC 6455 5.2: a length in more bytes than it needs: 8",
    frames: [{
      opcode: BINARY,
      payload: new Uint8Array(200),
      lengthBytes: 8,
    }],
    events: [],
    error: 1002,
  };
  yield {
    name: "RFC 6455 5.5: a control frame with an extended length",
    frames: [{ opcode: PING, payload: bytes(1), lengthBytes: 2 }],
    events: [],
    error: 1002,
  };
  yield {
    name: "RFC 6455 5.2: a length of 2^62",
    frames: [{ opcode: BINARY, declares: 2 ** 62, lengthBytes: 8 }],
    events: [],
    error: 1009,
  };
  yield {
    name: "RFC 6455 5.2: a length of 2^63, whose first bit must not be set",
    frames: [{ opcode: BINARY, declares: 2 ** 63, lengthBytes: 8 }],
    events: [],
    error: 1002,
  };
}

/** All cases. */
export const CASES: readonly Case[] = [
  ...framing(),
  ...pings(),
  ...reservedBits(),
  ...opcodes(),
  ...fragmentation(),
  ...unicode(),
  ...closing(),
  ...further(),
];
