/**
 * `parley-server http`, source and compiled, asked by curl.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { sh, shell } from "../support/foreign_http.ts";
import { e2e, type Run } from "../support/processes.ts";

const hasCurl = (await shell("command -v curl")).code === 0;

const SIZE = 20 * 1024 * 1024;

/** Registers a test with a folder of files, for which curl is needed. */
function withCurl(
  name: string,
  test: (run: Run, root: string) => Promise<void>,
): void {
  if (!hasCurl) {
    const ignored = `${name}: not run, curl is not installed`;
    return Deno.test({ name: ignored, ignore: true, fn() {} });
  }
  e2e(name, async (run) => {
    const folder = await Deno.makeTempDir({ prefix: "parley-http-" });
    try {
      const root = `${folder}/root`;
      await Deno.mkdir(root);
      const big = new Uint8Array(SIZE).map((_, i) => i ^ (i >> 8) ^ (i >> 16));
      await Deno.writeFile(`${root}/big.bin`, big);
      await Deno.writeTextFile(`${root}/index.html`, "<title>Files</title>");
      await test(run, root);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

function curl(args: string): Promise<string> {
  return sh(`curl --silent --show-error --max-time 120 ${args}`);
}

withCurl("a page shows curl what it sent, on one connection", async (run) => {
  await using server = await run.server("http", "0");
  assertMatch(server.address, /^http:\/\/127\.0\.0\.1:\d+$/);
  const { address } = server;
  const pages = await curl(`-A 'a "<b>" c' ${address}/one ${address}/two`);
  const documents = pages.split("<!doctype html>").slice(1);
  assertEquals(documents.length, 2);
  assertMatch(documents[0]!, /<b>GET<\/b> \/one HTTP\/1\.1/);
  assertMatch(documents[0]!, /User-Agent<\/b>: a &quot;&lt;b&gt;&quot; c</);
  assertMatch(documents[1]!, /<b>GET<\/b> \/two HTTP\/1\.1/);
  assertMatch(documents[1]!, /request number 2 on the same connection/);
  const post = await curl(`--data-binary @deno.json ${address}/`);
  const { size } = await Deno.stat("deno.json");
  assertMatch(post, new RegExp(`A body of ${size} bytes followed`));
  server.process.signal("SIGTERM");
  const { code, stdout } = await server.process.ended();
  assertEquals([code, stdout], [0, ""]);
});

withCurl("a file arrives intact, also in parts", async (run, root) => {
  await using server = await run.server("http", "0", "--root", root);
  const got = `${root}/../got`;
  const url = `${server.address}/big.bin`;
  await curl(`-o ${got} ${url}`);
  await sh(`cmp ${got} ${root}/big.bin`);
  // What was cut off is fetched from there on.
  await Deno.truncate(got, 7_654_321);
  const status = await curl(`-C - -w '%{http_code}' -o ${got} ${url}`);
  assertEquals(status, "206");
  await sh(`cmp ${got} ${root}/big.bin`);
});

withCurl("a file that did not change is not sent again", async (run, root) => {
  await sh(`touch -d '2 minutes ago' ${root}/big.bin`);
  await using server = await run.server("http", "0", "--root", root);
  const etag = `${root}/../etag`;
  const args = `-o ${root}/../got -w '%{http_code} %{size_download}'`;
  const url = `${server.address}/big.bin`;
  const tags = `--etag-save ${etag} --etag-compare ${etag}`;
  await Deno.writeTextFile(etag, "");
  assertEquals(await curl(`${args} ${tags} ${url}`), `200 ${SIZE}`);
  assertEquals(await curl(`${args} ${tags} ${url}`), "304 0");
  assertEquals(await curl(`${args} -z ${root}/../got ${url}`), "304 0");
  await Deno.writeTextFile(`${root}/big.bin`, "new");
  assertEquals(await curl(`${args} ${tags} ${url}`), "200 3");
});

withCurl("no path leads out of the root", async (run, root) => {
  await Deno.writeTextFile(`${root}/../secret`, "secret");
  await sh(`cd ${root} && ln -s ../secret link && ln -s .. up && mkfifo pipe`);
  await using server = await run.server("http", "0", "--root", root, "--index");
  const targets = ["../secret", "%2e%2e/secret", "..%2fsecret", "..%5csecret"]
    .concat("link", "up/secret", "up/", "pipe", ".//../secret", "/secret");
  for (const target of targets) {
    const status = await curl(
      `--path-as-is -o /dev/null -w '%{http_code}' '${server.address}/${target}'`,
    );
    assertEquals(status, "404", target);
  }
});

withCurl("TLS by --cert and --key, and a Unix socket", async (run, root) => {
  const folder = `${root}/..`;
  await using made = run.start("server", "cert", "--out", folder);
  assertEquals((await made.ended()).code, 0);
  const tls = ["--cert", `${folder}/cert.pem`, "--key", `${folder}/key.pem`];
  await using server = await run.server(
    ...["http", "tls://localhost:0", `unix:${folder}/http.sock`, ...tls],
    ...["--root", root],
  );
  assertMatch(server.address, /^https:\/\/127\.0\.0\.1:\d+$/);
  const args = `--cacert ${folder}/cert.pem -w '%{http_version}' --http2`;
  const url = `https://localhost:${server.port}`;
  assertEquals(await curl(`${args} ${url}/`), "<title>Files</title>1.1");
  await curl(`--cacert ${folder}/cert.pem -o ${folder}/got ${url}/big.bin`);
  await sh(`cmp ${folder}/got ${root}/big.bin`);
  const socket = `--unix-socket ${folder}/http.sock`;
  assertEquals(await curl(`${socket} http://any/`), "<title>Files</title>");
});

withCurl("several threads serve the same files", async (run, root) => {
  const args = ["http", "0", "--root", root, "--workers", "2"];
  await using server = await run.server(...args);
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => curl(`${server.address}/`)),
  );
  assertEquals(new Set(answers), new Set(["<title>Files</title>"]));
  server.process.signal("SIGTERM");
  assertEquals((await server.process.ended()).code, 0);
});

withCurl(
  "a download that has begun is finished at SIGTERM",
  async (run, root) => {
    const args = ["http", "0", "--root", root, "--grace", "30s"];
    await using server = await run.server(...args);
    const got = `${root}/../got`;
    const rate = "--limit-rate 20M";
    const downloaded = curl(`${rate} -o ${got} ${server.address}/big.bin`);
    await server.process.line(/^#1 opened/);
    await sh(`timeout 60 sh -c "until [ -s ${got} ]; do sleep 0.05; done"`);
    server.process.signal("SIGTERM");
    await downloaded;
    await sh(`cmp ${got} ${root}/big.bin`);
    const { code, stderr } = await server.process.ended();
    assertEquals(code, 0);
    assertMatch(stderr, /stopping: 1 open connection has 30 s to finish/);
    assertMatch(stderr, /stopped: 1 finished, 0 cut/);
  },
);

withCurl(
  "a client that goes away in a download is told of",
  async (run, root) => {
    await using server = await run.server("http", "0", "--root", root);
    const { code } = await shell(
      `curl -s --limit-rate 1M --max-time 1 -o /dev/null ${server.address}/big.bin`,
    );
    assertEquals(code, 28);
    const [line] = await server.process.line(/^#1 GET \/big\.bin: 200, .*;/);
    assert(!line.includes(", 20 MiB in"), line);
    assertEquals(await curl(`${server.address}/`), "<title>Files</title>");
  },
);

withCurl("an address in use exits 5, and a wrong root 2", async (run, root) => {
  await using server = await run.server("http", "0");
  await using second = run.start("server", "http", String(server.port));
  assertEquals((await second.ended()).code, 5);
  await using third = run.start("server", "http", "0", "--root", `${root}/no`);
  const { code, stderr } = await third.ended();
  assertEquals(code, 2);
  assertMatch(
    stderr,
    /^parley-server: --root: cannot read .*; see .* --help$/m,
  );
});
