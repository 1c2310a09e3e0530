/**
 * Programs that know nothing of a tap talk through one, and exchange the same bytes
 * as without it.
 *
 * ```text
 * client ── recorder ── parley-server tap ── recorder ── server
 *              └───────── the same bytes ───────┘
 * ```
 *
 * @module
 */

import { shell } from "../../support/foreign_http.ts";
import { connect } from "@parley/parley";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Process, sourceCommand } from "../../support/processes.ts";
import {
  listening,
  peerTest,
  run,
  start,
} from "../../support/protocol_peers.ts";
import { Recorder } from "../../support/recorder.ts";
import { joined } from "../../support/whole_packets.ts";
import { freePort } from "../../support/ports.ts";

/** A tap between two recorders. */
class Tapped implements AsyncDisposable {
  /** The port where clients connect. */
  readonly port: number;
  /** The tap. */
  readonly process: Process;
  readonly #near: Recorder;
  readonly #far: Recorder;

  private constructor(near: Recorder, far: Recorder, process: Process) {
    this.#near = near;
    this.#far = far;
    this.process = process;
    this.port = near.port;
  }

  static async to(port: number, ...args: string[]): Promise<Tapped> {
    const far = new Recorder({ port });
    const [file, first] = sourceCommand("server");
    const target = `127.0.0.1:${far.port}`;
    const process = new Process(file, [...first, "tap", "0", target, ...args]);
    const [, tap] = await process.line(/^listening on tcp:.*:(\d+)$/);
    return new Tapped(new Recorder({ port: Number(tap) }), far, process);
  }

  /**
   * Waits until all connections are over, and checks that the same bytes went over
   * them on both sides.
   *
   * @returns How many bytes the clients sent and received.
   */
  async same(): Promise<{ sent: number; received: number }> {
    const near = await this.#near.over();
    const far = await this.#far.over();
    assertEquals(far.length, near.length);
    let sent = 0;
    let received = 0;
    for (const [i, { client, server }] of near.entries()) {
      assertEquals(await sum(far[i]!.client), await sum(client));
      assertEquals(await sum(far[i]!.server), await sum(server));
      sent += joined(client).length;
      received += joined(server).length;
    }
    return { sent, received };
  }

  /** Ends the tap in order; gives the lines that it has shown. */
  async lines(): Promise<string[]> {
    this.process.signal("SIGTERM");
    const { code, stdout } = await this.process.ended();
    assertEquals(code, 0);
    return stdout.split("\n").slice(0, -1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#near[Symbol.asyncDispose]();
    await this.process[Symbol.asyncDispose]();
    await this.#far[Symbol.asyncDispose]();
  }
}

async function sum(pieces: readonly Uint8Array[]): Promise<string> {
  const bytes = joined(pieces) as Uint8Array<ArrayBuffer>;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `${bytes.length} bytes ${new Uint8Array(digest).toHex()}`;
}

/** Refuses a conversation that the framing did not fit. */
function assertFits(lines: readonly string[]): void {
  assertEquals(lines.filter((line) => /^#\d+ . !/.test(line)), []);
}

await peerTest({
  name: "curl and nginx talk through a tap",
  needs: ["curl", "nginx"],
  async fn(folder) {
    const port = freePort();
    await Deno.mkdir(`${folder}/www`);
    const large = Uint8Array.from(
      { length: 3_000_000 },
      (_, i) => i * 31 % 251,
    );
    await Deno.writeFile(`${folder}/www/large`, large);
    await Deno.writeTextFile(`${folder}/www/small`, "small\n");
    await Deno.writeTextFile(
      `${folder}/nginx.conf`,
      `daemon off; master_process off; pid ${folder}/pid; error_log stderr;
events {} http { access_log off; client_body_temp_path ${folder}/a;
proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
server { listen 127.0.0.1:${port}; root ${folder}/www; } }`,
    );
    const args = ["-e", "stderr", "-p", folder, "-c", "nginx.conf"];
    await using _nginx = start("nginx", ...args);
    await listening(port);
    await using tapped = await Tapped.to(port);
    const url = `http://127.0.0.1:${tapped.port}`;
    const script =
      'curl -sS -o "$1/got" -o "$1/small" "$2/large" "$2/small" && curl -sS --http1.0 "$2/small" && curl -sS -r 5-9 "$2/large" | od -An -tx1';
    const { code, text } = await run(script, folder, url);
    assertEquals(code, 0);
    assertMatch(text, /^small\n /);
    assertEquals(await Deno.readFile(`${folder}/got`), large);
    const { received } = await tapped.same();
    assert(received > large.length);
    const [first] = await tapped.lines();
    assertMatch(first!, /^#1 → {2}1 .* GET \/large /);
  },
});

await peerTest({
  name:
    "redis-cli and redis-server talk through a tap, as does a client that finishes sending first",
  needs: ["redis-cli", "redis-server", "ncat"],
  async fn(folder) {
    const port = freePort();
    const store = ["--save", "", "--appendonly", "no", "--dir", folder];
    const at = ["--port", `${port}`, "--bind", "127.0.0.1"];
    await using _redis = start("redis-server", ...at, ...store);
    await listening(port);
    await using tapped = await Tapped.to(port, "--frame", "redis");
    const script = `
r="redis-cli -h 127.0.0.1 -p $1"
$r PING && head -c 200000 /dev/zero | $r -x SET large && $r STRLEN large &&
$r GET large | wc -c && $r -3 HGETALL none && $r LRANGE none 0 -1 &&
(echo SET a 1; echo INCR a; echo GET a) | $r &&
printf '*1\\r\\n$4\\r\\nPING\\r\\n' | ncat 127.0.0.1 $1`;
    const { code, text } = await run(script, `${tapped.port}`);
    assertEquals(code, 0, text);
    assertMatch(text, /^PONG\nOK\n200000\n200001\n[^]*\nOK\n2\n2\n\+PONG\r\n$/);
    const { received, sent } = await tapped.same();
    assert(received > 200_000 && sent > 200_000);
    const lines = await tapped.lines();
    assertFits(lines);
    assert(lines.some((line) => / 195\.3 KiB .*in \d+ reads/.test(line)));
  },
});

await peerTest({
  name: "psql and PostgreSQL talk through a tap",
  needs: ["psql", "initdb", "postgres", "setpriv"],
  // PostgreSQL runs under no account of an administrator, and needs another one.
  unless: (await shell("id -u")).stdout.trim() === "0"
    ? undefined
    : "the tests do not run as root",
  async fn(folder) {
    const port = freePort();
    await Deno.chmod(folder, 0o777);
    const account = "--reuid postgres --regid postgres --clear-groups";
    const as = (command: string) =>
      `cd "$1" && exec setpriv ${account} ${command}`;
    const made = await run(as("initdb -D data -A trust -N"), folder);
    assertEquals(made.code, 0, made.text);
    const script = as(`postgres -D data -p ${port} -k "$1" -h 127.0.0.1 -F`);
    await using _postgres = start("sh", "-c", script, "sh", folder);
    await listening(port);
    await using tapped = await Tapped.to(port, "--frame", "postgres");
    const query = `
psql -h 127.0.0.1 -p $1 -U postgres -d postgres -AtX -v ON_ERROR_STOP=1 <<'END'
SELECT 6 * 7;
SELECT length(string_agg(i::text, ',')) FROM generate_series(1, 20000) i;
CREATE TABLE t (a int, b text);
COPY t FROM stdin;
1	one
2	two
\\.
COPY t TO stdout;
SELECT repeat('x', 100000) AS large;
END`;
    const { code, text } = await run(query, `${tapped.port}`);
    assertEquals(code, 0, text);
    assertMatch(
      text,
      /^42\n108893\nCREATE TABLE\nCOPY 2\n1\tone\n2\ttwo\nx{100000}\n$/,
    );
    const { received } = await tapped.same();
    assert(received > 100_000);
    assertFits(await tapped.lines());
  },
});

await peerTest({
  name: "a language client and deno lsp talk through a tap",
  needs: ["socat"],
  async fn() {
    const port = freePort();
    const at = `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr`;
    const program = `EXEC:${Deno.execPath()} lsp`;
    await using socat = start("socat", "-d", "-d", at, program);
    await socat.line(/listening on/);
    await using tapped = await Tapped.to(port, "--frame", "lsp");
    const client = await connect(`tcp://127.0.0.1:${tapped.port}`, {
      framing: "lsp",
      encoding: "text",
    });
    const send = (message: object) =>
      client.send(JSON.stringify({ jsonrpc: "2.0", ...message }));
    const ask = async (id: number, method: string, params?: unknown) => {
      await send({ id, method, params });
      for (;;) {
        const text = await client.receive({ timeoutMs: 30_000 });
        const message = JSON.parse(text!);
        if (message.id === id && message.method === undefined) return message;
      }
    };
    const capabilities = {};
    const rootUri = null;
    await ask(1, "initialize", { processId: null, rootUri, capabilities });
    await send({ method: "initialized", params: {} });
    const text = 'const grüße = "🙂";\n'.repeat(2000);
    const uri = "file:///nowhere/file.ts";
    const textDocument = { uri, languageId: "typescript", version: 1, text };
    await send({ method: "textDocument/didOpen", params: { textDocument } });
    assertEquals((await ask(2, "shutdown")).result, null);
    await send({ method: "exit" });
    await client.close();
    const { sent } = await tapped.same();
    assert(sent > text.length);
    const lines = await tapped.lines();
    assertFits(lines);
    assertMatch(lines[0]!, /^#1 → {2}1 .* \{"jsonrpc":"2.0","id":1,/);
  },
});

Deno.test("a client that resets its connection through a tap ends the server's, after all that had arrived", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const received = (async () => {
    const connection = await listener.accept();
    let count = 0;
    const into = new Uint8Array(65_536);
    for (;;) {
      const read = await connection.read(into).catch(() => null);
      if (read === null) break;
      count += read;
      if (count === 100_000) await connection.write(Uint8Array.of(1));
    }
    connection.close();
    return count;
  })();
  const [file, first] = sourceCommand("server");
  const target = `127.0.0.1:${listener.addr.port}`;
  await using tap = new Process(file, [...first, "tap", "0", target]);
  const [, port] = await tap.line(/^listening on tcp:.*:(\d+)$/);
  const script = `
const socket = require("node:net").connect(${port}, "127.0.0.1", () => {
  socket.write(Buffer.alloc(100000));
  socket.once("data", () => socket.resetAndDestroy());
});`;
  const { success } = await new Deno.Command("node", { args: ["-e", script] })
    .output();
  assert(success);
  assertEquals(await received, 100_000);
  await tap.line(/#1 closed after .*; the client failed: .*reset/);
  listener.close();
});

Deno.test("a filter of exponential time does not hold up the messages", async () => {
  const echo = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const echoed = (async () => {
    using connection = await echo.accept();
    const into = new Uint8Array(1000);
    for (let read; (read = await connection.read(into)) !== null;) {
      await connection.write(into.subarray(0, read));
    }
  })();
  const [file, first] = sourceCommand("server");
  const target = `127.0.0.1:${echo.addr.port}`;
  const args = ["tap", "0", target, "--frame", "line"];
  const filter = ["--filter", "/^(a+)+$/"];
  await using tap = new Process(file, [...first, ...args, ...filter]);
  const [, port] = await tap.line(/^listening on tcp:.*:(\d+)$/);
  const client = await connect(`tcp://127.0.0.1:${port}`, {
    encoding: "text",
  });
  // It would take 2^60 steps to find that this does not match.
  const long = `${"a".repeat(60)}!`;
  await client.send(long);
  assertEquals(await client.receive({ timeoutMs: 20_000 }), long);
  await client.send("aaa");
  assertEquals(await client.receive({ timeoutMs: 20_000 }), "aaa");
  await client.close();
  await echoed;
  echo.close();
  await tap.outputLine(/^#1 ← {2}2 .* aaa/);
  assertEquals(tap.stdout.includes(long), false);
});
