import { assert, assertEquals, assertLess } from "@std/assert";
import {
  parseFraming,
  SniffBuffer,
  sniffFraming,
} from "../../../lib/framing/mod.ts";
import { MOST_SNIFFED_BYTES } from "../../../lib/framing/sniff/sniff_buffer.ts";
import { latin1 } from "../../support/chunkings.ts";
import {
  CONTENTS,
  conversationOf,
  type Random,
  randomNumbers,
} from "./conversations.ts";
import { GENERATED } from "./framings.ts";

const CONVERSATIONS = 20;

for (const { framing, shape } of GENERATED) {
  Deno.test(`sniffFraming() finds ${framing} in text, binary and mixed conversations`, () => {
    const wrong: string[] = [];
    for (let seed = 1; seed <= CONVERSATIONS; seed++) {
      const content = CONTENTS[seed % CONTENTS.length]!;
      const [best] = sniffFraming(
        conversationOf(framing, content, 1000 + seed, shape),
      );
      const isRight = best !== undefined && best.sureness !== "not sure" &&
        (best.framing === framing || best.alike.includes(framing));
      if (!isRight) wrong.push(`${content} ${seed}: ${best?.framing}`);
    }
    // 95 %.
    assert(wrong.length <= CONVERSATIONS / 20, wrong.join("\n"));
  });
}

/** A conversation of chunks without any framing. */
function noise(random: Random, byte: () => number): SniffBuffer {
  const seen = new SniffBuffer();
  const turns = 1 + random(20);
  for (let turn = 0; turn < turns; turn++) {
    const bytes = Uint8Array.from({ length: 1 + random(200) }, byte);
    seen.push(turn % 2 === 0 ? "toServer" : "toClient", bytes);
  }
  seen.complete("toServer");
  seen.complete("toClient");
  return seen;
}

Deno.test("sniffFraming() is not sure about random bytes, letters and digits", () => {
  const alphabets = [
    { first: 0, count: 256 },
    { first: 0x20, count: 95 },
    { first: 0x61, count: 26 },
    { first: 0x30, count: 10 },
    { first: 0, count: 8 },
  ];
  for (const { first, count } of alphabets) {
    for (let seed = 1; seed <= 40; seed++) {
      const random = randomNumbers(seed);
      const seen = noise(random, () => first + random(count));
      for (const { framing, sureness } of sniffFraming(seen)) {
        assertEquals(sureness, "not sure", `${framing} at seed ${seed}`);
      }
    }
  }
});

Deno.test("sniffFraming() gives framings that decode the bytes, the best first", () => {
  const { shape } = GENERATED.find(({ framing }) => framing === "json")!;
  for (const framing of ["line", "length:2", "slip", "json"]) {
    const guesses = sniffFraming(
      conversationOf(
        framing,
        "text",
        5,
        framing === "json" ? shape : undefined,
      ),
    );
    const bits = guesses.map((guess) => guess.bits);
    assertEquals(bits, bits.toSorted((a, b) => b - a));
    for (const { alike, framing, messages } of guesses) {
      assert(messages.length <= 3);
      for (const name of [framing!, ...alike]) {
        assertEquals(parseFraming(name).toString(), name);
      }
    }
  }
});

Deno.test("sniffFraming() names varint beside length:1 while nothing tells them apart", () => {
  const [best] = sniffFraming(
    conversationOf("varint", "text", 3, (message) => message.slice(0, 100)),
  );
  assertEquals(best?.framing, "length:1");
  assert(best?.alike.includes("varint"));
});

/** One direction of bare bytes. */
function one(direction: "toClient" | "toServer", text: string) {
  return sniffFraming({
    [direction]: { bytes: latin1(text), isComplete: true },
  });
}

Deno.test("sniffFraming() knows protocols by their first bytes", () => {
  const seen: readonly [
    direction: "toClient" | "toServer",
    text: string,
    protocol: string,
    framing: string | undefined,
  ][] = [
    ["toServer", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1", undefined],
    ["toClient", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1", undefined],
    ["toServer", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2", undefined],
    ["toClient", "SSH-2.0-OpenSSH_9.2\r\n", "SSH", undefined],
    ["toServer", "\x16\x03\x01\0\x05hello", "TLS", "tls"],
    ["toServer", "AMQP\0\0\x09\x01", "AMQP", "amqp"],
    ["toServer", "\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0", "MQTT", "mqtt"],
    ["toServer", "\0\0\0\x08\x04\xd2\x16\x2f", "PostgreSQL", "postgres"],
    ["toServer", "*1\r\n$4\r\nPING\r\n", "Redis", "redis"],
    ["toClient", 'INFO {"version":"2"}\r\n', "NATS", "nats"],
    ["toClient", "220 mail ESMTP\r\n", "SMTP", "smtp"],
    ["toServer", "CONNECT\naccept-version:1.2\n\n\0", "STOMP", "stomp"],
  ];
  for (const [direction, text, protocol, framing] of seen) {
    const [best] = one(direction, text);
    assertEquals(best?.protocol, protocol);
    assertEquals(best?.framing, framing);
    assert(best?.sureness !== "not sure", protocol);
  }
});

Deno.test("sniffFraming() does not name a protocol whose framing refuses the bytes", () => {
  const guesses = one("toServer", "AMQP is a protocol\nand this is a text\n");
  assert(guesses.every(({ protocol }) => protocol === undefined));
});

Deno.test("sniffFraming() says nothing of no bytes", () => {
  assertEquals(sniffFraming({}), []);
  assertEquals(sniffFraming(new SniffBuffer()), []);
  assertEquals(sniffFraming({ toServer: { bytes: new Uint8Array(0) } }), []);
});

Deno.test("sniffFraming() looks at 64 KiB of a direction, in bounded time", () => {
  const bytes = new Uint8Array(8 * 1024 * 1024);
  const patterns = [[0], [10], [0x61], [0, 1, 0x61], [0x31, 0x3a], [
    0xc0,
    0xdb,
  ]];
  for (const pattern of patterns) {
    for (let i = 0; i < bytes.length; i++) {
      bytes[i] = pattern[i % pattern.length]!;
    }
    const begin = performance.now();
    sniffFraming({
      toClient: {
        bytes,
        isComplete: true,
        turns: [...bytes.keys().take(9000)],
      },
      toServer: { bytes, reads: [...bytes.keys().take(9000)] },
    });
    // One second on an idle machine; whole it would take minutes.
    assertLess(performance.now() - begin, 20_000, String(pattern));
  }
});

Deno.test("sniffFraming() is as sure of thousands of short messages", () => {
  const seen = new SniffBuffer();
  for (let i = 0; i < 6000; i++) {
    const text = `${i % 7}`.repeat(1 + i % 7);
    seen.push("toServer", latin1(`${text.length}:${text},`));
    if (i % 100 === 99) seen.push("toClient", latin1("2:ok,"));
  }
  seen.complete("toServer");
  const [best] = sniffFraming(seen);
  assertEquals([best?.framing, best?.sureness], ["netstring", "sure"]);
});

Deno.test("SniffBuffer keeps the first 64 KiB, where reads end and where the other side begins", () => {
  const seen = new SniffBuffer();
  assertEquals([seen.toServer, seen.isFull], [undefined, false]);
  seen.push("toServer", latin1("ab"));
  seen.push("toServer", latin1("c"));
  seen.push("toClient", latin1("A"));
  seen.push("toServer", new Uint8Array(0));
  seen.push("toServer", latin1("d"));
  seen.complete("toServer");
  assertEquals(seen.toServer?.bytes, latin1("abcd"));
  assertEquals(seen.toServer?.reads, [2, 3, 4]);
  assertEquals(seen.toServer?.turns, [3]);
  assertEquals(seen.toServer?.isComplete, true);
  assertEquals(seen.toClient?.turns, [1]);

  seen.push("toClient", new Uint8Array(2 * MOST_SNIFFED_BYTES));
  seen.push("toServer", new Uint8Array(2 * MOST_SNIFFED_BYTES));
  seen.complete("toClient");
  assertEquals(seen.isFull, true);
  assertEquals(seen.toClient?.bytes.length, MOST_SNIFFED_BYTES);
  // What was cut off says nothing about where messages end.
  assertEquals(seen.toClient?.turns, [1]);
  assertEquals(seen.toClient?.isComplete, false);
});

Deno.test("SniffBuffer copies what it is given", () => {
  const seen = new SniffBuffer();
  const bytes = latin1("ab");
  seen.push("toServer", bytes);
  bytes.fill(0);
  assertEquals(seen.toServer?.bytes, latin1("ab"));
});
