/**
 * WebSocket against npm's `ws` on Node.
 *
 * @module
 */

import { Process } from "../../support/processes.ts";
import { testWebSocketProgram } from "./websocket_programs.ts";

const PROGRAM = new URL("programs/npm_ws.mjs", import.meta.url).pathname;
const MODULE = new URL("index.js", import.meta.resolve("ws")).pathname;

testWebSocketProgram({
  name: "npm ws",
  start: (...args) => new Process("node", [PROGRAM, MODULE, ...args]),
});
