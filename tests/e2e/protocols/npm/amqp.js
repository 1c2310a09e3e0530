/**
 * amqplib: `amqp.js PORT` publishes messages of several sizes to a queue and
 * consumes them, prints the sizes that came back.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import { Buffer } from "node:buffer";
import process from "node:process";
import { connect } from "amqplib";

const [port] = process.argv.slice(2);
const connection = await connect(`amqp://127.0.0.1:${port}`);
const channel = await connection.createChannel();
const { queue } = await channel.assertQueue("", { exclusive: true });
const sizes = [0, 1, 4088, 4089, 300_000];
const got = [];
const done = new Promise((resolve) => {
  channel.consume(queue, ({ content }) => {
    const isSame = content.every((byte) => byte === content.length % 251);
    got.push(isSame ? content.length : -1);
    if (got.length === sizes.length) resolve();
  }, { noAck: true });
});
for (const size of sizes) {
  channel.sendToQueue(queue, Buffer.alloc(size, size % 251));
}
await done;
console.log(JSON.stringify(got));
await connection.close();
