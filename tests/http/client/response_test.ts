import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { ConnectionError } from "@parley/parley";
import { HttpClient, HttpError, request } from "@parley/parley/http";
import { noise } from "../../support/foreign_http.ts";
import { resettingServer } from "../../support/peers.ts";
import { answering, bounded, failure, scripted } from "./scripted.ts";

const BODIES = {
  "by its length": "content-length: 11\r\n\r\nhello world",
  "in chunks": "transfer-encoding: chunked\r\n\r\n" +
    "5\r\nhello\r\n1;x\r\n \r\n5\r\nworld\r\n0\r\n\r\n",
  "up to the end": "\r\nhello world",
};

for (const [how, rest] of Object.entries(BODIES)) {
  bounded(`a body ${how} is read, whole and byte by byte`, async () => {
    const answer = `HTTP/1.1 200 OK\r\n${rest}`;
    await using server = scripted(async (peer) => {
      await peer.request();
      if (peer.number === 0) await peer.say(answer);
      else for (const byte of answer) await peer.say(byte);
    });
    for (let i = 0; i < 2; i++) {
      const response = await request(server.url);
      assertEquals(await response.text(), "hello world");
    }
  });
}

bounded("the head is what the server sent", async () => {
  await using server = answering(
    "HTTP/1.0 299 Sch\xf6n\r\nSet-Cookie: a\r\nX-A:  1 \r\nset-cookie: b\r\n" +
      "X-A: 2\r\n\r\n",
  );
  const response = await request(server.url);
  assertEquals([response.status, response.ok], [299, true]);
  assertEquals([response.statusText, response.version], ["Sch\xf6n", "1.0"]);
  assertEquals(response.headers.getSetCookie(), ["a", "b"]);
  assertEquals(response.headers.get("x-a"), "1, 2");
  assertEquals(response.fields, [
    ["Set-Cookie", "a"],
    ["X-A", "1"],
    ["set-cookie", "b"],
    ["X-A", "2"],
  ]);
  assertEquals(await response.text(), "");
});

bounded("a clone has the same body and comes from the same URL", async () => {
  await using server = answering(
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
  );
  const response = await request(`${server.url}/a`);
  const clone = response.clone();
  assertEquals([clone.url, clone.version], [`${server.url}/a`, "1.1"]);
  assertEquals([await clone.text(), await response.text()], ["ok", "ok"]);
});

bounded("trailers are there once the body was read", async () => {
  await using server = answering(
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" +
      "1\r\na\r\n0\r\nChecksum: 1\r\n\r\n",
  );
  const response = await request(server.url);
  assertEquals(response.trailers, []);
  assertEquals(await response.text(), "a");
  assertEquals(response.trailers, [["Checksum", "1"]]);
});

for (
  const [what, method, answer] of [
    ["the response to HEAD", "HEAD", "200 OK\r\ncontent-length: 999"],
    [
      "a large response to HEAD",
      "HEAD",
      "200 OK\r\ncontent-length: 99999999999",
    ],
    [
      "a chunked response to HEAD",
      "HEAD",
      "200 OK\r\ntransfer-encoding: chunked",
    ],
    [
      "a compressed response to HEAD",
      "HEAD",
      "200 OK\r\ncontent-encoding: gzip",
    ],
    ["204", "GET", "204 No Content"],
    ["304", "GET", "304 Not Modified\r\ncontent-length: 999"],
    ["205", "POST", "205 Reset Content\r\ncontent-length: 0"],
    ["a length of 0", "GET", "200 OK\r\ncontent-length: 0"],
  ] as const
) {
  bounded(`${what} has no body, and its connection serves on`, async () => {
    await using server = scripted(async (peer) => {
      while ((await peer.request()).head !== "") {
        await peer.say(`HTTP/1.1 ${answer}\r\n\r\n`);
      }
    });
    await using client = new HttpClient();
    for (let i = 0; i < 3; i++) {
      const response = await client.request(server.url, { method });
      assertEquals(response.status, Number(answer.slice(0, 3)));
      assertStrictEquals(response.body, null);
      assertEquals(await response.text(), "");
    }
    assertEquals(server.connections, 1);
  });
}

bounded("a response to HEAD keeps what it says of the body", async () => {
  await using server = answering(
    "HTTP/1.1 200 OK\r\ncontent-length: 99\r\ncontent-encoding: gzip\r\n\r\n",
  );
  const { headers } = await request(server.url, { method: "HEAD" });
  assertEquals(headers.get("content-length"), "99");
  assertEquals(headers.get("content-encoding"), "gzip");
});

bounded("a 205 with a body is taken without it", async () => {
  await using server = answering("HTTP/1.1 205 Reset\r\n\r\nsomething");
  const response = await request(server.url, { method: "POST" });
  assertEquals([response.status, response.body], [205, null]);
});

bounded("informational responses are shown and passed over", async () => {
  await using server = answering(
    "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 100 Continue\r\n" +
      "\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\n\r\nok",
  );
  const seen: unknown[] = [];
  const response = await request(server.url, {
    onInformational: ({ status, headers }) => seen.push([status, headers]),
  });
  assertEquals(await response.text(), "ok");
  assertEquals(seen, [[103, [["Link", "</a.css>"]]], [100, []], [102, []]]);
});

bounded("informational responses without end are refused", async () => {
  await using server = scripted(async (peer) => {
    await peer.request();
    for (;;) await peer.say("HTTP/1.1 102 Processing\r\n\r\n".repeat(100));
  });
  const error = await failure(request(server.url), HttpError);
  assertStringIncludes(error.message, "informational");
});

bounded("a switch of protocols that nobody asked for is refused", async () => {
  await using server = answering(
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
  );
  await failure(request(server.url), HttpError);
});

bounded("a status above 599 is given as it is, and is not ok", async () => {
  await using server = answering(
    "HTTP/1.1 999 Denied\r\ncontent-length: 2\r\n\r\nno",
  );
  const response = await request(server.url);
  const { ok, status, statusText } = response;
  assertEquals([status, statusText, ok], [999, "Denied", false]);
  assertEquals(response.clone().status, 999);
  assertEquals(await response.text(), "no");
});

bounded("folded header lines are unfolded", async () => {
  await using server = answering(
    "HTTP/1.1 200 OK\r\nx-a: b\r\n\t c\r\ncontent-length:\r\n 2\r\n\r\nok",
  );
  const response = await request(server.url);
  assertEquals(response.headers.get("x-a"), "b c");
  assertEquals(await response.text(), "ok");
  assertEquals(response.forgiven, []);
});

bounded(
  "a lenient client says what it accepted, for each response",
  async () => {
    const answers = [
      "HTTP/1.1 200 OK\r\nx-a: \x01\r\ntransfer-encoding: chunked\r\n\r\n" +
      "2 \r\nok\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\n\r\nok",
    ];
    await using server = scripted(async (peer) => {
      for (const answer of answers) {
        await peer.request();
        await peer.say(answer);
      }
    });
    await using client = new HttpClient({ lenient: true });
    const first = await client.request(server.url);
    assertEquals(await first.text(), "ok");
    const second = await client.request(server.url);
    assertEquals(await second.text(), "ok");
    assertEquals(first.forgiven, ["control_byte", "chunk_size_blanks"]);
    assertEquals(second.forgiven, ["repeated_content_length"]);
    assertEquals(server.connections, 1);
  },
);

bounded(
  "the limits of a response can be set, and its error names the option",
  async () => {
    const fields = "a: b\r\n".repeat(150);
    const answer = `HTTP/1.1 200 OK\r\n${fields}content-length: 0\r\n\r\n`;
    await using server = answering(answer);
    const error = await failure(request(server.url), HttpError);
    assertEquals([error.code, error.option], ["too_large", "maxFields"]);
    const response = await request(server.url, { maxFields: 151 });
    assertEquals(response.fields.length, 151);
  },
);

// ------------------------------------------------------------- broken servers

for (
  const [what, answer, code] of [
    ["nothing", "", "truncated"],
    ["a part of the status line", "HTTP/1.1 20", "truncated"],
    [
      "a head without its empty line",
      "HTTP/1.1 200 OK\r\nA: b\r\n",
      "truncated",
    ],
    [
      "only an informational response",
      "HTTP/1.1 100 Continue\r\n\r\n",
      "truncated",
    ],
    ["a banner of SSH", "SSH-2.0-OpenSSH_9.7\r\n", "malformed"],
    ["an alert of TLS", "\x15\x03\x01\x00\x02\x02\x46", "malformed"],
    ["a web page without a head", "<html>\r\n\r\n", "malformed"],
    ["HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", "malformed"],
    ["a status above 999", "HTTP/1.1 1000 No\r\n\r\n", "malformed"],
    [
      "two lengths",
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
      "malformed",
    ],
    [
      "length and chunks",
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
      "malformed",
    ],
    [
      "an unknown transfer coding",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n",
      "malformed",
    ],
    ["lines without CR", "HTTP/1.1 200 OK\ncontent-length: 0\n\n", "malformed"],
    [
      "a line that is too long",
      `HTTP/1.1 200 ${"a".repeat(9000)}\r\n\r\n`,
      "too_large",
    ],
    [
      "too many headers",
      `HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(101)}\r\n`,
      "too_large",
    ],
    [
      "headers that are too long",
      `HTTP/1.1 200 OK\r\n${`a: ${"b".repeat(900)}\r\n`.repeat(50)}\r\n`,
      "too_large",
    ],
  ] as const
) {
  bounded(`a server that sends ${what} is told from a response`, async () => {
    await using server = answering(answer);
    const error = await failure(request(`${server.url}/a?secret`), HttpError);
    assertEquals(error.code, code);
    assertStringIncludes(
      error.message,
      `Cannot read the response of ${server.url}/a: `,
    );
  });
}

bounded("a header without end is refused at its limit", async () => {
  await using server = scripted(async (peer) => {
    await peer.request();
    await peer.say("HTTP/1.1 200 OK\r\nX: ");
    for (;;) await peer.say("a".repeat(1000));
  });
  const error = await failure(request(server.url), HttpError);
  assertEquals([error.code, error.details.limitBytes], ["too_large", 32_768]);
});

bounded("bareLineFeed takes what some servers send", async () => {
  await using server = answering("HTTP/1.1 200 OK\ncontent-length: 2\n\nok");
  const response = await request(server.url, { bareLineFeed: true });
  assertEquals(await response.text(), "ok");
});

for (
  const [what, rest, got] of [
    ["shorter than announced", "content-length: 10\r\n\r\nhello", "hello"],
    [
      "without its last chunk",
      "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
      "hello",
    ],
    [
      "cut inside a chunk",
      "transfer-encoding: chunked\r\n\r\n9\r\nhello",
      "hello",
    ],
  ] as const
) {
  bounded(`a body ${what} is given so far and then an error`, async () => {
    await using server = answering(`HTTP/1.1 200 OK\r\n${rest}`);
    const { body } = await request(server.url);
    let text = "";
    const error = await failure(
      (async () => {
        for await (const part of body!) text += new TextDecoder().decode(part);
      })(),
      HttpError,
    );
    assertEquals([text, error.code], [got, "truncated"]);
    assertStringIncludes(error.message, server.url);
  });
}

bounded(
  "a chunk that is none is an error after what came before it",
  async () => {
    await using server = answering(
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n-1\r\n",
    );
    const response = await request(server.url);
    assertEquals((await failure(response.text(), HttpError)).code, "malformed");
  },
);

bounded("a reset in the middle of a body is an error, not an end", async () => {
  const head = new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\nhello");
  await using server = await resettingServer([...head]);
  const error = await failure(
    request(`http://127.0.0.1:${server.port}`).then((r) => r.text()),
    ConnectionError,
  );
  assertEquals(error.code, "reset");
});

bounded(
  "a port where nobody listens is an error of the connection",
  async () => {
    const { port } = await using(scripted(() => Promise.resolve()));
    const error = await failure(
      request(`http://127.0.0.1:${port}/`),
      ConnectionError,
    );
    assertEquals(error.code, "refused");
  },
);

async function using<T extends AsyncDisposable>(it: T): Promise<T> {
  await it[Symbol.asyncDispose]();
  return it;
}

// -------------------------------------------------------------------- limits

const LIMIT = { maxBodyBytes: 10 };
for (
  const [how, head, frame] of [
    ["by its length", "content-length: SIZE\r\n\r\n", (text: string) => text],
    [
      "in chunks",
      "transfer-encoding: chunked\r\n\r\n",
      (text: string) => text.replace(/./g, "1\r\n$&\r\n") + "0\r\n\r\n",
    ],
    ["up to the end", "\r\n", (text: string) => text],
  ] as const
) {
  const answer = (text: string) =>
    `HTTP/1.1 200 OK\r\n${head.replace("SIZE", `${text.length}`)}${
      frame(text)
    }`;

  bounded(`a body ${how} at the limit is taken`, async () => {
    await using server = answering(answer("0123456789"));
    const response = await request(server.url, LIMIT);
    assertEquals(await response.text(), "0123456789");
  });

  bounded(`a body ${how} above the limit is refused`, async () => {
    await using server = answering(answer("0123456789a"));
    const error = await failure(
      request(server.url, LIMIT).then((response) => response.text()),
      HttpError,
    );
    assertEquals([error.code, error.details.limitBytes], ["too_large", 10]);
    assertStringIncludes(error.message, "maxBodyBytes");
  });
}

// -------------------------------------------------------------- backpressure

bounded("a reader that pauses makes the server wait", async () => {
  let sent = 0;
  const total = 64 * 1024 * 1024;
  const piece = noise(256 * 1024);
  await using server = scripted(async (peer) => {
    await peer.request();
    await peer.say(`HTTP/1.1 200 OK\r\ncontent-length: ${total}\r\n\r\n`);
    for (let left = total; left > 0; left -= piece.length) {
      await peer.write(piece);
      sent += piece.length;
    }
  });
  const response = await request(server.url, { maxBodyBytes: Infinity });
  const reader = response.body!.getReader();
  let got = (await reader.read()).value!.length;
  // The server has written what the system holds, and stands still.
  let before = -1;
  while (before !== sent) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert(sent < total / 2, `${sent} of ${total} bytes were taken unread`);
  for (let next; !(next = await reader.read()).done;) got += next.value.length;
  assertEquals([got, sent], [total, total]);
});

bounded("a body that is cancelled ends the connection", async () => {
  const gone = Promise.withResolvers<void>();
  await using server = scripted(async (peer) => {
    await peer.request();
    await peer.say("HTTP/1.1 200 OK\r\n\r\nhello");
    await peer.drain();
    gone.resolve();
  });
  const response = await request(server.url);
  await response.body!.cancel();
  await gone.promise;
});

bounded(
  "a body that is not read is given back with its connection",
  async () => {
    const gone = Promise.withResolvers<void>();
    await using server = scripted(async (peer) => {
      await peer.request();
      await peer.say("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nhello");
      await peer.drain();
      gone.resolve();
    });
    const { body } = await request(server.url);
    for await (const part of body!) {
      assertEquals(part.length, 5);
      break;
    }
    await gone.promise;
  },
);
