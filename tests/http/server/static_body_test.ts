/**
 * Bodies that are taken without a stream, and those that are not.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { takeStaticBody } from "../../../lib/http/server/response/static_body.ts";
import { get, inMemory } from "./harness.ts";

const UTF8 = new TextEncoder();
const LONG = "é".repeat(500);

/** Looks at the headers first, as the writer of responses does. */
function taken(response: Response): string | Uint8Array | undefined {
  response.headers.forEach(() => {});
  return takeStaticBody(response);
}

Deno.test("takeStaticBody() takes texts and bytes, and the response counts as used", () => {
  for (
    const [response, body] of [
      [new Response("hello"), "hello"],
      [new Response("hé", { headers: { a: "b" } }), "hé"],
      [new Response(LONG), LONG],
      [Response.json({ a: 1 }), '{"a":1}'],
      [new Response(Uint8Array.of(1, 2)), Uint8Array.of(1, 2)],
      [new Response(new URLSearchParams({ a: "b" })), "a=b"],
      [new Response(""), ""],
    ] as const
  ) {
    assertEquals(taken(response), body);
    assertEquals(response.bodyUsed, true);
    assertEquals(taken(response), undefined);
  }
});

Deno.test("takeStaticBody() leaves streams, blobs, used and missing bodies", async () => {
  const used = new Response("a");
  await used.text();
  const read = new Response("a");
  read.body?.getReader();
  for (
    const response of [
      new Response(null),
      new Response(new Blob(["a"])),
      new Response(new ReadableStream()),
      used,
      read,
    ]
  ) {
    assertEquals(taken(response), undefined);
  }
});

Deno.test("takeStaticBody() leaves a clone its body", async () => {
  const response = new Response("abc");
  const clone = response.clone();
  assertEquals(taken(response), "abc");
  assertEquals(await clone.text(), "abc");
});

Deno.test("a text, its bytes, a Blob and a stream are answered alike", async () => {
  const bodies: BodyInit[] = [
    LONG,
    UTF8.encode(LONG),
    new Blob([LONG]),
    new Response(LONG).body!,
  ];
  await using own = await inMemory(() => new Response(bodies.shift()));
  using wire = await own.dial();
  const answers: unknown[] = [];
  while (bodies.length > 0) {
    await wire.write(get());
    const { body, status } = await wire.response();
    answers.push([body, status]);
  }
  assertEquals(answers.slice(1), Array(3).fill(answers[0]));
});

Deno.test("a response that was given before is refused", async () => {
  const once = new Response("once");
  await using own = await inMemory(() => once);
  using wire = await own.dial();
  await wire.write(get());
  assertEquals((await wire.response()).body, "once");
  await wire.write(get());
  assertEquals((await wire.response()).status, 500);
});
