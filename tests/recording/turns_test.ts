import { assertEquals, assertThrows } from "@std/assert";
import { type RecordedEvent, turnsOf } from "../../lib/recording/mod.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

// Questions that are cut anywhere, one answered in two reads.
const CONVERSATION: readonly RecordedEvent[] = [
  { t: 0, connection: 1, event: "open" },
  { t: 1, connection: 1, to: "server", bytes: bytes("a\nb") },
  { t: 2, connection: 1, to: "client", bytes: bytes("A") },
  { t: 3, connection: 1, to: "client", bytes: bytes("\n") },
  { t: 4, connection: 1, to: "server", bytes: bytes("\n") },
  { t: 5, connection: 1, to: "server", event: "end" },
  { t: 6, connection: 1, to: "client", bytes: bytes("B\n") },
  { t: 7, connection: 1, to: "client", event: "end" },
  { t: 8, connection: 1, event: "close" },
];

function steps(
  events: readonly RecordedEvent[],
  side: "client" | "server",
  framing?: string,
): unknown[] {
  return turnsOf(events, side, { framing }).map(({ turns, unit }) => [
    unit,
    ...turns.map((turn) =>
      `${turn.t} ${turn.do} ${turn.bytes.length} after ${turn.after}`
    ),
  ]);
}

Deno.test("turnsOf() counts whole messages for the client's steps", () => {
  assertEquals(steps(CONVERSATION, "client", "line"), [[
    "messages",
    "1 send 3 after 0",
    "4 send 1 after 1",
    "5 end 0 after 1",
    "8 close 0 after 2",
  ]]);
});

Deno.test("turnsOf() counts whole messages for the server's steps", () => {
  assertEquals(steps(CONVERSATION, "server", "line"), [[
    "messages",
    "2 send 1 after 1",
    "3 send 1 after 1",
    "6 send 2 after 2",
    "7 end 0 after 2",
    "8 close 0 after 2",
  ]]);
});

Deno.test("turnsOf() counts bytes without a framing, or if they do not fit it", () => {
  const inBytes = [[
    "bytes",
    "1 send 3 after 0",
    "4 send 1 after 2",
    "5 end 0 after 2",
    "8 close 0 after 4",
  ]];
  assertEquals(steps(CONVERSATION, "client"), inBytes);
  assertEquals(steps(CONVERSATION, "client", "raw"), inBytes);
  assertEquals(steps(CONVERSATION, "client", "close"), inBytes);
  // "A\nB\n" is no netstring.
  assertEquals(steps(CONVERSATION, "client", "netstring"), inBytes);
  assertThrows(() => steps(CONVERSATION, "client", "nonsense"), TypeError);
});

Deno.test("turnsOf() gives what was received, and how the other side ended", () => {
  const [client] = turnsOf(CONVERSATION, "client");
  assertEquals(client!.received, ["A", "\n", "B\n"].map(bytes));
  assertEquals(client!.otherEnd, "end");
  const reset: RecordedEvent = {
    t: 2,
    connection: 1,
    to: "client",
    event: "reset",
  };
  const events = [...CONVERSATION.slice(0, 2), reset];
  assertEquals(turnsOf(events, "client")[0]!.otherEnd, "reset");
  assertEquals(steps(events, "server").flat(), [
    "bytes",
    "2 reset 0 after 3",
  ]);
});

Deno.test("turnsOf() says how many connections were over when one was opened", () => {
  const at = (t: number, connection: number, event: "open" | "close") =>
    ({ t, connection, event }) as const;
  const found = turnsOf([
    at(0, 1, "open"),
    at(1, 2, "open"),
    at(2, 1, "close"),
    at(3, 3, "open"),
    { t: 4, connection: 2, event: "reset" },
    at(4, 2, "close"),
    at(5, 4, "open"),
    { t: 6, event: "finish", events: 7, skipped: 0 },
  ], "client");
  assertEquals(
    found.map(({ after, connection, openedAt }) => [
      connection,
      openedAt,
      after,
    ]),
    [[1, 0, 0], [2, 1, 0], [3, 3, 1], [4, 5, 2]],
  );
});

Deno.test("turnsOf() takes a connection without an open event, as one written by hand", () => {
  assertEquals(
    steps([{ t: 1, connection: 5, to: "server", bytes: bytes("x") }], "client"),
    [["bytes", "1 send 1 after 0"]],
  );
});
