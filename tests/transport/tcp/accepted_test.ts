import { assertEquals } from "@std/assert";
import type { Connection } from "../../../lib/transport/connection.ts";
import { TcpListener } from "../../../lib/transport/tcp/accepted.ts";
import { connectTcp } from "../../../lib/transport/tcp/mod.ts";
import { addressIn } from "../../../lib/transport/tcp/tcp_socket.ts";
import { ManualTime } from "../../support/manual_time.ts";
import { read, writeAll } from "../../support/transport_suite.ts";

/** Both ends of a connection, and which options its accepted socket was given. */
interface Accepted {
  readonly client: Connection;
  readonly listener: TcpListener;
  readonly options: string[];
  readonly server: Connection;
  readonly time: ManualTime;
}

/** @param isLate Whether the listener is closed in the turn of the accept. */
async function accepted(isLate = false): Promise<Accepted> {
  const options: string[] = [];
  const system = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accept = system.accept.bind(system);
  system.accept = async () => {
    const conn = await accept();
    const { setKeepAlive, setNoDelay } = conn;
    conn.setKeepAlive = (on) => {
      options.push(`keepAlive ${on}`);
      setKeepAlive.call(conn, on);
    };
    conn.setNoDelay = (on) => {
      options.push(`noDelay ${on}`);
      setNoDelay.call(conn, on);
    };
    if (isLate) listener.close();
    return conn;
  };
  const time = new ManualTime();
  const listener = new TcpListener(system, addressIn("tcp"), {}, time);
  const [client, server] = await Promise.all([
    connectTcp(listener.address),
    listener.accept(),
  ]);
  return { client, listener, options, server, time };
}

const BOTH = ["noDelay true", "keepAlive true"];

Deno.test("an accepted connection sets its options before its second write", async () => {
  const { client, listener, options, server } = await accepted();
  await writeAll(server, new Uint8Array(1024));
  assertEquals((await read(client))?.length, 1024);
  assertEquals(options, []);

  await writeAll(server, Uint8Array.of(1));
  assertEquals(options, BOTH);
  await writeAll(server, Uint8Array.of(2));
  assertEquals(options, BOTH);
  for (const open of [client, server, listener]) open.close();
});

Deno.test("an accepted connection sets its options before a first write that may need two segments", async () => {
  const { client, listener, options, server } = await accepted();
  await writeAll(server, new Uint8Array(1025));
  assertEquals(options, BOTH);
  for (const open of [client, server, listener]) open.close();
});

Deno.test("an accepted connection that stays sets its options within half a second, whatever it did", async () => {
  const { client, listener, options, server, time } = await accepted();
  await time.advance(499);
  assertEquals(options, []);
  await time.advance(1);
  assertEquals(options, BOTH);
  assertEquals(time.pending, 0);

  await writeAll(client, Uint8Array.of(7));
  assertEquals(await read(server), Uint8Array.of(7));
  for (const open of [client, server, listener]) open.close();
});

Deno.test("an accepted connection sets its options when its listener is closed, and nothing is left of one that was closed", async () => {
  const first = await accepted();
  first.listener.close();
  assertEquals(first.options, BOTH);
  assertEquals(first.time.pending, 0);
  for (const open of [first.client, first.server]) open.close();

  const late = await accepted(true);
  assertEquals(late.options, BOTH);
  assertEquals(late.time.pending, 0);
  for (const open of [late.client, late.server]) open.close();

  const second = await accepted();
  second.server.close();
  await second.time.advance(500);
  assertEquals(second.options, []);
  for (const open of [second.client, second.listener]) open.close();
});
