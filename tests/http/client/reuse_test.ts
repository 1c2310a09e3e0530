import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ClosedError, ConnectionError } from "@parley/parley";
import { HttpClient, HttpError, request } from "@parley/parley/http";
import { until } from "../../session/harness.ts";
import { ManualTime } from "../../support/manual_time.ts";
import {
  bounded,
  failure,
  scripted,
  type ScriptedPeer,
  timed,
} from "./scripted.ts";

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/** Answers as long as there are requests. */
async function serving(peer: ScriptedPeer, answer = OK): Promise<void> {
  while ((await peer.request()).head !== "") await peer.say(answer);
}

bounded("request() says close and takes a connection for each", async () => {
  await using server = scripted(serving);
  for (let i = 0; i < 3; i++) await (await request(server.url)).text();
  assertEquals(server.connections, 3);
});

for (
  const [how, answer] of [
    ["a length", OK],
    [
      "chunks",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    ],
    [
      "HTTP/1.0 and keep-alive",
      "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok",
    ],
  ] as const
) {
  bounded(`a connection is used again after a body with ${how}`, async () => {
    await using server = scripted((peer) => serving(peer, answer));
    await using client = new HttpClient();
    for (let i = 0; i < 5; i++) {
      const options = i % 2 === 0 ? {} : { method: "POST", body: "hello" };
      const response = await client.request(server.url, options);
      assertEquals(await response.text(), "ok");
    }
    assertEquals(server.connections, 1);
  });
}

for (
  const [why, answer] of [
    [
      "the server says close",
      `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok`,
    ],
    [
      "the server speaks HTTP/1.0",
      `HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok`,
    ],
    ["bytes follow the response", `${OK}HTTP/1.1 200 OK\r\n\r\nsmuggled`],
  ] as const
) {
  bounded(`a connection is not used again when ${why}`, async () => {
    await using server = scripted((peer) => serving(peer, answer));
    await using client = new HttpClient();
    for (let i = 0; i < 3; i++) {
      const response = await client.request(server.url);
      assertEquals(await response.text(), "ok");
    }
    assertEquals(server.connections, 3);
  });
}

bounded("a client that says close gets what it says", async () => {
  await using server = scripted(serving);
  await using client = new HttpClient();
  const options = { headers: { connection: "close" } };
  for (let i = 0; i < 2; i++) {
    await (await client.request(server.url, options)).text();
  }
  assertEquals(server.connections, 2);
});

bounded("a connection is in use until the body was read", async () => {
  const asked = Promise.withResolvers<void>();
  await using server = scripted(async (peer) => {
    if (peer.number > 0) asked.resolve();
    else {
      await peer.request();
      await peer.say(OK.slice(0, -1));
      await asked.promise;
      await peer.say(OK.slice(-1));
    }
    await serving(peer);
  });
  await using client = new HttpClient();
  const first = await client.request(server.url);
  const second = await client.request(server.url);
  assertEquals(server.connections, 2);
  assertEquals([await first.text(), await second.text()], ["ok", "ok"]);
  await (await client.request(server.url)).text();
  assertEquals(server.connections, 2);
});

bounded("a body that came with its head keeps no connection", async () => {
  await using server = scripted(serving);
  await using client = new HttpClient();
  const first = await client.request(server.url);
  const second = await client.request(server.url);
  await second.body!.cancel();
  const third = await client.request(server.url);
  assertEquals(server.connections, 1);
  assertEquals([await first.text(), await third.text()], ["ok", "ok"]);
});

bounded("a response that is not read keeps no timer", async () => {
  await using server = scripted(async (peer) => {
    await peer.request();
    await peer.say(OK.slice(0, -1));
    await peer.drain();
  });
  const program = `
    const { request } = await import("@parley/parley/http");
    console.log((await request("${server.url}")).status);
  `;
  // The program would run for another thirty seconds.
  const { code, stdout } = await new Deno.Command("deno", {
    args: ["eval", program],
  }).output();
  assertEquals([code, new TextDecoder().decode(stdout)], [0, "200\n"]);
});

bounded(
  "many requests at once take a connection each, and few are kept",
  async () => {
    const open = new Set<number>();
    await using server = scripted(async (peer) => {
      open.add(peer.number);
      await serving(peer);
      open.delete(peer.number);
    });
    const time = new ManualTime();
    await using client = new HttpClient(timed(time, {}));
    const askMany = async () => {
      const all = Array.from({ length: 20 }, async () => {
        const response = await client.request(server.url);
        return await response.text();
      });
      assertEquals(new Set(await Promise.all(all)), new Set(["ok"]));
    };
    await askMany();
    assertEquals(server.connections, 20);
    // More than the eight are used again by who asks at once.
    await askMany();
    assert(server.connections < 32);
    // Those that are too many wait for a moment.
    await time.advance(100);
    await until(() => open.size <= 8, "closed");
    assertEquals(open.size, 8);
  },
);

bounded(
  "connections of different places are kept apart, and the oldest goes",
  async () => {
    await using one = scripted(serving);
    await using two = scripted(serving);
    await using client = new HttpClient({ maxIdleConnections: 1 });
    for (let i = 0; i < 2; i++) {
      for (const { url } of [one, two]) {
        assertEquals(await (await client.request(url)).text(), "ok");
      }
    }
    assertEquals([one.connections, two.connections], [2, 2]);
    await (await client.request(two.url)).text();
    assertEquals(two.connections, 2);
  },
);

bounded("a server that closes an idle connection is noticed", async () => {
  const closed = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using server = scripted(async (peer) => {
    await peer.request();
    await peer.say(OK);
    await peer.conn.closeWrite();
    await peer.drain(); // until the client has closed as well
    closed[peer.number]!.resolve();
  });
  await using client = new HttpClient();
  for (const { promise } of closed) {
    // No request that may not be repeated meets a closed connection.
    const options = { method: "POST", body: "a" };
    assertEquals(
      await (await client.request(server.url, options)).text(),
      "ok",
    );
    await promise;
  }
});

bounded(
  "a connection that waits longer than keepAliveTimeoutMs is closed",
  async () => {
    const closed = Promise.withResolvers<void>();
    await using server = scripted(async (peer) => {
      await serving(peer);
      if (peer.number === 0) closed.resolve();
    });
    const time = new ManualTime();
    const options = timed(time, { keepAliveTimeoutMs: 30 });
    await using client = new HttpClient(options);
    await (await client.request(server.url)).text();
    await time.advance(30);
    await closed.promise;
    await (await client.request(server.url)).text();
    assertEquals(server.connections, 2);
  },
);

bounded(
  "bytes that come while a connection waits are never an answer",
  async () => {
    const waits = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    await using server = scripted(async (peer) => {
      await peer.request();
      await peer.say(OK);
      if (peer.number > 0) return await serving(peer);
      await waits.promise;
      await peer.say(OK.replace("ok", "no"));
      await peer.drain();
      closed.resolve();
    });
    await using client = new HttpClient();
    assertEquals(await (await client.request(server.url)).text(), "ok");
    waits.resolve();
    await closed.promise;
    assertEquals(await (await client.request(server.url)).text(), "ok");
  },
);

/** Answers once, then hangs up as soon as another request comes. */
function hangingUp(say = "") {
  const heads: string[] = [];
  const server = scripted(async (peer) => {
    heads.push((await peer.request()).head);
    await peer.say(OK);
    if (peer.number > 0) return await serving(peer);
    heads.push((await peer.request()).head);
    await peer.say(say);
  });
  return { heads, server };
}

for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"]) {
  bounded(
    `${method} is asked again when a kept connection was closed`,
    async () => {
      const { heads, server } = hangingUp();
      await using _server = server;
      await using client = new HttpClient();
      await (await client.request(server.url)).text();
      const options = method === "PUT" ? { method, body: "hello" } : { method };
      const response = await client.request(`${server.url}/again`, options);
      assertEquals(response.status, 200);
      await response.body?.cancel();
      assertEquals(heads.slice(1), [heads[1], heads[1]]);
      assertStringIncludes(heads[1]!, `${method} /again `);
      assertEquals(server.connections, 2);
    },
  );
}

for (
  const [what, options] of [
    ["POST", { method: "POST", body: "hello" }],
    ["PATCH", { method: "PATCH", body: "hello" }],
    ["a stream", {
      method: "PUT",
      body: ReadableStream.from([Uint8Array.of(65)]),
    }],
  ] as const
) {
  bounded(
    `${what} is not sent again: the server may have acted on it`,
    async () => {
      const { server } = hangingUp();
      await using _server = server;
      await using client = new HttpClient();
      await (await client.request(server.url)).text();
      const error = await failure(client.request(server.url, options), Error);
      assert(
        error instanceof ConnectionError ||
          (error instanceof HttpError && error.code === "truncated"),
      );
      assertEquals(server.connections, 1);
    },
  );
}

bounded("what was answered in part is not asked again", async () => {
  const { server } = hangingUp("HTTP/1.1 2");
  await using _server = server;
  await using client = new HttpClient();
  await (await client.request(server.url)).text();
  const error = await failure(client.request(server.url), HttpError);
  assertEquals([error.code, server.connections], ["truncated", 1]);
});

bounded("a fresh connection that is closed is not tried again", async () => {
  await using server = scripted(async (peer) => {
    await peer.request();
  });
  await using client = new HttpClient();
  const error = await failure(client.request(server.url), HttpError);
  assertEquals([error.code, server.connections], ["truncated", 1]);
});

bounded("a closed client refuses, and lets what is open be read", async () => {
  await using server = scripted(serving);
  const client = new HttpClient();
  await (await client.request(server.url)).text();
  const response = await client.request(server.url);
  await client.close();
  await client.close();
  await failure(client.request(server.url), ClosedError);
  assertEquals(await response.text(), "ok");
});

for (
  const options of [
    { keepAliveTimeoutMs: 0 },
    { maxIdleConnections: -1 },
    { maxIdlePerOrigin: 0.5 },
  ]
) {
  Deno.test(`${JSON.stringify(options)} is refused`, () => {
    let thrown: unknown;
    try {
      new HttpClient(options);
    } catch (error) {
      thrown = error;
    }
    assert(thrown instanceof RangeError);
    assertStringIncludes(thrown.message, Object.keys(options)[0]!);
  });
}
