/**
 * `wait` and `--retry` as scripts use them: a server that starts later, in a process
 * of its own.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { e2e } from "../support/processes.ts";
import { freePort } from "../support/ports.ts";

e2e(
  "wait ends once every server has started, over TCP, UDP, WebSocket and HTTP",
  async (run) => {
    const [tcp, udp, ws, http] = [1, 2, 3, 4].map(freePort);
    await using waiting = run.start(
      ...["client", "wait", `${tcp}`, `udp:${udp}`] as const,
      ...[`ws://127.0.0.1:${ws}/`, `http://127.0.0.1:${http}/`, "--verbose"],
    );
    await waiting.line(/^tcp:\S+: connection refused/);
    await using _echo = await run.server(
      ...["echo", `${tcp}`, `udp:${udp}`, `ws://127.0.0.1:${ws}/`],
    );
    await using _web = await run.server("http", `${http}`);
    const { code, stderr } = await waiting.ended();
    assertEquals(code, 0, stderr);
    for (const name of ["tcp", "udp", "ws", "http"]) {
      assertMatch(stderr, new RegExp(`^${name}:\\S+ is ready after `, "m"));
    }
  },
);

e2e(
  "--retry talks to a server that starts later, and exits 4 when none does",
  async (run) => {
    const port = freePort();
    await using talking = run.start(
      ...["client", `${port}`, "hello", "--retry", "1m"] as const,
    );
    await talking.line(/is not ready: connection refused/);
    await using _echo = await run.server("echo", `${port}`);
    const { code, stdout } = await talking.ended();
    assertEquals([code, stdout], [0, "hello\n"]);
    const late = await run.client(`${freePort()}`, "x", "--retry", "500ms");
    assertEquals(late.code, 4);
    assertMatch(late.stderr, /connection refused, .*; tried \d+ times/);
  },
);
