/**
 * Framing `mqtt` against Mosquitto's server and clients, and against the packets
 * of mqtt-packet of npm. What connect() says to Mosquitto is tested with the
 * other brokers in `brokers_test.ts`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { peerTest, run, start } from "../../support/protocol_peers.ts";
import { Recorder } from "../../support/recorder.ts";
import { joined, wholePackets } from "../../support/whole_packets.ts";
import { npmProgram } from "../../support/npm_program.ts";
import { freePort } from "../../support/ports.ts";

/** The type of a control packet: section 2.1.2. */
const typeOf = (packet: Uint8Array) => packet[0]! >> 4;
const PUBLISH = 3;

await peerTest({
  name: "mqtt: mosquitto_pub and mosquitto_sub talk with mosquitto",
  needs: ["mosquitto", "mosquitto_pub", "mosquitto_sub"],
  async fn(folder) {
    const port = freePort();
    await using server = start("mosquitto", "-v", "-p", `${port}`);
    await server.line(/mosquitto version \S+ running/);
    await using recorder = new Recorder({ port });
    const sizes = [1, 100, 127, 128, 16_383, 16_384, 300_000];
    for (const version of ["mqttv311", "mqttv5"]) {
      const options = ["-V", version, "-t", "topic", "-q", "1"];
      const place = ["-h", "127.0.0.1", "-p", `${recorder.port}`];
      await using reader = start(
        ...["mosquitto_sub", "-C", `${sizes.length}`, "-F", "%l"] as const,
        ...["-i", version, ...options, ...place],
      );
      await server.line(new RegExp(`Sending SUBACK to ${version}`));
      for (const size of sizes) {
        await Deno.writeTextFile(`${folder}/payload`, "x".repeat(size));
        const { code, text } = await run(
          'exec mosquitto_pub "$@"',
          ...["-f", `${folder}/payload`, ...options, ...place],
        );
        assertEquals(code, 0, text);
      }
      await reader.end();
      const { stdout } = await reader.ended();
      assertEquals(stdout.trim().split("\n").map(Number), sizes);
    }
    for (const { client, server } of await recorder.over()) {
      const sent = wholePackets("mqtt", client);
      const received = wholePackets("mqtt", server);
      // CONNECT and CONNACK; each PUBLISH, SUBSCRIBE is acknowledged; DISCONNECT.
      assertEquals([typeOf(sent[0]!), typeOf(received[0]!)], [1, 2]);
      const isPublisher = sent.some((packet) => typeOf(packet) === PUBLISH);
      if (isPublisher) {
        assertEquals(sent.map(typeOf), [1, PUBLISH, 14]);
        assertEquals(received.map(typeOf), [2, 4]);
      } else {
        assertEquals(sent.map(typeOf).slice(0, 3), [1, 8, 4]);
        const published = received.filter((p) => typeOf(p) === PUBLISH);
        assertEquals(published.length, sizes.length);
        published.forEach((packet, i) => {
          const text = packet.subarray(-sizes[i]!);
          assert(text.every((byte) => byte === 0x78));
        });
      }
    }
  },
});

Deno.test("mqtt: the packets of mqtt-packet are found as it wrote them", async () => {
  await using process = npmProgram("mqtt");
  await process.end();
  const { code, stdout, stderr } = await process.ended();
  assertEquals(code, 0, stderr);
  const packets = stdout.trimEnd().split("\n").map((line) =>
    Uint8Array.fromBase64(line)
  );
  // Every type, in both versions; 15 is of version 5.
  assertEquals(
    Array.from(new Set(packets.map(typeOf))).toSorted((a, b) => a - b),
    Array.from({ length: 15 }, (_, i) => i + 1),
  );
  const found = wholePackets("mqtt", [joined(packets)], {
    maxMessageBytes: 2 ** 22,
  });
  assertEquals(found.length, packets.length);
  found.forEach((packet, i) => {
    assertEquals(packet.length, packets[i]!.length);
    assertEquals(packet.subarray(0, 8), packets[i]!.subarray(0, 8));
  });
});
