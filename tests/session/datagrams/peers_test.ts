/**
 * Datagrams as connections, one for each peer.
 *
 * @module
 */

import { type Connection, MessageConnection, serve } from "@parley/parley";
import { bindUdp, dialDatagrams, listenForDatagrams } from "@parley/parley/udp";
import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../../lib/errors.ts";
import { EncodedSocket } from "../../../lib/session/datagrams/encoded_socket.ts";
import { DatagramListener } from "../../../lib/session/datagrams/peers/datagram_listener.ts";
import { FramedDatagrams } from "../../../lib/session/datagrams/peers/framed_datagrams.ts";
import { ManualTime } from "../../support/manual_time.ts";
import { peer, ScriptedEndpoint } from "../../support/scripted_endpoint.ts";

const text = { encoding: "text" } as const;

Deno.test("each peer of listenForDatagrams is a connection, and a datagram a message, also an empty one towards it", async () => {
  const udp = listenForDatagrams("udp://127.0.0.1:0");
  await using _server = await serve(udp, text, async (peer) => {
    let count = 0;
    for await (const message of peer) {
      await peer.sendAll([`${++count} ${message}`, ""]);
    }
  });
  await using one = bindUdp("udp://127.0.0.1:0", text);
  await using two = bindUdp("udp://127.0.0.1:0", text);
  for (const n of [1, 2]) {
    for (const [name, socket] of Object.entries({ one, two })) {
      await socket.send(name, udp.address);
      assertEquals((await socket.receive())?.message, `${n} ${name}`);
      assertEquals((await socket.receive())?.message, "");
    }
  }
});

Deno.test("listenForDatagrams() counts and tells what a peer's slow reader has no room for", async () => {
  for (
    const [size, kept] of [[1, 256], [60_000, 17]] as const
  ) {
    const drops: number[] = [];
    const told = Promise.withResolvers<void>();
    const udp = listenForDatagrams("udp://127.0.0.1:0", {
      onEvent: (event) => {
        if (event.type !== "dropped") return;
        drops.push(event.bytes);
        if (drops.length === 3) told.resolve();
      },
    });
    await using socket = bindUdp("udp://127.0.0.1:0");
    // As each one is taken off the system's queue before the next one is sent, the
    // system itself drops none.
    const sending = (async () => {
      while (drops.length < 3) {
        await socket.send(new Uint8Array(size), udp.address);
        await new Promise((resolve) => setTimeout(resolve));
      }
    })();
    const accepted = await udp.accept();
    await told.promise;
    await sending;
    assertEquals([udp.dropped >= 3, drops[0]], [true, size]);
    // What waited is read all the same.
    const into = new Uint8Array(70_000);
    for (let i = 0; i < kept; i++) {
      // Each one stands behind its length, as a message.
      assertEquals(await accepted.read(into), 4 + size);
    }
    accepted.close();
    udp.close();
  }
});

Deno.test("dialDatagrams() reads what its peer sends and no other", async () => {
  await using peer = bindUdp("udp://127.0.0.1:0", text);
  await using stranger = bindUdp("udp://127.0.0.1:0", text);
  const line = await dialDatagrams(`udp://localhost:${peer.address.port}`);
  await using connection = new MessageConnection(line, text);
  await connection.send("hello");
  const asked = await peer.receive();
  assertEquals(asked?.message, "hello");
  await stranger.send("not me", asked!.from);
  await peer.send("it is I", asked!.from);
  assertEquals(await connection.receive(), "it is I");
});

Deno.test("an empty datagram is a message, of a peer and of the one that is sent to", async () => {
  const udp = listenForDatagrams("udp://127.0.0.1:0");
  await using _server = await serve(udp, async (peer) => {
    for await (const message of peer) await peer.send(message);
  });
  const line = await dialDatagrams(udp.address);
  await using connection = new MessageConnection(line, text);
  // The first one makes the peer known.
  await connection.sendAll(["", "", "a", ""]);
  const got: (string | undefined)[] = [];
  while (got.length < 4) got.push(await connection.receive());
  assertEquals(got, ["", "", "a", ""]);
});

Deno.test("chunks leave empty datagrams out, as a read has at least one byte", async () => {
  const udp = listenForDatagrams("udp://127.0.0.1:0", { as: "chunks" });
  await using one = bindUdp("udp://127.0.0.1:0", text);
  const line = await dialDatagrams(one.address, { as: "chunks" });
  await line.write(new Uint8Array(1));
  const { from } = (await one.receive())!;
  const into = new Uint8Array(8);
  for (const message of ["", "ab"]) {
    await one.send(message, udp.address);
    await one.send(message, from);
  }
  const peer = await udp.accept();
  assertEquals([await peer.read(into), await line.read(into)], [2, 2]);
  for (const part of [peer, line, udp]) part.close();
});

Deno.test("a message that no datagram can hold is refused, and the connection goes on", async () => {
  await using peer = bindUdp("udp://127.0.0.1:0");
  const line = await dialDatagrams(peer.address);
  await using connection = new MessageConnection(line);
  await assertRejects(
    () => connection.send(new Uint8Array(65_508)),
    RangeError,
    "Cannot send message of 65508 bytes: a datagram holds 65507 bytes at most",
  );
  await connection.send(new Uint8Array(65_507).fill(7));
  assertEquals((await peer.receive())?.message.length, 65_507);
});

/** Datagrams of a script, in which nothing comes by itself. */
class Scripted implements Connection {
  readonly localAddress = line.localAddress;
  readonly remoteAddress = line.remoteAddress;
  readonly sent: number[][] = [];
  readonly #reads: ((bytes: Uint8Array) => void)[] = [];

  arrive(...bytes: number[]): void {
    this.#reads.shift()!(Uint8Array.from(bytes));
  }

  read(into: Uint8Array): Promise<number | null> {
    return new Promise((resolve) =>
      this.#reads.push((bytes) => {
        into.set(bytes);
        resolve(bytes.length);
      })
    );
  }

  write(bytes: Uint8Array): Promise<number> {
    this.sent.push([...bytes]);
    return Promise.resolve(bytes.length);
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}
  abort(): void {}
}

const line = await dialDatagrams("udp://127.0.0.1:9");
line.close();

Deno.test("messages are whole datagrams, however reads and writes are cut", async () => {
  for (let size = 1; size <= 12; size++) {
    const datagrams = new Scripted();
    const framed = new FramedDatagrams(datagrams, Infinity, new ManualTime());
    const bytes = Uint8Array.of(0, 0, 0, 1, 9, 0, 0, 0, 0, 0, 0, 0, 2, 7, 8);
    for (let at = 0; at < bytes.length; at += size) {
      await framed.write(bytes.subarray(at, at + size));
    }
    assertEquals(datagrams.sent, [[9], [], [7, 8]]);
    const got: number[] = [];
    const into = new Uint8Array(size);
    for (const datagram of [[5, 6], [4]]) {
      const end = got.length + 4 + datagram.length;
      while (got.length < end) {
        const reading = framed.read(into);
        if (got.length === end - 4 - datagram.length) {
          datagrams.arrive(...datagram);
        }
        got.push(...into.subarray(0, (await reading)!));
      }
    }
    assertEquals(got, [0, 0, 0, 2, 5, 6, 0, 0, 0, 1, 4]);
  }
});

Deno.test("a peer that is quiet for peerTimeoutMs has ended; datagrams either way put that off", async () => {
  const time = new ManualTime();
  const datagrams = new Scripted();
  const framed = new FramedDatagrams(datagrams, 1_000, time);
  const into = new Uint8Array(100);
  const first = framed.read(into);
  await time.advance(900);
  datagrams.arrive(1);
  assertEquals(await first, 5);
  const last = framed.read(into);
  await time.advance(900);
  await framed.write(Uint8Array.of(0, 0, 0, 1, 9));
  let over: number | null | undefined;
  const watched = last.then((count) => over = count);
  await time.advance(999);
  assertEquals(over, undefined);
  await time.advance(1);
  assertEquals(over, null);
  await watched;
  assertEquals(await framed.read(into), null, "the end stays");
});

Deno.test("a peer has 1 s for each answer once this side has finished", async () => {
  const time = new ManualTime();
  const datagrams = new Scripted();
  const framed = new FramedDatagrams(datagrams, Infinity, time);
  const into = new Uint8Array(100);
  const first = framed.read(into);
  await time.advance(10_000);
  await framed.closeWrite();
  await time.advance(999);
  datagrams.arrive(1);
  assertEquals(await first, 5);
  const last = framed.read(into);
  await time.advance(1_000);
  assertEquals(await last, null);
});

Deno.test("datagrams that were closed wait for nothing, also if they finish sending then", async () => {
  for (const how of ["close", "abort"] as const) {
    const time = new ManualTime();
    const framed = new FramedDatagrams(new Scripted(), 1_000, time);
    void framed.read(new Uint8Array(100));
    framed[how]();
    await framed.closeWrite();
    assertEquals(time.pending, 0, how);
  }
});

Deno.test("a listener of datagrams goes on after a failure of the system, which accept() tells", async () => {
  const time = new ManualTime();
  const endpoint = new ScriptedEndpoint();
  const socket = new EncodedSocket<Uint8Array, Uint8Array>(endpoint, {});
  const listener = new DatagramListener(socket, true, undefined, time);
  const failure = new ConnectionError("exhausted", { reason: "no memory" });
  endpoint.arrive("a", peer(1));
  const first = await listener.accept();
  const second = listener.accept();
  endpoint.break(failure);
  assertEquals(await assertRejects(() => second), failure);
  const third = listener.accept();
  endpoint.arrive("b", peer(1));
  endpoint.arrive("c", peer(2));
  await time.advance(100);
  assertEquals(String((await third).remoteAddress), String(peer(2)));
  const into = new Uint8Array(8);
  assertEquals([await first.read(into), await first.read(into)], [1, 1]);
  first.close();
  (await third).close();
  listener.close();
});
