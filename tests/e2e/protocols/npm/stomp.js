/**
 * Stompit: `stomp.js PORT` subscribes to a queue, sends texts and bytes to it, and
 * prints the sizes of what came back.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import { Buffer } from "node:buffer";
import process from "node:process";
import stompit from "stompit";

const [port] = process.argv.slice(2);
const client = await new Promise((resolve, reject) =>
  stompit.connect({
    host: "127.0.0.1",
    port: Number(port),
    connectHeaders: {
      host: "/",
      login: "guest",
      passcode: "guest",
      "heart-beat": "0,0",
    },
  }, (error, client) => error ? reject(error) : resolve(client))
);
// The first two are sent without their size, the others with it.
const bodies = ["", "grüße", Buffer.alloc(10), Buffer.alloc(100_000, 7)];
const sizes = [];
const done = new Promise((resolve) => {
  client.subscribe(
    { destination: "/queue/q", ack: "auto" },
    (_error, message) => {
      let size = 0;
      message.on("data", (chunk) => size += chunk.length);
      message.on("end", () => {
        sizes.push(size);
        if (sizes.length === bodies.length) resolve();
      });
    },
  );
});
for (const body of bodies) {
  const sized = typeof body === "string"
    ? {}
    : { "content-length": body.length };
  client.send({ destination: "/queue/q", ...sized }).end(body);
}
await done;
console.log(JSON.stringify(sizes));
await new Promise((resolve) => client.disconnect(resolve));
