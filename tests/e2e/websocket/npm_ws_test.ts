/**
 * WebSocket against npm's `ws` on Node.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { e2e, Process } from "../../support/processes.ts";
import { testWebSocketProgram } from "./websocket_programs.ts";

const PROGRAM = new URL("programs/npm_ws.mjs", import.meta.url).pathname;
const MODULE = new URL("index.js", import.meta.resolve("ws")).pathname;

const start = (...args: string[]) =>
  new Process("node", [PROGRAM, MODULE, ...args]);

testWebSocketProgram({ name: "npm ws", start });

e2e("the client says how npm ws ended, and answers it", async (run) => {
  await using server = start("server", "{}");
  const [, port] = await server.outputLine(/^port (\d+)$/);
  const ended = await run.client(
    ...[`ws://127.0.0.1:${port}`, "one", "close", "--deflate"],
  );
  assertEquals([ended.code, ended.stdout], [8, "one\n"]);
  assertMatch(
    ended.stderr,
    /finished with code 4000, "the room is full" after 1 of 2 replies/,
  );
  // Without an answer it would be 1006.
  await server.outputLine(/^closed 4000 /);
});
