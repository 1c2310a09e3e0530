/**
 * What is written of a recording is what is read of it, at every cut, and what is not a
 * recording is refused with its reason.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { concat } from "@std/bytes/concat";
import fc from "fast-check";
import {
  encodeEvent,
  encodeHead,
  type RecordedEvent,
  RecordingError,
  type RecordingHead,
  RecordingReader,
} from "../../lib/recording/mod.ts";

const HEAD: RecordingHead = {
  at: new Date("2026-11-26T08:00:00.123Z"),
  by: "parley-server 0.1.0 tap",
  frameToServer: "length:4",
  frameToClient: "delimiter:\\x1b\u2028",
  listen: "tcp://127.0.0.1:9000",
  target: "tls://db:5432",
};

const UTF8 = new TextEncoder();

/** Every kind of event, in its least and its fullest form. */
const EVENTS: readonly RecordedEvent[] = [
  { t: 0.000412, connection: 1, event: "open", peer: "tcp://127.0.0.1:51234" },
  {
    t: 0.000598,
    connection: 1,
    to: "server",
    bytes: Uint8Array.of(0, 0, 0, 5, 0x68, 0x65),
  },
  { t: 0.201003, connection: 1, to: "server", bytes: UTF8.encode("llo\n") },
  {
    t: 0.20311,
    connection: 1,
    to: "client",
    fault: "delay:200ms",
    message: 1,
  },
  { t: 0.3, connection: 1, to: "client", bytes: UTF8.encode("tacos 🌮\u202e") },
  { t: 0.6102, connection: 1, to: "server", event: "end" },
  { t: 0.7, connection: 2, event: "reset" },
  { t: 0.7, connection: 2, to: "client", event: "reset" },
  { t: 0.8, connection: 3, event: "refused", why: "connection refused" },
  {
    t: 0.9,
    connection: 1,
    event: "close",
    why: "client",
    toServer: 10,
    toClient: 13,
  },
  { t: 1, event: "lost", events: 7 },
  { t: 9, event: "finish", events: 11, skipped: 7 },
];

function recordingOf(
  head: RecordingHead,
  events: readonly RecordedEvent[],
): Uint8Array {
  return UTF8.encode(encodeHead(head) + events.map(encodeEvent).join(""));
}

/** Reads pieces of a recording to the end. */
function read(pieces: Iterable<Uint8Array>, options = {}) {
  const reader = new RecordingReader(options);
  const events: RecordedEvent[] = [];
  for (const piece of pieces) {
    reader.push(piece);
    for (let event; (event = reader.next()) !== undefined;) events.push(event);
  }
  return { head: reader.head, events, end: reader.end() };
}

function* cutAt(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.slice(at, at + size);
  }
}

Deno.test("RecordingReader gives what was written, in every cut", () => {
  const bytes = recordingOf(HEAD, EVENTS);
  const whole = read([bytes]);
  assertEquals(whole.head, HEAD);
  assertEquals(withoutUndefined(whole.events), withoutUndefined(EVENTS));
  assertEquals(whole.end, {
    lines: EVENTS.length + 1,
    isCutOff: false,
    isFinished: true,
  });
  for (const size of [1, 2, 3, 7, 64, 1000]) {
    assertEquals(read(cutAt(bytes, size)), whole, `pieces of ${size} bytes`);
  }
});

Deno.test("RecordingReader gives any bytes back as they were", () => {
  fc.assert(fc.property(
    fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.string({ unit: "binary" }).map((text) => UTF8.encode(text)),
      ),
      { maxLength: 5 },
    ),
    (chunks) => {
      const events = chunks.map((bytes, i): RecordedEvent => ({
        t: i / 1e6,
        connection: 1,
        to: "server",
        bytes,
      }));
      assertEquals(read([recordingOf(HEAD, events)]).events, events);
    },
  ));
});

Deno.test("encodeEvent() writes text only without control characters, and base64 otherwise", () => {
  const kindOf = (bytes: Uint8Array) =>
    /"(text|base64)"/.exec(
      encodeEvent({ t: 0, connection: 1, to: "client", bytes }),
    )![1];
  for (const text of ["", "a\t\r\n", "é🌮", '"\\', "\ufeffmark"]) {
    assertEquals(kindOf(UTF8.encode(text)), "text", text);
  }
  for (
    const bytes of [[0], [0x1b], [0x7f], [0xff], [0xc3], [0xed, 0xa0, 0x80]]
  ) {
    assertEquals(kindOf(Uint8Array.from(bytes)), "base64", String(bytes));
  }
});

/** The string of JSON that the platform makes of text; `undefined` if it is none. */
function platformsText(bytes: Uint8Array): string | undefined {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch {
    return undefined;
  }
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) return undefined;
  return JSON.stringify(text).replace(
    /[\x80-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

Deno.test("encodeEvent() takes for text what the platform does, and writes it the same way", () => {
  // First and last of each kind: lengths of UTF-8, surrogates, what is escaped.
  const characters =
    "\u0080 \u009f \u00a0 \u07ff \u0800 \u200d \u200e \u2010 \u2027" +
    " \u202e \u202f \u2065 \u2066 \u206a \ud7ff \ue000 \ufeff \u{10000} \u{10ffff} plain" +
    ' \n \t " \\ \\u00 \0 \x1b \x7f';
  const piece = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...characters.split(" ")) },
    { weight: 10, arbitrary: fc.string({ minLength: 1, maxLength: 90 }) },
  ).map((text) => UTF8.encode(text));
  const broken = fc.uint8Array({ min: 0x80, minLength: 1, maxLength: 4 });
  const bytes = fc.tuple(
    fc.array(piece, { maxLength: 12 }),
    fc.option(broken, { freq: 4 }),
    fc.array(piece, { maxLength: 4 }),
  ).map(([before, middle, after]) =>
    concat([...before, ...middle === null ? [] : [middle], ...after])
  );
  fc.assert(
    fc.property(bytes, fc.nat(5), (bytes, skipped) => {
      const part = bytes.subarray(skipped);
      const text = platformsText(part);
      const content = text === undefined
        ? `"base64":"${part.toBase64()}"`
        : `"text":${text}`;
      assertEquals(
        encodeEvent({ t: 0, connection: 1, to: "client", bytes: part }),
        `{"t":0.000000,"connection":1,"to":"client",${content}}\n`,
      );
    }),
    { numRuns: 2000 },
  );
});

Deno.test("encodeEvent() finds a control character anywhere, and takes what looks like one for text", () => {
  const long = (middle: string) =>
    UTF8.encode("x".repeat(300) + middle + "y".repeat(300));
  const isText = (bytes: Uint8Array) =>
    encodeEvent({ t: 0, connection: 1, to: "client", bytes }).includes(
      '"text"',
    );
  for (const middle of ["\0", "\b", "\f", "\x0b", "\x1b", "\x7f"]) {
    assertEquals(isText(long(middle)), false, JSON.stringify(middle));
  }
  for (const middle of ["\\u0000", "\\b", "\\f", "\t\r\n", "\u0080", "é"]) {
    assertEquals(isText(long(middle)), true, middle);
    assertEquals(
      read([recordingOf(HEAD, [{
        t: 0,
        connection: 1,
        to: "client",
        bytes: long(middle),
      }])]).events,
      [{ t: 0, connection: 1, to: "client", bytes: long(middle) }],
    );
  }
});

Deno.test("encodeEvent() lets nothing in that drives a terminal", () => {
  const bytes = UTF8.encode("\u009b2J\u202e\u2028");
  const line = encodeEvent({ t: 0, connection: 1, to: "client", bytes });
  assertEquals(
    line,
    '{"t":0.000000,"connection":1,"to":"client","text":"\\u009b2J\\u202e\\u2028"}\n',
  );
});

Deno.test("encodeEvent() rounds to microseconds, with a carry", () => {
  const at = (t: number) =>
    encodeEvent({ t, event: "lost" }).match(/"t":([\d.]+)/)![1];
  assertEquals([0.9999996, 12.000001, 123456789.5].map(at), [
    "1.000000",
    "12.000001",
    "123456789.500000",
  ]);
});

Deno.test("RecordingReader drops a last line without line feed and says after which line", () => {
  const bytes = recordingOf(HEAD, EVENTS);
  const lineFeeds = bytes.reduce((n, byte) => n + (byte === 10 ? 1 : 0), 0);
  const firstLine = bytes.indexOf(10) + 1;
  for (let cut = firstLine; cut < bytes.length; cut++) {
    const { end, events } = read([bytes.subarray(0, cut)]);
    const lines = bytes.subarray(0, cut).reduce(
      (n, byte) => n + (byte === 10 ? 1 : 0),
      0,
    );
    assertEquals(end, {
      lines,
      isCutOff: bytes[cut - 1] !== 10,
      isFinished: lines === lineFeeds,
    });
    assertEquals(events.length, lines - 1);
  }
});

Deno.test("RecordingReader ignores fields and events that it does not know, and empty lines", () => {
  const lines = [
    encodeHead(HEAD).replace("{", '{"mood":"good",'),
    "\n",
    '{"t":1,"connection":1,"to":"server","text":"a","tls":true}\r\n',
    '{"t":2,"connection":1,"event":"wave"}\n',
    '{"t":3,"connection":1,"event":"end","to":"client"}\n',
  ];
  assertEquals(
    read([UTF8.encode(lines.join(""))]).events,
    [
      { t: 1, connection: 1, to: "server", bytes: UTF8.encode("a") },
      { t: 3, connection: 1, to: "client", event: "end" },
    ],
  );
});

/** What is not a recording, with the code and the text of the refusal. */
const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ["", "not_a_recording", /^it is empty; make/],
  ["GET / HTTP/1.1\r\n", "not_a_recording", /^its first line is not/],
  ["{}\n", "not_a_recording", /^its first line is not/],
  ["[1]\n", "not_a_recording", /^its first line is not/],
  ["\xff\xfe\n", "not_a_recording", /^its first line is not/],
  ['{"format":"parley-rec', "not_a_recording", /^not even its first line/],
  [
    '{"format":"parley-recording","version":2,"at":"2026-11-26T08:00:00Z"}\n',
    "version",
    /^it is version 2 of parley-recording, and this program reads version 1; /,
  ],
  [
    '{"format":"parley-recording","at":"2026-11-26T08:00:00Z"}\n',
    "version",
    /^it is version undefined of/,
  ],
  [
    '{"format":"parley-recording","version":1,"at":"yesterday"}\n',
    "malformed",
    /^line 1 is malformed: "at" is not a time/,
  ],
];

for (const [text, code, reason] of REFUSED) {
  Deno.test(`RecordingReader refuses ${JSON.stringify(text)} as ${code}`, () => {
    for (const size of [1, 1000]) {
      const error = assertThrows(
        () => read(cutAt(UTF8.encode(text), size)),
        RecordingError,
      );
      assertEquals(
        [error.code, error.line, reason.test(error.message)],
        [code, 1, true],
        error.message,
      );
    }
  });
}

/** Lines that are malformed, and what is said of them. */
const MALFORMED: readonly (readonly [string, string])[] = [
  ["nonsense", "it is not a JSON object"],
  ["{}", '"t" is not a number of seconds'],
  ['{"t":-1}', '"t" is not a number of seconds'],
  ['{"t":1e308}', '"t" is more than 1000000000 seconds'],
  ['{"t":1}', '"connection" is not a whole number of at least 1'],
  ['{"t":1,"connection":0.5}', '"connection" is not a whole number'],
  ['{"t":1,"connection":1,"to":"me"}', '"to" is neither "server" nor "client"'],
  ['{"t":1,"connection":1,"text":"a"}', '"to" is missing'],
  ['{"t":1,"connection":1,"event":"end"}', '"to" is missing'],
  [
    '{"t":1,"connection":1,"to":"server"}',
    'it has neither "event", "fault", "text" nor "base64"',
  ],
  [
    '{"t":1,"connection":1,"to":"server","base64":"!"}',
    '"base64" is not base64',
  ],
  [
    '{"t":1,"connection":1,"to":"server","text":"\\ud800"}',
    '"text" is not well-formed Unicode',
  ],
  ['{"t":1,"connection":1,"event":"open","peer":1}', '"peer" is not a string'],
];

for (const [line, reason] of MALFORMED) {
  Deno.test(`RecordingReader says what is wrong with the line ${line}`, () => {
    const text = `${encodeHead(HEAD)}{"t":0,"event":"lost"}\n${line}\n`;
    const reader = new RecordingReader();
    reader.push(UTF8.encode(text));
    assertEquals(reader.next(), { t: 0, event: "lost", events: undefined });
    const error = assertThrows(
      () => reader.next(),
      RecordingError,
      `line 3 is malformed: ${reason}`,
    );
    assertEquals([error.code, error.line], ["malformed", 3]);
    // The failure stays.
    assertThrows(() => reader.next(), RecordingError, reason);
    assertThrows(() => reader.end(), RecordingError, reason);
  });
}

Deno.test("RecordingReader keeps no more than maxLineBytes of a line", () => {
  const long = `${encodeHead(HEAD)}{"t":1,"x":"${"y".repeat(400)}"}\n`;
  const limits = { maxLineBytes: 300 };
  for (const size of [1, 1000]) {
    const error = assertThrows(
      () => read(cutAt(UTF8.encode(long), size), limits),
      RecordingError,
      "line 2 is longer than 300 bytes",
    );
    assertEquals(error.code, "too_large");
  }
  const reader = new RecordingReader(limits);
  reader.push(new Uint8Array(301).fill(0x41));
  assertThrows(
    () => reader.next(),
    RecordingError,
    "its first line is too long",
  );
});

/** An event of which fields that are not there are left out. */
function withoutUndefined(events: readonly RecordedEvent[]): unknown[] {
  return events.map((event) =>
    Object.fromEntries(
      Object.entries(event).filter(([, value]) => value !== undefined),
    )
  );
}
