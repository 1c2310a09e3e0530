/**
 * The executables over Unix sockets.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { e2e, type Ended, type Run } from "../support/processes.ts";

/** Registers a test with a folder for its sockets. */
function inFolder(
  name: string,
  test: (run: Run, folder: string) => Promise<void>,
): void {
  e2e(name, async (run) => {
    const folder = await Deno.makeTempDir({ prefix: "parley-unix-" });
    try {
      await test(run, folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

async function listen(run: Run, path: string): Promise<Ended> {
  await using server = run.start("server", "echo", `unix:${path}`);
  return await server.ended();
}

function assertFails(ended: Ended, code: number, line: RegExp): void {
  assertEquals([ended.code, ended.stdout], [code, ""], ended.stderr);
  assertMatch(ended.stderr, line);
  assertEquals(ended.stderr.trimEnd().split("\n").length, 1, ended.stderr);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

inFolder(
  "a Unix socket carries messages, and its file goes with the server",
  async (run, folder) => {
    const path = `${folder}/app.sock`;
    await using server = await run.server("upper", `unix:${path}`);
    assertEquals(server.address, `unix:${path}`);
    const ended = await run.clientWith("one\ntwo\n", server.address);
    assertEquals(ended, { code: 0, stdout: "ONE\nTWO\n", stderr: "" });
    server.process.signal("SIGTERM");
    assertEquals((await server.process.ended()).code, 0);
    assertEquals(await exists(path), false);
  },
);

inFolder("--mode says who may connect", async (run, folder) => {
  for (const [mode, expected] of [["600", 0o600], ["0666", 0o666]] as const) {
    const path = `${folder}/${mode}.sock`;
    await using _server = await run.server(
      ...["echo", `unix:${path}`, "--mode", mode],
    );
    assertEquals((await Deno.stat(path)).mode! & 0o777, expected);
  }
});

inFolder(
  "a dead server's file is replaced, a live one's never",
  async (run, folder) => {
    const path = `${folder}/app.sock`;
    {
      await using first = await run.server("echo", `unix:${path}`);
      assertFails(
        await listen(run, path),
        5,
        /another program is listening there; stop .* or use another path/,
      );
      assertEquals((await run.client(first.address, "hello")).code, 0);
      first.process.signal("SIGKILL");
      await first.process.ended();
    }
    assertFails(
      await run.client(`unix:${path}`, "hello"),
      4,
      /nothing is listening there; start a server there/,
    );
    await using second = await run.server("echo", `unix:${path}`);
    assertEquals((await run.client(second.address, "hello")).stdout, "hello\n");
  },
);

inFolder("what is no socket is named, and stays", async (run, folder) => {
  await Deno.mkdir(`${folder}/folder`);
  await Deno.writeTextFile(`${folder}/file`, "precious");
  for (const [name, why] of [["folder", "a folder"], ["file", "a file"]]) {
    const path = `${folder}/${name}`;
    const line = new RegExp(
      `unix:${path}: ${why} (that .* )?is there.*; check the path$`,
      "m",
    );
    assertFails(await run.client(`unix:${path}`, "hello"), 4, line);
    assertFails(await listen(run, path), 5, line);
  }
  assertEquals(await Deno.readTextFile(`${folder}/file`), "precious");
});

inFolder("a path that leads nowhere, or is too long", async (run, folder) => {
  assertFails(
    await run.client(`unix:${folder}/none`, "hello"),
    4,
    /there is no such socket; start a server there, such as: parley-server/,
  );
  assertFails(
    await listen(run, `${folder}/none/app.sock`),
    5,
    /its folder does not exist; make the folder, or check the path/,
  );
  const long = `/tmp/${"x".repeat(120)}`;
  const line = /the path is 125 bytes long and the system takes at most 107/;
  assertFails(await run.client(`unix:${long}`, "hello"), 2, line);
  assertFails(await listen(run, long), 2, line);
});
