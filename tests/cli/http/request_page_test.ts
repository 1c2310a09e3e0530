import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseAddress } from "@parley/parley";
import { escape } from "@std/html/entities";
import { requestPage } from "../../../cli/http/page/request_page.ts";

const SERVER = parseAddress("tcp://127.0.0.1:1");
const PEER = parseAddress("tcp://127.0.0.1:2");

function bytesOf(latin1: string): Uint8Array {
  return Uint8Array.from(latin1, (char) => char.charCodeAt(0));
}

async function shows(
  head: string,
  init: RequestInit = {},
  ordinal = 1,
): Promise<Response> {
  const target = head.split(" ")[1]!;
  return await requestPage(new Request("http://127.0.0.1:1/", init), {
    target,
    ordinal,
    headBytes: bytesOf(head),
    localAddress: SERVER,
    remoteAddress: PEER,
  });
}

/** The lines as they are shown, without what sets their parts apart. */
function linesIn(text: string): string[] {
  const lines = text.matchAll(/<code class="bytes">(.*?)<\/code>/gs);
  return Array.from(
    lines,
    ([, line]) => line!.replace(/<\/?[bis]\b[^>]*>/g, ""),
  );
}

Deno.test("requestPage() shows each line as it came, with a note", async () => {
  const response = await shows(
    "GET /a?b=c HTTP/1.1\r\nHost: here\r\nX-Odd:\t \x80\xff\r\nTwice:1\r\ntwice: 2\n\r\n",
  );
  assertEquals(response.status, 200);
  const text = await response.text();
  assertEquals(linesIn(text), [
    "GET /a?b=c HTTP/1.1␍␊",
    "Host: here␍␊",
    "X-Odd:\\x09 \\x80\\xff␍␊",
    "Twice:1␍␊",
    "twice: 2␊",
    "␍␊",
  ]);
  assertEquals(text.match(/<span class="note">[^<]+\.<\/span>/g)?.length, 6);
  assertStringIncludes(text, "tcp://127.0.0.1:2");
  assertStringIncludes(text, "No body followed.");
  assertStringIncludes(text, "<title>What your browser sent</title>");
});

Deno.test("requestPage() makes nothing but text of what a peer sends", async () => {
  const evil = `"><script>alert('&')</script><!--${"`"}\${x}</code>`;
  const response = await shows(
    `GET /${evil} HTTP/1.1\r\n${evil}: ${evil}\r\nHost: ${evil}\r\n\r\n`,
  );
  const text = await response.text();
  assertEquals(/<script|<!--|alert\('/.test(text), false, text);
  assertEquals(text.split("</code>").length, text.split("<code").length);
  assertEquals(text.split(escape(evil)).length, 5);
});

Deno.test("requestPage() lets the browser load and run nothing", async () => {
  const response = await shows("GET / HTTP/1.1\r\n\r\n");
  const { headers } = response;
  assertEquals(headers.get("cache-control"), "no-store");
  assertEquals(headers.get("x-content-type-options"), "nosniff");
  assertEquals(headers.get("content-type"), "text/html; charset=utf-8");
  const text = await response.text();
  const style = /<style>([^]*)<\/style>/.exec(text)![1]!;
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(style),
  );
  const hash = new Uint8Array(digest).toBase64();
  assertMatch(headers.get("content-security-policy")!, /^default-src 'none'; /);
  assertStringIncludes(
    headers.get("content-security-policy")!,
    `style-src 'sha256-${hash}'; `,
  );
  assertEquals(/ (src|on\w+|style)=|https?:\/\/(?!www\.w3)/.test(text), false);
});

Deno.test("requestPage() tells which request of its connection it is", async () => {
  const head = "GET / HTTP/1.1\r\n\r\n";
  const first = await (await shows(head)).text();
  assertMatch(first, /first request on its connection/);
  assertMatch(first, /href="\/request-2"/);
  const third = await (await shows(head, {}, 3)).text();
  assertMatch(third, /request number 3 on the same connection/);
  assertMatch(third, /href="\/request-4"/);
});

Deno.test("requestPage() tells how large a body was", async () => {
  const init = { method: "POST", body: "x".repeat(70_000) };
  const response = await shows("POST / HTTP/1.1\r\n\r\n", init);
  assertMatch(await response.text(), /A body of 70000 bytes followed\./);
});

Deno.test("requestPage() has an icon inside and none outside", async () => {
  const response = await shows("GET /favicon.ico HTTP/1.1\r\n\r\n");
  assertEquals(response.status, 404);
});
