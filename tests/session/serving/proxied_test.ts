import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  Address,
  connect,
  describeError,
  serve,
  type ServerEvent,
} from "@parley/parley";
import { encodeProxyHeader } from "@parley/parley/proxy";
import { connectTcp } from "@parley/parley/tcp";
import { ProxyReader } from "../../../lib/transport/proxy/proxied.ts";

const CLIENT = new Address("tcp", "192.0.2.1", 56324);
const SERVER = new Address("tcp", "198.51.100.2", 443);
const LINE = new TextEncoder().encode("hello\n");
const HEADERS = {
  "version 1": encodeProxyHeader(1, CLIENT, SERVER),
  "version 2": encodeProxyHeader(2, CLIENT, SERVER),
};

/** A server that answers each line with the addresses it sees. */
async function start(trusted: string[], timeoutMs = 5_000) {
  const events: ServerEvent<string>[] = [];
  const heard = { next: () => {} };
  const server = await serve("tcp://127.0.0.1:0", {
    encoding: "text",
    proxyProtocol: { trusted, timeoutMs },
    onEvent(event) {
      events.push(event);
      heard.next();
    },
  }, async (connection) => {
    for await (const text of connection) {
      const { localAddress, remoteAddress } = connection;
      await connection.send(`${text} ${remoteAddress} ${localAddress}`);
    }
  });
  /** Waits for the first event of a type. */
  async function event(
    type: ServerEvent["type"],
  ): Promise<ServerEvent<string>> {
    for (;;) {
      const found = events.find((event) => event.type === type);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => heard.next = resolve);
    }
  }
  return { server, event };
}

/** Writes pieces one by one and reads until the server has closed. */
async function exchange(port: number, pieces: Uint8Array[]): Promise<string> {
  const connection = await connectTcp({ hostname: "127.0.0.1", port });
  try {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length;) {
        at += await connection.write(piece.subarray(at));
      }
    }
    await connection.closeWrite();
    let text = "";
    const bytes = new Uint8Array(1000);
    for (let n; (n = await connection.read(bytes)) !== null;) {
      text += new TextDecoder().decode(bytes.subarray(0, n));
    }
    return text;
  } finally {
    connection.close();
  }
}

for (const [version, header] of Object.entries(HEADERS)) {
  Deno.test(`a trusted proxy's client is seen under its own address, ${version}, however the header is cut`, async () => {
    const { server } = await start(["127.0.0.0/8"]);
    await using _ = server;
    const whole = Uint8Array.of(...header, ...LINE);
    const seen = "hello tcp://192.0.2.1:56324 tcp://198.51.100.2:443\n";
    for (let cut = 0; cut <= whole.length; cut++) {
      const pieces = [whole.subarray(0, cut), whole.subarray(cut)];
      assertEquals(await exchange(server.address.port, pieces), seen);
    }
  });
}

Deno.test("a proxy that speaks for itself keeps its own address", async () => {
  const { server } = await start(["127.0.0.1"]);
  await using _ = server;
  const local = encodeProxyHeader(2, undefined, undefined);
  const seen = await exchange(server.address.port, [local, LINE]);
  assertMatch(
    seen,
    /^hello tcp:\/\/127\.0\.0\.1:\d+ tcp:\/\/127\.0\.0\.1:\d+\n$/,
  );
});

Deno.test("a header of an untrusted peer is data, not an address", async () => {
  const { server } = await start(["10.0.0.0/8"]);
  await using _ = server;
  const seen = await exchange(server.address.port, [
    HEADERS["version 1"],
    LINE,
  ]);
  assertMatch(seen, /^PROXY TCP4 192\.0\.2\.1 .* tcp:\/\/127\.0\.0\.1:\d+ /);
});

Deno.test("a trusted proxy without a header is refused, and others go on", async () => {
  const { server, event } = await start(["127.0.0.1"]);
  await using _ = server;
  const http = new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n");
  assertEquals(await exchange(server.address.port, [http]), "");
  const refused = await event("refused");
  assertMatch(
    refused.type === "refused" ? describeError(refused.error) : "",
    /neither of the two signatures; it begins 47 45 54 20/,
  );
  const header = HEADERS["version 2"];
  assertMatch(
    await exchange(server.address.port, [header, LINE]),
    /192\.0\.2\.1/,
  );
  assertEquals(server.stats.refused, 1);
});

Deno.test("a proxy whose header does not come in time is refused", async () => {
  const { server, event } = await start(["127.0.0.1"], 50);
  await using _ = server;
  await using silent = await connect(server.address);
  assertEquals(await silent.receive(), undefined);
  const refused = await event("refused");
  assertMatch(
    refused.type === "refused" ? describeError(refused.error) : "",
    /Cannot read the PROXY header of .*: it did not come within 50 ms/,
  );
});

Deno.test("a header cut off by the end is refused as such", async () => {
  const { server, event } = await start(["127.0.0.1"]);
  await using _ = server;
  const half = HEADERS["version 2"].subarray(0, 20);
  assertEquals(await exchange(server.address.port, [half]), "");
  const refused = await event("refused");
  assertMatch(
    refused.type === "refused" ? describeError(refused.error) : "",
    /the stream ended inside it/,
  );
});

Deno.test("shutdown() does not wait for a proxy's header", async () => {
  const { server } = await start(["127.0.0.1"]);
  await using silent = await connect(server.address);
  // The server has accepted it once a second connection was answered.
  await exchange(server.address.port, [HEADERS["version 1"], LINE]);
  assertEquals(await server.shutdown(), { finished: 0, cut: [] });
  assertEquals(await silent.receive(), undefined);
});

Deno.test("ProxyReader refuses options that make no sense", () => {
  assertThrows(() => new ProxyReader({ trusted: ["proxy"] }), TypeError);
  for (const timeoutMs of [0, -1, NaN]) {
    assertThrows(() => new ProxyReader({ trusted: [], timeoutMs }), RangeError);
  }
  for (const maxHeaderBytes of [0, 106, 1.5]) {
    assertThrows(
      () => new ProxyReader({ trusted: [], maxHeaderBytes }),
      RangeError,
      "at least 107",
    );
  }
});

Deno.test("a load balancer's health check is served under its own address", async () => {
  const { server } = await start(["127.0.0.0/8"]);
  const signature = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10];
  // LOCAL, with a block that only the balancer could explain.
  const check = Uint8Array.of(...signature, 0x20, 0x11, 0, 3, 9, 9, 9);
  const text = await exchange(server.address.port, [
    check,
    new TextEncoder().encode("ping\n"),
  ]);

  assertMatch(
    text,
    /^ping tcp:\/\/127\.0\.0\.1:\d+ tcp:\/\/127\.0\.0\.1:\d+\n$/,
  );
  await server.shutdown();
});
