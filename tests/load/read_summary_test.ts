import { assertEquals, assertThrows } from "@std/assert";
import { type LoadSummary, readLoadSummary } from "../../lib/load/mod.ts";
import { SUMMARY } from "./example_summary.ts";

/** The example with something changed, as text. */
function changed(change: Record<string, unknown>): string {
  return JSON.stringify({ ...SUMMARY, ...change });
}

Deno.test("readLoadSummary() gives back what was written, with members it does not know", () => {
  const { parameters } = SUMMARY;
  const more = { ...SUMMARY, parameters: { ...parameters, later: [1] }, x: {} };
  assertEquals(readLoadSummary(JSON.stringify(more)), more as LoadSummary);
});

Deno.test("readLoadSummary() takes a run without an answer", () => {
  const text = changed({ latency: null, service: null, percentiles: [] });
  assertEquals(readLoadSummary(text).latency, null);
});

for (
  const [text, message] of [
    ["", "Cannot read the summary of a load run: it is not JSON"],
    ["[]", `it has no "format": "parley-load"`],
    [`{"format":"parley-recording","version":1}`, `it has no "format"`],
    [
      changed({ version: 7 }),
      "it is version 7, and this program reads version 1",
    ],
    [changed({ messages: "9" }), ".messages must be a number"],
    [changed({ seconds: null }), ".seconds must be a number"],
    [changed({ latency: {} }), ".latency.min_us must be a number"],
    [
      changed({ errors: { wrong: "1" } }),
      ".errors must be an object of numbers",
    ],
    [changed({ series: {} }), ".series must be an array"],
    [changed({ series: [{ t_s: 0 }] }), ".series[0].seconds must be a number"],
    [changed({ versions: [] }), ".versions must be an object"],
  ] as const
) {
  Deno.test(`readLoadSummary() refuses: ${message}`, () => {
    assertThrows(() => readLoadSummary(text), TypeError, message);
  });
}
