import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { runServer } from "../../../cli/commands.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";

/** Runs the service while something is done with it. */
async function during(
  args: readonly string[],
  use: (port: number, terminal: RecordedTerminal) => Promise<void>,
): Promise<RecordedTerminal> {
  const terminal = new RecordedTerminal();
  const running = runServer(["http", "0", ...args], terminal);
  try {
    const [, port] = await terminal.until(
      /listening on http:\/\/127\.0\.0\.1:(\d+)|"http:\/\/127\.0\.0\.1:(\d+)"/,
    ).then((match) => match.filter((group) => group !== undefined));
    await use(Number(port), terminal);
  } finally {
    terminal.send("SIGTERM");
    assertEquals(await running, 0);
  }
  return terminal;
}

/** Sends bytes to the server and gives everything that it answers. */
async function ask(port: number, request: string): Promise<string> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new TextEncoder().encode(request));
  return await new Response(conn.readable).text();
}

function get(target: string, ...fields: string[]): string {
  const lines = [`GET ${target} HTTP/1.1`, "Host: here", ...fields];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

const LAST = "Connection: close";

Deno.test("runServer() shows visitors what they sent, and counts", async () => {
  await during([], async (port) => {
    const text = await ask(port, get("/a") + get("/b?<i>", "X-y:\tz", LAST));
    const [, first, second] = text.split("HTTP/1.1 200 OK\r\n");
    assertStringIncludes(first!, "first request on its connection");
    assertStringIncludes(second!, "request number 2 on the same connection");
    assertMatch(second!, /<b>GET<\/b> \/b\?&lt;i&gt; HTTP\/1\.1<s/);
    assertStringIncludes(second!, "<b>X-y</b>:<i>\\x09</i>z<s");
    assertStringIncludes(second!, "No body followed.");
  });
});

Deno.test("runServer() refuses a body above --max-body", async () => {
  const terminal = await during(["--max-body", "4"], async (port) => {
    const post = (body: string) =>
      get("/", LAST, `Content-Length: ${body.length}`)
        .replace("GET", "POST") + body;
    assertMatch(await ask(port, post("1234")), /A body of 4 bytes followed/);
    assertMatch(await ask(port, post("12345")), /^HTTP\/1\.1 413 /);
  });
  assertMatch(
    terminal.told,
    /: 413, .*the body of 5 is above the limit of 4 \(--max-body\)$/m,
  );
});

Deno.test("runServer() has a line per request, as text and as JSON", async () => {
  const requests = get("/a") + get("/b", LAST);
  const asText = await during([], async (port, terminal) => {
    await ask(port, requests);
    await terminal.until(/closed/);
  });
  assertMatch(
    asText.told,
    new RegExp([
      String.raw`^listening on http://127\.0\.0\.1:\d+`,
      String.raw`#1 opened by tcp:\S+`,
      String.raw`#1 GET /a: 200, [\d.]+ KiB in \d+ ms`,
      String.raw`#1 GET /b: 200, [\d.]+ KiB in \d+ ms`,
      String
        .raw`#1 closed after \d+ ms: 2 requests, in 81 B, out [\d.]+ KiB; finished`,
      "stopping",
      "stopped: 0 finished, 0 cut\n$",
    ].join("\n")),
  );
  const asJson = await during(["--log", "json"], async (port, terminal) => {
    await ask(port, requests);
    await terminal.until(/"closed"/);
  });
  const lines = asJson.told.trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  const answered = lines.filter(({ event }) => event === "answered");
  assertEquals(answered.map(({ target }) => target), ["/a", "/b"]);
  for (const { bodyBytes, durationMs, peer, ...rest } of answered) {
    assert(bodyBytes > 1_000 && durationMs >= 0 && peer.startsWith("tcp:"));
    const { target: _, ...fixed } = rest;
    assertEquals(fixed, {
      event: "answered",
      connection: 1,
      method: "GET",
      version: "1.1",
      status: 200,
      at: "1970-01-01T00:00:00.000Z",
    });
  }
});

Deno.test("runServer() tells of requests that are none", async () => {
  const terminal = await during([], async (port) => {
    assertMatch(await ask(port, "\x16\x03\x01\x00"), /^HTTP\/1\.1 400 /);
    assertMatch(await ask(port, "GET / HTTP/2.0\r\n\r\n"), /^HTTP\/1\.1 505 /);
  });
  assertMatch(terminal.told, /^#1 no request: 400, .*looks like TLS/m);
  assertMatch(terminal.told, /^#2 no request: 505, /m);
});

Deno.test("runServer() writes JSON, whatever a request has in it", async () => {
  const terminal = await during(["--log", "json"], async (port) => {
    // It is sent as UTF-8, and every byte of it is a character to HTTP.
    const host = "GET / HTTP/1.1\r\nhost: \u009b31m\r\n\r\n";
    assertMatch(await ask(port, host), /^HTTP\/1\.1 400 /);
  });
  const lines = terminal.told.trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  const { error } = lines.find(({ event }) => event === "answered");
  assertMatch(error, /Host is "Â\x9b31m"/);
});

Deno.test("runServer() says nothing of requests with --quiet", async () => {
  const terminal = await during(["-q"], async (port) => {
    await ask(port, get("/", LAST));
    await ask(port, "nonsense\r\n\r\n");
  });
  assertMatch(terminal.told, /^listening on \S+\n$/);
});

Deno.test("runServer() gives files away", async () => {
  const root = await Deno.makeTempDir({ prefix: "parley-http-" });
  try {
    await Deno.writeTextFile(`${root}/a b.txt`, "hello");
    const terminal = await during(["--root", root, "-v"], async (port) => {
      const text = await ask(port, get("/a%20b.txt", LAST, "Range: bytes=1-"));
      assertMatch(text, /^HTTP\/1\.1 206 [^]*\r\n\r\nello$/);
      assertMatch(await ask(port, get("/", LAST)), /^HTTP\/1\.1 404 /);
    });
    assertStringIncludes(
      terminal.told,
      `serving http: the files below ${root}`,
    );
    await during(["--root", root, "--index"], async (port) => {
      const text = await ask(port, get("/", LAST));
      assertMatch(text, /^HTTP\/1\.1 200 [^]*href=".\/a%20b\.txt">a b\.txt</);
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("runServer() breaks off a file that becomes shorter", async () => {
  const root = await Deno.makeTempDir({ prefix: "parley-http-" });
  const size = 64 * 1024 * 1024;
  try {
    await Deno.writeFile(`${root}/big`, new Uint8Array(size));
    const terminal = await during(["--root", root], async (port, terminal) => {
      using conn = await Deno.connect({ hostname: "127.0.0.1", port });
      await conn.write(new TextEncoder().encode(get("/big")));
      const bytes = new Uint8Array(65_536);
      let got = (await conn.read(bytes))!;
      // More than the system's buffers hold is still to come.
      await Deno.truncate(`${root}/big`, 1);
      for (;;) {
        const count = await conn.read(bytes).catch(() => null);
        if (count === null) break;
        got += count;
      }
      assert(got < size, `${got} bytes`);
      await terminal.until(/closed/);
    });
    assertMatch(terminal.told, /#1 GET \/big: 200, .*became \d+ bytes shorter/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("runServer() refuses what makes no sense with http", async () => {
  const table: readonly (readonly [string, RegExp])[] = [
    [
      "http 0 --frame line",
      /--frame means nothing over HTTP: HTTP itself says where/,
    ],
    [
      "http 0 --max-message 1",
      /--max-message means nothing .* --max-body bounds/,
    ],
    ["http 0 --message hi", /--message means nothing over HTTP/],
    ["http 0 --every 1s", /--every .* HTTP answers and never speaks first/],
    ["http 0 --count 1", /--count .* HTTP answers and never speaks first/],
    ["http 0 --format json", /--format is for the service print, and http on/],
    ["http 0 --max-body 0", /--max-body: a size of 0 is out of range/],
    ["http 0 --index", /--index lists the folders below --root, which is not/],
    ["http 0 --root /tmp/none/x", /--root: cannot read .*no such folder/],
    ["http 0 --root deno.json", /--root: cannot read deno\.json: it is not a/],
    ["http udp://127.0.0.1:0", /http cannot be served on udp:.*has none/],
    ["http 0 udp://127.0.0.1:0", /http cannot be served on udp:/],
    ["http tls://localhost:0", /tls:\/\/localhost:0 needs --cert and --key/],
    ["http http://127.0.0.1:0", /its scheme must be tcp, tls/],
    ["http", /there is no address; write for example: http 7342/],
    ["echo 0 --root .", /--root is for the service http, and echo on tcp:/],
    ["echo 0 --index", /--index is for the service http/],
    ["discard 0 --max-body 1", /--max-body is for the service http/],
    ["htp 0", /no service "htp" \(did you mean "http"\?\)/],
  ];
  for (const [line, pattern] of table) {
    const terminal = new RecordedTerminal();
    assertEquals(await runServer(line.split(" "), terminal), 2, line);
    assertMatch(terminal.told, pattern);
    assertEquals(terminal.told.trimEnd().split("\n").length, 1, line);
  }
});

Deno.test("runServer() answers errors with a page for browsers and a line for others", async () => {
  const accept = "Accept: text/html,application/xhtml+xml,*/*;q=0.8";
  await during(["--root", "tests/cli"], async (port) => {
    const line = await ask(port, get("/none", LAST, "Accept: */*"));
    assertMatch(line, /^HTTP\/1\.1 404 [^]*\r\n\r\nThere is nothing here\.\n$/);
    const page = await ask(port, get("/none", LAST, accept));
    assertMatch(page, /^HTTP\/1\.1 404 .*\r\n/);
    assertMatch(page, /content-type: text\/html/i);
    assertMatch(page, /content-security-policy: .*form-action 'none'/i);
    assertMatch(page, /name="viewport"[^]*<h1>There is nothing here\.<\/h1>/);
    const put = get("/", LAST, accept).replace("GET", "DELETE");
    const refused = await ask(port, put);
    assertMatch(refused, /^HTTP\/1\.1 405 .*\r\n[^]*allow: GET, HEAD[^]*<h1>/i);
  });
});
