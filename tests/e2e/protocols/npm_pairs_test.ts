/**
 * Framings by the names of protocols against pairs of server and client on npm.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { opened } from "../../support/protocol_peers.ts";
import { wholePackets } from "../../support/whole_packets.ts";
import { fromLatin1 } from "../../support/chunkings.ts";
import { conversation, serverOf } from "../../support/npm_program.ts";

const word = (bytes: Uint8Array, at: number) =>
  bytes[at]! * 256 + bytes[at + 1]!;
const words = (...numbers: number[]) =>
  String.fromCharCode(...numbers.flatMap((n) => [n >> 8, n & 255]));

Deno.test("modbus: jsmodbus of npm talks with itself, and connect() with its server", async () => {
  const [process, port] = await serverOf("modbus");
  await using _server = process;
  const { recorded: { client, server }, lines } = await conversation(
    "modbus",
    port,
  );
  const asked = wholePackets("modbus", client);
  const answered = wholePackets("modbus", server);
  // Two writes, one read of 100 registers, 50 reads of one.
  const functions = [16, 6, 3, ...Array(50).fill(3)];
  assertEquals(asked.map((packet) => packet[7]), functions);
  assertEquals(answered.map((packet) => packet[7]), functions);
  assertEquals(
    answered.map((packet) => word(packet, 0)),
    asked.map((packet) => word(packet, 0)),
  );
  assertEquals(registers(answered[2]!), JSON.parse(lines[0]!));
  assertEquals(answered.slice(3).flatMap(registers), JSON.parse(lines[1]!));

  await using peer = await opened(port, "modbus");
  for (let id = 0; id < 300; id++) {
    // One to a hundred registers, from the first on.
    void peer.send(words(id, 0, 6) + "\x01\x03" + words(0, id % 100 + 1));
  }
  const all = JSON.parse(lines[0]!);
  // The order of what is asked at once is not kept: the number says which.
  const ids = new Set<number>();
  for (let count = 0; count < 300; count++) {
    const packet = await peer.receive();
    const id = word(packet, 0);
    ids.add(id);
    assertEquals(registers(packet), all.slice(0, id % 100 + 1));
  }
  assertEquals(ids.size, 300);
});

/** The registers in the answer to a read, which must have no byte more. */
function registers(packet: Uint8Array): number[] {
  assertEquals([packet[7], packet.length], [3, 9 + packet[8]!]);
  return Array.from(
    { length: packet[8]! / 2 },
    (_, i) => word(packet, 9 + 2 * i),
  );
}

const SUBMIT = 4;
const ANSWER = 0x80;

Deno.test("smpp: node-smpp talks with itself, and connect() with its server", async () => {
  const [process, port] = await serverOf("smpp");
  await using _server = process;
  const { recorded: { client, server }, lines } = await conversation(
    "smpp",
    port,
  );
  // The last bytes of command and sequence number; 9 binds, 6 unbinds.
  const commands = [9, ...Array(100).fill(SUBMIT), 6];
  const asked = wholePackets("smpp", client);
  const answered = wholePackets("smpp", server);
  assertEquals(asked.map((pdu) => pdu[7]), commands);
  assertEquals(answered.map((pdu) => [pdu[4], pdu[7], pdu[15]]), [
    ...commands.map((command, i) => [ANSWER, command, asked[i]![15]]),
  ]);
  const ids = answered.slice(1, -1)
    .map((pdu) => fromLatin1(pdu.subarray(16, -1)));
  assertEquals(ids, JSON.parse(lines[0]!));
  assertEquals(ids, Array.from({ length: 100 }, (_, i) => `${i}`));

  await using peer = await opened(port, "smpp");
  for (let i = 0; i < 200; i++) {
    await peer.send(
      "\0\0\0\x10" + "\0\0\0\x15" + "\0\0\0\0" + `\0\0${words(i)}`,
    );
  }
  for (let i = 0; i < 200; i++) {
    const pdu = await peer.receive();
    assertEquals([pdu.length, pdu[4], pdu[7], word(pdu, 14)], [
      ...[16, ANSWER, 0x15, i],
    ]);
  }
});

Deno.test("mllp: node-hl7-client talks with node-hl7-server, and connect() with that", async () => {
  const [process, port] = await serverOf("hl7");
  await using _server = process;
  const { recorded: { client, server }, lines } = await conversation(
    "hl7",
    port,
  );
  assertEquals(lines, ["AA ID0"]);
  const [asked, ...more] = wholePackets("mllp", client).map(fromLatin1);
  assertMatch(asked!, /^MSH\|.*\|ID0\|[^\r]*\rPID\|x{100000}$/);
  const [answered, ...others] = wholePackets("mllp", server).map(fromLatin1);
  assertMatch(answered!, /^MSH\|[^\r]*\rMSA\|AA\|ID0$/);
  assertEquals([...more, ...others], []);

  // The server answers each message of a connection with those before it again.
  for (let i = 0; i < 20; i++) {
    await using peer = await opened(port, "mllp");
    await peer.send(asked!.replace("ID0", `OWN${i}`));
    assertMatch(fromLatin1(await peer.receive()), new RegExp(`\\|OWN${i}$`));
  }
});
