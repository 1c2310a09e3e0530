/**
 * `parley-client http://...` as a process, against web servers of others and
 * against servers that behave as none should.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { makeCertificate } from "../../cli/tls/certificate.ts";
import { type Folder, folder, noise } from "../support/foreign_http.ts";
import { nodeServer } from "../support/foreign_http_node.ts";
import { type RawPeer, rawServer } from "../support/peers.ts";
import { e2e, type Ended, Process, type Run } from "../support/processes.ts";
import { freePort } from "../support/ports.ts";

/** A failure is one line that begins with the program's name. */
function assertFails(ended: Ended, code: number, line: RegExp): void {
  assertEquals(ended.code, code, ended.stderr);
  assertMatch(ended.stderr, line);
  assertEquals(ended.stderr.trimEnd().split("\n").length, 1, ended.stderr);
}

async function namesIn({ path }: Folder): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(path));
  return entries.map(({ name }) => name).sort();
}

/** Starts nginx with the files of a folder. */
async function nginx(
  { path }: Folder,
): Promise<{ url: string } & AsyncDisposable> {
  const port = freePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${path};`);
  await Deno.writeTextFile(
    `${path}/nginx.conf`,
    `daemon off; master_process off; pid ${path}/pid; error_log stderr notice;
     events {} http { access_log off; ${temporary.join(" ")}
     server { listen 127.0.0.1:${port}; root ${path}/www; } }`,
  );
  const command = `exec nginx -p ${path} -c nginx.conf`;
  const process = new Process("sh", ["-c", command]);
  // By then it listens.
  await process.line(/using the ".*" event method/);
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

const { success: hasNginx } = await new Deno.Command("sh", {
  args: ["-c", "command -v nginx"],
  stdout: "null",
}).output();

/** Registers a test with nginx, or says that there is none. */
function withNginx(name: string, test: (run: Run) => Promise<void>): void {
  if (hasNginx) return e2e(name, test);
  Deno.test.ignore(`${name}: not run, nginx is not installed`, () => {});
}

withNginx(
  "the client downloads from nginx, whole, in part, and not again",
  async (run) => {
    await using files = await folder();
    const content = noise(20 * 2 ** 20);
    await Deno.mkdir(`${files.path}/www`);
    await Deno.writeFile(`${files.path}/www/file`, content);
    await using server = await nginx(files);
    await using target = await folder();
    const [url, path] = [`${server.url}/file`, `${target.path}/file`];

    const whole = await run.client(url, "--output", path);
    assertEquals(whole, { code: 0, stdout: "", stderr: "" });
    const written = await Deno.readFile(path);
    assertEquals(written.length, content.length);
    assert(written.every((byte, i) => byte === content[i]));

    const head = await run.client(url, "--head");
    assertMatch(head.stdout, /^HTTP\/1\.1 200 OK\nServer: nginx/);
    const [, etag] = /\nETag: (".*")\n/.exec(head.stdout) ?? [];

    const field = ["--header", `If-None-Match: ${etag}`];
    const again = await run.client(url, "-o", path, ...field);
    assertEquals([again.code, again.stdout], [0, ""]);
    assertEquals((await Deno.stat(path)).size, content.length);

    const part = await run.client(
      ...[url, "-o", path, "--header", "Range: bytes=5-9"],
    );
    assertEquals(part.code, 0, part.stderr);
    assertEquals(await Deno.readFile(path), content.slice(5, 10));
    assertEquals(await namesIn(target), ["file"]);

    const missing = await run.client(`${server.url}/no`, "-q");
    assertFails(missing, 1, /^parley-client: .*\/no answered 404 Not Found$/m);
    assertMatch(missing.stdout, /<title>404 Not Found<\/title>/);
  },
);

e2e(
  "the client reads from Node what is chunked, compressed, and has trailers",
  async (run) => {
    await using server = await nodeServer(({ http, zlib }) =>
      http.createServer((request, response) => {
        if (request.url === "/gzip") {
          response.setHeader("Content-Encoding", "gzip");
          response.end(zlib.gzipSync("small".repeat(1000)));
          return;
        }
        response.setHeader("Trailer", "X-After");
        response.write("one ");
        request.pipe(response, { end: false });
        request.on("end", () => {
          response.addTrailers({ "X-After": "yes" });
          response.end(" two\n");
        });
      })
    );
    const { code, stdout } = await run.clientWith(
      "and",
      ...[server.url, "--data", "-"],
    );
    assertEquals([code, stdout], [0, "one and two\n"]);
    const packed = await run.client(`${server.url}/gzip`, "--compressed");
    assertEquals([packed.code, packed.stdout], [0, "small".repeat(1000)]);
    const raw = await run.client(server.url, "--raw", "--data", "x");
    assertMatch(raw.stdout, /\n< 0\\r\\n\n< X-After: yes\\r\\n\n< \\r\\n\n$/);
  },
);

e2e("the client speaks https and says why if it does not", async (run) => {
  await using files = await folder();
  const pair = await makeCertificate({
    names: ["localhost"],
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 3_600_000),
  });
  const ca = `${files.path}/ca.pem`;
  await Deno.writeTextFile(ca, pair.cert);
  await using server = Deno.serve(
    { hostname: "localhost", port: 0, onListen() {}, ...pair },
    () => new Response("secret\n"),
  );
  const { port } = server.addr;
  const url = `https://localhost:${port}/`;
  const trusted = await run.client(url, "--ca", ca);
  assertEquals(trusted, { code: 0, stdout: "secret\n", stderr: "" });

  await using elsewhere = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("", { status: 301, headers: { location: url } }),
  );
  const first = `http://127.0.0.1:${elsewhere.addr.port}/`;
  const led = await run.client(first, "--location", "--ca", ca);
  assertEquals(led, { code: 0, stdout: "secret\n", stderr: "" });

  assertFails(await run.client(url), 6, /trust it with --ca FILE/);
  assertFails(
    await run.client(url, "--ca", ca, "--server-name", "other.test"),
    6,
    /--server-name/,
  );
  // The stand-in runtime lacks the node:tls that --insecure needs.
  if (!run.build.isStandIn) {
    const insecure = await run.client(url, "--insecure");
    assertEquals(insecure.stdout, "secret\n");
    assertMatch(insecure.stderr, /--insecure accepts any cert/);
  }

  assertFails(
    await run.client(url.replace("https", "http")),
    7,
    /^parley-client: cannot read the response of http:\/\/localhost:\d+\/: /,
  );
  await using plain = rawServer(async (peer) => {
    await peer.read(10);
    await peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  assertFails(
    await run.client(`https://localhost:${plain.port}/`),
    6,
    /what it sent is not TLS/,
  );
});

e2e(
  "the client ends with the right code when there is no server",
  async (run) => {
    const port = freePort();
    assertFails(
      await run.client(`http://127.0.0.1:${port}/`),
      4,
      new RegExp(
        `^parley-client: cannot connect to tcp://127\\.0\\.0\\.1:${port}: connection refused, .*; start a server there, such as: parley-server http 127\\.0\\.0\\.1:${port}$`,
        "m",
      ),
    );
    assertFails(
      await run.client("http://no-such-host.invalid/"),
      3,
      /^parley-client: cannot connect to .*: there is no such host name/,
    );
    assertFails(
      await run.client("gopher://127.0.0.1/"),
      2,
      /its scheme must be tcp, tls, udp, unix, ws, wss, http or https, not "gopher"/,
    );
    assertFails(
      await run.client("http://127.0.0.1:70000/"),
      2,
      /the port "70000" is not a number from 1 to 65535/,
    );
  },
);

/** Serves a body of which half comes, and then nothing. */
async function halfServed(
  test: (url: string, begun: Promise<void>) => Promise<void>,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using server = rawServer(async (peer: RawPeer) => {
    await peer.read(10);
    const half = "x".repeat(100_000);
    await peer.write(
      `HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n${half}`,
    );
    resolve();
    await peer.readAll();
  });
  await test(`http://127.0.0.1:${server.port}/`, promise);
}

e2e(
  "a download that is ended leaves nothing, with the code of what ended it",
  async (run) => {
    for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
      await using target = await folder();
      await halfServed(async (url, begun) => {
        const path = `${target.path}/file`;
        await using client = run.start("client", url, "-o", path, "-v");
        await begun;
        await client.line(/answered 200 OK/);
        assertMatch((await namesIn(target)).join(), /^\.parley-[-\w]+\.part$/);
        client.signal(signal);
        assertEquals((await client.ended()).code, code);
      });
      assertEquals(await namesIn(target), []);
    }
    await using target = await folder();
    await halfServed(async (url) => {
      const path = `${target.path}/file`;
      assertFails(
        await run.client(url, "-o", path, "--timeout", "2s"),
        124,
        /there was no whole response from .* within 2 s \(--timeout\)/,
      );
    });
    assertEquals(await namesIn(target), []);
  },
);

e2e(
  "standard output that nobody reads ends a request with 141",
  async (run) => {
    for (const args of [[], ["--raw"]]) {
      await using server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        () => {
          const chunk = new Uint8Array(65_536).fill(0x78);
          const pull = (to: ReadableStreamDefaultController<Uint8Array>) =>
            to.enqueue(chunk);
          return new Response(new ReadableStream({ pull }));
        },
      );
      const url = `http://127.0.0.1:${server.addr.port}/`;
      await using client = run.start("client", url, "-v", ...args);
      await client.line(/answered 200 OK/);
      await client.closeOutput();
      const { code, stderr } = await client.ended();
      assertEquals([code, stderr.split("\n").length], [141, 2], stderr);
    }
  },
);

e2e("a file that cannot hold the body ends a request with 9", async (run) => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(new Uint8Array(100_000)),
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  await using target = await folder();
  // Files of at most 8 blocks of 512 bytes, as on a disk that is full.
  const limited = 'trap "" XFSZ; ulimit -f 8; exec "$0" "$@"';
  const [file, first] = run.build.command("client");
  await using client = new Process("sh", [
    ...["-c", limited, file, ...first],
    ...[url, "--output", `${target.path}/file`],
  ]);
  assertFails(
    await client.ended(),
    9,
    /^parley-client: cannot write .*\/file: file too large; give another --out/,
  );
  assertEquals(await namesIn(target), []);
});

e2e(
  "the client writes into /dev/null and puts no file in its place",
  async (run) => {
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response("body"),
    );
    const url = `http://127.0.0.1:${server.addr.port}/`;
    const nothing = await run.client(url, "--output", "/dev/null");
    assertEquals([nothing.code, nothing.stderr], [0, ""]);
    const check = ["-c", "test -c /dev/null"];
    assert((await new Deno.Command("sh", { args: check }).output()).success);
    assertFails(
      await run.client(url, "--output", "/dev/full"),
      9,
      /^parley-client: cannot write \/dev\/full: it is a part of the system that/,
    );
  },
);
