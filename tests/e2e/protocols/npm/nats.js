/**
 * The NATS client of npm: `nats.js PORT` subscribes, publishes, and prints the
 * sizes of what came back.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import process from "node:process";
import { connect, headers } from "nats";

const [port] = process.argv.slice(2);
const connection = await connect({ servers: `127.0.0.1:${port}` });
const subscription = connection.subscribe("greet.*", { max: 4 });
for (const size of [0, 5, 300_000]) {
  connection.publish("greet.me", new Uint8Array(size).fill(13));
}
const more = headers();
more.append("A", "b");
connection.publish("greet.me", new TextEncoder().encode("hi"), {
  headers: more,
});
const sizes = [];
for await (const { data } of subscription) sizes.push(data.length);
console.log(JSON.stringify(sizes));
await connection.close();
