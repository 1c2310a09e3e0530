/**
 * WebSocket against Python's `websockets`, as Debian has it.
 *
 * @module
 */

import { shell } from "../../support/foreign_http.ts";
import { Process } from "../../support/processes.ts";
import { testWebSocketProgram } from "./websocket_programs.ts";

const PROGRAM =
  new URL("programs/python_websockets.py", import.meta.url).pathname;
// Debian's own Python: another one that comes first on PATH lacks its packages.
const PYTHON = "/usr/bin/python3";

const { code } = await shell(`${PYTHON} -c 'import websockets'`);

testWebSocketProgram({
  name: "Python's websockets",
  missing: code === 0 ? undefined : "python3-websockets is not installed",
  start: (...args) =>
    new Process("sh", [
      "-c",
      `exec ${PYTHON} '${PROGRAM}' ${args.map((arg) => `'${arg}'`).join(" ")}`,
    ]),
});
