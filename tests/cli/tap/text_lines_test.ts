import { assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { ProtocolError } from "@parley/parley";
import { JSON_LINES } from "../../../cli/tap/display/json_lines.ts";
import { loadView } from "../../../cli/output/views/load_view.ts";
import { TextLines } from "../../../cli/tap/display/text_lines.ts";
import type { TapError, TapMessage } from "../../../cli/tap/tap_event.ts";
import { textColumns } from "../../../cli/output/width.ts";

const AT = new Date(2026, 10, 26, 12, 0, 0, 201);

function message(
  content: string | Uint8Array,
  more: Partial<TapMessage> = {},
): TapMessage {
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  return {
    connection: 1,
    direction: "toServer",
    number: 1,
    offset: 0,
    message: bytes,
    frame: bytes,
    isRaw: false,
    reads: 1,
    spanMs: 0,
    at: AT,
    answerMs: undefined,
    ...more,
  };
}

function wide(): TextLines {
  return new TextLines("text", () => Infinity);
}

Deno.test("TextLines writes connection, direction, number, size, time, content and remark", () => {
  assertEquals(
    wide().message(message("hello", { reads: 2, spanMs: 201.4 })),
    "#1 →  1     5 B  12:00:00.201  hello                       in 2 reads, 201 ms apart",
  );
  assertEquals(
    wide().message(message("HELLO", { direction: "toClient", answerMs: 1.94 })),
    "#1 ←  1     5 B  12:00:00.201  HELLO                       +1.9 ms",
  );
  assertEquals(
    wide().message(message("a", { answerMs: 2500, reads: 3, spanMs: 0.04 })),
    "#1 →  1     1 B  12:00:00.201  a                           +2.5 s, in 3 reads, 0.0 ms apart",
  );
  assertEquals(
    wide().message(message("x", { connection: 12, number: 345 })),
    "#12 → 345     1 B  12:00:00.201  x",
  );
});

Deno.test("TextLines keeps its columns aligned once one had to grow", () => {
  const lines = new TextLines("text", () => Infinity);
  const shown = [
    lines.message(message("a", { connection: 9, number: 9 })),
    lines.message(message("b", { connection: 10, number: 100 })),
    lines.message(message("c", { connection: 9, number: 10 })),
    lines.fault({ at: AT, connection: 3, fault: "refuse", name: "refuse" }),
  ];
  assertEquals(shown, [
    "#9 →  9     1 B  12:00:00.201  a",
    "#10 → 100     1 B  12:00:00.201  b",
    "#9  →  10     1 B  12:00:00.201  c",
    "#3                 12:00:00.201  fault refuse",
  ]);
});

Deno.test("TextLines writes what does not fit the framing in its place", () => {
  const error: TapError = {
    connection: 1,
    direction: "toServer",
    number: 3,
    at: AT,
    isRaw: true,
    error: new ProtocolError("malformed", {
      action: "decode message 3 at byte 27 (length:4)",
      reason: 'it begins "GET \x1b[2J"',
    }),
  };
  assertEquals(
    wide().error(error),
    '#1 → !3          12:00:00.201  cannot decode message 3 at byte 27 (length:4): it begins "GET \\x1b[2J"; passed on, shown as raw from here',
  );
  assertMatch(
    wide().error({ ...error, isRaw: false }),
    /; passed on, not shown$/,
  );
});

Deno.test("TextLines draws the parts of a bad frame below its line, as far as they are known", () => {
  const framing = { toServer: "length:4", toClient: "netstring" };
  const drawn = new TextLines("text", () => Infinity, framing);
  const firstBytes = new TextEncoder().encode("5:ab");
  const details = { firstBytes, messageNumber: 3, streamOffset: 27 };
  const error = new ProtocolError("truncated", { reason: "cut off" }, details);
  const at = { connection: 1, number: 3, at: AT, isRaw: true, error } as const;
  assertEquals(drawn.error({ ...at, direction: "toClient" }).split("\n"), [
    "#1 ← !3          12:00:00.201  cut off; passed on, shown as raw from here",
    "    0000001b  35 3a 61 62                                       |5:ab|",
    "              ^^ length 5",
    "                 ^^ colon",
    "                    ^^^^^ payload, 2 of 5 bytes",
  ]);
  assertMatch(
    drawn.error({ ...at, direction: "toServer" }),
    /\n +\^{11} length 893018466$/,
  );
});

Deno.test("TextLines keeps control bytes from driving the terminal, and a message on one line", () => {
  const shown = wide().message(message("a\x1b[2J\r\nb\x07\u202e"));
  assertEquals(
    shown.slice(shown.indexOf("a")),
    "a\\x1b[2J\\r\\nb\\x07\\u202e",
  );
});

Deno.test("TextLines shows bytes as hexadecimal and base64", () => {
  const bytes = Uint8Array.of(0, 255, 16);
  const line = (format: "hex" | "base64") =>
    new TextLines(format, () => Infinity).message(message(bytes));
  assertMatch(line("hex"), / {2}00ff10$/);
  assertMatch(line("base64"), / {2}AP8Q$/);
});

Deno.test("TextLines fits every line into the terminal, and cuts nothing elsewhere", () => {
  const long = "日本 text ".repeat(1000);
  const found = message(long, { answerMs: 1.5, reads: 2, spanMs: 3 });
  for (const format of ["text", "hex", "base64"] as const) {
    for (let columns = 90; columns < 130; columns++) {
      const line = new TextLines(format, () => columns).message(found);
      assertLessOrEqual(textColumns(line), columns);
      assertMatch(line, /… +\+1\.5 ms, in 2 reads, 3\.0 ms apart$/);
    }
  }
  assertMatch(wide().message(found), new RegExp(`  ${long}  \\+1\\.5 ms`));
  // A message that fits is not cut, and has its remark all the same.
  const short = message("short", { answerMs: 1 });
  assertEquals(
    new TextLines("text", () => 80).message(short),
    wide().message(short),
  );
});

Deno.test("JSON_LINES writes the client's fields and more", () => {
  assertEquals(
    JSON.parse(JSON_LINES.message(message("hi\x9b", {
      connection: 2,
      number: 7,
      reads: 2,
      spanMs: 1.23456,
      answerMs: 0.5,
    }))),
    {
      connection: 2,
      to: "server",
      number: 7,
      message: "hi\x9b",
      bytes: 3 + 1,
      at: AT.toISOString(),
      reads: 2,
      spanMs: 1.235,
      answerMs: 0.5,
    },
  );
  const binary = JSON.parse(
    JSON_LINES.message(
      message(Uint8Array.of(255), { direction: "toClient", isRaw: true }),
    ),
  );
  assertEquals([binary.message, binary.base64, binary.to, binary.raw], [
    null,
    "/w==",
    "client",
    true,
  ]);
});

Deno.test("JSON_LINES writes an error with its code, without control characters", () => {
  const line = JSON_LINES.error({
    connection: 1,
    direction: "toClient",
    number: 3,
    at: AT,
    isRaw: true,
    error: new ProtocolError("too_large", { reason: "too \x9b large" }),
  });
  assertMatch(line, /^[\x20-\x7e]+$/);
  assertEquals(JSON.parse(line), {
    connection: 1,
    to: "client",
    number: 3,
    error: { code: "too_large", message: "too \x9b large" },
    at: AT.toISOString(),
    raw: true,
  });
});

Deno.test("TextLines reads all of a message for a view, and cuts what it shows", async () => {
  const view = await loadView("msgpack");
  // An array of 100 small numbers, which is no array if it is cut off.
  const bytes = Uint8Array.of(0xdc, 0, 100, ...Array(100).fill(7));
  const found = message(bytes);
  const line = new TextLines(view, () => 60).message(found);
  assertMatch(line, / {2}\[7, 7, 7.*…/);
  const whole = new TextLines(view, () => Infinity).message(found);
  assertMatch(whole, / {2}\[7(, 7){99}\]/);
});

Deno.test("TextLines gives the same line in pieces, a long content apart", () => {
  for (const size of [0, 10, 1023, 1024, 5000]) {
    const found = message("x".repeat(size), { answerMs: 1.5 });
    for (const columns of [Infinity, 80]) {
      for (
        const annotated of [undefined, { toServer: "line", toClient: "line" }]
      ) {
        const lines = new TextLines("text", () => columns, annotated);
        const pieces = lines.pieces(found);
        assertEquals(pieces.join(""), lines.message(found));
        const isApart = size >= 1024 && columns === Infinity && !annotated;
        assertEquals(pieces.length, isApart ? 3 : 1);
      }
    }
  }
});

Deno.test("TextLines writes a strike in its direction, cut to the width and without control characters", () => {
  const strike = {
    connection: 1,
    direction: "toClient",
    fault: "drop:10%,when=/\x1b/",
    message: 3,
    name: "drop",
    offset: 20,
    at: AT,
  } as const;
  const line = String
    .raw`#1 ←             12:00:00.201  fault drop:10%,when=/\x1b/ at message 3`;
  assertEquals(wide().fault(strike), line);
  assertEquals(
    new TextLines("text", () => 40).fault(strike),
    "#1 ←             12:00:00.201  fault dro…",
  );
  assertEquals(
    wide().fault({ at: AT, connection: 2, fault: "refuse", name: "refuse" }),
    "#2               12:00:00.201  fault refuse",
  );
});
