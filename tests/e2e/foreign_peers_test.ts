/**
 * ncat and socat at the other end: programs that share no line with this one.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { connect, serve } from "@parley/parley";
import { serveDatagrams } from "@parley/parley/udp";
import { Process } from "../support/processes.ts";

// Through the shell, the only program besides Deno and Node that tests may run.
async function sh(script: string): Promise<string> {
  await using shell = new Process("sh", ["-c", script]);
  await shell.end();
  const { code, stdout, stderr } = await shell.ended();
  assertEquals(code, 0, `${script}\n${stderr}`);
  return stdout;
}

async function isInstalled(program: string): Promise<boolean> {
  await using shell = new Process("sh", ["-c", `command -v ${program}`]);
  return (await shell.ended()).code === 0;
}

function withPeer(
  program: string,
  installed: boolean,
  claim: string,
  test: () => Promise<void>,
): void {
  Deno.test({
    name: installed
      ? `${program} ${claim}`
      : `${program}: not run, it is not installed`,
    ignore: !installed,
    fn: test,
  });
}

const ncat = await isInstalled("ncat");
const socat = await isInstalled("socat");

/** A server of upper-case lines. */
function upper(address: string) {
  return serve(address, { encoding: "text" }, async (connection) => {
    for await (const text of connection) {
      await connection.send(text.toUpperCase());
    }
  });
}

const TWO_LINES = "printf 'hello\\nfoo bar\\n'";
const ANSWER = "HELLO\nFOO BAR\n";

for (const host of ["127.0.0.1", "[::1]"]) {
  withPeer(
    "ncat",
    ncat,
    `half-closes to ${host} and reads to the end`,
    async () => {
      await using server = await upper(`tcp://${host}:0`);
      const { hostname, port } = server.address;
      assertEquals(await sh(`${TWO_LINES} | ncat ${hostname} ${port}`), ANSWER);
    },
  );

  withPeer(
    "socat",
    socat,
    `half-closes to ${host} and reads to the end`,
    async () => {
      await using server = await upper(`tcp://${host}:0`);
      const to = `TCP:${host}:${server.address.port}`;
      assertEquals(await sh(`${TWO_LINES} | socat -t5 - ${to}`), ANSWER);
    },
  );
}

withPeer("socat", socat, "speaks to a Unix socket", async () => {
  const folder = await Deno.makeTempDir({ prefix: "parley-" });
  {
    await using server = await upper(`unix:${folder}/app.sock`);
    const to = `UNIX-CONNECT:${server.address.path}`;
    assertEquals(await sh(`${TWO_LINES} | socat -t5 - ${to}`), ANSWER);
  }
  await Deno.remove(folder);
});

withPeer("socat", socat, "is asked over a Unix socket of its own", async () => {
  const folder = await Deno.makeTempDir({ prefix: "parley-" });
  const path = `${folder}/socat.sock`;
  {
    const script = `exec socat -d -d UNIX-LISTEN:${path} EXEC:cat`;
    await using peer = new Process("sh", ["-c", script]);
    await peer.line(/listening on/);
    await using client = await connect(`unix:${path}`, { encoding: "text" });
    await client.sendAll(["one", "two 🌮"]);
    assertEquals(await client.receive(), "one");
    assertEquals(await client.receive(), "two 🌮");
    await client.closeWrite();
    assertEquals(await client.receive(), undefined);
  }
  await Deno.remove(folder, { recursive: true });
});

for (const host of ["127.0.0.1", "[::1]"]) {
  withPeer(
    "socat",
    socat,
    `sends datagrams to ${host} and gets answers`,
    async () => {
      await using server = await serveDatagrams(
        `udp://${host}:0`,
        { encoding: "text" },
        (text, from, socket) => socket.send(text.toUpperCase(), from),
      );
      const to = `UDP:${host}:${server.address.port}`;
      assertEquals(await sh(`printf hello | socat -t2 - ${to}`), "HELLO");
    },
  );
}
