import {
  assert,
  assertEquals,
  assertLess,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ClosedError, ConnectionError } from "../../../lib/errors.ts";
import type {
  Connection,
  Listener,
} from "../../../lib/transport/connection.ts";
import { Address } from "../../../lib/transport/address.ts";
import { listenLine } from "../../../lib/transport/tcp/open.ts";
import { connectTcp, listenTcp } from "../../../lib/transport/tcp/mod.ts";
import { read, readExactly, writeAll } from "../../support/transport_suite.ts";
import { inSubprocess } from "../../support/subprocess.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
const isLinux = Deno.build.os === "linux";

for (const hostname of ["127.0.0.1", "::1", "[::1]", "localhost"]) {
  Deno.test(`listenTcp() on port 0 of ${hostname} says which port it got`, async () => {
    const listener = listenTcp({ hostname, port: 0 });
    const { address } = listener;
    assertEquals(address.transport, "tcp");
    assert(address.port >= 1 && address.port <= 65535, `port ${address.port}`);

    const client = await connectTcp({ hostname, port: address.port });
    const server = await listener.accept();
    assertEquals(String(client.remoteAddress), String(address));
    assertEquals(String(server.localAddress), String(address));
    for (const open of [client, server, listener]) open.close();
  });
}

// Beyond this machine's loopback, for which the tests have no permission.
Deno.test("listenTcp() on :: serves both families and shows IPv4 peers as IPv4", async () => {
  const seen = await inSubprocess(async (lib: string) => {
    const { connectTcp, listenTcp } = await import(
      `${lib}/transport/tcp/mod.ts`
    );
    const listener = listenTcp({ hostname: "::", port: 0 });
    const { port } = listener.address;
    const seen = [`${listener.address}`.replace(`:${port}`, ":PORT")];
    for (const hostname of ["127.0.0.1", "::1"]) {
      const client = await connectTcp({ hostname, port });
      const server = await listener.accept();
      const isSame = `${server.remoteAddress}` === `${client.localAddress}`;
      seen.push(`${server.remoteAddress.hostname} ${isSame}`);
      seen.push(`${server.localAddress}`.replace(`:${port}`, ":PORT"));
      client.close();
      server.close();
    }
    listener.close();
    return seen;
  });

  assertEquals(seen, [
    "tcp://[::]:PORT",
    "127.0.0.1 true",
    "tcp://127.0.0.1:PORT",
    "::1 true",
    "tcp://[::1]:PORT",
  ]);
});

Deno.test("connectTcp() rejects with the reason of a signal that is aborted already", async () => {
  const reason = { not: "an error" };
  const rejected = await connectTcp(
    { hostname: "127.0.0.1", port: 1 },
    { signal: AbortSignal.abort(reason) },
  ).catch((error) => error);

  assertStrictEquals(rejected, reason);
});

Deno.test({
  name:
    "connectTcp() ends a pending attempt with the signal's own reason, and listenTcp() keeps no more than its backlog",
  ignore: !isLinux, // other systems refuse what does not fit, or round up
  async fn() {
    const listener = listenTcp(LOOPBACK, { backlog: 1 });
    const { signal, abort } = abortable();
    const reason = new Error("lost patience");
    let connected = 0;
    const attempts = Array.from({ length: 8 }, async () => {
      const connection = await connectTcp(listener.address, { signal });
      connected++;
      return connection;
    });
    await Promise.race(attempts);
    // Whoever has found a place by now keeps it, nobody else will find one.
    await new Promise((resolve) => setTimeout(resolve, 50));
    abort(reason);

    for (const outcome of await Promise.allSettled(attempts)) {
      if (outcome.status === "fulfilled") outcome.value.close();
      else assertStrictEquals(outcome.reason, reason);
    }
    assertLess(connected, 4);
    listener.close();
  },
});

Deno.test("connectTcp() gives a connection that a later abort of the signal leaves alone", async () => {
  const { signal, abort } = abortable();
  const [client, server] = await tcpPair(signal);
  abort(new Error("too late"));

  await writeAll(client, Uint8Array.of(1, 2));
  assertEquals(await readExactly(server, 2), Uint8Array.of(1, 2));
  client.close();
  server.close();
});

Deno.test("connectTcp() refuses port 0 before any I/O and says what it is for", async () => {
  const error = await assertRejects(
    () => connectTcp({ hostname: "::1", port: 0 }),
    RangeError,
  );

  assertEquals(
    error.message,
    "Cannot connect to tcp://[::1]:0: port 0 is only for listening, the port must be from 1 to 65535",
  );
});

Deno.test("connectTcp() and listenTcp() refuse a port out of range and an empty host", async () => {
  const range = "Cannot use port 70000: it must be an integer from 0 to 65535";
  const empty = "Cannot use an empty host name";
  const far = { hostname: "127.0.0.1", port: 70000 };
  const nameless = { hostname: "", port: 80 };

  await assertRejects(() => connectTcp(far), RangeError, range);
  await assertRejects(() => connectTcp(nameless), TypeError, empty);
  assertThrows(() => listenTcp(far), RangeError, range);
  assertThrows(() => listenTcp(nameless), TypeError, empty);
});

Deno.test("listenTcp() refuses a backlog that is no integer of at least 1", () => {
  for (const backlog of [0, -1, 1.5, NaN, 2 ** 31]) {
    const error = assertThrows(
      () => listenTcp(LOOPBACK, { backlog }),
      RangeError,
    );
    assertEquals(
      error.message,
      `Cannot use backlog of ${backlog}: it must be an integer from 1 to 2147483647`,
    );
  }
});

Deno.test("Listener.accept() rejects with ClosedError when the listener closes, and ever after", async () => {
  const listener = listenTcp(LOOPBACK);
  const pending = assertRejects(() => listener.accept(), ClosedError);
  listener.close();

  const { message } = await pending;
  assertEquals(
    message,
    `Cannot accept on ${listener.address}: it was closed by this side`,
  );
  await assertRejects(() => listener.accept(), ClosedError);
});

Deno.test("Listener.close() may be called twice and leaves accepted connections alone", async () => {
  const listener = listenTcp(LOOPBACK);
  const [client, server] = await both(listener);
  listener.close();
  listener.close();

  await writeAll(client, Uint8Array.of(7));
  assertEquals(await read(server), Uint8Array.of(7));
  client.close();
  server.close();
});

Deno.test("Listener.close() ends what was not accepted and refuses what comes later", async () => {
  const listener = listenTcp(LOOPBACK);
  const client = await connectTcp(listener.address);
  listener.close();

  const outcome = await read(client).catch((error) => error);
  if (outcome !== null) assertEquals(outcome.code, "reset");
  const error = await assertRejects(
    () => connectTcp(listener.address),
    ConnectionError,
  );
  assertEquals(error.code, "refused");
  client.close();
});

Deno.test("Listener.accept() gives a connection whose peer is gone already", async () => {
  const listener = listenTcp(LOOPBACK);
  const client = await connectTcp(listener.address);
  client.close();
  const server = await listener.accept();

  assertEquals(await read(server), null);
  for (const open of [server, listener]) open.close();
});

Deno.test("connectTcp() and listenTcp() take noDelay and keepAlive off", async () => {
  const off = { keepAlive: false, noDelay: false };
  const listener = listenTcp(LOOPBACK, off);
  const [client, server] = await Promise.all([
    connectTcp(listener.address, off),
    listener.accept(),
  ]);

  await writeAll(client, Uint8Array.of(7));
  assertEquals(await read(server), Uint8Array.of(7));
  for (const open of [client, server, listener]) open.close();
});

Deno.test({
  name:
    "listenTcp() with reusePort shares a port, and only with who asks for it",
  ignore: Deno.build.os === "windows", // has no such option
  fn() {
    const first = listenTcp(LOOPBACK, { reusePort: true });
    const second = listenTcp(first.address, { reusePort: true });
    assertThrows(() => listenTcp(first.address), ConnectionError);
    for (const open of [first, second]) open.close();

    const alone = listenTcp(LOOPBACK);
    assertThrows(
      () => listenTcp(alone.address, { reusePort: true }),
      ConnectionError,
    );
    alone.close();
  },
});

Deno.test("listenTcp() with reusePort says which flag is missing and does not end the program", async () => {
  const seen = await inSubprocess(async (lib: string) => {
    const { listenTcp } = await import(`${lib}/transport/tcp/mod.ts`);
    try {
      // As the runtime is without the flag.
      Object.defineProperty(Deno, "listenDatagram", { value: undefined });
      listenTcp({ hostname: "127.0.0.1", port: 0 }, { reusePort: true });
      return "listens";
    } catch (error) {
      return `${error}`;
    }
  });

  assertEquals(
    seen,
    "TypeError: Cannot listen on tcp://127.0.0.1:0: reusePort needs a runtime started with --unstable-net (reusePort)",
  );
});

Deno.test("Connection.read() ends cleanly also after a call that was the caller's own mistake", async () => {
  const listener = listenTcp(LOOPBACK);
  const [client, server] = await both(listener);
  await assertRejects(() => client.write("text" as unknown as Uint8Array));
  server.close();

  assertEquals(await read(client), null);
  for (const open of [client, listener]) open.close();
});

function abortable(): {
  signal: AbortSignal;
  abort: (reason: unknown) => void;
} {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
  };
}

async function tcpPair(
  signal: AbortSignal,
): Promise<[Connection, Connection]> {
  const listener = listenTcp(LOOPBACK);
  try {
    return await both(listener, signal);
  } finally {
    listener.close();
  }
}

function both(
  listener: Listener,
  signal?: AbortSignal,
): Promise<[Connection, Connection]> {
  return Promise.all([
    connectTcp(listener.address, { signal }),
    listener.accept(),
  ]);
}

Deno.test("accept() leaves out a resettable connection that was reset while it waited", async () => {
  const options = { resettable: true };
  await using stack = new AsyncDisposableStack();
  const listener = await listenLine(new Address("tcp", "127.0.0.1"), options);
  stack.defer(() => listener.close());
  const gone = await connectTcp(listener.address, options);
  gone.abort();
  const client = await connectTcp(listener.address);
  stack.defer(() => client.close());
  const server = await listener.accept();
  stack.defer(() => server.close());
  assertEquals(String(server.remoteAddress), String(client.localAddress));
});

Deno.test("connectTcp() refuses port 0 of a resettable connection too", async () => {
  await assertRejects(
    () => connectTcp(LOOPBACK, { resettable: true }),
    RangeError,
    "port 0 is only for listening",
  );
});
