/**
 * The report of a load run in Chromium: in light and dark, on a phone and on paper.
 *
 * @module
 */

import type { LoadSummary } from "@parley/parley/load";
import { assert, assertEquals, assertGreater } from "@std/assert";
import { loadReport } from "../../cli/load/report/load_report.ts";
import { Browser, hasChromium } from "../support/browser.ts";
import type { BrowserPage } from "../support/browser_page.ts";
import { folder } from "../support/foreign_http.ts";
import { loadSummary } from "../support/load_summaries.ts";

/** How a page may be looked at. */
const LOOKS = [
  { look: "light", width: 1_100, dark: false, media: "" },
  { look: "dark", width: 1_100, dark: true, media: "" },
  { look: "phone", width: 360, dark: false, media: "" },
  { look: "print", width: 720, dark: true, media: "print" },
];

const HOSTILE = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;

/** A run with everything that a report can show. */
function fullRun(): LoadSummary {
  return loadSummary({
    errors: { timeout: 3 },
    unsent: 5,
    limits: [{
      at: "p99",
      percentile: 99,
      limit_us: 5_000,
      latency_us: 1_230,
      late_us: 45,
      verdict: "kept",
    }],
  }, { framing: HOSTILE });
}

async function lookAt(
  page: BrowserPage,
  { dark, media, width }: typeof LOOKS[number],
): Promise<void> {
  await page.send("Emulation.setDeviceMetricsOverride", {
    ...{ width, height: 800, deviceScaleFactor: 1, mobile: width < 600 },
  });
  const value = dark ? "dark" : "light";
  await page.send("Emulation.setEmulatedMedia", {
    media,
    features: [{ name: "prefers-color-scheme", value }],
  });
}

// Contrast of WCAG 2.1, of the text of each kind against what is behind it.
const CONTRASTS = `(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  const kinds = ["h1", ".lead", "dt", "dd.main", "dd.earlier", ".better", ".worse",
    "figcaption", ".notes li", "text.x", "text.y", "text.value.now",
    "text.value.before", "caption", "td", "summary"];
  return Object.fromEntries(kinds.flatMap((kind) => {
    const element = document.querySelector(kind);
    if (!element) return [];
    const style = getComputedStyle(element);
    const own = rgb(element.tagName === "text" ? style.fill : style.color);
    const [a, b] = [light(own), light(behind(element))].sort((a, b) => b - a);
    return [[kind, (a + .05) / (b + .05)]];
  }));
})()`;

// Text of a picture that reaches out of its card.
const CLIPPED =
  `(() => [...document.querySelectorAll("figure")].flatMap((figure) => {
  const card = figure.getBoundingClientRect();
  return [...figure.querySelectorAll("text")].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.width > 0 && (box.left < card.left || box.right > card.right ||
      box.top < card.top || box.bottom > card.bottom);
  }).map((text) => text.textContent);
}))()`;

if (!hasChromium) {
  Deno.test.ignore(
    "the report of a load run: not run, chromium is not installed",
    () => {},
  );
} else {
  Deno.test("the report of a load run shows its numbers in Chromium, in every look, and loads nothing", async () => {
    await using place = await folder();
    const summary = fullRun();
    const earlier = loadSummary({ rate_per_s: 500 });
    const path = `${place.path}/report.html`;
    await Deno.writeTextFile(
      path,
      await loadReport(summary, { name: HOSTILE, summary: earlier }),
    );
    await using browser = await Browser.launch();
    const page = await browser.open();
    for (const look of LOOKS) {
      await lookAt(page, look);
      await page.navigate(`file://${path}`);
      const at = (what: string) => `${what}, ${look.look}`;

      const shown = await page.evaluate<[name: string, value: number][]>(
        "[...document.querySelectorAll('data')].map(({ dataset, value }) => [dataset.name, Number(value)])",
      );
      assertEquals(
        Object.fromEntries(
          shown.filter(([name]) => name.startsWith("latency.")),
        ),
        Object.fromEntries(
          Object.entries(summary.latency!).map((
            [key, value],
          ) => [`latency.${key}`, value]),
        ),
      );
      assertEquals(
        shown.find(([name]) => name === "earlier.rate_per_s")?.[1],
        500,
      );

      const contrasts = await page.evaluate<Record<string, number>>(CONTRASTS);
      assertGreater(Object.keys(contrasts).length, 12);
      for (const [kind, contrast] of Object.entries(contrasts)) {
        assert(contrast >= 4.5, at(`${kind} has a contrast of ${contrast}`));
      }
      assertEquals(await page.evaluate(CLIPPED), [], at("clipped"));
      const [wide, room] = await page.evaluate<[number, number]>(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
      );
      assert(wide <= room, at(`${wide} px in ${room}`));
      assertEquals(
        await page.evaluate(
          "document.querySelectorAll('.plot').length + ' ' + document.querySelectorAll('img, script').length",
        ),
        "4 0",
        at("pictures, and what must not be there"),
      );
      const details = await page.evaluate<string>(
        "getComputedStyle(document.querySelector('details')).display",
      );
      assertEquals(details === "none", look.media === "print");
    }
    assertEquals(page.problems, []);
    assertEquals(
      page.exchanges.map(({ url }) => url),
      LOOKS.map(() => `file://${path}`),
    );
  });
}
