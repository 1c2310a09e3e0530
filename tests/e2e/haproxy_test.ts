/**
 * A real HAProxy in front of a server: what it sends is what we read.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { connect, serve } from "@parley/parley";
import { freePort } from "../support/ports.ts";

// Through the shell, the only program besides Deno and Node that tests may run.
async function sh(script: string): Promise<Deno.CommandOutput> {
  return await new Deno.Command("sh", { args: ["-c", script] }).output();
}

const { success: installed } = await sh("command -v haproxy");
const VERSIONS = ["send-proxy", "send-proxy-v2"];

/** Runs HAProxy until it is disposed of; it listens once this returns. */
async function haproxy(port: number, server: string): Promise<AsyncDisposable> {
  const folder = await Deno.makeTempDir({ prefix: "parley-" });
  const path = `${folder}/haproxy.cfg`;
  await Deno.writeTextFile(
    path,
    `defaults
  mode tcp
  timeout connect 5s
  timeout client 20s
  timeout server 20s
listen parley
  bind 127.0.0.1:${port}
  server parley ${server}
`,
  );
  const checked = await sh(`haproxy -c -f '${path}' 2>&1`);
  assertEquals(checked.success, true, new TextDecoder().decode(checked.stdout));
  const child = new Deno.Command("sh", {
    args: ["-c", `exec haproxy -db -f '${path}'`],
    stdout: "null",
    stderr: "null",
  }).spawn();
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Connects as soon as somebody listens there. */
async function connectSoon(port: number) {
  for (let left = 3_000;; left--) {
    try {
      return await connect(`127.0.0.1:${port}`, { encoding: "text" });
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

for (const version of VERSIONS) {
  Deno.test({
    name: installed
      ? `a client behind HAProxy (${version}) is seen under its own address`
      : `a client behind HAProxy (${version}): not run, haproxy is not installed`,
    ignore: !installed,
    async fn() {
      await using server = await serve("tcp://127.0.0.1:0", {
        encoding: "text",
        proxyProtocol: { trusted: ["127.0.0.1"] },
      }, async (connection) => {
        for await (const text of connection) {
          await connection.send(
            `${text} ${connection.remoteAddress} ${connection.localAddress}`,
          );
        }
      });
      const port = freePort();
      await using _ = await haproxy(
        port,
        `127.0.0.1:${server.address.port} ${version}`,
      );
      await using client = await connectSoon(port);
      await client.send("hello");
      // The server sees this client's port, not the proxy's, and where it dialled.
      assertStringIncludes(
        await client.receive() ?? "",
        `hello ${client.localAddress} tcp://127.0.0.1:${port}`,
      );
    },
  });
}
