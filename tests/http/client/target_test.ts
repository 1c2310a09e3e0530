import { assertEquals, assertStringIncludes } from "@std/assert";
import { type HttpRequestOptions, request } from "@parley/parley/http";
import { answering, bounded, failure, scripted } from "./scripted.ts";
import { parseTarget } from "../../../lib/http/client/connection/target.ts";

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

for (
  const [url, address, host, path] of [
    ["http://example.org", "tcp://example.org:80", "example.org", "/"],
    ["http://example.org:80/", "tcp://example.org:80", "example.org", "/"],
    [
      "http://example.org:443/",
      "tcp://example.org:443",
      "example.org:443",
      "/",
    ],
    ["https://example.org:443/", "tls://example.org:443", "example.org", "/"],
    ["https://example.org:80/", "tls://example.org:80", "example.org:80", "/"],
    [
      "HTTP://Example.ORG:8080/A?b",
      "tcp://example.org:8080",
      "example.org:8080",
      "/A?b",
    ],
    ["http://[::1]/", "tcp://[::1]:80", "[::1]", "/"],
    ["http://[::1]:8080/", "tcp://[::1]:8080", "[::1]:8080", "/"],
    ["http://a/x y?q r#f", "tcp://a:80", "a", "/x%20y?q%20r"],
    ["http://a/ü", "tcp://a:80", "a", "/%C3%BC"],
    ["http://a?q", "tcp://a:80", "a", "/?q"],
  ] as const
) {
  Deno.test(`${url} is asked for at ${address} as ${path} of ${host}`, () => {
    const target = parseTarget(url);
    assertEquals([`${target.address}`, target.host, target.path], [
      address,
      host,
      path,
    ]);
  });
}

for (
  const [url, why] of [
    ["ftp://127.0.0.1/", 'its scheme must be http or https, not "ftp"'],
    ["ws://127.0.0.1/", 'its scheme must be http or https, not "ws"'],
    ["file:///etc/passwd", 'its scheme must be http or https, not "file"'],
    ["data:,x", 'its scheme must be http or https, not "data"'],
    [
      "http://127.0.0.1:99999/",
      'the port "99999" is not a number from 1 to 65535',
    ],
    [
      "http://127.0.0.1:65536/",
      'the port "65536" is not a number from 1 to 65535',
    ],
    ["http://127.0.0.1:-1/", 'the port "-1" is not a number from 1 to 65535'],
    [
      "http://127.0.0.1:http/",
      'the port "http" is not a number from 1 to 65535',
    ],
    ["http://127.0.0.1:0/", 'the port "0" is not a number from 1 to 65535'],
    ["http://[::1]:0/", 'the port "0" is not a number from 1 to 65535'],
    [
      "127.0.0.1:8080/x",
      'it has no scheme; write for example "http://127.0.0.1:8080/x"',
    ],
    [
      "localhost:8080/x",
      'it has no scheme; write for example "http://localhost:8080/x"',
    ],
    ["example.org", 'it has no scheme; write for example "http://example.org"'],
    ["/index.html", "it is a path without a host"],
    ["", "it has no scheme"],
    ["http://", "it is not a valid URL"],
    ["http://[::1/", "it is not a valid URL"],
    ["http://a b/", "it is not a valid URL"],
  ] as const
) {
  bounded(`"${url}" is refused before anything is connected`, async () => {
    const error = await failure(request(url), TypeError);
    assertStringIncludes(error.message, `Cannot request "${url}": ${why}`);
  });
}

bounded(
  "a URL with a password is refused, and the password not shown",
  async () => {
    const error = await failure(
      request("http://me:secret@127.0.0.1/"),
      TypeError,
    );
    assertStringIncludes(error.message, "authorization");
    assertEquals(error.message.includes("secret"), false);
  },
);

for (
  const [what, options, why] of [
    ["a method with a space", { method: "GET /" }, "it is not a token"],
    [
      "a method with a line end",
      { method: "GET\r\nA: b" },
      "it is not a token",
    ],
    ["no method", { method: "" }, "it is not a token"],
    ["CONNECT", { method: "connect" }, "a tunnel does not carry HTTP"],
    [
      "a line end in a header",
      { headers: { a: "b\r\nc: d" } },
      'Cannot send a of "b\\r\\nc: d"',
    ],
    [
      "a header beyond ISO 8859-1",
      { headers: { a: "🌮" } },
      "it must be printable ISO 8859-1",
    ],
    [
      "a header's name with a space",
      { headers: { "a b": "c" } },
      'Cannot send a header named "a b"',
    ],
    [
      "Transfer-Encoding",
      { headers: { "Transfer-Encoding": "gzip" } },
      "Cannot send the header transfer-encoding",
    ],
    [
      "Upgrade",
      { headers: { upgrade: "websocket" } },
      "Cannot send the header upgrade",
    ],
    [
      "Connection: upgrade",
      { headers: { connection: "upgrade" } },
      'it must be "close" or "keep-alive"',
    ],
    ["a wrong length", {
      method: "POST",
      body: "abc",
      headers: { "content-length": "4" },
    }, "the body has 3 bytes"],
    [
      "a length without a body",
      { headers: { "content-length": "4" } },
      "the body has 0 bytes",
    ],
    ["two lengths", {
      method: "POST",
      body: "abc",
      headers: [["content-length", "3"], ["content-length", "3"]],
    }, 'of "3, 3"'],
    ["a body with GET", { body: "a" }, "Cannot send a body with GET"],
    [
      "a body with HEAD",
      { method: "HEAD", body: "" },
      "Cannot send a body with HEAD",
    ],
    [
      "an expectation without a body",
      { headers: { expect: "100-continue" } },
      'it must be "100-continue", with a body',
    ],
    ["another expectation", {
      method: "PUT",
      body: "a",
      headers: { expect: "tea" },
    }, 'it must be "100-continue", with a body'],
    [
      "a body that is none",
      { method: "PUT", body: 5 },
      "Cannot send a body of type number",
    ],
    [
      "another redirect",
      { redirect: "error" },
      'it must be "manual" or "follow"',
    ],
  ] as const
) {
  bounded(`${what} is refused before anything is connected`, async () => {
    // Nobody listens at port 1: connecting would be another error.
    const error = await failure(
      request(
        "http://127.0.0.1:1/",
        options as unknown as HttpRequestOptions,
      ),
      TypeError,
    );
    assertStringIncludes(error.message, why);
  });
}

for (
  const options of [
    { responseTimeoutMs: 0 },
    { bodyTimeoutMs: -1 },
    { connectTimeoutMs: NaN },
    { tlsHandshakeTimeoutMs: 0 },
    { maxBodyBytes: -1 },
    { maxLineBytes: 1 },
    { maxRedirects: 1.5 },
  ]
) {
  bounded(
    `${JSON.stringify(options)} is refused before anything is connected`,
    async () => {
      const [name] = Object.keys(options);
      const error = await failure(
        request("http://127.0.0.1:1/", options),
        RangeError,
      );
      assertStringIncludes(error.message, name!);
    },
  );
}

bounded("a request says what is asked for, of whom, and by whom", async () => {
  let got = "";
  await using server = answering(({ head }) => (got = head, OK));
  const response = await request(`${server.url}/a%20b?c=d#e`);
  assertEquals(await response.text(), "ok");
  assertEquals(
    got,
    `GET /a%20b?c=d HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\n` +
      "user-agent: Parley\r\naccept: */*\r\naccept-encoding: gzip, deflate\r\n" +
      "connection: close\r\n\r\n",
  );
  assertEquals(response.url, `${server.url}/a%20b?c=d`);
  assertEquals(response.redirected, false);
});

bounded(
  "headers go as they are written and replace what would go otherwise",
  async () => {
    let got = "";
    await using server = answering(({ head }) => (got = head, OK));
    const headers: [string, string][] = [
      ["X-Two", "1"],
      ["Host", "example.org"],
      ["USER-agent", " me\t"],
      ["X-Two", "2"],
      ["Accept", "text/html"],
      ["Connection", "Close"],
    ];
    const options = { headers, decompress: false };
    await (await request(server.url, options)).text();
    assertEquals(
      got,
      "GET / HTTP/1.1\r\nHost: example.org\r\nX-Two: 1\r\nUSER-agent: me\r\n" +
        "X-Two: 2\r\nAccept: text/html\r\nConnection: Close\r\n\r\n",
    );
  },
);

bounded("headers are also taken as Headers and as a record", async () => {
  const heads: string[] = [];
  await using server = answering(({ head }) => (heads.push(head), OK));
  const record = { "X-A": "1", "x-b": "2" };
  await (await request(server.url, { headers: record })).text();
  await (await request(server.url, { headers: new Headers(record) })).text();
  assertStringIncludes(heads[0]!, "X-A: 1\r\nx-b: 2\r\n");
  assertStringIncludes(heads[1]!, "x-a: 1\r\nx-b: 2\r\n");
});

for (
  const [given, sent] of [
    ["get", "GET"],
    ["Delete", "DELETE"],
    [
      "patch",
      "patch",
    ],
    ["PROPFIND", "PROPFIND"],
    ["TRACE", "TRACE"],
  ] as const
) {
  bounded(`the method ${given} is sent as ${sent}`, async () => {
    let got = "";
    await using server = answering(({ head }) => (got = head, OK));
    await (await request(server.url, { method: given })).text();
    assertEquals(got.split(" ")[0], sent);
  });
}

bounded(
  "an address of IPv6 is reached, with its brackets in Host",
  async () => {
    await using server = Deno.serve(
      { hostname: "::1", port: 0, onListen() {} },
      (request) => new Response(request.headers.get("host")),
    );
    const url = `http://[::1]:${server.addr.port}`;
    assertEquals(
      await (await request(url)).text(),
      `[::1]:${server.addr.port}`,
    );
  },
);

bounded("onBytes shows both sides byte for byte", async () => {
  let received = "";
  const answer =
    "HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\nX:  y \r\n" +
    "\r\n3;a=b\r\nabc\r\n0\r\nT: u\r\n\r\n";
  await using server = scripted(async (peer) => {
    const { head, body } = await peer.request();
    received = head + body;
    for (const character of answer) await peer.say(character);
  });
  const seen = { sent: "", received: "" };
  const kept: Uint8Array[] = [];
  const response = await request(server.url, {
    method: "POST",
    body: ReadableStream.from([new Uint8Array([65]), new Uint8Array([66])]),
    onBytes(direction, bytes) {
      seen[direction] += new TextDecoder("latin1").decode(bytes);
      kept.push(bytes);
    },
  });
  assertEquals(await response.text(), "abc");
  assertEquals(seen, { sent: received, received: answer });
  assertStringIncludes(received, "\r\n\r\n1\r\nA\r\n1\r\nB\r\n0\r\n\r\n");
  // They stay valid.
  const all = kept.map((bytes) => new TextDecoder("latin1").decode(bytes));
  assertEquals(all.join("").length, received.length + answer.length);
  assertStringIncludes(all.join(""), "POST / HTTP/1.1\r\n");
});
