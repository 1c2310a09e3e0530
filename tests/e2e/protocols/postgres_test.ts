/**
 * Framing `postgres` against PostgreSQL's server and clients.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { opened, peerTest, run, start } from "../../support/protocol_peers.ts";
import { fromLatin1 } from "../../support/chunkings.ts";
import type { Process } from "../../support/processes.ts";
import { Recorder } from "../../support/recorder.ts";
import { wholeConversation } from "../../support/whole_packets.ts";
import { freePort } from "../../support/ports.ts";

// Debian has the programs of the server in no PATH.
const BIN = (await run("ls -d /usr/lib/postgresql/*/bin | tail -1")).text
  .trim();
const unless = BIN.startsWith("/") ? undefined : "postgresql is not installed";
/** The server refuses to run as root. */
const AS_USER = "[ $(id -u) -ne 0 ] || " +
  "set -- setpriv --reuid=postgres --regid=postgres --clear-groups";

/** A server with a cluster of its own, without passwords, with TLS. */
async function postgres(folder: string, port: number): Promise<Process> {
  const { code, text } = await run(
    [
      'cd "$1" && mkdir data && [ $(id -u) -ne 0 ] || chown postgres . data',
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \\",
      "-subj /CN=localhost -keyout data.key -out data.crt 2>/dev/null",
      "chmod 600 data.key; [ $(id -u) -ne 0 ] || chown postgres data.key",
      `set --; ${AS_USER}`,
      `"$@" ${BIN}/initdb -D data -U me -A trust -E UTF8 --no-locale --no-sync &&`,
      "printf \"ssl=on\\nssl_cert_file='../data.crt'\\nssl_key_file='../data.key'\\n\" \\",
      ">>data/postgresql.conf",
    ].join("\n"),
    folder,
  );
  assertEquals(code, 0, text);
  const script = `cd "$0"; set --; ${AS_USER}; exec "$@" ${BIN}/postgres \\
    -D data -p ${port} -h 127.0.0.1 -k "$0" -F`;
  const server = start("sh", "-c", script, folder);
  await server.line(/ready to accept connections/);
  const release = server[Symbol.asyncDispose].bind(server);
  return Object.assign(server, {
    // Killed, it would leave its shared memory behind.
    async [Symbol.asyncDispose]() {
      server.signal("SIGINT");
      await server.ended();
      await release();
    },
  });
}

/** The types of messages, one character each; `?` for those without one. */
function types(messages: readonly Uint8Array[]): string {
  return messages.map(([first]) =>
    first! >= 0x31 ? String.fromCharCode(first!) : "?"
  ).join("");
}

const SCRIPT = `
create table t (a int, b text);
copy t from stdin;
1\tone
2\t\\N
\\.
select * from t order by a;
copy t to stdout;
do $$ begin raise notice 'hello'; end $$;
select no_such_column;
select repeat('x', 900000);
listen c; notify c, 'payload';
`;

await peerTest({
  name: "postgres: psql talks with the server, in the clear and over TLS",
  needs: ["psql", "openssl"],
  unless,
  async fn(folder) {
    const port = freePort();
    await using _server = await postgres(folder, port);
    await Deno.writeTextFile(`${folder}/script`, SCRIPT);
    for (const sslmode of ["disable", "require"]) {
      await using recorder = new Recorder({ port });
      const { code, text } = await run(
        'PGSSLMODE="$3" exec psql -h 127.0.0.1 -p "$1" -U me -X -q -f "$2" postgres',
        ...[`${recorder.port}`, `${folder}/script`, sslmode],
      );
      assertEquals(code, 0, text);
      assert(text.includes("hello"), text);
      const [recorded, ...more] = await recorder.over();
      assertEquals(more, []);
      const { client, server } = wholeConversation(
        "postgres",
        recorded!.pieces,
      );
      if (sslmode === "require") {
        // SSLRequest and its answer, then records of TLS 1.2 or 1.3.
        assertEquals([types(client)[0], types(server)[0]], ["?", "S"]);
        for (const record of [...client.slice(1), ...server.slice(1)]) {
          assert(record[0]! >= 20 && record[0]! <= 23);
          assertEquals(record.length, 5 + record[3]! * 256 + record[4]!);
        }
        continue;
      }
      // Queries; copy data, and its end. Each query is answered, then Z.
      assertEquals(types(client), "?QQdcQQQQQQQX");
      const answers = types(server).replace(/^.*?Z/, "").split("Z");
      assertEquals(answers, [
        ...["C", "GC", "TDDC", "HddcC", "NC", "E", "TDC", "C", "CA"],
        "",
      ]);
    }
  },
});

await peerTest({
  name:
    "postgres: pgbench pipelines prepared statements, also behind a refusal of TLS",
  needs: ["psql", "openssl"],
  unless,
  async fn(folder) {
    const port = freePort();
    await using server = await postgres(folder, port);
    await Deno.writeTextFile(
      `${folder}/script`,
      [
        "\\startpipeline",
        ...Array.from({ length: 20 }, (_, i) => `select ${i}, :client_id;`),
        "\\endpipeline",
      ].join("\n"),
    );
    const bench = async (sslmode: string) => {
      await using recorder = new Recorder({ port });
      const { code, text } = await run(
        `PGSSLMODE="$3" exec ${BIN}/pgbench -n -M prepared -c 2 -t 10 \\
          -h 127.0.0.1 -p "$1" -U me -f "$2" postgres`,
        ...[`${recorder.port}`, `${folder}/script`, sslmode],
      );
      assertEquals(code, 0, text);
      const connections = await recorder.over();
      return connections.map(({ pieces }) =>
        wholeConversation("postgres", pieces)
      );
    };
    const check = (all: Awaited<ReturnType<typeof bench>>, first: string) => {
      // One connection looks at the database, two run the script ten times.
      assertEquals(all.length, 3);
      for (const { client, server } of all.slice(1)) {
        const asked = types(client);
        assert(asked.startsWith(first + "?"), asked.slice(0, 10));
        // Each of 20 statements is prepared once, then ten pipelines run.
        assertEquals(asked.match(/S/g)?.length, 30);
        assertEquals(asked.match(/E/g)?.length, 200);
        assertEquals(types(server).match(/D/g)?.length, 200);
        // Ready at first, and once after each of these.
        assertEquals(types(server).match(/Z/g)?.length, 31);
      }
    };
    check(await bench("disable"), "");
    // The server turns TLS off, and answers N to the request for it.
    const off = await run(
      'exec psql -h 127.0.0.1 -p "$1" -U me -X -q postgres \\' +
        '-c "alter system set ssl = off" -c "select pg_reload_conf()"',
      `${port}`,
    );
    assertEquals(off.code, 0, off.text);
    await server.line(/parameter "ssl" changed to "off"/);
    check(await bench("prefer"), "?");
  },
});

await peerTest({
  name: "postgres: connect() talks with the server",
  needs: ["psql", "openssl"],
  unless,
  async fn(folder) {
    const port = freePort();
    await using _server = await postgres(folder, port);
    await using peer = await opened(port, "postgres");
    await peer.send(
      startup("\0\x03\0\0" + "user\0me\0database\0postgres\0\0"),
    );
    const greeting = await until(peer, "Z");
    // Authenticated; parameters; what cancels; ready.
    assert(/^RS+KZ$/.test(types(greeting)), types(greeting));
    for (let i = 0; i < 200; i++) {
      void peer.send(message("Q", `select ${i} as n, 'text'\0`));
    }
    for (let i = 0; i < 200; i++) {
      const answer = await until(peer, "Z");
      assertEquals(types(answer), "TDCZ");
      // Two columns, each with its length.
      const number = `${i}`;
      assertEquals(
        fromLatin1(answer[1]!.subarray(5)),
        `\0\x02\0\0\0${
          String.fromCharCode(number.length)
        }${number}\0\0\0\x04text`,
      );
    }
    await peer.send(message("X", ""));
    assertEquals(await peer.connection.receive(), undefined);
  },
});

const int32 = (n: number) =>
  String.fromCharCode(n >>> 24, n >> 16 & 255, n >> 8 & 255, n & 255);
const startup = (content: string) => int32(4 + content.length) + content;
const message = (type: string, content: string) => type + startup(content);

async function until(
  peer: { receive(): Promise<Uint8Array> },
  type: string,
): Promise<Uint8Array[]> {
  const messages: Uint8Array[] = [];
  do messages.push(await peer.receive()); while (
    messages.at(-1)![0] !== type.charCodeAt(0)
  );
  return messages;
}
