import "../../../lib/framing/parse.ts";
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { ConnectionError, TimeoutError } from "../../../lib/errors.ts";
import { connect } from "../../../lib/session/messages/connect.ts";
import { MessageConnection } from "../../../lib/session/messages/message_connection.ts";
import type { Listener } from "../../../lib/transport/connection.ts";
import { connectTcp, listenTcp } from "../../../lib/transport/tcp/mod.ts";
import { inSubprocess } from "../../support/subprocess.ts";
import { standing } from "../harness.ts";
import { busyPort, freePort } from "../../support/ports.ts";

const OPTIONS = { framing: "length:4", encoding: "text" } as const;

Deno.test("connect() opens a connection that carries messages, by string and by Address", async () => {
  using listener = listening();
  for (const address of [String(listener.address), listener.address]) {
    const [client, accepted] = await Promise.all([
      connect(address, OPTIONS),
      listener.accept(),
    ]);
    const server = new MessageConnection<string>(accepted, OPTIONS);
    await client.send("hello");
    assertEquals(await server.receive(), "hello");
    assertEquals(String(client.remoteAddress), String(listener.address));
    assertEquals(String(server.remoteAddress), String(client.localAddress));
    await Promise.all([client.close(), server.close()]);
  }
});

Deno.test("connect() to a port where nobody listens is a ConnectionError that names it", async () => {
  const address = `tcp://127.0.0.1:${freePort()}`;
  const error = await assertRejects(() => connect(address), ConnectionError);
  assertEquals([error.code, error.address], ["refused", address]);
  assertStringIncludes(
    error.message,
    `Cannot connect to ${address}: connection refused`,
  );
});

Deno.test("connect() to a name that does not exist is a ConnectionError that names it", async () => {
  // The tests themselves may not ask for names.
  const outcome = await inSubprocess(async (lib) => {
    const { connect } = await import(`${lib}/session/messages/connect.ts`);
    const address = "tcp://nosuch.invalid:7342";
    return await connect(address, { connectTimeoutMs: 8000 }).catch((
      { name, code, deadline, message }: ConnectionError & TimeoutError,
    ) => ({ name, code: code ?? deadline, message }));
  });
  assertStringIncludes(outcome.message, "tcp://nosuch.invalid:7342");
  // A machine without a name server may take its time.
  const codes = ["ConnectionError unresolved", "TimeoutError connect"];
  assert(codes.includes(`${outcome.name} ${outcome.code}`), outcome.message);
});

Deno.test("connect() gives up after connectTimeoutMs, not early", async () => {
  using busy = await busyPort();
  const address = `tcp://127.0.0.1:${busy.port}`;
  const begun = performance.now();
  const error = await assertRejects(
    () => connect(address, { connectTimeoutMs: 100 }),
    TimeoutError,
  );
  assertGreaterOrEqual(performance.now() - begun, 98);
  assertEquals([error.deadline, error.timeoutMs], ["connect", 100]);
  assertEquals(
    error.message,
    `Cannot connect to ${address}: no answer within 100 ms (connectTimeoutMs)`,
  );
});

Deno.test("connect() with a signal gives up with its reason, whatever it is", async () => {
  using busy = await busyPort();
  const address = `tcp://127.0.0.1:${busy.port}`;
  for (const reason of [new RangeError("mine"), "a string", { any: "thing" }]) {
    const controller = new AbortController();
    const { signal } = controller;
    const attempt = connect(address, { signal }).catch((error) => error);
    assertEquals(await standing(attempt), "pending");
    controller.abort(reason);
    assertStrictEquals(await attempt, reason);
  }
});

Deno.test("connect() with a signal that is aborted already throws its reason and opens nothing", async () => {
  using listener = listening();
  const reason = new Error("never mind");
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(
    await connect(listener.address, { signal }).catch((error) => error),
    reason,
  );
  // The next connection that is accepted is the next one that is made.
  const [probe, accepted] = await Promise.all([
    connectTcp(listener.address),
    listener.accept(),
  ]);
  assertEquals(String(accepted.remoteAddress), String(probe.localAddress));
  probe.close();
  accepted.close();
});

Deno.test("connect() is done with its signal once the connection is there", async () => {
  using listener = listening();
  const controller = new AbortController();
  const { signal } = controller;
  const [client, accepted] = await Promise.all([
    connect(listener.address, { ...OPTIONS, signal }),
    listener.accept(),
  ]);
  controller.abort();
  await client.send("still open");
  const server = new MessageConnection<string>(accepted, OPTIONS);
  assertEquals(await server.receive(), "still open");
  await Promise.all([client.close(), server.close()]);
});

Deno.test("connect() refuses bad options before it opens anything", async () => {
  using listener = listening();
  const to = listener.address;
  for (
    const [options, type, text] of [
      [{ framing: "lenght:4" }, TypeError, "lenght"],
      [{ encoding: "utf8" }, TypeError, "utf8"],
      [{ framing: "raw", encoding: "json" }, TypeError, "json"],
      [{ connectTimeoutMs: 0 }, RangeError, "connectTimeoutMs of 0"],
      [{ connectTimeoutMs: NaN }, RangeError, "connectTimeoutMs"],
      [{ idleTimeoutMs: -1 }, RangeError, "idleTimeoutMs of -1"],
      [{ maxMessageBytes: 0 }, RangeError, "maxMessageBytes"],
    ] as const
  ) {
    await assertRejects(() => connect(to, options as object), type, text);
  }
  const [probe, accepted] = await Promise.all([
    connectTcp(to),
    listener.accept(),
  ]);
  assertEquals(String(accepted.remoteAddress), String(probe.localAddress));
  probe.close();
  accepted.close();
});

Deno.test("connect() refuses an address that is none, port 0 and a port out of range", async () => {
  for (
    const [address, type, text] of [
      ["", TypeError, "address"],
      ["http://127.0.0.1:80", TypeError, "http"],
      ["tcp://127.0.0.1:70000", RangeError, "65535"],
      ["tcp://127.0.0.1:0", RangeError, "port 0"],
      ["tcp://127.0.0.1", TypeError, "port"],
      ["udp://127.0.0.1:7342", TypeError, "udp"],
    ] as const
  ) {
    await assertRejects(() => connect(address), type, text);
  }
});

function listening(): Listener & Disposable {
  const listener = listenTcp({ hostname: "127.0.0.1", port: 0 });
  return Object.assign(listener, { [Symbol.dispose]: () => listener.close() });
}
