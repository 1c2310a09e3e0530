/**
 * docker-modem: `docker.js PORT` attaches to a container, takes its output
 * apart, and prints the size and the hash of what came on each stream.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import { createHash } from "node:crypto";
import process from "node:process";
import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import Modem from "docker-modem";

const [port] = process.argv.slice(2);
const modem = new Modem({ host: "127.0.0.1", port: Number(port) });
const stream = await new Promise((resolve, reject) =>
  modem.dial({
    path: "/containers/parley/attach?stream=1&stdout=1&stderr=1",
    method: "POST",
    isStream: true,
    hijack: true,
    statusCodes: { 101: true, 200: true },
  }, (error, stream) => error ? reject(error) : resolve(stream))
);

/** A stream that counts and hashes what is written to it. */
function measured() {
  const hash = createHash("sha256");
  const stream = new PassThrough();
  let size = 0;
  stream.on("data", (chunk) => {
    hash.update(chunk);
    size += chunk.length;
  });
  return {
    stream,
    print: (name) => console.log(name, size, hash.digest("hex")),
  };
}

const [stdout, stderr] = [measured(), measured()];
modem.demuxStream(stream, stdout.stream, stderr.stream);
await finished(stream, { writable: false });
for (const { stream } of [stdout, stderr]) {
  stream.end();
  await finished(stream);
}
stdout.print("stdout");
stderr.print("stderr");
stream.destroy();
