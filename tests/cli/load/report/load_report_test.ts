/**
 * What is in a report: the numbers of the JSON, warnings, and nothing that a stranger
 * can turn into more than text.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import type { LoadSummary } from "@parley/parley/load";
import { loadReport } from "../../../../cli/load/report/load_report.ts";
import { loadSummary } from "../../../support/load_summaries.ts";

/** The numbers of a page, by their path in the JSON. */
function numbersIn(html: string): Map<string, number> {
  const found = new Map<string, number>();
  for (
    const [, name, value] of html.matchAll(
      /<data data-name="([^"]+)" value="([^"]+)">/g,
    )
  ) {
    const before = found.get(name!);
    assert(before === undefined || before === Number(value), name);
    found.set(name!, Number(value));
  }
  return found;
}

/** What is at a path in the JSON. */
function at(summary: LoadSummary, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (value, key) => (value as Record<string, unknown>)[key],
    summary,
  );
}

/** The text of a page, without tags. */
function textOf(html: string): string {
  return html.replace(/<style>.*?<\/style>/s, "").replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
}

Deno.test("loadReport() shows the numbers of the JSON: figures, intervals, percentiles, counts", async () => {
  const summary = loadSummary({ errors: { timeout: 2, wrong: 1 } });
  const numbers = numbersIn(await loadReport(summary));
  for (const [name, value] of numbers) {
    if (name !== "errors") assertEquals(value, at(summary, name), name);
  }
  assertEquals(numbers.get("errors"), 3);
  for (
    const name of [
      ...["messages", "seconds", "rate_per_s", "bytes_in", "bytes_out"],
      ...["unsent", "errors.timeout", "generatorLate.p99_us"],
      ...Object.keys(summary.latency!).flatMap((key) => [
        `latency.${key}`,
        `service.${key}`,
      ]),
      ...summary.series.flatMap((_, at) =>
        ["t_s", "messages", "errors", "p50_us", "p90_us", "p99_us", "max_us"]
          .map((key) => `series.${at}.${key}`)
      ),
      ...summary.percentiles.flatMap((_, at) =>
        ["percentile", "count", "latency_us", "service_us"]
          .map((key) => `percentiles.${at}.${key}`)
      ),
    ]
  ) assert(numbers.has(name), name);
});

Deno.test("loadReport() shows an earlier run beside the run, in each table and picture", async () => {
  const earlier = loadSummary(
    { rate_per_s: 2_000, latency: { ...loadSummary().latency!, p50_us: 82 } },
    { connections: 8, address: "tcp://127.0.0.1:9" },
  );
  const html = await loadReport(loadSummary(), {
    name: "before.json",
    summary: earlier,
  });
  const numbers = numbersIn(html);
  for (const [name, value] of numbers) {
    if (!name.startsWith("earlier.")) continue;
    assertEquals(value, at(earlier, name.slice("earlier.".length)), name);
  }
  assertEquals(numbers.get("earlier.latency.p50_us"), 82);
  assert(numbers.has("earlier.series.9.p50_us"));
  const pictures = html.match(/<figure>.*?<\/figure>/gs)!;
  assertEquals(pictures.length, 3);
  for (const picture of pictures) {
    assertMatch(picture, /class="line now"/);
    assertMatch(picture, /class="line before"/);
    assertMatch(picture, /<figcaption>[^<]+\.<\/figcaption>/);
  }
  const text = textOf(html);
  assertStringIncludes(text, "before.json: tcp://127.0.0.1:9");
  assertStringIncludes(
    text,
    "differ in more than the server: connections 4, earlier 8",
  );
  // Half the rate, half the time.
  assertMatch(
    text,
    /per second 999\/s was 2,000\/s -50 % half within 41.µs was 82.µs -50 %/,
  );
});

Deno.test("loadReport() has one sentence under each picture that names both axes", async () => {
  const html = await loadReport(loadSummary());
  const sentences = [...html.matchAll(/<figcaption>(.*?)<\/figcaption>/gs)]
    .map(([, sentence]) => sentence!);
  assertEquals(sentences.length, 3);
  for (const sentence of sentences) {
    assertMatch(sentence, /upwards/);
    assertMatch(sentence, /to the right/);
    assertEquals(sentence.match(/\.(\s|$)/g)?.length, 1, sentence);
  }
  // Every interval has its column, and the one with errors a mark.
  assertEquals(html.match(/class="hit"/g)?.length, 20);
  assertEquals(html.match(/class="failed now"/g)?.length, 1);
});

Deno.test("loadReport() says what has to be known before the figures are believed", async () => {
  const told = async (...args: Parameters<typeof loadSummary>) =>
    textOf(await loadReport(loadSummary(...args)));
  assertNotMatch(await told(), /closed loop|void|stopped early|Much of/);
  assertMatch(
    await told({}, { loop: "closed", rate_per_s: null }),
    /This was a closed loop, which hides stalls/,
  );
  assertMatch(await told({ endedBy: "stopped" }), /stopped early/);
  assertMatch(
    await told({ endedBy: "unreachable" }),
    /no connection could be opened for 10 s/,
  );
  assertMatch(await told({ unsent: 1 }), /1 message was due and never sent/);
  const late = { p50_us: 1, p99_us: 900, max_us: 1_000 };
  assertMatch(
    await told({ generatorLate: late }),
    /Much of the latency is that of the machine that sent/,
  );
  const limit = {
    at: "p99",
    percentile: 99,
    limit_us: 500,
    latency_us: 1_230,
    late_us: 900,
    verdict: "void",
  } as const;
  const limited = await told({ limits: [limit] });
  assertMatch(limited, /A limit is void: this machine was later/);
  assertMatch(limited, /p99 500.µs 1\.23.ms 900.µs void/);
});

Deno.test("loadReport() makes a page of a run without an answer, and of numbers that no run has", async () => {
  const nothing = loadSummary({
    messages: 0,
    seconds: 0,
    rate_per_s: 0,
    latency: null,
    service: null,
    series: [],
    percentiles: [],
    endedBy: "unreachable",
    errors: { connect: 1 },
  });
  const html = await loadReport(nothing);
  assertStringIncludes(textOf(html), "No message was answered");
  assertNotMatch(html, /NaN|Infinity|undefined/);
  const odd = loadSummary({
    series: [-1, 0, 1e300, 1e-300].map((value) => ({
      t_s: value,
      seconds: value,
      messages: value,
      bytes: value,
      errors: value,
      p50_us: value,
      p90_us: value,
      p99_us: value,
      max_us: value,
    })),
    percentiles: [{
      percentile: 1e9,
      count: -1,
      latency_us: -5,
      service_us: 0,
    }],
  });
  for (const pages of [[odd, nothing], [nothing, odd]] as const) {
    const html = await loadReport(pages[0], { name: "x", summary: pages[1] });
    const drawn = [...html.matchAll(/<figure>.*?<\/figure>/gs)].join("");
    assertNotMatch(drawn, /NaN|Infinity|undefined/);
  }
});

Deno.test("loadReport() takes what a stranger has said for text", async () => {
  const hostile =
    `"><img src=x onerror=alert(1)></style><script>alert(2)</script>'\u202e\u0007`;
  const summary = loadSummary({
    startedAt: hostile,
    errors: { [hostile]: 1 } as LoadSummary["errors"],
    limits: [{
      at: hostile,
      percentile: 99,
      limit_us: 1,
      latency_us: 1,
      late_us: 1,
      verdict: hostile as "kept",
    }],
    versions: { parley: hostile, deno: hostile, v8: hostile, target: hostile },
  }, {
    address: hostile,
    framing: hostile,
    method: hostile,
    check: hostile as "count",
  });
  const html = await loadReport(summary, { name: hostile, summary });
  assertNotMatch(html, /<img|<script/);
  for (const control of "\u202e\u0007") assert(!html.includes(control));
  for (const [tag] of html.matchAll(/<[^>]*>/g)) {
    assertNotMatch(tag.replaceAll(/="[^"]*"/g, ""), /onerror|src|alert/);
  }
  assertEquals(html.match(/<style>/g)?.length, 1);
});

Deno.test("loadReport() loads nothing and runs nothing, and its policy allows its own style alone", async () => {
  const html = await loadReport(loadSummary());
  const [, policy = ""] =
    /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)!;
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(html)!;
  const bytes = new TextEncoder().encode(style);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  assertEquals(policy.replaceAll("&#39;", "'").split("; "), [
    "default-src 'none'",
    `style-src 'sha256-${hash.toBase64()}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  assertNotMatch(
    html,
    /<script|<link|<img|<iframe| style=| src=| href=|url\(|@import/,
  );
  // Pictures are named, and each table of numbers has a caption.
  assertEquals(
    html.match(/role="img" aria-label="/g)?.length,
    3,
  );
  assertEquals(
    html.match(/<table/g)?.length,
    html.match(/<caption>[^<]+<\/caption>/g)?.length,
  );
});
