import { connect, type MessageConnection, serve } from "@parley/parley";
import { ConnectionError, ProtocolError, TimeoutError } from "@parley/parley";
import { connectTcp } from "@parley/parley/tcp";
import { serveHttp } from "@parley/parley/http";
import { upgradeWebSocket, webSocketOf } from "@parley/parley/websocket";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { startMessageServer } from "../../lib/session/serving/serve.ts";
import { ManualTime } from "../support/manual_time.ts";
import { stream, utf8 } from "./wire/frames.ts";

const echo = async (peer: MessageConnection<Uint8Array>) => {
  for await (const message of peer) await peer.send(message);
};

Deno.test("one handler serves ws: and tcp: addresses", async () => {
  const options = { encoding: "text", framing: "length:4" } as const;
  await using server = await serve(
    ["ws://127.0.0.1:0/chat", "tcp://127.0.0.1:0"],
    options,
    async (peer) => {
      for await (const text of peer) await peer.send(text.toUpperCase());
    },
  );
  for (const address of server.addresses) {
    await using client = await connect(address, options);
    await client.sendAll(["one", "", "né"]);
    await client.closeWrite();
    assertEquals(await Array.fromAsync(client), ["ONE", "", "NÉ"]);
    assertEquals(client.endedBy, "peer");
  }
});

Deno.test("the runtime's own client: kinds are kept, and closing is clean", async () => {
  await using server = await serve("ws://127.0.0.1:0", {}, echo);
  const socket = new WebSocket(`${server.address}/any?path`);
  socket.binaryType = "arraybuffer";
  await new Promise((resolve) => socket.onopen = resolve);
  const next = () =>
    new Promise<MessageEvent>((resolve) => socket.onmessage = resolve);
  for (const message of ["text", new Uint8Array(70_000).fill(7)]) {
    const answer = next();
    socket.send(message);
    const { data } = await answer;
    if (typeof message === "string") assertEquals(data, message);
    else assertEquals(new Uint8Array(data), message);
  }
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  socket.close(4001, "enough");
  const { code, wasClean } = await closed;
  assertEquals({ code, wasClean }, { code: 4001, wasClean: true });
});

Deno.test("compression is agreed on if both ends want it", async () => {
  for (const [ours, theirs] of [[true, true], [true, false], [false, true]]) {
    await using server = await serve(
      "ws://127.0.0.1:0",
      { webSocket: { deflate: ours! } },
      echo,
    );
    await using client = await connect(server.address, {
      encoding: "text",
      webSocket: { deflate: theirs! },
    });
    const both = ours! && theirs!;
    assertEquals(webSocketOf(client)?.isCompressed, both);
    const text = "over and over again, ".repeat(1000);
    for (let i = 0; i < 3; i++) {
      await client.send(text);
      assertEquals(await client.receive(), text);
    }
    assertEquals(client.stats.bytesOut < text.length, both);
  }
});

Deno.test("a code and a reason reach the peer", async () => {
  await using server = await serve(
    "ws://127.0.0.1:0/room",
    {},
    async (peer) => {
      assertEquals(webSocketOf(peer)?.target, "/room");
      await webSocketOf(peer)?.close(4000, "the room is full");
    },
  );
  await using client = await connect(server.address);
  assertEquals(await client.receive(), undefined);
  assertEquals(webSocketOf(client)?.closeStatus, {
    code: 4000,
    reason: "the room is full",
  });
});

Deno.test("a shutdown says that the server is going away", async () => {
  const server = await serve("ws://127.0.0.1:0", {}, echo);
  await using client = await connect(server.address);
  await client.send(utf8("x"));
  await client.receive();
  const stopped = server.shutdown();
  assertEquals(await client.receive(), undefined);
  assertEquals(webSocketOf(client)?.closeStatus?.code, 1001);
  await client.close();
  assertEquals((await stopped).cut, []);
});

Deno.test("a handler that fails is told to the peer as 1011", async () => {
  await using server = await serve(
    "ws://127.0.0.1:0",
    { onEvent: () => {} },
    () => Promise.reject(new Error("a secret")),
  );
  await using client = await connect(server.address);
  assertEquals(await client.receive(), undefined);
  assertEquals(webSocketOf(client)?.closeStatus, { code: 1011, reason: "" });
});

/** Opens a WebSocket by hand, so that what follows can be wrong. */
async function rawClient(port: number) {
  const line = await connectTcp(`127.0.0.1:${port}`);
  await line.write(utf8([
    "GET / HTTP/1.1",
    "Host: a",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "",
    "",
  ].join("\r\n")));
  const into = new Uint8Array(10_000);
  let text = "";
  while (!text.includes("\r\n\r\n")) {
    const count = await line.read(into);
    assert(count !== null);
    text += new TextDecoder("latin1").decode(into.subarray(0, count));
  }
  return { line, head: text };
}

async function readAll(
  line: { read(into: Uint8Array): Promise<number | null> },
) {
  const all: number[] = [];
  const into = new Uint8Array(10_000);
  for (;;) {
    const count = await line.read(into);
    if (count === null) return Uint8Array.from(all);
    all.push(...into.subarray(0, count));
  }
}

Deno.test("the key of RFC 6455 section 1.3 gets its answer", async () => {
  await using server = await serve("ws://127.0.0.1:0", {}, echo);
  const { head, line } = await rawClient(server.address.port);
  assert(head.startsWith("HTTP/1.1 101 Switching Protocols\r\n"));
  assert(
    /^sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r$/im.test(head),
  );
  line.close();
});

Deno.test("messages before a bad frame are answered, then comes the close frame", async () => {
  const errors: unknown[] = [];
  await using server = await serve("ws://127.0.0.1:0", {
    onEvent: (event) => {
      if (event.type === "closed") errors.push(event.error);
    },
  }, echo);
  const { line } = await rawClient(server.address.port);
  await line.write(stream([
    { opcode: 1, payload: "a" },
    { opcode: 1, payload: "b" },
    { opcode: 1, payload: Uint8Array.of(0xff) },
  ], "client"));
  const reason = utf8("byte 0 of the text is not UTF-8: byte ff");
  assertEquals(
    await readAll(line),
    stream([
      { opcode: 1, payload: "a" },
      { opcode: 1, payload: "b" },
      { opcode: 8, payload: Uint8Array.of(3, 0xef, ...reason) },
    ], "server"),
  );
  line.close();
  await server.shutdown();
  assert(errors[0] instanceof ProtocolError);
});

Deno.test("a ping is answered while the program waits for a message", async () => {
  await using server = await serve("ws://127.0.0.1:0", {}, echo);
  const { line } = await rawClient(server.address.port);
  await line.write(stream([
    { opcode: 1, fin: false, payload: "he" },
    { opcode: 9, payload: "now" },
    { opcode: 0, payload: "llo" },
    { opcode: 8, payload: Uint8Array.of(3, 232) },
  ], "client"));
  assertEquals(
    await readAll(line),
    stream([
      { opcode: 10, payload: "now" },
      { opcode: 1, payload: "hello" },
      { opcode: 8, payload: Uint8Array.of(3, 232) },
    ], "server"),
  );
  line.close();
});

Deno.test("a peer that never finishes a fragmented message is ended by the message's deadline, whatever it sends between", async () => {
  const time = new ManualTime();
  const ended = Promise.withResolvers<unknown>();
  const server = await startMessageServer<"bytes", Uint8Array, Uint8Array>(
    "ws://127.0.0.1:0",
    {
      messageTimeoutMs: 10_000,
      onEvent: (event) => {
        if (event.type === "closed") ended.resolve(event.error);
      },
    },
    echo,
    time,
  );
  const { line } = await rawClient(server.address.port);
  const into = new Uint8Array(100);
  // A message that is whole, then a quiet time that belongs to none.
  await line.write(stream([{ opcode: 1, payload: "a" }], "client"));
  await line.read(into);
  await time.advance(20_000);
  for (let i = 0; i < 4; i++) {
    await line.write(stream([
      { opcode: i === 0 ? 1 : 0, fin: false, payload: "he" },
      { opcode: 9, payload: "now" },
    ], "client"));
    // The pong says that the fragment was taken.
    assertEquals((await line.read(into))! > 0, true, `after ${i}`);
    await time.advance(3_000);
  }
  const error = await ended.promise;
  assert(error instanceof TimeoutError);
  assertEquals([error.deadline, error.timeoutMs], ["message", 10_000]);
  line.close();
  await server.shutdown();
});

Deno.test("a peer that vanishes without a close frame is cut off", async () => {
  const ended = Promise.withResolvers<unknown>();
  await using server = await serve("ws://127.0.0.1:0", {
    onEvent: (event) => {
      if (event.type === "closed") ended.resolve(event.error);
    },
  }, echo);
  const { line } = await rawClient(server.address.port);
  line.close();
  const error = await ended.promise;
  assert(error instanceof ProtocolError);
  assertEquals(error.code, "truncated");
});

Deno.test("other paths, other origins and other protocols are refused", async () => {
  await using server = await serve("ws://127.0.0.1:0/chat", {
    onEvent: () => {},
  }, echo);
  const { port } = server.address;
  const page = await fetch(`http://127.0.0.1:${port}/chat`);
  assertEquals(page.status, 426);
  assert((await page.text()).includes("WebSocket"));
  await assertRejects(
    () => connect(`ws://127.0.0.1:${port}/other`),
    ConnectionError,
    "404 Not Found",
  );
  await assertRejects(
    () =>
      connect(`ws://127.0.0.1:${port}/chat`, {
        webSocket: { origin: "https://evil.example" },
      }),
    ConnectionError,
    "403 Forbidden",
  );
  await using allowed = await connect(`ws://127.0.0.1:${port}/chat`, {
    webSocket: { origin: `http://127.0.0.1:${port}` },
  });
  await allowed.send(utf8("x"));
  assertEquals(await allowed.receive(), utf8("x"));
});

const OPENING = {
  start: "GET / HTTP/1.1",
  host: "Host: a",
  upgrade: "Upgrade: websocket",
  connection: "Connection: Upgrade",
  version: "Sec-WebSocket-Version: 13",
  key: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  more: "X: y",
};

const REFUSED: readonly (readonly [
  change: Partial<typeof OPENING>,
  status: string,
  says: string,
])[] = [
  [{ key: "X: y" }, "400 Bad Request", "Sec-WebSocket-Key must be 16 bytes"],
  [{ key: "Sec-WebSocket-Key: abc" }, "400 Bad Request", "Sec-WebSocket-Key"],
  [
    { more: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" },
    "400 Bad Request",
    "Sec-WebSocket-Key must be 16 bytes in base64.\n",
  ],
  [
    { version: "Sec-WebSocket-Version: 8" },
    "426 Upgrade Required",
    "The version of WebSocket is 13.\n",
  ],
  [
    { version: "X: y" },
    "426 Upgrade Required",
    "\r\nSec-WebSocket-Version: 13\r\n",
  ],
  [
    { more: "Origin: https://evil.example" },
    "403 Forbidden",
    "Pages of https://evil.example may not connect.\n",
  ],
  [{ upgrade: "X: y" }, "426 Upgrade Required", "\r\nUpgrade: websocket\r\n"],
  // RFC 9110, section 7.8: Connection names Upgrade wherever Upgrade is sent.
  [{ upgrade: "X: y" }, "426 Upgrade Required", "\r\nConnection: Upgrade\r\n"],
  [{ version: "X: y" }, "426 Upgrade Required", "\r\nConnection: Upgrade\r\n"],
  [{ connection: "X: y" }, "426 Upgrade Required", "This port speaks WebSo"],
  [{ start: "POST / HTTP/1.1" }, "405 Method Not Allowed", "Allow: GET\r\n"],
  [{ start: "GET / HTTP/1.0" }, "400 Bad Request", "opens with HTTP/1.1.\n"],
  [{ start: "GET /b HTTP/1.1" }, "404 Not Found", "no WebSocket at this path"],
  [{ more: "Content-Length: 3" }, "400 Bad Request", "has no body.\n"],
  [{ more: "Transfer-Encoding: chunked" }, "400 Bad Request", "has no body."],
  [{ start: "hello" }, "400 Bad Request", "This port speaks WebSocket: send"],
];

Deno.test("every wrong request for WebSocket gets its status, and the log a reason", async () => {
  const reasons: string[] = [];
  const all = Promise.withResolvers<void>();
  const server = await serve("ws://127.0.0.1:0/", {
    onEvent: (event) => {
      if (event.type !== "handshake_failed") return;
      reasons.push((event.error as ConnectionError).reason!);
      if (reasons.length === REFUSED.length) all.resolve();
    },
  }, echo);
  for (const [change, status, says] of REFUSED) {
    const line = await connectTcp(`127.0.0.1:${server.address.port}`);
    const lines = Object.values({ ...OPENING, ...change });
    await line.write(utf8([...lines, "", ""].join("\r\n")));
    const answer = new TextDecoder().decode(await readAll(line));
    assert(answer.startsWith(`HTTP/1.1 ${status}\r\n`), answer);
    assert(answer.includes(says), answer);
    line.close();
  }
  await all.promise;
  await server.shutdown();
  for (const reason of reasons) assert(!reason.endsWith("."), reason);
});

Deno.test("an address of WebSocket that leads to a line server is diagnosed", async () => {
  await using server = await serve("tcp://127.0.0.1:0", {
    onEvent: () => {},
  }, async (peer) => {
    await peer.send(utf8("220 hello"));
    await peer.receive();
  });
  await assertRejects(
    () => connect(`ws://127.0.0.1:${server.address.port}`),
    ConnectionError,
    "does not answer in HTTP",
  );
});

Deno.test("a server that ends in the handshake of WebSocket may be about to start: it is tried again", async () => {
  const beginnings = ["", "HTTP/1.1 101 Switching Protocols\r\nUpgr"];
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { framing: "raw", encoding: "text", onEvent: () => {} },
    async (peer) => {
      await peer.receive();
      const [begin = ""] = beginnings.splice(0, 1);
      if (begin !== "") await peer.send(begin);
    },
  );
  const tried: string[] = [];
  const enough = new Error("enough");
  const error = await assertRejects(
    () =>
      connect(`ws://127.0.0.1:${server.address.port}`, {
        retry: {
          forMs: 60_000,
          firstPauseMs: 1,
          onRetry({ attempt, error }) {
            tried.push(error.reason!);
            if (attempt === 2) throw enough;
          },
        },
      }),
    Error,
  );
  assertEquals(error, enough);
  const reason =
    "the peer closed the connection in the middle of the handshake";
  assertEquals(tried, [reason, reason]);
});

Deno.test("a client that does not answer the close frame counts as finished in a shutdown, also on a port of HTTP", async () => {
  for (const isHttp of [false, true]) {
    const ended = Promise.withResolvers<unknown>();
    const onEvent = (event: { type: string; error?: unknown }) => {
      if (event.type === "closed") ended.resolve(event.error);
    };
    const server = isHttp
      ? await serveHttp(
        "tcp://127.0.0.1:0",
        { onEvent },
        (request, info) => upgradeWebSocket(request, info, {}, echo),
      )
      : await serve("ws://127.0.0.1:0", { onEvent }, echo);
    const { line } = await rawClient(server.address.port);
    await line.write(stream([{ opcode: 1, payload: "hi" }], "client"));
    assertEquals(await line.read(new Uint8Array(10)), 4);
    // It has all that was meant for it, and the close frame.
    assertEquals(await server.shutdown({ graceMs: 50 }), {
      finished: 1,
      cut: [],
    });
    assertEquals(await ended.promise, undefined);
    assertEquals(await readAll(line), stream([code(1001)], "server"));
    line.close();
  }
});

Deno.test("a handler that fails on a port of HTTP is told to the peer as 1011", async () => {
  const ended = Promise.withResolvers<unknown>();
  await using server = await serveHttp("tcp://127.0.0.1:0", {
    onEvent: (event) => {
      if (event.type === "closed") ended.resolve(event.error);
    },
  }, (request, info) =>
    upgradeWebSocket(request, info, {}, () => {
      throw new Error("secret");
    }));
  await using client = await connect(`ws://127.0.0.1:${server.address.port}`);
  assertEquals(await client.receive(), undefined);
  assertEquals(webSocketOf(client)?.closeStatus, { code: 1011, reason: "" });
  assertEquals((await ended.promise as Error).message, "secret");
});

/** A close frame with a code alone. */
function code(value: number) {
  return { opcode: 8, payload: Uint8Array.of(value >> 8, value & 0xff) };
}

Deno.test("a page and its socket share a port", async () => {
  await using server = await serveHttp(
    "tcp://127.0.0.1:0",
    {},
    (request, info) =>
      new URL(request.url).pathname === "/chat"
        ? upgradeWebSocket(
          request,
          info,
          { encoding: "text" },
          async (peer) => {
            for await (const text of peer) await peer.send(`you said ${text}`);
          },
        )
        : new Response("the page"),
  );
  const { port } = server.address;
  const page = await fetch(`http://127.0.0.1:${port}/`);
  assertEquals(await page.text(), "the page");
  {
    await using client = await connect(`ws://127.0.0.1:${port}/chat`, {
      encoding: "text",
    });
    await client.send("hello");
    assertEquals(await client.receive(), "you said hello");
  }
  const asked = await fetch(`http://127.0.0.1:${port}/chat`);
  assertEquals(asked.status, 426);
  await asked.body?.cancel();
});
