/**
 * mqtt-packet: prints packets of every type in versions 3.1.1 and 5, each as one
 * line of base64.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import { Buffer } from "node:buffer";
import { generate } from "mqtt-packet";

const sizes = [0, 1, 90, 127, 128, 130, 16_383, 16_384, 300_000, 2_097_152];

for (const protocolVersion of [4, 5]) {
  const write = (packet) =>
    console.log(generate(packet, { protocolVersion }).toString("base64"));
  const five = protocolVersion === 5;
  write({
    cmd: "connect",
    clientId: "grüße",
    protocolVersion,
    clean: true,
    keepalive: 30,
    username: "u",
    password: Buffer.from("p"),
    will: { topic: "t", payload: Buffer.alloc(200), qos: 1, retain: true },
    ...five ? { properties: { sessionExpiryInterval: 1 } } : {},
  });
  write({
    cmd: "connack",
    ...five
      ? { reasonCode: 0, properties: { assignedClientIdentifier: "x" } }
      : { returnCode: 0 },
    sessionPresent: false,
  });
  for (const size of sizes) {
    for (const qos of size > 1_000_000 ? [0] : [0, 1, 2]) {
      write({
        cmd: "publish",
        topic: "a/b",
        payload: Buffer.alloc(size, 0x30),
        qos,
        messageId: 7,
        ...five ? { properties: { contentType: "text" } } : {},
      });
    }
  }
  for (const cmd of ["puback", "pubrec", "pubrel", "pubcomp"]) {
    write({ cmd, messageId: 7, reasonCode: 0 });
  }
  write({
    cmd: "subscribe",
    messageId: 8,
    subscriptions: Array.from(
      { length: 100 },
      (_, i) => ({ topic: `topic/${i}`, qos: i % 3 }),
    ),
  });
  write({ cmd: "suback", messageId: 8, granted: Array(100).fill(1) });
  write({ cmd: "unsubscribe", messageId: 9, unsubscriptions: ["a", "b"] });
  write({ cmd: "unsuback", messageId: 9, granted: [0, 0] });
  write({ cmd: "pingreq" });
  write({ cmd: "pingresp" });
  write({ cmd: "disconnect", ...five ? { reasonCode: 0 } : {} });
  if (five) write({ cmd: "auth", reasonCode: 0, properties: {} });
}
