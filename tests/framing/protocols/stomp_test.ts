import fc from "fast-check";
import { codecSuite } from "../../support/codec_suite.ts";
import { oracleTest, Refusal } from "../../support/oracle.ts";

const FRAMES = [
  "CONNECT\naccept-version:1.2\nhost:a\n\n\0",
  "CONNECTED\r\nversion:1.2\r\n\r\n\0",
  "SEND\ndestination:/queue/a\n\nhello\0",
  "SEND\ndestination:/queue/a\ncontent-length:5\n\nhe\0lo\0",
  "MESSAGE\ncontent-length: 2 \ncontent-length:9\n\n\n\n\0",
  "ERROR\ncontent-length:0\n\n\0",
  "\n",
  "\r\n",
];

codecSuite({
  framing: "stomp",
  samples: FRAMES,
  golden: FRAMES.map((frame) => [frame, frame] as const),
  reads: [[FRAMES.join(""), FRAMES]],
  rejects: [
    ["GET / HTTP/1.1\r\n", "malformed", "this looks like an HTTP client"],
    ["send\n", "malformed", "a frame must begin with CONNECT, STOMP, SEND"],
    [`${"S".repeat(70)}\n`, "malformed", "a frame must begin with"],
    ["\rSEND\n", "malformed", "a frame must begin with"],
    ["SEND\na:b\0", "malformed", "before the NUL at position 9"],
    ["SEND\ncontent-length:x\n", "malformed", "content-length must be digits"],
    ["SEND\ncontent-length:-1\n", "malformed", "must be digits"],
    [
      "SEND\ncontent-length:2\n\nabc",
      "malformed",
      'its body of 2 bytes must be followed by NUL, not by "c" (63)',
    ],
    ["SEND\ncontent-length:1000\n\n", "too_large", "size of 1027 bytes"],
    [
      "SEND\ncontent-length:99999999999999999999\n\n",
      "too_large",
      "size of 100000000000000000042 bytes",
    ],
    [`SEND\na:${"b".repeat(1000)}`, "too_large", "limit of 1000 bytes"],
    [`SEND\n\n${"b".repeat(1000)}`, "too_large", "limit of 1000 bytes"],
    ["SEND\na:b\n\nhel", "truncated", "after 13 bytes of a STOMP frame"],
    ["SEND\ncontent-length:9\n\nhel", "truncated", "of at least 33"],
    ["\r", "truncated", "after 1 bytes of a STOMP frame of at least 2"],
  ],
  refuses: [
    ["SEND\n\nhello", "it must be one whole STOMP frame, and it ends after 11"],
    ["SEND\n\nhello\0\n", "its packet ends after 12 bytes"],
  ],
});

const COMMANDS =
  /^(?:CONNECT|STOMP|SEND|SUBSCRIBE|UNSUBSCRIBE|ACK|NACK|BEGIN|COMMIT|ABORT|DISCONNECT|CONNECTED|MESSAGE|RECEIPT|ERROR)$/;

oracleTest({
  framing: "stomp",
  read(text) {
    const from = text.at;
    const lines: string[] = [];
    for (;;) {
      const line = text.while((c) => c !== "\n" && c !== "\0");
      if (text.next === "\0") throw new Refusal("malformed");
      text.word("\n");
      const bare = line.replace(/\r$/, "");
      if (lines.length === 0 && bare === "") {
        return text.text.slice(from, text.at);
      }
      if (lines.length === 0 && !COMMANDS.test(bare)) {
        throw new Refusal("malformed");
      }
      if (bare === "") break;
      const length = /^content-length:([^]*)$/.exec(bare)?.[1]?.trim();
      const isFirst = !lines.some((line) => line.startsWith("content-length:"));
      if (
        lines.length > 0 && isFirst && length !== undefined &&
        !/^\d{1,20}$/.test(length)
      ) {
        throw new Refusal("malformed");
      }
      lines.push(bare);
    }
    const length = lines.slice(1).find((l) => l.startsWith("content-length:"))
      ?.slice(15).trim();
    if (length === undefined) {
      text.while((c) => c !== "\0");
      text.word("\0");
    } else {
      if (Number(length) > 1_000_000) throw new Refusal("too_large");
      text.take(Number(length));
      text.word("\0");
    }
    return text.text.slice(from, text.at);
  },
  parts: fc.oneof(
    fc.constantFrom(...FRAMES),
    fc.tuple(
      fc.constantFrom("\n", "\r\n"),
      fc.array(fc.constantFrom("a:b", "content-length:2", "x"), {
        maxLength: 3,
      }),
      fc.string({ unit: fc.constantFrom("a", "\r", "\n", ":"), maxLength: 9 }),
    ).map(([end, headers, body]) =>
      ["SEND", ...headers, "", body].join(end) + "\0"
    ),
    fc.string({ unit: fc.constantFrom("a", "\0", "\n", ":"), maxLength: 9 })
      .map((body) => `SEND\ncontent-length:${body.length}\n\n${body}\0`),
  ),
});
