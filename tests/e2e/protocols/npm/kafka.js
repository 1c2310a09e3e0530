/**
 * KafkaJS: `kafka.js PORT` lists topics and sends messages, prints what the
 * broker answered.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import process from "node:process";
import { Kafka, logLevel, Partitioners } from "kafkajs";

const [port] = process.argv.slice(2);
const kafka = new Kafka({
  clientId: "grüße",
  brokers: [`127.0.0.1:${port}`],
  logLevel: logLevel.NOTHING,
  retry: { retries: 0 },
});
const admin = kafka.admin();
await admin.connect();
console.log(JSON.stringify(await admin.listTopics()));
await admin.disconnect();

const producer = kafka.producer({
  createPartitioner: Partitioners.DefaultPartitioner,
});
await producer.connect();
for (const size of [0, 1, 300_000]) {
  const [sent] = await producer.send({
    topic: "topic",
    messages: [{ key: "key", value: "v".repeat(size) }],
  });
  console.log(JSON.stringify(sent));
}
await producer.disconnect();
