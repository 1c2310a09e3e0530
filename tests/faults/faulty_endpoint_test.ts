/**
 * Faults of datagrams, on real sockets.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import {
  bindUdp,
  type DatagramEndpoint,
  type DatagramSocket,
} from "@parley/parley/udp";
import { relayDatagrams } from "@parley/parley/relay";
import {
  type DatagramFaultOptions,
  datagramFaults,
  type FaultEvent,
  withDatagramFaults,
} from "@parley/parley/testing";

const ANY = "udp://127.0.0.1:0";
const TEXT = { encoding: "text" } as const;

/** A socket with faults, and what struck. */
function faulty(
  faults: readonly string[],
  options: DatagramFaultOptions = {},
): { socket: DatagramSocket<string>; strikes: (readonly unknown[])[] } {
  const strikes: (readonly unknown[])[] = [];
  const onStrike = ({ connection, direction, message, name }: FaultEvent) =>
    void strikes.push([name, connection, direction, message]);
  const wrap = (endpoint: DatagramEndpoint) =>
    withDatagramFaults(endpoint, faults, { onStrike, ...options });
  return { socket: bindUdp(ANY, { ...TEXT, wrap }), strikes };
}

async function receive(
  socket: DatagramSocket<string>,
  count: number,
): Promise<string[]> {
  const received: string[] = [];
  while (received.length < count) {
    received.push((await socket.receive())!.message);
  }
  return received;
}

// What a peer receives of a, b, c and d, and what struck.
const SENT: [faults: string[], received: string[], strikes: string][] = [
  [["drop:100%,message=2"], ["a", "c", "d"], "drop 2"],
  [
    ["duplicate:100%,message=2-3"],
    ["a", "b", "b", "c", "c", "d"],
    "duplicate 2, duplicate 3",
  ],
  [["reorder:100%,times=1"], ["b", "a", "c", "d"], "reorder 1"],
  [["reorder:100%,message=4"], ["a", "b", "c", "d"], ""],
  [["delay:5ms,message=1"], ["a", "b", "c", "d"], "delay 1"],
  [
    ["drop:100%,when=/[bc]/", "duplicate:100%,message=4"],
    ["a", "d", "d"],
    "drop 2, drop 3, duplicate 4",
  ],
];

for (const [faults, expected, struck] of SENT) {
  const name = faults.join(" ");
  Deno.test(`withDatagramFaults() strikes what is sent and what is received: ${name}`, async () => {
    for (const isSending of [true, false]) {
      const { socket, strikes } = faulty(faults);
      await using near = socket;
      await using far = bindUdp(ANY, TEXT);
      const [from, to] = isSending ? [near, far] : [far, near];
      const reading = receive(to, expected.length);
      for (const text of ["a", "b", "c", "d"]) {
        await from.send(text, to.address);
      }
      assertEquals(await reading, expected);
      const direction = isSending ? "toServer" : "toClient";
      assertEquals(
        strikes.map(([name, , way, message]) => {
          assertEquals(way, direction);
          return `${name} ${message}`;
        }).join(", "),
        struck,
      );
    }
  });
}

Deno.test("withDatagramFaults() flips one bit of a datagram, the same with the same seed", async () => {
  const sent = async (seed: number) => {
    const { socket } = faulty(["corrupt:20%"], { seed });
    await using near = socket;
    await using far = bindUdp(ANY);
    await near.send("a".repeat(50), far.address);
    return (await far.receive())!.message.toHex();
  };
  assertEquals(await sent(7), await sent(7));
  assertEquals(await sent(7) === await sent(8), false);
});

Deno.test("withDatagramFaults() takes each peer for a connection, numbered as they come", async () => {
  const { socket, strikes } = faulty(["duplicate:100%,connection=2"], {
    side: "server",
  });
  await using server = socket;
  await using first = bindUdp(ANY, TEXT);
  await using second = bindUdp(ANY, TEXT);
  for (const client of [first, second]) {
    await client.send("hello", server.address);
    const count = client === second ? 2 : 1;
    assertEquals(await receive(server, count), new Array(count).fill("hello"));
  }
  assertEquals(strikes, [["duplicate", 2, "toServer", 1]]);
});

Deno.test("withDatagramFaults() ends a receive that waits when it is closed", async () => {
  const { socket } = faulty(["delay:1h"]);
  const waiting = socket.receive();
  await using far = bindUdp(ANY, TEXT);
  await far.send("held", socket.address);
  await socket[Symbol.asyncDispose]();
  assertEquals(await waiting, undefined);
});

Deno.test("withDatagramFaults() refuses what cannot strike datagrams", () => {
  for (
    const [fault, why] of [
      ["split:1", "a datagram arrives whole or not at all"],
      ["reset-after:1", "datagrams cannot be reset"],
      ["slow-end:1s", "datagrams have no end"],
    ] as const
  ) {
    const { message } = assertThrows(() => datagramFaults([fault]), TypeError);
    assertEquals(
      message,
      `Cannot use the fault "${fault}": it cannot strike datagrams: ${why}`,
    );
  }
  assertThrows(() => datagramFaults([], { connection: 0 }), RangeError);
});

Deno.test("relayDatagrams() passes on what datagramFaults() leaves, and shows only that", async () => {
  await using target = bindUdp(ANY, TEXT);
  const seen: string[] = [];
  await using relay = await relayDatagrams(ANY, target.address, {
    through: () =>
      datagramFaults([
        "to-server:drop:100%,message=1",
        "to-client:duplicate:100%",
      ]),
    onDatagram: (_peer, direction, bytes) =>
      seen.push(`${direction} ${new TextDecoder().decode(bytes)}`),
  });
  await using client = bindUdp(ANY, TEXT);
  await client.send("lost", relay.address);
  await client.send("hello", relay.address);
  const { from, message } = (await target.receive())!;
  assertEquals(message, "hello");
  await target.send("HELLO", from);
  assertEquals(await receive(client, 2), ["HELLO", "HELLO"]);
  assertEquals(seen, ["toServer hello", "toClient HELLO", "toClient HELLO"]);
});
