/**
 * A browser at our own listening socket: Chromium, without a window.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Browser, hasChromium } from "../support/browser.ts";
import { folder, noise, sha256, within } from "../support/foreign_http.ts";
import { e2e, type Run } from "../support/processes.ts";

/** Registers a test with a browser, or says that there is none. */
function withBrowser(
  name: string,
  test: (run: Run, browser: Browser) => Promise<void>,
): void {
  if (!hasChromium) {
    const ignored = `${name}: not run, chromium is not installed`;
    return Deno.test.ignore(ignored, () => {});
  }
  e2e(name, async (run) => {
    await using browser = await Browser.launch();
    await within(180_000, name, test(run, browser));
  });
}

/** The lines that the page shows, without what stands for their ends. */
const LINES = `[...document.querySelectorAll(".lines .bytes")].map(
  (line) => line.textContent.replace(/[\\u240d\\u240a]+$/, ""))`;

withBrowser("a browser sees what it sent", async (run, browser) => {
  await using server = await run.server("http", "0");
  const page = await browser.open();
  await page.navigate(`${server.address}/lunch?at=noon`);
  const title = await page.evaluate("document.title");
  assertEquals(title, "What your browser sent");
  const lines = await page.evaluate<string[]>(LINES);
  const exchange = page.exchanges[0]!;
  assertEquals(exchange.protocol, "http/1.1");
  assertEquals(lines[0], "GET /lunch?at=noon HTTP/1.1");
  assertEquals(lines.at(-1), "");
  // Each line that the browser says it sent, and no other.
  const sent = Object.entries(exchange.sent!).map(([name, value]) =>
    `${name}: ${value}`
  );
  assertEquals(lines.slice(1, -1).sort(), sent.sort());
  assert(sent.some((line) => /^User-Agent: .*Chrome\//.test(line)));
});

withBrowser(
  "a browser follows a link on the connection it has",
  async (run, browser) => {
    await using server = await run.server("http", "0");
    const page = await browser.open();
    await page.navigate(server.address);
    await page.follow("a.next");
    assertMatch(
      await page.evaluate<string>("document.body.innerText"),
      /This was request number \d+ on the same connection/,
    );
    const pages = page.exchanges.filter(({ url }) => !url.includes("favicon"));
    const [first, second] = pages;
    assertEquals(pages.length, 2);
    assertEquals(second!.url, await page.evaluate("location.href"));
    assertEquals(second!.connectionId, first!.connectionId);
    assertEquals([first!.status, second!.status], [200, 200]);
    assertEquals(second!.connectionReused, true);
  },
);

withBrowser(
  "a browser is shown its own tricks and runs none of them",
  async (run, browser) => {
    await using server = await run.server("http", "0");
    const page = await browser.open();
    await page.send("Network.setExtraHTTPHeaders", {
      headers: { "X-Trick": "<img src=x onerror=document.title=1>&lt;\"'" },
    });
    await page.navigate(`${server.address}/?<script>document.title=2</script>`);
    const lines = await page.evaluate<string[]>(LINES);
    assert(
      lines.includes(`X-Trick: <img src=x onerror=document.title=1>&lt;"'`),
    );
    const title = await page.evaluate("document.title");
    assertEquals(title, "What your browser sent");
    const asked = page.exchanges.map(({ url }) => new URL(url).pathname);
    assertEquals(asked.filter((path) => path !== "/favicon.ico"), ["/"]);
  },
);

withBrowser(
  "a browser downloads a file whole, and a page only when it changed",
  async (run, browser) => {
    await using files = await folder();
    const root = `${files.path}/root`;
    await Deno.mkdir(root);
    const big = noise(20 * 1024 * 1024);
    await Deno.writeFile(`${root}/big.bin`, big);
    const text =
      `<!doctype html><meta charset="utf-8"><title>Zoë’s files</title>
      <link rel="icon" href="data:,"><a href="big.bin" download>the file</a>`;
    await Deno.writeTextFile(`${root}/index.html`, text);
    // A file of this very second may change once more without a new time.
    const past = new Date(Date.now() - 60_000);
    await Deno.utime(`${root}/index.html`, past, past);
    await using server = await run.server("http", "0", "--root", root);
    const page = await browser.open();

    await page.navigate(`${server.address}/`);
    assertEquals(await page.evaluate("document.title"), "Zoë’s files");
    await page.reload();
    assertEquals(await page.evaluate("document.title"), "Zoë’s files");
    await Deno.writeTextFile(`${root}/index.html`, text.replace("Zoë", "Bob"));
    await page.reload();
    assertEquals(await page.evaluate("document.title"), "Bob’s files");
    assertEquals(page.exchanges.map(({ status }) => status), [200, 304, 200]);

    const name = await browser.download(files.path, () => page.click("a"));
    assertEquals(name, "big.bin");
    const got = await Deno.readFile(`${files.path}/${name}`);
    assertEquals([got.length, await sha256(got)], [
      ...[big.length, await sha256(big)],
    ]);
  },
);
