import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ConnectionError } from "../../../lib/errors.ts";
import { Address } from "../../../lib/transport/address.ts";
import { connectTcp, listenTcp } from "../../../lib/transport/tcp/mod.ts";
import {
  dialEach,
  lookUpAll,
} from "../../../lib/transport/tcp/each_address.ts";

const FAILURE = new ConnectionError("refused", {
  reason: "Cannot connect to the name",
});

/** Looks names up in a list, and dials really. */
function each(hosts: string[], signal?: AbortSignal) {
  return {
    dial: (address: Address) => connectTcp(address, { signal }),
    lookUp: () => Promise.resolve(hosts),
    signal,
  };
}

/** A port on which nobody listens. */
function deadPort(): number {
  const listener = listenTcp({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.address.port;
}

Deno.test("dialEach() takes the first address that answers", async () => {
  const listener = listenTcp({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.address;
  const name = new Address("tcp", "several.test", port);
  const hosts = ["::1", "127.0.0.1"];
  const [socket, accepted] = await Promise.all([
    dialEach(name, FAILURE, each(hosts)),
    listener.accept(),
  ]);
  assertEquals(String(socket.remoteAddress), `tcp://127.0.0.1:${port}`);
  for (const open of [socket, accepted, listener]) open.close();
});

Deno.test("dialEach() names every address with its reason when none answers", async () => {
  const port = deadPort();
  const name = new Address("tcp", "several.test", port);
  const error = await assertRejects(
    () => dialEach(name, FAILURE, each(["127.0.0.1", "::1"])),
    ConnectionError,
  );
  const why = "connection refused, nothing is listening there";
  assertEquals(
    error.message,
    `Cannot connect to tcp://several.test:${port}: 127.0.0.1: ${why}; ::1: ${why}`,
  );
  assertEquals(error.code, "refused");
});

Deno.test("dialEach() has nothing to add for a name of one address or of none", async () => {
  const name = new Address("tcp", "one.test", 7);
  for (const hosts of [[], ["127.0.0.1"]]) {
    const error = await assertRejects(() =>
      dialEach(name, FAILURE, each(hosts))
    );
    assertStrictEquals(error, FAILURE);
  }
  const denied = {
    ...each([]),
    lookUp: () => Promise.reject(new Deno.errors.NotCapable("not granted")),
  };
  const error = await assertRejects(() => dialEach(name, FAILURE, denied));
  assertStrictEquals(error, FAILURE);
});

Deno.test("dialEach() stops at the signal with its reason", async () => {
  const name = new Address("tcp", "several.test", deadPort());
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  const error = await assertRejects(() =>
    dialEach(name, FAILURE, each(["127.0.0.1", "::1"], signal))
  );
  assertStrictEquals(error, reason);
});

Deno.test("lookUpAll() gives the addresses of a name, each once", async () => {
  const found = await lookUpAll("localhost");
  assertEquals(found.includes("127.0.0.1") || found.includes("::1"), true);
  assertEquals(new Set(found).size, found.length);
});
