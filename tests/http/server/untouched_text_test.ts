/**
 * Responses that are a text and nothing else, which are taken without looking at
 * them as others are.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { textBytes } from "../../../lib/http/server/response/text_bytes.ts";
import { takeUntouchedText } from "../../../lib/http/server/response/untouched_text.ts";
import { get, inMemory } from "./harness.ts";

// Older runtimes make fields and body at once.
const isKept = takeUntouchedText(new Response("a")) !== undefined;

Deno.test({
  name:
    "takeUntouchedText() takes a text once, and the response counts as used",
  ignore: !isKept,
  fn() {
    for (
      const [response, text, contentType] of [
        [new Response("hé"), "hé", "text/plain;charset=UTF-8"],
        [new Response(""), "", "text/plain;charset=UTF-8"],
        [Response.json({ a: 1 }), '{"a":1}', "application/json"],
      ] as const
    ) {
      assertEquals(takeUntouchedText(response), { text, contentType });
      assertEquals(takeUntouchedText(response), undefined);
      assertEquals(response.bodyUsed, true);
      assertEquals(response.headers.get("content-type"), contentType);
    }
  },
});

Deno.test("takeUntouchedText() leaves what was looked at, and what is more than a text", async () => {
  const used = new Response("a");
  await used.text();
  const changed = new Response("a");
  changed.headers.set("a", "b");
  const cloned = new Response("a");
  cloned.clone();
  class Own extends Response {
    override get status() {
      return 404;
    }
  }
  for (
    const given of [
      used,
      changed,
      cloned,
      new Own("a"),
      new Response("a", { status: 201 }),
      new Response("a", { headers: { a: "b" } }),
      new Response(Uint8Array.of(97)),
      new Response(null),
      new Response(new ReadableStream()),
      Response.redirect("http://a.test/"),
      undefined,
      null,
      "a",
    ]
  ) assertEquals(takeUntouchedText(given), undefined);
});

Deno.test("a text is answered alike, whether something looked at its response or not", async () => {
  const texts = ["", "a", "é".repeat(60), "x".repeat(200), "€".repeat(3_000)];
  const methods = ["GET", "HEAD", "POST"];
  let look = (_: Response) => {};
  let text = "";
  await using own = await inMemory(() => {
    const response = text === "json" ? Response.json([]) : new Response(text);
    look(response);
    return response;
  });
  using wire = await own.dial();
  for (text of [...texts, "json"]) {
    for (const method of methods) {
      // A stream may turn out to be empty, which is known too late for its head.
      if (text === "" && method === "HEAD") continue;
      const answers: unknown[] = [];
      for (
        look of [
          () => {},
          (response: Response) => response.headers,
          (response: Response) => response.body,
        ]
      ) {
        await wire.write(get().replace("GET", method));
        const answer = await wire.response(method !== "HEAD");
        const lines = answer.lines.map((line) => line.replace(/^date:.*/, ""));
        answers.push({ ...answer, lines });
      }
      assertEquals(answers.slice(1), [answers[0], answers[0]]);
    }
  }
});

Deno.test("textBytes() gives what TextEncoder gives, of every length", () => {
  const utf8 = new TextEncoder();
  for (const unit of ["a", "é", "€", "😀", "\ud800"]) {
    for (const length of [0, 1, 127, 128, 129, 1364, 1365, 1366, 5_000]) {
      const text = unit.repeat(length).slice(0, length);
      assertEquals(textBytes(text), utf8.encode(text), `${length} of ${unit}`);
      const mixed = `x${text}`;
      assertEquals(textBytes(mixed), utf8.encode(mixed));
    }
  }
  assert(textBytes("").length === 0);
});
