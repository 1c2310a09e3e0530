import { assertEquals, assertRejects } from "@std/assert";
import {
  type DatagramRelayEvent,
  relayDatagrams,
  type RelayDatagramsOptions,
  type RelayDirection,
} from "../../lib/relay/mod.ts";
import {
  bindUdp,
  type DatagramSocket,
  serveDatagrams,
} from "../../lib/session/datagrams/mod.ts";
import type { Address } from "../../lib/transport/address.ts";

const ANY = "udp://127.0.0.1:0";
const TEXT = { encoding: "text" } as const;

/** A server that says who asks, as it sees it. */
function asking(froms: Address[] = []): ReturnType<typeof serveDatagrams> {
  return serveDatagrams(ANY, async (message, from, socket) => {
    froms.push(from);
    await socket.send(message, from);
  });
}

function client(): DatagramSocket<string> {
  return bindUdp(ANY, TEXT);
}

/** Events that a test can wait for. */
function events(): {
  readonly onEvent: (event: DatagramRelayEvent) => void;
  readonly seen: DatagramRelayEvent[];
  until(type: DatagramRelayEvent["type"]): Promise<DatagramRelayEvent>;
} {
  const seen: DatagramRelayEvent[] = [];
  let wake = () => {};
  return {
    seen,
    onEvent: (event) => {
      seen.push(event);
      wake();
    },
    async until(type) {
      for (;;) {
        const found = seen.find((event) => event.type === type);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
  };
}

Deno.test("relayDatagrams() passes on datagrams of several peers, and each gets its own answers", async () => {
  const froms: Address[] = [];
  await using server = await asking(froms);
  const told: [RelayDirection, number][] = [];
  await using relay = await relayDatagrams(ANY, server.address, {
    onDatagram: (_, direction, bytes) => told.push([direction, bytes.length]),
  });
  await using one = client();
  await using two = client();
  for (let i = 0; i < 3; i++) {
    const answers = await Promise.all([
      one.request(`one ${i}`, relay.address),
      two.request(`second ${i}`, relay.address),
    ]);
    assertEquals(answers, [`one ${i}`, `second ${i}`]);
  }
  assertEquals(relay.peers, 2);
  assertEquals(new Set(froms.map(String)).size, 2);
  assertEquals(told.length, 12);
  assertEquals(
    told.filter(([direction]) => direction === "toServer").map(([, n]) => n)
      .toSorted((a, b) => a - b),
    [5, 5, 5, 8, 8, 8],
  );
});

Deno.test("relayDatagrams() passes on empty datagrams and the largest", async () => {
  await using server = await asking();
  await using relay = await relayDatagrams(ANY, server.address);
  await using peer = bindUdp(ANY);
  for (const size of [0, 1, 1400, 65_507]) {
    const message = new Uint8Array(size).fill(size % 251);
    assertEquals(await peer.request(message, relay.address), message);
  }
});

Deno.test("relayDatagrams() drops what another machine sends to a peer's socket", async () => {
  const froms: Address[] = [];
  await using server = await asking(froms);
  await using relay = await relayDatagrams(ANY, server.address);
  await using peer = client();
  await using stranger = client();
  assertEquals(await peer.request("a", relay.address), "a");
  const port = froms[0]!.port;
  await stranger.send("forged", `udp://127.0.0.1:${port}`);
  // What comes next is the answer, not what came before it.
  await peer.send("b", relay.address);
  assertEquals((await peer.receive({ timeoutMs: 5000 }))?.message, "b");
});

Deno.test("relayDatagrams() forgets a peer that is quiet, and takes it for a new one later", async () => {
  await using server = await asking();
  const { onEvent, seen, until } = events();
  await using relay = await relayDatagrams(ANY, server.address, {
    onEvent,
    peerTimeoutMs: 20,
  });
  await using peer = client();
  assertEquals(await peer.request("a", relay.address), "a");
  const closed = await until("closed");
  assertEquals(closed.type === "closed" && closed.why, "timeout");
  assertEquals(relay.peers, 0);
  assertEquals(await peer.request("b", relay.address), "b");
  assertEquals(seen.slice(0, 3).map(({ type }) => type), [
    "opened",
    "closed",
    "opened",
  ]);
});

Deno.test("relayDatagrams() tells the end of a peer before its next datagram makes it a new one, whatever is under way", async () => {
  await using server = await asking();
  const { onEvent, seen, until } = events();
  const told: string[] = [];
  const underWay = Promise.withResolvers<void>();
  let peers = 0;
  await using relay = await relayDatagrams(ANY, server.address, {
    onEvent: (event) => {
      told.push(event.type);
      onEvent(event);
    },
    onDatagram: (_, direction) => told.push(direction),
    peerTimeoutMs: 20,
    through() {
      const isFirst = ++peers === 1;
      return {
        async pass(direction, bytes, send) {
          // The first answer is under way until its peer is forgotten.
          if (isFirst && direction === "toClient") await underWay.promise;
          await send(bytes);
        },
        close() {},
      };
    },
  });
  await using peer = client();
  await peer.send("a", relay.address);
  await until("closed");
  assertEquals(relay.peers, 0);
  await peer.send("b", relay.address);
  assertEquals((await peer.receive({ timeoutMs: 5000 }))?.message, "b");
  underWay.resolve();
  await relay.close();
  const [opened, closed] = seen;
  assertEquals([opened!.type, closed!.type], ["opened", "closed"]);
  assertEquals(told, [
    ...["opened", "toServer", "closed"],
    ...["opened", "toServer", "toClient", "closed"],
  ]);
});

Deno.test("relayDatagrams() drops the datagrams of one peer too many, and says so", async () => {
  await using server = await asking();
  const { onEvent, until } = events();
  await using relay = await relayDatagrams(ANY, server.address, {
    onEvent,
    maxPeers: 1,
  });
  await using one = client();
  await using two = client();
  assertEquals(await one.request("a", relay.address), "a");
  await two.send("b", relay.address);
  const refused = await until("refused");
  assertEquals(
    refused.type === "refused" && String(refused.peer),
    String(two.address),
  );
  assertEquals(await one.request("c", relay.address), "c");
});

Deno.test("relayDatagrams() closes the sockets of its peers when it is closed, and can be closed again", async () => {
  await using server = await asking();
  const { onEvent, seen } = events();
  const relay = await relayDatagrams(ANY, server.address, { onEvent });
  await using peer = client();
  assertEquals(await peer.request("a", relay.address), "a");
  await relay.close();
  await relay.close();
  assertEquals(seen.map((event) => [event.type, "why" in event && event.why]), [
    ["opened", false],
    ["closed", "self"],
  ]);
});

Deno.test("relayDatagrams() looks a name up", async () => {
  await using server = await asking();
  const named = `udp://localhost:${server.address.port}`;
  await using relay = await relayDatagrams(ANY, named);
  await using peer = client();
  assertEquals(await peer.request("a", relay.address), "a");
});

Deno.test("relayDatagrams() refuses bounds and addresses that are out of range", async () => {
  const refused = (options: RelayDatagramsOptions) =>
    assertRejects(
      () => relayDatagrams(ANY, "udp://127.0.0.1:9", options),
      RangeError,
    );
  await refused({ maxPeers: 0 });
  await refused({ peerTimeoutMs: 0 });
  await assertRejects(
    () => relayDatagrams(ANY, "tcp://127.0.0.1:9"),
    TypeError,
  );
  await assertRejects(
    () => relayDatagrams(ANY, "udp://127.0.0.1:0"),
    RangeError,
  );
});
