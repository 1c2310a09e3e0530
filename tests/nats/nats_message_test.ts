/** Subjects and headers of rooms. */

import { headers } from "@nats-io/nats-core";
import { assertEquals, assertMatch } from "@std/assert";
import {
  envelopeOf,
  eventHeaders,
  eventOf,
  isStored,
  messageHeaders,
  roomFor,
  storedHeaders,
  subjectsOf,
} from "../../lib/nats/nats_message.ts";

Deno.test("subjectsOf() makes one part of a subject of any name", () => {
  const seen = new Set<string>();
  for (
    const name of [
      ...["lobby", "Lobby", "a.b", "a b", "*", ">", "$SYS", "ä", "😀", "a"],
      "x".repeat(255),
    ]
  ) {
    const { hubs, messages } = subjectsOf(name);
    assertMatch(messages, /^parley\.room\.[a-z2-7]+$/);
    assertMatch(hubs, /^parley\.hub\.[a-z2-7]+$/);
    seen.add(messages);
  }
  assertEquals(seen.size, 11);
  assertEquals(
    subjectsOf("lobby").messages,
    "parley.room.nrxweytz",
  );
});

Deno.test("envelopeOf() reads what the hub wrote, also through a store", () => {
  const envelope = { hub: "k3j9V2", member: 17, number: 42 };

  assertEquals(envelopeOf({ headers: messageHeaders(envelope) }), envelope);
  assertEquals(isStored({ headers: messageHeaders(envelope) }), false);
  const stored = storedHeaders(envelope);
  assertEquals(envelopeOf({ headers: stored }), envelope);
  assertEquals(isStored({ headers: stored }), true);
  assertEquals(stored.get("Nats-Msg-Id"), "k3j9V2.42");
});

Deno.test("envelopeOf() takes nothing of what another program writes for granted", () => {
  const unknown = { hub: "", member: 0, number: 0 };
  assertEquals(envelopeOf({ headers: undefined }), unknown);
  for (
    const [hub, count] of [
      ["", ""],
      ["a b", "-1"],
      ["x".repeat(33), "1.5"],
      ["\x1b[2J", "9".repeat(16)],
      ["é", "0x10"],
    ] as const
  ) {
    const head = headers();
    head.set("Parley-Hub", hub);
    head.set("Parley-From", count);
    head.set("Parley-Number", count);
    assertEquals(envelopeOf({ headers: head }), unknown, `${hub} ${count}`);
  }
});

Deno.test("eventOf() knows the events of hubs and no others", () => {
  assertEquals(eventOf({ headers: eventHeaders("ask", "a", 3) }), "ask");
  assertEquals(envelopeOf({ headers: eventHeaders("last", "a", 3) }).number, 3);
  assertEquals(eventOf({ headers: messageHeaders(envelopeOf({})) }), undefined);
  const head = headers();
  head.set("Parley-Event", "shutdown");
  assertEquals(eventOf({ headers: head }), undefined);
});

Deno.test("roomFor() leaves room for the longest headers", () => {
  const longest = storedHeaders({
    hub: "x".repeat(32),
    member: Number.MAX_SAFE_INTEGER,
    number: Number.MAX_SAFE_INTEGER,
  });
  const taken = 1_000 - roomFor({ max_payload: 1_000 } as never);
  assertEquals(new TextEncoder().encode(`${longest}`).length <= taken, true);
});
