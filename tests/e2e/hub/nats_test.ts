/**
 * `parley-server hub --nats`, from source and compiled: two hubs, and a server of
 * NATS that is killed.
 *
 * @module
 */

import { connect, type MessageConnection } from "@parley/parley";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { NatsServer } from "../../support/nats_servers.ts";
import { e2e, type Ended, type Run } from "../../support/processes.ts";
import { run as sh } from "../../support/protocol_peers.ts";
import { freePort } from "../../support/ports.ts";

const NEEDED = "nats-server";
const isInstalled = (await sh(`command -v ${NEEDED}`)).code === 0;

/** Registers a test that needs a server of NATS. */
function natsTest(
  name: string,
  test: (run: Run, server: NatsServer) => Promise<void>,
): void {
  if (!isInstalled) {
    return Deno.test({
      name: `${name}: not run, ${NEEDED} is not installed`,
      ignore: true,
      fn() {},
    });
  }
  e2e(name, async (run) => {
    const folder = await Deno.makeTempDir({ prefix: "parley-" });
    try {
      await using server = NatsServer.storing(folder);
      await test(run, server);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** Connects a member, and waits until it is in the room. */
async function member(
  address: string,
  framing: string,
): Promise<MessageConnection<string>> {
  const connection = await connect(address, { encoding: "text", framing });
  assertMatch((await connection.receive())!, /you are guest-1 in lobby/);
  return connection;
}

/** Runs the server to its end. */
async function ended(run: Run, ...args: string[]): Promise<Ended> {
  await using process = run.start("server", ...args);
  return await process.ended();
}

/** The next message that is no notice of the hub. */
async function said(connection: MessageConnection<string>): Promise<string> {
  for (;;) {
    const text = await connection.receive();
    assert(text !== undefined, "the hub ended the connection");
    if (!text.startsWith("* ")) return text;
  }
}

natsTest(
  "hubs with history share a room over a NATS server that is killed, and end in order",
  async (run, server) => {
    const shared = ["--nats", server.url, "--history", "9"];
    const options = [...shared, "--notices", "text"];
    const starting = [
      run.server("hub", "0", ...options),
      run.server("hub", "0", "--frame", "length:4", ...options),
    ];
    // They wait for it.
    await server.start();
    await using red = await starting[0]!;
    await using blue = await starting[1]!;
    await using ann = await member(red.address, "line");
    await using ben = await member(blue.address, "length:4");
    await ann.send("one");
    assertEquals(await said(ben), "one");

    await server.kill();
    await red.process.line(/cut off from other hubs/);
    await blue.process.line(/cut off from other hubs/);
    await ann.send("two");
    await server.start();
    assertEquals(await said(ben), "two");
    await ben.send("three");
    assertEquals(await said(ann), "three");
    assertMatch(red.process.stderr, /sharing rooms again through 127\.0\.0\.1/);

    const other = await ended(run, ...[
      "hub",
      "0",
      "--nats",
      server.url,
      "--history",
      "5",
    ]);
    assertEquals(other.code, 2);
    assertMatch(other.stderr, /--history of 5: .* keeps 9 messages of each/);
    for (const { process } of [red, blue]) {
      process.signal("SIGTERM");
      assertEquals((await process.ended()).code, 0, process.stderr);
    }
  },
);

natsTest(
  "a hub that is stopped while NATS is away gives up within --grace, and says how many messages",
  async (run, server) => {
    await server.start();
    const shared = ["--nats", server.url, "--history", "9"];
    await using hub = await run.server("hub", "0", ...shared, "--grace", "1s");
    await using ann = await connect(hub.address, { encoding: "text" });
    await hub.process.line(/guest-1 joined lobby/);
    await server.kill();
    await hub.process.line(/cut off from other hubs/);
    for (const text of ["two", "three"]) await ann.send(text);
    await ann.closeWrite();
    await hub.process.line(/guest-1 has finished sending/);

    hub.process.signal("SIGTERM");
    const { code, stderr } = await hub.process.ended();
    assertEquals(code, 0, stderr);
    assertMatch(stderr, /^2 messages did not reach other hubs$/m);
  },
);

natsTest(
  "hubs without history tell members what they missed while NATS was killed",
  async (run, server) => {
    await server.start();
    const options = ["--nats", server.url, "--notices", "json"];
    await using red = await run.server("hub", "0", ...options);
    // All that comes at once must fit, or a slow reader is ended for it.
    const roomy = ["--queue", "64MiB"];
    await using blue = await run.server("hub", "0", ...options, ...roomy);
    await using ann = await connect(red.address, { encoding: "json" });
    await using ben = await connect(blue.address, { encoding: "json" });
    // The hub says so once it is in the room.
    await Promise.all([ann.receive(), ben.receive()]);
    await ann.send(0);
    while (await ben.receive() !== 0);

    // More than may wait, so that the last ones are dropped.
    await server.kill();
    await red.process.line(/cut off from other hubs/);
    const text = "x".repeat(1_000_000);
    for (let count = 0; count < 18; count++) await ann.send(text);
    await ann.send("the last one");
    await server.start();
    let heard = 0;
    let missed = 0;
    while (heard + missed < 19) {
      const message = await ben.receive();
      if (typeof message === "string") heard++;
      else if (message instanceof Object && "missed" in message) {
        missed += Number(message.missed);
      }
    }
    assertEquals(heard + missed, 19);
    assert(missed > 0, "nothing was dropped");
    for (const connection of [ann, ben]) connection.abort();
  },
);

e2e(
  "hub says at once that no NATS server is there, and exits 4",
  async (run) => {
    const { code, stderr } = await ended(run, ...[
      "hub",
      "0",
      "--nats",
      `127.0.0.1:${freePort()}`,
      "--retry",
      "0s",
    ]);
    assertEquals(code, 4);
    assertMatch(
      stderr,
      /cannot connect to NATS at 127\.0\.0\.1:\d+: connection/,
    );
  },
);
