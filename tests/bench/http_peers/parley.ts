/**
 * `serveHttp` with its defaults and the smallest handler; prints its port.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a script: what it prints is its result

import { serveHttp } from "@parley/parley/http";

const server = await serveHttp(
  "tcp://127.0.0.1:0",
  {},
  () => new Response("Hello, world!\n"),
);
console.log(server.address.port);
