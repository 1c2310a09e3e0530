/**
 * curl, with every option that changes how a message is framed.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  folder,
  noise,
  peerTests,
  sh,
  sha256,
  shell,
} from "../support/foreign_http.ts";
import { CURL, curl } from "../support/foreign_http_curl.ts";
import {
  type Seen,
  serveSeen,
  tellSeen,
} from "../support/foreign_http_server.ts";

const test = await peerTests("curl");

const REQUESTS: Record<string, [args: string, partial: Partial<Seen>]> = {
  "GET": ["", { method: "GET", version: "1.1", bytes: 0 }],
  "--http1.0": ["--http1.0", { version: "1.0" }],
  "--http1.0 without Host": ["--http1.0 -H 'Host:'", { version: "1.0" }],
  "--http2, which asks for an upgrade": ["--http2", { version: "1.1" }],
  "-X": ["-X M-SEARCH", { method: "M-SEARCH" }],
  "-d": ["-d 'a=1&b=2'", { method: "POST", bytes: 7 }],
  "-d of nothing": ["-d ''", { method: "POST", bytes: 0 }],
  "-T - (chunked)": ["-T - <small", { method: "PUT", bytes: 70_000 }],
  "-T - of nothing": ["-T - </dev/null", { method: "PUT", bytes: 0 }],
  "Transfer-Encoding: chunked": [
    "-H 'Transfer-Encoding: chunked' --data-binary @small",
    { method: "POST", bytes: 70_000 },
  ],
  "chunked, and it waits for 100 Continue": [
    "-H 'Transfer-Encoding: chunked' -H 'Expect: 100-continue' -T small",
    { method: "PUT", bytes: 70_000 },
  ],
  "a length": ["-T small", { method: "PUT", bytes: 70_000 }],
  "a length over HTTP/1.0": [
    "--http1.0 -T small",
    { method: "PUT", version: "1.0", bytes: 70_000 },
  ],
  // The platform's Request can have none: it is read past.
  "GET with a body": ["-X GET -d text", { method: "GET", bytes: 0 }],
  "--path-as-is": [
    "--path-as-is --request-target '/a/../../b?c=%00'",
    { target: "/a/../../b?c=%00" },
  ],
  "OPTIONS *": [
    "-X OPTIONS --request-target '*'",
    { method: "OPTIONS", target: "*" },
  ],
  "--tr-encoding": ["--tr-encoding", { version: "1.1" }],
};

for (const [name, [args, partial]] of Object.entries(REQUESTS)) {
  test(`is understood: ${name}`, async () => {
    await using files = await folder();
    const small = noise(70_000);
    await Deno.writeFile(`${files.path}/small`, small);
    await using server = await serveSeen();
    const answer = await sh(
      `cd ${files.path}; ${CURL} ${args} ${server.url}/`,
    );
    const got: Seen = JSON.parse(answer);
    const names = Object.keys(partial) as (keyof Seen)[];
    assertEquals(
      Object.fromEntries(names.map((name) => [name, got[name]])),
      partial,
    );
    if (partial.bytes !== 70_000) return;
    assertEquals(got.sha256, await sha256(small));
  });
}

test("waits for 100 Continue with a large body, and gets it", async () => {
  await using files = await folder();
  const path = `${files.path}/large`;
  const large = noise(8 * 1024 * 1024);
  await Deno.writeFile(path, large);
  await using server = await serveSeen(tellSeen, { maxBodyBytes: 16e6 });
  for (
    const args of [`--data-binary @${path}`, `-T ${path}`, `-T - <${path}`]
  ) {
    const { stdout, stderr } = await shell(
      `${CURL} -v -H 'Expect: 100-continue' ${args} ${server.url}/`,
    );
    assertMatch(stderr, /^< HTTP\/1\.1 100 Continue\r?$/m);
    const got: Seen = JSON.parse(stdout);
    assertEquals([got.bytes, got.sha256], [large.length, await sha256(large)]);
  }
});

test("gets the head alone with -I, as long as the body would be", async () => {
  await using server = await serveSeen(() => new Response("hello"));
  const head = await curl(`-I ${server.url}/`);
  assertMatch(head, /^HTTP\/1\.1 200 OK\r\n/);
  assertMatch(head, /^content-length: 5\r$/mi);
  assertMatch(head, /^date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r$/mi);
});

function parts(...texts: string[]): ReadableStream<Uint8Array> {
  const waiting = [...texts];
  return new ReadableStream({
    async pull(controller) {
      // Not all at once, or it would be one part with a length.
      await new Promise((resolve) => setTimeout(resolve, 1));
      const text = waiting.shift();
      if (text === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(text));
    },
  });
}

test("reads chunks, and until the end over HTTP/1.0", async () => {
  await using server = await serveSeen(() => new Response(parts("one", "two")));
  assertEquals(await curl(server.url), "onetwo");
  assertEquals(
    await curl(`--raw ${server.url}`),
    "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n",
  );
  const old = await curl(`-i --http1.0 ${server.url}`);
  assertMatch(old, /\r\nconnection: close\r\n/i);
  assertMatch(old, /\r\n\r\nonetwo$/);
  assertEquals(/transfer-encoding/i.test(old), false);
});

test("decompresses what a handler compressed", async () => {
  const text = "All work and no play. ".repeat(10_000);
  await using server = await serveSeen((request) => {
    const coding = request.headers.get("accept-encoding") ?? "";
    assertStringIncludes(coding, "gzip");
    return new Response(
      new Blob([text]).stream().pipeThrough(new CompressionStream("gzip")),
      { headers: { "content-encoding": "gzip" } },
    );
  });
  assertEquals(await curl(`--compressed ${server.url}`), text);
});

test("uses one connection for messages framed in all ways", async () => {
  await using server = await serveSeen((request, info) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/empty") return new Response(null, { status: 204 });
    if (pathname === "/same") return new Response(null, { status: 304 });
    if (pathname === "/chunks") return new Response(parts("a", "b"));
    return tellSeen(request, info);
  });
  const each = "-o /dev/null -w '%{http_code}:%{num_connects} '";
  const requests = [
    `${each} ${server.url}/`,
    `${each} -I ${server.url}/`,
    `${each} -d text ${server.url}/`,
    `${each} -I ${server.url}/chunks`,
    `${each} ${server.url}/chunks`,
    `${each} ${server.url}/empty`,
    `${each} ${server.url}/same`,
    `${each} -X POST -H 'Transfer-Encoding: chunked' -d text ${server.url}/`,
    // Nobody reads this body; the connection goes on all the same.
    `${each} -d unread ${server.url}/chunks`,
    `${each} -X GET -d unread ${server.url}/`,
    `${each} -H 'Connection: close' ${server.url}/`,
    `${each} ${server.url}/`,
  ];
  assertEquals(
    await sh(`${CURL} ${requests.join(" --next -sS ")}`),
    "200:1 200:0 200:0 200:0 200:0 204:0 304:0 200:0 200:0 200:0 200:0 200:1 ",
  );
  assertEquals(server.server.stats.accepted, 2);
  assertEquals(server.server.stats.requests, 12);
});

test("opens many connections at once", async () => {
  await using server = await serveSeen();
  const codes = await curl(
    `-Z --parallel-max 20 -o /dev/null -w '%{http_code}\\n' '${server.url}/[1-100]'`,
  );
  assertEquals(codes, "200\n".repeat(100));
});

test("follows redirects and keeps cookies", async () => {
  await using server = await serveSeen((request, info) => {
    const { pathname } = new URL(request.url);
    const headers = new Headers({ location: "/there" });
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=2");
    const status = Number(pathname.slice(1));
    if (status > 0) return new Response(null, { status, headers });
    return tellSeen(request, info);
  });
  const follow = `-L -b '' -d text ${server.url}`;
  for (const [status, method, bytes] of [[303, "GET", 0], [307, "POST", 4]]) {
    const got: Seen = JSON.parse(await curl(`${follow}/${status}`));
    assertEquals([got.method, got.target, got.bytes], [
      ...[method, "/there", bytes],
    ]);
    const cookies = (got.headers.cookie ?? "").split("; ");
    assertEquals(cookies.sort(), ["a=1", "b=2"]);
  }
});

test("sends forms that the handler can read", async () => {
  await using files = await folder();
  const bytes = noise(100_000);
  await Deno.writeFile(`${files.path}/photo`, bytes);
  await using server = await serveSeen(async (request) => {
    const form = await request.formData();
    const photo = form.get("photo") as File;
    return new Response(
      `${form.get("name")} ${photo.name} ${await sha256(photo.stream())}`,
    );
  });
  assertEquals(
    await curl(`-F name=Zoë -F photo=@${files.path}/photo ${server.url}`),
    `Zoë photo ${await sha256(bytes)}`,
  );
});

test("vanishes in the middle of a download", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  await using server = await serveSeen(() =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(noise(65_536)),
        cancel: (reason) => cancelled.resolve(reason),
      }),
    )
  );
  await shell(`${CURL} ${server.url} | head -c 1000000 >/dev/null`);
  await cancelled.promise;
});
