/**
 * A server that listens before what speaks on its connections is there.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { connect, type Listener, serve } from "@parley/parley";
import { ListeningServer } from "../../../cli/server/listening_server.ts";
import {
  type RunningServer,
  runningServer,
} from "../../../cli/server/running_server.ts";
import { listenAll, parseAddress } from "../../../lib/start.ts";

const LOCAL = parseAddress("tcp://127.0.0.1:0");

async function echoOn(listeners: readonly Listener[]): Promise<RunningServer> {
  return runningServer(
    await serve(listeners, async (connection) => {
      for await (const message of connection) await connection.send(message);
    }),
  );
}

Deno.test("ListeningServer answers a connection that was made before begin()", async () => {
  const listeners = await listenAll([LOCAL]);
  const server = new ListeningServer(listeners, () => echoOn(listeners));
  await using client = await connect(server.addresses[0]!, {
    encoding: "text",
  });
  await client.send("early");
  server.begin();
  assertEquals(await client.receive(), "early");
  assertEquals(await server.open(), 1);
  await client.closeWrite();
  assertEquals((await server.shutdown(1_000)).cut, []);
});

Deno.test("ListeningServer closes its listeners in a shutdown before begin()", async () => {
  const listeners = await listenAll([LOCAL]);
  const server = new ListeningServer(listeners, () => echoOn(listeners));
  const report = await server.shutdown(0);
  assertEquals(report, { cut: [], finished: 0 });
  assertEquals(await server.open(), 0);
  const { port } = server.addresses[0]!;
  Deno.listen({ hostname: "127.0.0.1", port }).close();
});

Deno.test("ListeningServer fails as a whole if what speaks cannot be loaded", async () => {
  const listeners = await listenAll([LOCAL]);
  const server = new ListeningServer(
    listeners,
    () => Promise.reject(new Error("not there")),
  );
  server.begin();
  await assertRejects(() => server.failed, Error, "not there");
  server.cut();
  for (const listener of listeners) listener.close();
});

Deno.test("listenAll() closes every listener if one address is refused", async () => {
  const [taken] = await listenAll([LOCAL]);
  const [given] = await listenAll([LOCAL]);
  await assertRejects(() => listenAll([given!, LOCAL, taken!.address]));
  const { port } = given!.address;
  Deno.listen({ hostname: "127.0.0.1", port }).close();
  taken!.close();
});
