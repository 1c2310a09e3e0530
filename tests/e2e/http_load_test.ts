/**
 * wrk and ab: more requests at once than anybody types. No test here measures
 * speed; they count what was answered, and how.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { HttpHandler } from "@parley/parley/http";
import {
  folder,
  noise,
  peerTests,
  sh,
  shell,
} from "../support/foreign_http.ts";
import { curl } from "../support/foreign_http_curl.ts";
import { serveSeen } from "../support/foreign_http_server.ts";
import { e2e } from "../support/processes.ts";

const wrk = await peerTests("wrk");
const ab = await peerTests("ab");

/** Loads a server for a second from 50 connections; gives how often. */
async function load(url: string, args = ""): Promise<number> {
  const report = await sh(`wrk -t1 -c50 -d1s --timeout 10s ${args} ${url}`);
  // Each of these lines is there only if there were some.
  assertEquals(/Non-2xx|Socket errors/.test(report), false, report);
  const [, count] = /(\d+) requests in/.exec(report) ?? [];
  return Number(count);
}

/** A handler that counts the requests of each client. */
function counting(answer: HttpHandler) {
  const counts = new Map<string, number>();
  const handler: HttpHandler = (request, info) => {
    const client = `${info.remoteAddress}`;
    counts.set(client, (counts.get(client) ?? 0) + 1);
    return answer(request, info);
  };
  return { counts, handler };
}

wrk("is answered on each of its connections", async () => {
  const { counts, handler } = counting(() => new Response("hello"));
  await using server = await serveSeen(handler);
  const count = await load(server.url);
  const { requests } = server.server.stats;
  assert(requests >= count && count >= 50, `${requests} of ${count}`);
  assertEquals(counts.size, 50);
  // Nobody waits for the others to be finished: a tenth of an equal share.
  const fewest = Math.min(...counts.values());
  assert(fewest >= requests / 50 / 10, `${fewest} of ${requests}`);
});

wrk("sends bodies, which are read or not", async () => {
  await using files = await folder();
  const script = `${files.path}/post.lua`;
  await Deno.writeTextFile(
    script,
    `wrk.method = "POST"
wrk.headers["Content-Type"] = "text/plain"
wrk.body = string.rep("x", 20000)`,
  );
  let wrong = 0;
  await using server = await serveSeen(async (request, info) => {
    if (info.target === "/unread") return new Response("no, thanks");
    const { length } = await request.text();
    if (length !== 20_000) wrong++;
    return new Response(`${length}`);
  });
  for (const path of ["/read", "/unread"]) {
    assert(await load(`${server.url}${path}`, `-s ${script}`) > 0);
  }
  assertEquals(wrong, 0);
  // wrk opens one more each time, to see whether somebody is there.
  assert(server.server.stats.accepted <= 102);
});

async function benchmark(args: string): Promise<string> {
  const report = await sh(`ab -q -s 10 -c 20 ${args}`);
  assertMatch(report, /^Complete requests: +2000$/m);
  assertMatch(report, /^Failed requests: +0$/m);
  assertEquals(/^Non-2xx responses/m.test(report), false, report);
  return report;
}

ab("keeps connections of HTTP/1.0, or opens one for each", async () => {
  await using server = await serveSeen((request) => new Response(request.url));
  const { port } = server.server.address;
  const url = `http://127.0.0.1:${port}/path`;
  const kept = await benchmark(`-k -n 2000 ${url}`);
  assertMatch(kept, /^Keep-Alive requests: +2000$/m);
  const { accepted } = server.server.stats;
  assert(accepted <= 21, `${accepted} connections`);
  await benchmark(`-n 2000 ${url}`);
  assert(server.server.stats.accepted >= accepted + 2000);
});

ab("sends bodies by HTTP/1.0 and asks for heads", async () => {
  await using files = await folder();
  const path = `${files.path}/body`;
  await Deno.writeFile(path, noise(10_000));
  await using server = await serveSeen((request) => new Response(request.body));
  const url = `${server.url}/`;
  const posted = await benchmark(`-k -n 2000 -p ${path} -T text/plain ${url}`);
  assertMatch(posted, /^HTML transferred: +20000000 bytes$/m);
  await benchmark(`-i -n 2000 ${url}`);
});

/** The most memory that a process has had so far, in MiB. */
async function peakMiB(pid: number): Promise<number> {
  const status = await sh(`cat /proc/${pid}/status`);
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) / 1024;
}

const hasCurl = (await shell("command -v curl")).code === 0;

/** Registers a test of 50 clients that get a file again and again. */
function downloads(
  name: string,
  { size, times, mostMiB }: Record<"size" | "times" | "mostMiB", number>,
): void {
  if (!hasCurl || Deno.build.os !== "linux") {
    const ignored = `${name}: not run, curl or /proc is missing`;
    return Deno.test.ignore(ignored, () => {});
  }
  e2e(name, async (run) => {
    await using files = await folder();
    await Deno.writeFile(`${files.path}/file`, noise(size));
    const args = ["http", "0", "--root", files.path, "--quiet"];
    await using server = await run.server(...args);
    const url = `${server.address}/file?`;
    const each = "-o /dev/null -w '%{size_download}\\n'";
    const get = (times: number) =>
      curl(`-Z --parallel-max 50 ${each} '${url}[1-${times}]'`);
    // What the runtime itself takes until it is warm is not the question.
    await get(times / 10);
    const before = await peakMiB(server.process.pid);
    assertEquals(await get(times), `${size}\n`.repeat(times));
    const grown = await peakMiB(server.process.pid) - before;
    assert(grown < mostMiB, `${Math.round(grown)} MiB more`);
  });
}

downloads("50 downloads of 20 MiB at once need much less than a gibibyte", {
  ...{ size: 20 * 1024 * 1024, times: 50 },
  // Twice 1 MiB for each of them, and as much for what is in use elsewhere.
  mostMiB: 200,
});
downloads("thousands of downloads leave no memory behind", {
  ...{ size: 1_000, times: 5_000 },
  // Seen: 35 to 45, which is what V8 lets lie before it collects.
  mostMiB: 150,
});
