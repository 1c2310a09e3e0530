import { assertEquals, assertRejects } from "@std/assert";
import { Address, parseAddress } from "../../lib/transport/address.ts";
import { dial, listen } from "../../lib/transport/open.ts";

Deno.test("dial() and listen() meet at the listener's address", async () => {
  const listener = await listen(parseAddress("0"), {});
  const [client, server] = await Promise.all([
    dial(listener.address, {}),
    listener.accept(),
  ]);

  assertEquals(String(client.remoteAddress), String(listener.address));
  for (const open of [client, server, listener]) open.close();
});

for (const everywhere of ["::", "0.0.0.0"]) {
  Deno.test(`dial() reaches this machine under ${everywhere}`, async () => {
    const listener = await listen(parseAddress("127.0.0.1:0"), {});
    const [client, server] = await Promise.all([
      dial(new Address("tcp", everywhere, listener.address.port), {}),
      listener.accept(),
    ]);

    assertEquals(String(client.remoteAddress), String(listener.address));
    for (const open of [client, server, listener]) open.close();
  });
}

Deno.test("dial() refuses port 0 with a rejection that says what it is for", async () => {
  const error = await assertRejects(
    () => dial(parseAddress("localhost:0"), {}),
    RangeError,
  );

  assertEquals(
    error.message,
    "Cannot connect to tcp://localhost:0: port 0 is only for listening, the port must be from 1 to 65535",
  );
});

for (
  const address of [
    parseAddress("udp://7342"),
    new Address("memory", "server"),
    new Address("stream", "peer"),
  ]
) {
  const why = address.transport === "udp"
    ? "UDP has no connections, use bindUdp or serveDatagrams"
    : address.transport === "memory"
    ? "only its listener connects to it, as in memoryListener().connect()"
    : "streams are open already, use streamConnection";

  Deno.test(`dial() rejects ${address} and says what to use`, async () => {
    const error = await assertRejects(() => dial(address, {}), TypeError);

    assertEquals(error.message, `Cannot connect to ${address}: ${why}`);
  });

  Deno.test(`listen() refuses ${address} and says what to use`, async () => {
    const error = await assertRejects(() => listen(address, {}), TypeError);

    assertEquals(error.message, `Cannot listen on ${address}: ${why}`);
  });
}
