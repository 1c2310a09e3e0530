/**
 * Who may see the live page of a tap, and what is told about that.
 *
 * @module
 */

import { Address } from "@parley/parley";
import { HttpClient } from "@parley/parley/http";
import { assertEquals, assertMatch } from "@std/assert";
import { Log } from "../../../cli/output/log.ts";
import { FrameRing } from "../../../cli/tap/page/frame_ring.ts";
import { PageHosts } from "../../../cli/tap/page/page_hosts.ts";
import { startPage } from "../../../cli/tap/page/start_page.ts";
import { tellPage } from "../../../cli/tap/page/tell_page.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";

const tcp = (hostname: string, port = 8080) =>
  new Address("tcp", hostname, port);

/** Hosts of requests, and whether a page at that address answers them. */
const HOSTS: readonly (readonly [
  asked: string,
  bound: string,
  host: string,
  isOurs: boolean,
])[] = [
  ["127.0.0.1", "127.0.0.1", "127.0.0.1:8080", true],
  ["127.0.0.1", "127.0.0.1", "localhost:8080", true],
  ["127.0.0.1", "127.0.0.1", "localhost:8081", false],
  ["127.0.0.1", "127.0.0.1", "localhost", false],
  ["127.0.0.1", "127.0.0.1", "evil.example:8080", false],
  ["127.0.0.1", "127.0.0.1", "192.0.2.7:8080", false],
  ["::1", "::1", "[::1]:8080", true],
  ["192.0.2.7", "192.0.2.7", "192.0.2.7:8080", true],
  ["192.0.2.7", "192.0.2.7", "192.0.2.8:8080", false],
  ["box.lan", "192.0.2.7", "box.lan:8080", true],
  ["box.lan", "192.0.2.7", "evil.example:8080", false],
  ["0.0.0.0", "0.0.0.0", "192.0.2.7:8080", true],
  ["0.0.0.0", "0.0.0.0", "192.0.2.7:80", false],
  ["0.0.0.0", "0.0.0.0", "evil.example:8080", false],
  ["::", "::", "[2001:db8::7]:8080", true],
  ["::", "::", "192.0.2.7:8080", true],
  ["::", "::", "192.0.2.7.evil.example:8080", false],
];

for (const [asked, bound, host, isOurs] of HOSTS) {
  Deno.test(`a page at ${asked} ${isOurs ? "answers" : "refuses"} requests for ${host}`, () => {
    assertEquals(new PageHosts(tcp(asked), tcp(bound)).has(host), isOurs);
  });
}

Deno.test("a page on port 80 answers requests whose host has no port", () => {
  const hosts = new PageHosts(tcp("box.lan", 80), tcp("192.0.2.7", 80));
  assertEquals(hosts.has("box.lan"), true);
  assertEquals(hosts.has("evil.example"), false);
});

Deno.test("a page for other machines needs its token and its host, and says so", async () => {
  const asked = tcp("0.0.0.0", 0);
  const subject = { listen: "a", target: "b", framing: "line" };
  const page = await startPage(asked, new FrameRing(), subject);
  try {
    const { port } = page.address;
    await using client = new HttpClient();
    const status = async (path: string, host?: string) => {
      const response = await client.request(`http://127.0.0.1:${port}${path}`, {
        headers: host === undefined ? {} : { host },
      });
      await response.body?.cancel();
      return response.status;
    };
    assertEquals(await status(page.path), 200);
    assertEquals(await status(page.path, `192.0.2.7:${port}`), 200);
    assertEquals(await status(page.path, `evil.example:${port}`), 403);
    assertEquals(await status("/"), 404);
    assertEquals(await status("/0123/"), 404);

    const terminal = new RecordedTerminal({
      interfaces: [
        { address: "127.0.0.1", family: "IPv4", name: "lo" },
        { address: "192.0.2.7", family: "IPv4", name: "eth0" },
      ],
    });
    const quiet = { format: "text", quiet: true, verbose: false } as const;
    tellPage(asked, page, terminal, new Log(terminal, quiet));
    const [here, others] = terminal.told.split("\n");
    assertEquals(here, `page at http://127.0.0.1:${port}${page.path}`);
    assertMatch(
      others!,
      new RegExp(
        `^the page can be reached from other machines \\(http://192.0.2.7:${port}${page.path}\\): everyone who knows its URL sees all that passes`,
      ),
    );
  } finally {
    await page.close();
  }
});

Deno.test("a page for this machine alone is told without a warning", async () => {
  const asked = tcp("127.0.0.1", 0);
  const subject = { listen: "a", target: "b", framing: "line" };
  const page = await startPage(asked, new FrameRing(), subject);
  try {
    const terminal = new RecordedTerminal();
    const quiet = { format: "text", quiet: true, verbose: false } as const;
    tellPage(asked, page, terminal, new Log(terminal, quiet));
    assertMatch(
      terminal.told,
      /^page at http:\/\/127\.0\.0\.1:\d+\/\w{32}\/\n$/,
    );
  } finally {
    await page.close();
  }
});
