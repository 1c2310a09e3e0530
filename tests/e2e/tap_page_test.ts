/**
 * The live page of a tap, in Chromium.
 *
 * @module
 */

import { connect } from "@parley/parley";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { Browser, hasChromium } from "../support/browser.ts";
import type { BrowserPage } from "../support/browser_page.ts";
import { shell, within } from "../support/foreign_http.ts";
import { e2e, type Run } from "../support/processes.ts";

/** Starts a target and a tap with a page, and opens it. */
async function withPage(
  run: Run,
  test: (parts: {
    readonly tap: string;
    readonly url: string;
    readonly page: BrowserPage;
  }) => Promise<void>,
): Promise<void> {
  await using target = await run.server(
    ...["echo", "127.0.0.1:0", "--frame", "length:4"],
  );
  await using tap = await run.server(
    ...["tap", "127.0.0.1:0", target.address, "--frame", "length:4"],
    ...["--page", "0", "--only", "to-client", "--filter", "nothing"],
  );
  const [, url = ""] = await tap.process.line(/^page at (http:\S+)$/);
  await using browser = await Browser.launch();
  const page = await browser.open();
  await page.navigate(url);
  await within(180_000, "page", test({ tap: tap.address, url, page }));
}

/** Waits until a script in the page gives what is expected. */
async function until(page: BrowserPage, script: string, expected: unknown) {
  let value: unknown;
  for (let i = 0; i < 200; i++) {
    value = await page.evaluate(script);
    if (value === expected) return;
    await delay(50);
  }
  assertEquals(value, expected, script);
}

const COUNTS = "document.getElementById('counts').textContent";
/** Types into the filter of the page. */
function filterBy(text: string): string {
  return `filter.value = ${JSON.stringify(text)};
    filter.dispatchEvent(new Event("input"))`;
}

const ROWS = "document.querySelectorAll('.row.message').length";

if (!hasChromium) {
  Deno.test.ignore(
    "the page of a tap: not run, chromium is not installed",
    () => {},
  );
} else {
  e2e(
    "the page of a tap shows messages, their cuts and their bytes",
    async (run) => {
      await withPage(run, async ({ page, tap }) => {
        // The port is the one that the system chose.
        assertEquals(
          await page.evaluate("document.getElementById('empty').textContent"),
          `Waiting for the first connection. Point your client at ${tap}.`,
        );
        await using client = await connect(tap, {
          framing: "length:4",
          encoding: "text",
        });
        await client.send("<b onclick=alert(1)>\u202e\u0007 hi</b>");
        await client.receive();
        await until(page, ROWS, 2);
        // It is text: nothing of it became an element.
        const hostile = await page.evaluate(
          "document.querySelector('.block').textContent + document.querySelectorAll('main b').length",
        );
        assertEquals(hostile, "<b onclick=alert(1)>\\u{202e}\\x07 hi</b>3");
        await page.click(".row.message");
        await until(page, "document.querySelectorAll('#parts li').length", 2);
        const parts = await page.evaluate<string>(
          "document.getElementById('parts').textContent",
        );
        assertMatch(parts, /^length 31bytes 0 to 3payloadbytes 4 to 34$/);
      });
    },
  );

  e2e(
    "the page of a tap keeps up with 2,000 messages a second, over a reload",
    async (run) => {
      await withPage(run, async ({ page, tap }) => {
        await using client = await connect(tap, {
          framing: "length:4",
          encoding: "text",
        });
        const echoed = (async () => {
          let count = 0;
          for await (const batch of client.batches()) {
            count += batch.length;
            if (count === 5_000) return;
          }
        })();
        for (let sent = 0; sent < 5_000; sent += 100) {
          const texts = Array.from(
            { length: 100 },
            (_, i) => `number ${sent + i}`,
          );
          await client.sendAll(texts);
          await delay(50);
          if (sent === 2_000) {
            await page.reload();
          }
        }
        await echoed;
        // The ring keeps the last 10,000 events, of which one is the connection.
        await until(
          page,
          `/[\\d,]+ messages/.exec(${COUNTS})?.[0]`,
          await page.evaluate(`${COUNTS}.includes('not shown')`)
            ? "9,999 messages"
            : "10,000 messages",
        );
        const last = await page.evaluate<string>(
          "document.querySelector('main').lastElementChild.textContent",
        );
        assert(last.includes("number 4999"), last);
        assertEquals(await page.evaluate(ROWS), 2_000);
        // A filter looks at all that is kept, and not at the last rows alone.
        await page.evaluate(filterBy("number 3001"));
        await until(page, ROWS, 2);
        await page.evaluate(filterBy("no such text"));
        await until(
          page,
          "empty.textContent.replace(/10,00[01]/, 'kept')",
          "Nothing of the last kept events passes the filter.",
        );
      });
    },
  );

  e2e("the page of a tap is for the one who started it", async (run) => {
    await withPage(run, async ({ url }) => {
      const { origin } = new URL(url);
      const asked = async (
        path: string,
        headers: Record<string, string> = {},
      ) => {
        const response = await fetch(path, { headers });
        await response.body?.cancel();
        return response;
      };
      assertEquals((await asked(`${origin}/`)).status, 404);
      assertEquals((await asked(`${origin}/0123/`)).status, 404);
      const page = await asked(url);
      assertEquals(page.status, 200);
      assertMatch(
        page.headers.get("content-security-policy")!,
        /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-/,
      );
      const { stdout } = await shell(
        `curl -s -o /dev/null -w "%{http_code}" -H "Host: evil.example" '${url}'`,
      );
      assertEquals(stdout, "403");
    });
  });
}

e2e("a port of the page that is in use is a clear error", async (run) => {
  await using taken = await run.server("echo", "127.0.0.1:0");
  await using tap = run.start(
    "server",
    ...["tap", "127.0.0.1:0", "127.0.0.1:1", "--page", `${taken.port}`],
  );
  const { code, stderr } = await tap.ended();
  assertEquals(code, 5);
  assertMatch(stderr, /cannot listen on .*: .*in use/);
});
