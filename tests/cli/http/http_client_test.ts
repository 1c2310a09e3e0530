import { brotliCompressSync } from "node:zlib";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { runClient } from "../../../cli/commands.ts";
import { NewFile } from "../../../cli/output/new_file.ts";
import { ProgressLine } from "../../../cli/http/client/progress_line.ts";
import { RawView } from "../../../cli/http/client/raw_view.ts";
import { ResponseHeads } from "../../../cli/http/client/response_heads.ts";
import { VisibleText } from "../../../cli/http/client/visible_text.ts";
import { chunkings, latin1 } from "../../support/chunkings.ts";
import { rawServer } from "../../support/peers.ts";
import {
  type RecordedOptions,
  RecordedTerminal,
} from "../../support/recorded_terminal.ts";

const ON_TERMINAL: RecordedOptions = {
  isTerminal: { output: true, errors: true },
};

/** A web server of the runtime's. */
function web(
  handler: (request: Request) => Response | Promise<Response>,
): { url: string } & AsyncDisposable {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    handler,
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Runs the client. */
async function ask(
  args: readonly string[],
  options: RecordedOptions = {},
): Promise<{ code: number; shown: string; told: string }> {
  const terminal = new RecordedTerminal(options);
  const code = await runClient(args, terminal);
  return { code, shown: terminal.shown, told: terminal.told };
}

/** Asks a server that reads a request's head and answers with bytes. */
async function askRaw(
  answer: string,
  ...args: string[]
): Promise<{ code: number; shown: string; told: string; request: string }> {
  let request = "";
  await using server = rawServer(async (peer) => {
    while (!request.endsWith("\r\n\r\n")) {
      const byte = await peer.read(1);
      if (byte.length === 0) return;
      request += String.fromCharCode(...byte);
    }
    await peer.write(answer);
  });
  const url = `http://127.0.0.1:${server.port}/`;
  return { ...await ask([url, ...args]), request };
}

async function inFolder(test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "parley-http-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map(({ name }) => name).sort();
}

Deno.test("runClient() prints the body as it is, but escaped on a terminal", async () => {
  await using server = web(() => new Response("\x1b[2J\tone\ntwo"));
  const inPipe = await ask([server.url]);
  assertEquals(inPipe, { code: 0, shown: "\x1b[2J\tone\ntwo", told: "" });
  const onTerminal = await ask([server.url], ON_TERMINAL);
  assertEquals(onTerminal.shown, "\\x1b[2J\tone\ntwo\n");
});

Deno.test("runClient() prints the body of a status from 400 and exits 1", async () => {
  await using server = web(() =>
    new Response("no such page\n", { status: 404 })
  );
  assertEquals(await ask([`${server.url}/x`, "-q"]), {
    code: 1,
    shown: "no such page\n",
    told: `parley-client: ${server.url}/x answered 404 Not Found\n`,
  });
});

Deno.test("runClient() says where a redirect leads, and goes there with --location", async () => {
  await using server = web(({ url }) =>
    url.endsWith("/here")
      ? new Response("there\n")
      : new Response("", { status: 302, headers: { location: "/here" } })
  );
  const stays = await ask([server.url]);
  assertEquals([stays.code, stays.shown], [0, ""]);
  assertMatch(stays.told, /302 Found, and names \/here; follow it with --loc/);
  for (const flag of ["-L", "--location"]) {
    const follows = await ask([server.url, flag]);
    assertEquals(follows, { code: 0, shown: "there\n", told: "" });
  }
});

Deno.test("runClient() decompresses with --compressed, and asks for it only then", async () => {
  await using server = web(({ headers }) => {
    if (!headers.get("accept-encoding")?.includes("gzip")) {
      return new Response("plain\n");
    }
    const body = new Blob(["packed\n"]).stream()
      .pipeThrough(new CompressionStream("gzip"));
    return new Response(body, { headers: { "content-encoding": "gzip" } });
  });
  assertEquals((await ask([server.url])).shown, "plain\n");
  assertEquals((await ask([server.url, "--compressed"])).shown, "packed\n");
});

Deno.test("runClient() shows status line and fields with --head, and no carriage returns", async () => {
  const head = "HTTP/1.1 200 Fine\r\nX-One: a\r\nContent-Length: 5\r\n\r\n";
  const { code, request, shown } = await askRaw(head, "--head");
  assertMatch(request, /^HEAD \/ HTTP\/1\.1\r\n/);
  assertEquals(code, 0);
  assertEquals(shown, "HTTP/1.1 200 Fine\nX-One: a\nContent-Length: 5\n");
});

Deno.test("runClient() gives up on a server that announces without end with --head", async () => {
  await using server = rawServer(async (peer) => {
    await peer.read(10);
    const head = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1000);
    // Until it is gone, which it tells by a reset.
    await (async () => {
      for (;;) await peer.write(head);
    })().catch(() => {});
  });
  const url = `http://127.0.0.1:${server.port}/`;
  const { code, shown, told } = await ask([url, "--head"]);
  assertEquals([code, shown], [7, ""]);
  assertMatch(told, /number of informational responses is above the limit/);
});

Deno.test("runClient() takes a line feed alone for a line end with --bare-line-feed", async () => {
  const answer = "HTTP/1.1 200 OK\nContent-Length: 2\n\nok";
  const strict = await askRaw(answer);
  assertEquals([strict.code, strict.shown], [7, ""]);
  assertMatch(strict.told, /LF without CR .*; --bare-line-feed takes it\n$/);
  const { code, shown } = await askRaw(answer, "--bare-line-feed");
  assertEquals([code, shown], [0, "ok"]);
});

Deno.test("ResponseHeads gives all heads and leaves out a body that should not be there", () => {
  const bytes = latin1(
    "HTTP/1.1 103 Early\r\nA: 1\r\n\r\nHTTP/1.1 200 OK\r\nB: \xe9\r\n\r\nbody\nHTTP/1",
  );
  for (const chunks of chunkings(bytes)) {
    const heads = new ResponseHeads();
    for (const chunk of chunks) heads.add(chunk);
    assertEquals(
      heads.lines(),
      latin1("HTTP/1.1 103 Early\nA: 1\n\nHTTP/1.1 200 OK\nB: \xe9\n"),
    );
  }
});

Deno.test("runClient() sends fields as they are typed, in their order", async () => {
  const { code, request } = await askRaw(
    "HTTP/1.1 204 No Content\r\n\r\n",
    ...["--header", "X-Two: b", "--header", "x-One:  a c ", "-q"],
  );
  assertEquals(code, 0);
  assertMatch(request, /\r\nX-Two: b\r\n(.*\r\n)*x-One: a c\r\n/);
});

Deno.test("runClient() sends a text, a file, a large file and standard input with --data", async () => {
  await inFolder(async (folder) => {
    const large = crypto.getRandomValues(new Uint8Array(65_536))
      .toHex().repeat(24);
    await Deno.writeTextFile(`${folder}/small`, "small");
    await Deno.writeTextFile(`${folder}/large`, large);
    await using server = web(async (request) => {
      const text = await request.text();
      const { headers, method } = request;
      const body = text === large ? "all of it" : text;
      return new Response(
        [
          method,
          headers.get("content-length"),
          headers.get("content-type"),
          body,
        ]
          .join(" "),
      );
    });
    const answers: string[] = [];
    for (const data of ["é", `@${folder}/small`, `@${folder}/large`, "-"]) {
      const input = { input: ["from ", "input"] };
      const { shown } = await ask([server.url, "--data", data], input);
      answers.push(shown);
    }
    assertEquals(answers, [
      "POST 2 text/plain;charset=UTF-8 é",
      "POST 5  small",
      `POST ${large.length}  all of it`,
      "POST   from input",
    ]);
    const put = await ask([
      ...[server.url, "--data", "{}", "--method", "PUT"],
      ...["--header", "Content-Type: application/json"],
    ]);
    assertEquals(put.shown, "PUT 2 application/json {}");
  });
});

Deno.test("runClient() says what is wrong with --data before it asks", async () => {
  const missing = await ask(["http://127.0.0.1:1", "--data", "@/tmp/no/such"]);
  assertEquals(missing.code, 2);
  assertMatch(missing.told, /--data: cannot read \/tmp\/no\/such: there is no/);
  const folder = await ask(["http://127.0.0.1:1", "--data", "@/tmp"]);
  assertMatch(folder.told, /--data: cannot read \/tmp: it is a folder/);
});

Deno.test("runClient() shows request and response byte for byte with --raw", async () => {
  const answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na\\\n\x1bé\xff\r";
  const { code, shown } = await askRaw(
    ...[answer, "--raw", "--data", "hey", "--header", "Host: a"],
  );
  assertEquals(code, 0);
  const lines = shown.split("\n");
  assertEquals(lines[0], "> POST / HTTP/1.1\\r\\n");
  assert(lines.includes("> Host: a\\r\\n"), shown);
  assertEquals(lines.slice(lines.indexOf("> hey")), [
    "> hey",
    "< HTTP/1.1 200 OK\\r\\n",
    "< Content-Length: 9\\r\\n",
    "< \\r\\n",
    "< a\\\\\\n",
    "< \\x1béÿ\\r",
    "",
  ]);
});

Deno.test("RawView shows the same however the bytes are cut, and they can be had back", () => {
  const bytes = latin1(
    "a\\x\r\n\n\xc3\xa9\xe2\x82\xe2\x82\xac\xff\xf0\x9f\x8c\xae\\",
  );
  for (const chunks of chunkings(bytes)) {
    const terminal = new RecordedTerminal();
    const view = new RawView(terminal.output);
    for (const chunk of chunks) view.show("received", chunk);
    view.end();
    assertEquals(
      terminal.shown,
      "< a\\\\x\\r\\n\n< \\n\n< é\\xe2\\x82€\\xff🌮\\\\\n",
    );
  }
});

Deno.test("VisibleText shows the same however the bytes are cut", () => {
  const bytes = latin1(
    "\xf0\x9f\x8c\xe9\xc3(\xed\xa0\x80\xe2\x80\xae\x1b\n\xc2\x85\xf0",
  );
  const whole = new VisibleText({ keep: "\n" });
  const expected = whole.add(bytes) + whole.end();
  assertEquals(
    expected,
    "\\xf0\\x9f\\x8c\\xe9\\xc3(\\xed\\xa0\\x80\\u202e\\x1b\n\\x85\\xf0",
  );
  for (const chunks of chunkings(bytes)) {
    const text = new VisibleText({ keep: "\n" });
    const shown = chunks.map((chunk) => text.add(chunk)).join("") + text.end();
    assertEquals(shown, expected);
  }
});

Deno.test("runClient() writes a file whole, with the permissions it had", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/page`;
    await Deno.writeTextFile(path, "before", { mode: 0o640 });
    // Deno itself makes links only for who may write everywhere.
    const link = ["-c", 'ln -s page "$0/link"', folder];
    assert((await new Deno.Command("sh", { args: link }).output()).success);
    await using server = web(() => new Response("after"));
    const ended = await ask([server.url, "-o", `${folder}/link`]);
    assertEquals(ended, { code: 0, shown: "", told: "" });
    assertEquals(await Deno.readTextFile(path), "after");
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o640);
    assertEquals(await namesIn(folder), ["link", "page"]);
  });
});

Deno.test("runClient() leaves a file as it was if the response is not whole or not what was asked for", async () => {
  const responses: [number, string, RegExp][] = [
    [7, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", /stream ended/],
    [7, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", /--max-body/],
    [1, "HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno", /404 No; .* was not/],
    [
      1,
      "HTTP/1.1 302 Go\r\nLocation: /a\r\n\r\n",
      /302 Go, and names \/a; .* was not written; follow it with/,
    ],
    [8, "", /before a response/],
    [0, "HTTP/1.1 304 Not Modified\r\n\r\n", /^$/],
  ];
  for (const [code, answer, told] of responses) {
    await inFolder(async (folder) => {
      const path = `${folder}/page`;
      await Deno.writeTextFile(path, "before");
      const ended = await askRaw(answer, "-o", path, "--max-body", "50");
      assertEquals(ended.code, code, ended.told);
      assertMatch(ended.told, told);
      assertEquals(await Deno.readTextFile(path), "before");
      assertEquals(await namesIn(folder), ["page"]);
    });
  }
});

Deno.test("runClient() asks nobody if the file cannot be written", async () => {
  let requests = 0;
  await using server = web(() => {
    requests++;
    return new Response("");
  });
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/inner`);
    for (
      const [path, reason] of [
        [`${folder}/no/page`, "there is no such folder"],
        [`${folder}/inner`, "it is a folder"],
        [`${folder}/${"x".repeat(300)}`, "file name too long"],
      ] as const
    ) {
      const { code, told } = await ask([server.url, "--output", path]);
      assertEquals(code, 9, told);
      assertMatch(told, new RegExp(`cannot write .*: ${reason}`, "i"));
    }
    assertEquals(await namesIn(folder), ["inner"]);
  });
  assertEquals(requests, 0);
});

Deno.test("runClient() removes what it has written when Ctrl-C ends it", async () => {
  await inFolder(async (folder) => {
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    await using server = rawServer(async (peer) => {
      await peer.read(10);
      await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
      resolve();
      await peer.readAll();
    });
    const terminal = new RecordedTerminal();
    const url = `http://127.0.0.1:${server.port}/`;
    const client = runClient([url, "-o", `${folder}/page`], terminal);
    await begun;
    assertEquals((await namesIn(folder))[0]?.startsWith(".parley-"), true);
    terminal.send("SIGINT");
    assertEquals([await client, terminal.told], [130, ""]);
    assertEquals(await namesIn(folder), []);
  });
});

Deno.test("runClient() shows the head once with --head and --include", async () => {
  const { shown } = await askRaw("HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "-I", "-i");
  assertEquals(shown.match(/200 OK/g)?.length, 1, shown);
});

Deno.test("runClient() tells a failure in JSON that drives no terminal", async () => {
  const { told } = await askRaw(
    // Sent as UTF-8, of which every byte is a character to HTTP.
    "HTTP/1.1 404 \x9b31m\r\n\r\n",
    ...["--log", "json"],
  );
  assertMatch(told, /^[\x20-\x7eÂ]+\n$/);
  assertMatch(JSON.parse(told).message, / 404 Â\x9b31m/);
});

Deno.test("NewFile that was disposed of twice, or kept, is removed once or never", async () => {
  await inFolder(async (folder) => {
    const dropped = await NewFile.create(`${folder}/dropped`, "output");
    await dropped[Symbol.asyncDispose]();
    await dropped[Symbol.asyncDispose]();
    const kept = await NewFile.create(`${folder}/kept`, "output");
    await kept.keep();
    await kept[Symbol.asyncDispose]();
    assertEquals(await namesIn(folder), ["kept"]);
  });
});

Deno.test("NewFile leaves links where they are, and makes what they lead to", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/inner`);
    await Deno.writeTextFile(`${folder}/inner/old`, "before");
    const links = { a: "inner/old", b: "c", c: `${folder}/inner/new` };
    for (const [name, target] of Object.entries(links)) {
      // Deno.symlink() wants to write everywhere.
      const args = ["-c", 'ln -s "$0" "$1"', target, `${folder}/${name}`];
      assert((await new Deno.Command("sh", { args }).output()).success);
    }
    for (const name of ["a", "b"]) {
      await using file = await NewFile.create(`${folder}/${name}`, "output");
      file.write(new TextEncoder().encode(name));
      await file.keep();
    }
    for (const [name, target] of Object.entries(links)) {
      assertEquals(await Deno.readLink(`${folder}/${name}`), target);
    }
    assertEquals(await Deno.readTextFile(`${folder}/inner/old`), "a");
    assertEquals(await Deno.readTextFile(`${folder}/inner/new`), "b");
    assertEquals(await namesIn(`${folder}/inner`), ["new", "old"]);
  });
});

Deno.test("ProgressLine is rewritten at most ten times a second, and is gone at the end", () => {
  let now = 0;
  const terminal = new RecordedTerminal();
  const seen = { ...terminal.errors, isTerminal: true };
  const line = new ProgressLine(seen, 10 * 2 ** 20, () => now);
  // Four seconds with a read every 10 ms.
  for (; now < 4_000; now += 10) line.add(2 ** 20 / 100);
  const lines = terminal.told.split("\r").slice(1);
  assert(lines.length >= 30 && lines.length <= 40, `${lines.length}`);
  assertEquals(
    lines[9],
    "1.0 MiB of 10 MiB, 10%, 1 MiB/s, 9 s left\x1b[K".replace("1.0", "1"),
  );
  line.clear();
  assert(terminal.told.endsWith("\r\x1b[K"));
});

Deno.test("ProgressLine knows no share and no end without a total", () => {
  let now = 0;
  const terminal = new RecordedTerminal();
  const seen = { ...terminal.errors, isTerminal: true };
  const line = new ProgressLine(seen, undefined, () => now);
  now = 500;
  line.add(1024);
  assertEquals(terminal.told, "\r1 KiB, 2 KiB/s\x1b[K");
});

Deno.test("runClient() shows progress to a person alone", async () => {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 60));
  await using server = web(() => {
    let left = 4;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        await pause();
        controller.enqueue(new Uint8Array(1024));
        if (--left === 0) controller.close();
      },
    });
    return new Response(body, { headers: { "content-length": "4096" } });
  });
  await inFolder(async (folder) => {
    const args = [server.url, "-o", `${folder}/page`];
    const { told } = await ask(args, ON_TERMINAL);
    const [, ...lines] = told.replaceAll("\x1b[K", "").split("\r");
    const last = lines.pop();
    assertMatch(last!, /^wrote .*\/page: 4 KiB in \d+ ms\n$/);
    assert(lines.length >= 2, told);
    assertMatch(lines[0]!, /^\d KiB of 4 KiB, \d\d%, /);
    assertEquals((await ask([...args, "-q"], ON_TERMINAL)).told, "");
    assertEquals((await ask(args)).told, "");
  });
});

Deno.test("runClient() ends with the right code for every bad response", async () => {
  const cases: [number, string, RegExp][] = [
    [8, "", /the stream ended before a response/],
    [7, "HTTP/1.1 200", /the stream ended/],
    [7, "HTTP/1.1 200 OK\r\nA: b", /the stream ended inside the header/],
    [7, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfour", /the stream ended/],
    [
      7,
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfo",
      /ended/,
    ],
    [7, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-4\r\n", /chunk/],
    [7, "SSH-2.0-OpenSSH_9.2\r\n", /SSH/],
    [7, "HTTP/1.1 200 OK\r\nA b\r\n\r\n", /RFC 9112/],
    [7, "HTTP/1.1 200 OK\r\nContent-Length: 51\r\n\r\n", /51 .*--max-body/],
    [7, `HTTP/1.1 200 OK\r\n\r\n${"x".repeat(51)}`, /50 \(--max-body\)/],
    [7, "HTTP/2 200\r\n\r\n", /RFC/],
    [7, `HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(101)}`, /limit of 100$/m],
    [7, "HTTP/1.1 302 Go\r\nLocation: ftp://a/\r\n\r\n", /ftp/],
  ];
  for (const [code, answer, told] of cases) {
    const ended = await askRaw(answer, "--max-body", "50", "-L");
    assertEquals(ended.code, code, answer + ended.told);
    assertMatch(ended.told, told);
    assertEquals(ended.told.trimEnd().split("\n").length, 1, ended.told);
  }
});

Deno.test("runClient() ends a loop of redirects", async () => {
  let requests = 0;
  await using server = web(() => {
    requests++;
    return new Response("", { status: 302, headers: { location: "/" } });
  });
  const { code, told } = await ask([server.url, "--location"]);
  assertEquals([code, requests <= 21], [7, true], told);
  assertMatch(told, /^parley-client: cannot follow the redirect \(302\) from /);
});

Deno.test("runClient() says that a body from standard input cannot be sent again", async () => {
  await using server = web(async (request) => {
    await request.text();
    return new Response("", { status: 307, headers: { location: "/" } });
  });
  const args = [server.url, "-L", "--data", "-"];
  const { code, told } = await ask(args, { input: ["body"] });
  assertEquals(code, 1);
  assertMatch(told, /cannot follow the redirect .* the body is a stream/);
});

Deno.test("runClient() bounds all of it by --timeout, and each wait by --idle-timeout", async () => {
  for (
    const answer of ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"]
  ) {
    await using server = rawServer(async (peer) => {
      await peer.read(10);
      await peer.write(answer);
      await peer.readAll();
      // A second connection is not waited for.
    });
    const url = `http://127.0.0.1:${server.port}/`;
    const late = await ask([url, "--timeout", "100ms"]);
    assertEquals(late.code, 124);
    assertMatch(
      late.told,
      /no whole response from .* within 100 ms \(--timeout/,
    );
  }
  for (
    const answer of ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"]
  ) {
    await using server = rawServer(async (peer) => {
      await peer.read(10);
      await peer.write(answer);
      await peer.readAll();
    });
    const url = `http://127.0.0.1:${server.port}/`;
    const idle = await ask([url, "--idle-timeout", "100ms"]);
    assertEquals(idle.code, 8, idle.told);
    assertMatch(
      idle.told,
      /within 100 ms \(--idle-timeout\); allow more time with --idle-timeout/,
    );
  }
});

const WRONG: [string, RegExp][] = [
  ["http://127.0.0.1:99999/", /port "99999" is not a number from 1 to 65535/],
  ["http://127.0.0.1:0/", /port "0" is not a number from 1 to 65535/],
  ["http://127.0.0.1:x/", /port "x" is not/],
  ["http:///path", /it has no host/],
  ["http:127.0.0.1", /write two slashes/],
  ["http://8080/", /write http:\/\/127\.0\.0\.1:8080\//],
  ["http://a^b/", /"a\^b" is not a host name/],
  ["http://[::1/", /is not a host/],
  ["http://me:secret@127.0.0.1/", /write it apart: --user NAME/],
  ["ftp://127.0.0.1/", /its scheme must be .* http or https, not "ftp"/],
  ["127.0.0.1:8080/path", /write: http:\/\/127\.0\.0\.1:8080\/path/],
  ["http://127.0.0.1/ hello", /"hello" is one argument too many/],
  ["http://127.0.0.1/ --frame line", /--frame means nothing over HTTP/],
  ["http://127.0.0.1/ --format hex", /--format means nothing over HTTP/],
  ["http://127.0.0.1/ --chunks", /--chunks means nothing .*--raw .*shows/],
  [
    "http://127.0.0.1/ --attempts 2",
    /--attempts is for UDP, and http:.* is not/,
  ],
  ["http://127.0.0.1/ --ttl 2", /--ttl is for UDP, and http:.* is not/],
  ["http://127.0.0.1/ --ca x.pem", /--ca is for TLS, .* write https:/],
  ["http://127.0.0.1/ --insecure", /--insecure is for TLS/],
  ["https://127.0.0.1/ --alpn h2", /the protocol is http\/1\.1/],
  ["https://127.0.0.1/ --cert x.pem", /--cert needs --key/],
  ["http://127.0.0.1/ --method G(T", /"G\(T" is not a method/],
  ["http://127.0.0.1/ --method CONNECT", /asks a proxy for a tunnel/],
  ["http://127.0.0.1/ --header Accept", /"Accept" is not a header field/],
  [
    "http://127.0.0.1/ --header a:b\u20ac",
    /the value of a holds what a header field cannot/,
  ],
  [
    "http://127.0.0.1/ --header a:b\nc:d",
    /the value of a holds what a header field cannot/,
  ],
  ["http://127.0.0.1/ --header Transfer-Encoding:x", /transfer-encoding/],
  ["http://127.0.0.1/ --data @", /@ needs the name of a file/],
  [
    "http://127.0.0.1/ --data x --method GET",
    /GET has no body that would mean/,
  ],
  ["http://127.0.0.1/ --data x --head", /it sends no body/],
  [
    "http://127.0.0.1/ --form x",
    /"x" is not a field of a form; write NAME=VALUE/,
  ],
  ["http://127.0.0.1/ --form a=@/tmp/no/x", /--form: cannot read \/tmp\/no\/x/],
  ["http://127.0.0.1/ --form a=@/tmp", /--form: \/tmp is not a regular file/],
  ["http://127.0.0.1/ --form a=b -d c", /each is the whole body/],
  ["http://[fe80::1%25eth0]/", /a zone such as %eth0 cannot be in a URL/],
  ["https://[fe80::1%eth0]/", /a zone such as %eth0 cannot be in a URL/],
  ["http://127.0.0.1/ -u me", /for UDP write: parley-client udp:7342/],
  ["http://127.0.0.1/ -u me", /--user: it needs a name, a colon and a/],
  ["http://127.0.0.1/ -u a:b -H Authorization:x", /do not go together/],
  ["http://127.0.0.1/ -i --raw", /--raw shows everything/],
  ["7342 -u a:b", /--user means nothing .* for UDP write udp:PORT/],
  ["tls://a:7 x -k --cert x.pem", /--cert needs --key/],
  ["http://127.0.0.1/ --output x --head", /there is no body to write/],
  ["http://127.0.0.1/ --method PUT --head", /has a method of its own/],
  ["http://127.0.0.1/ -C -", /--continue-at needs --output FILE/],
  ["http://127.0.0.1/ -C - -o -", /--continue-at needs --output FILE/],
  ["http://127.0.0.1/ -C 5 -o x", /write --continue-at -/],
  ["http://127.0.0.1/ -C - -o x -d y", /only what is got can be continued/],
  ["http://127.0.0.1/ -C - -o x --compressed", /holds decompressed bytes/],
  ["http://127.0.0.1/ --output=", /--output needs the name of a file/],
  ["http://127.0.0.1/ --max-body 0", /from 1 byte/],
  ["http://127.0.0.1/ -o", /--output needs a value/],
  ["7342 hello --head", /--head is for HTTP, and tcp:.*7342 is not/],
  ["7342 hello --header a:b", /--header is for HTTP/],
  ["7342 hello -L", /--location is for HTTP/],
  ["unix:/tmp/x hello --output y", /--output is for HTTP, and unix:\/tmp\/x/],
];

for (const [line, pattern] of WRONG) {
  Deno.test(`runClient() exits 2 in one line for ${JSON.stringify(line)}`, async () => {
    const { code, shown, told } = await ask(line.split(" "));
    assertEquals([code, shown], [2, ""], told);
    assertMatch(told, pattern);
    assertMatch(told, /^parley-client: [^\n]*; see parley-client --help\n$/);
  });
}

/** What a server received as the body of one request, and its head. */
async function receivedFrom(
  ...args: string[]
): Promise<
  { method: string; headers: Headers; form?: FormData; text?: string }
> {
  const received = Promise.withResolvers<
    { method: string; headers: Headers; form?: FormData; text?: string }
  >();
  await using server = web(async (request) => {
    const { headers, method } = request;
    const isForm = /^multipart/.test(headers.get("content-type") ?? "");
    received.resolve(
      isForm
        ? { method, headers, form: await request.formData() }
        : { method, headers, text: await request.text() },
    );
    return new Response("ok");
  });
  const { code, told } = await ask([server.url, ...args]);
  assertEquals(code, 0, told);
  return await received.promise;
}

Deno.test("runClient() takes the letters of curl", async () => {
  const { headers, method, text } = await receivedFrom(
    ...[
      "-X",
      "put",
      "-H",
      "X-a: 1",
      "-HX-b:2",
      "-d",
      "body",
      "-u",
      "me:se:cret",
    ],
  );
  assertEquals([method, text], ["PUT", "body"]);
  assertEquals([headers.get("x-a"), headers.get("x-b")], ["1", "2"]);
  assertEquals(headers.get("authorization"), `Basic ${btoa("me:se:cret")}`);
  const empty = await receivedFrom("--data", "");
  assertEquals([empty.method, empty.text], ["POST", ""]);
  assertEquals(empty.headers.get("content-length"), "0");
});

Deno.test("runClient() shows the head before the body with -i, and alone with -I", async () => {
  await using server = web(() => new Response("body", { headers: { a: "b" } }));
  const included = await ask([server.url, "-i"]);
  assertMatch(
    included.shown,
    /^HTTP\/1\.1 200 OK\n(.+\n)*a: b\n(.+\n)*\nbody$/,
  );
  const alone = await ask([server.url, "-I"]);
  assertMatch(alone.shown, /^HTTP\/1\.1 200 OK\n(.+\n)*a: b\n/);
  assertEquals(alone.shown.includes("body"), false);
});

Deno.test("runClient() sends a form with files as browsers do", async () => {
  const folder = await Deno.makeTempDir({ prefix: "parley-form-" });
  try {
    const bytes = crypto.getRandomValues(new Uint8Array(50_000));
    const large = new Uint8Array(200_000);
    for (let at = 0; at < large.length; at += bytes.length) {
      large.set(bytes, at);
    }
    await Deno.writeFile(`${folder}/a "b".png`, large);
    await Deno.writeFile(`${folder}/empty.txt`, new Uint8Array());
    const { form, headers, method } = await receivedFrom(
      ...["--form", "note=two\nlines = yes", "-F", `f=@${folder}/a "b".png`],
      ...["-F", `g=@${folder}/empty.txt`, "-F", "at=@"],
    );
    assertEquals(method, "POST");
    assert(Number(headers.get("content-length")) > 200_000);
    assertEquals(form!.get("note"), "two\nlines = yes");
    assertEquals(form!.get("at"), "@");
    const [f, g] = [form!.get("f") as File, form!.get("g") as File];
    assertEquals([f.type, g.name, g.size], ["image/png", "empty.txt", 0]);
    assertEquals(new Uint8Array(await f.arrayBuffer()), large);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("runClient() writes nothing of a body that --compressed cannot decompress", async () => {
  await using server = web(() =>
    new Response("not really", { headers: { "content-encoding": "zstd" } })
  );
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/out`;
    for (const more of [[], ["-o", file]]) {
      const { code, shown, told } = await ask([
        server.url,
        "--compressed",
        ...more,
      ]);
      assertEquals([code, shown], [7, ""]);
      assertMatch(
        told,
        /200 OK with a body in zstd, which --compressed cannot/,
      );
    }
    assertEquals([...Deno.readDirSync(folder)], []);
    // The head alone has no body that could be misread.
    const { code } = await ask([server.url, "--compressed", "-I"]);
    assertEquals(code, 0);
    const plain = await ask([server.url]);
    assertEquals([plain.code, plain.shown], [0, "not really"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("runClient() decompresses Brotli with --compressed", async () => {
  const bytes = Uint8Array.from(brotliCompressSync("hello, hello, hello"));
  await using server = web(() =>
    new Response(bytes, { headers: { "content-encoding": "br" } })
  );
  const { code, shown } = await ask([server.url, "--compressed"]);
  assertEquals([code, shown], [0, "hello, hello, hello"]);
});

Deno.test("runClient() advises --bare-line-feed where the answer is HTTP, and only there", async () => {
  const http = await askRaw("HTTP/1.1 200 OK\nContent-Length: 0\n\n");
  assertMatch(http.told, /--bare-line-feed takes it/);
  const line = await askRaw("welcome to the line server\n");
  assertEquals(line.code, 7);
  assertEquals(line.told.includes("--bare-line-feed"), false, line.told);
});

Deno.test("runClient() reads responses as browsers do with --lenient", async () => {
  const answer =
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok";
  assertEquals((await askRaw(answer)).code, 7);
  const lenient = await askRaw(answer, "--lenient");
  assertEquals([lenient.code, lenient.shown], [0, "ok"], lenient.told);
});
