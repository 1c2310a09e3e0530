/**
 * curl, where it is refused, and where it does not speak plain HTTP/1.1 to us.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { serveHttp } from "@parley/parley/http";
import { certificates, hasOpenssl } from "../support/certificates.ts";
import {
  folder,
  noise,
  peerTests,
  sh,
  shell,
} from "../support/foreign_http.ts";
import { CURL, curl, curlStatus } from "../support/foreign_http_curl.ts";
import {
  type Seen,
  serveSeen,
  tellSeen,
} from "../support/foreign_http_server.ts";

const test = await peerTests("curl");

test("is told at once that a body is not wanted", async () => {
  await using files = await folder();
  const path = `${files.path}/large`;
  await Deno.writeFile(path, noise(2 * 1024 * 1024));
  await using server = await serveSeen((request, info) =>
    info.target === "/deny"
      ? new Response("no\n", { status: 403 })
      : tellSeen(request, info)
  );
  // Announced, and above the limit of 1 MiB; not announced, likewise.
  assertEquals(await curlStatus(`-T ${path} ${server.url}/`), "413");
  assertEquals(await curlStatus(`-T - ${server.url}/ <${path}`), "413");
  const sent = await curl(
    `-o /dev/null -w '%{http_code} %{size_upload}' -H 'Expect: 100-continue' -d text ${server.url}/deny`,
  );
  assertEquals(sent, "403 0");
});

const LONG = "$(head -c 9000 /dev/zero | tr '\\0' a)";

const REFUSED: Record<string, [status: string, args: string]> = {
  "a URL that is too long": ["414", `--request-target /${LONG}`],
  "a header that is too long": [
    "431",
    [
      ...["X-1", "X-2", "X-3", "X-4"].map((name) => `-H "${name}: ${LONG}"`),
    ].join(" "),
  ],
  "too many fields": ["431", `$(seq -f '-H X-%g:1' 101)`],
  "no Host": ["400", "-H 'Host:'"],
  "a length and chunks": [
    "400",
    "-H 'Content-Length: 4' -H 'Transfer-Encoding: chunked' -d text",
  ],
  "two lengths": [
    "400",
    "-H 'Content-Length: 4' -H 'Content-Length: 5' -d text",
  ],
  "an unknown transfer coding": [
    "501",
    "-H 'Transfer-Encoding: gzip, chunked' -d text",
  ],
  "an unknown expectation": ["417", "-H 'Expect: a-miracle'"],
  "a PROXY header from anybody": ["400", "--haproxy-protocol"],
  "TRACE": ["501", "-X TRACE"],
};

for (const [name, [expected, args]] of Object.entries(REFUSED)) {
  test(`is told ${expected} for ${name}`, async () => {
    await using server = await serveSeen();
    const answer = await curl(`-i ${args} ${server.url}/`);
    assertMatch(answer, new RegExp(`^HTTP/1\\.1 ${expected} `));
    assertMatch(answer, /\r\nconnection: close\r\n/i);
    assertMatch(answer, /\r\n\r\n[A-Z].+\n$/s);
    // The server has not suffered.
    assertEquals(await curlStatus(`${server.url}/`), "200");
  });
}

test("is understood behind a PROXY header that is trusted", async () => {
  await using server = await serveSeen(tellSeen, {
    proxyProtocol: { trusted: ["127.0.0.1"] },
  });
  const answer = await curl(
    `--haproxy-protocol -w '\\n%{local_ip}:%{local_port}' ${server.url}/`,
  );
  const [json, local] = answer.split("\n");
  assertEquals(JSON.parse(json!).remoteAddress, `tcp://${local}`);
});

test("asks as of a proxy: in absolute form, and for a tunnel", async () => {
  await using server = await serveSeen();
  const proxy = `curl -q -sS --noproxy '' --max-time 120 -x ${server.url}`;
  const got: Seen = JSON.parse(await sh(`${proxy} http://example.test/a?b`));
  assertEquals(
    [got.target, got.url],
    ["http://example.test/a?b", "http://example.test/a?b"],
  );
  const { code, stderr } = await shell(`${proxy} -p http://example.test/`);
  assertEquals(code, 56, stderr);
  assertMatch(stderr, /CONNECT.*501|501.*CONNECT/);
});

test("learns that there is no HTTP/2", async () => {
  const answers: number[] = [];
  await using server = await serveSeen(tellSeen, {
    onEvent: (event) => event.type === "answered" && answers.push(event.status),
  });
  const args = `--http2-prior-knowledge ${server.url}/`;
  const { code, stdout } = await shell(`${CURL} ${args}`);
  assertEquals([code > 0, stdout, answers], [true, "", [505]]);
  assertEquals(await curlStatus(`${server.url}/`), "200");
});

test("speaks over a Unix socket", async () => {
  await using files = await folder();
  const path = `${files.path}/http.sock`;
  await using _ = await serveHttp(`unix:${path}`, {}, tellSeen);
  const { url } = JSON.parse(
    await curl(`--unix-socket ${path} http://any.test/path`),
  );
  assertEquals(url, "http://any.test/path");
});

if (hasOpenssl) {
  test("speaks over TLS to an authority it trusts", async () => {
    const { ca, server: { cert, key } } = await certificates();
    await using files = await folder();
    await Deno.writeTextFile(`${files.path}/ca.pem`, ca);
    await using server = await serveHttp(
      "tls://127.0.0.1:0",
      { cert, key },
      tellSeen,
    );
    const { port } = server.address;
    const to = `https://localhost:${port}`;
    const args =
      `--resolve localhost:${port}:127.0.0.1 --cacert ${files.path}/ca.pem`;
    const got = JSON.parse(await curl(`${args} -d text ${to}/a`));
    assertEquals([got.url, got.bytes], [`${to}/a`, 4]);
    // It offers HTTP/2 as well.
    assertEquals(
      await curl(`${args} -o /dev/null -w '%{http_version}' ${to}/a`),
      "1.1",
    );
    const { code } = await shell(`${CURL} ${to}/a`);
    assertEquals(code, 60);
    // What it gets is an alert of TLS, which is no HTTP.
    assertEquals((await shell(`${CURL} http://127.0.0.1:${port}/`)).code, 1);
  });
}
