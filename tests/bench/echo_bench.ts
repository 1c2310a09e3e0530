/**
 * Echo of `length:4` over loopback: our server with its default limits and
 * deadlines, the loop by hand on `conn.read`, and Node's `net`, each a process of
 * its own, under the same client in the same run.
 */

import { TextLineStream } from "@std/streams/text-line-stream";

const HERE = new URL(".", import.meta.url);

interface Peer {
  readonly name: string;
  readonly conn: Deno.TcpConn;
}

async function start(
  name: string,
  command: string,
  args: string[],
  stream: "stdout" | "stderr",
): Promise<Peer> {
  const child = new Deno.Command(command, {
    args,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  globalThis.addEventListener("unload", () => child.kill());
  const lines = child[stream].pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    // Either the port alone, or "listening on tcp://127.0.0.1:41233".
    const port = Number(/(\d+)\s*$/.exec(line)?.[1]);
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.setNoDelay(true);
    return { name, conn };
  }
  throw new Error(`${name} did not say where it listens`);
}

const path = (file: string) => decodeURIComponent(new URL(file, HERE).pathname);
const run = ["run", "--no-prompt", "--allow-net", "--allow-env=NO_COLOR"];
const peers = [
  await start(
    "loop by hand on conn.read",
    Deno.execPath(),
    [...run, path("peers/hand_loop.ts")],
    "stdout",
  ),
  await start(
    "parley-server echo",
    Deno.execPath(),
    [
      ...run,
      path("../../cli/server.ts"),
      "echo",
      "tcp://127.0.0.1:0",
      "--frame",
      "length:4",
    ],
    "stderr",
  ),
  await start("Node's net", "node", [path("peers/node_net.cjs")], "stdout"),
];

/** Sends all of it and reads until as much has come back. */
async function exchange(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  const writing = (async () => {
    for (let sent = 0; sent < bytes.length;) {
      sent += await conn.write(bytes.subarray(sent));
    }
  })();
  const buffer = new Uint8Array(256 * 1024);
  for (let received = 0; received < bytes.length;) {
    const count = await conn.read(buffer);
    if (count === null) throw new Error("the server has closed");
    received += count;
  }
  await writing;
}

function frames(size: number, count: number): Uint8Array {
  const bytes = new Uint8Array((4 + size) * count);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) view.setUint32(i * (4 + size), size);
  return bytes;
}

const WORK: readonly [string, Uint8Array, number][] = [
  ["echo: 100 times 64 B, one after the other", frames(64, 1), 100],
  ["echo: 16,000 pipelined messages of 64 B", frames(64, 16_000), 1],
  ["echo: 64 pipelined messages of 64 KiB", frames(64 * 1024, 64), 1],
  ["echo: 8 pipelined messages of 1 MiB", frames(1024 * 1024, 8), 1],
];

for (const [group, bytes, times] of WORK) {
  for (const { name, conn } of peers) {
    Deno.bench({
      name,
      group,
      baseline: name.startsWith("loop"),
    }, async () => {
      for (let i = 0; i < times; i++) await exchange(conn, bytes);
    });
  }
}
