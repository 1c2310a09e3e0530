/**
 * Framing `mysql` against MariaDB's own server and client.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { opened, peerTest, run, start } from "../../support/protocol_peers.ts";
import { Recorder } from "../../support/recorder.ts";
import { wholeConversation } from "../../support/whole_packets.ts";
import { fromLatin1 } from "../../support/chunkings.ts";
import type { Process } from "../../support/processes.ts";
import { freePort } from "../../support/ports.ts";

/** A server without accounts, which starts in a second and stores little. */
async function mariadb(folder: string, port: number): Promise<Process> {
  const server = start(
    "mariadbd",
    ...["--no-defaults", "--skip-grant-tables", "--user=root"],
    ...[`--datadir=${folder}`, `--socket=${folder}/socket`],
    ...[`--port=${port}`, "--bind-address=127.0.0.1"],
    ...["--innodb=OFF", "--default-storage-engine=MEMORY"],
    "--max-allowed-packet=64M",
  );
  await server.line(/ready for connections/);
  return server;
}

/** A packet: three bytes of length, its number, what it holds. */
function packet(number: number, content: string): string {
  const { length } = content;
  const header = [length & 255, length >> 8 & 255, length >> 16, number];
  return String.fromCharCode(...header) + content;
}

/** Largest content of one packet; more is continued in the next one. */
const MOST = 2 ** 24 - 1;

/** The number of a packet, which counts within one command and its answer. */
const numberOf = (message: Uint8Array) => message[3]!;

await peerTest({
  name:
    "mysql: MariaDB's client and server, also with packets of 2^24 - 1 bytes",
  needs: ["mariadbd", "mariadb"],
  async fn(folder) {
    const port = freePort();
    await using _server = await mariadb(folder, port);
    await using recorder = new Recorder({ port });
    // Sent are 2^24 - 1 + 10 bytes, received are 2^24 - 1 in one row, and 2^24.
    const statements = [
      "create database x",
      "use x",
      "create table t (a int, b varchar(20))",
      "insert into t values (1, 'one'), (2, null), (3, '')",
      "select * from t order by a",
      "select * from t where a > 9",
      "no such statement",
      `select length('${"q".repeat(MOST)}')`,
      `select repeat('y', ${MOST - 4})`,
      `select repeat('z', ${MOST})`,
    ];
    await Deno.writeTextFile(`${folder}/script`, statements.join(";\n") + ";");
    const { code, text } = await run(
      'mariadb --no-defaults --host=127.0.0.1 --port="$1" --user=root --force \\' +
        '--max-allowed-packet=64M --skip-ssl <"$2" 2>&1 | cut -c1-100',
      `${recorder.port}`,
      `${folder}/script`,
    );
    assertEquals(code, 0);
    assert(text.includes("2\tNULL\n3\t\n"), text);
    assert(text.includes(`\n${MOST}\n`), text);

    const connections = await recorder.over();
    assertEquals(connections.length, 1);
    const options = { maxMessageBytes: MOST + 4 };
    const { client: sent, server: received } = wholeConversation(
      "mysql",
      connections[0]!.pieces,
      options,
    );

    // The server greets with packet 0 and version 10, the client answers with 1.
    assertEquals([...received[0]!.subarray(3, 5)], [0, 10]);
    assertEquals(numberOf(sent[0]!), 1);
    assert(fromLatin1(received[0]!).includes("MariaDB"));
    // Each command but the last, COM_QUIT, begins with 0; only the long one goes on.
    const commands = sent.slice(1).filter((m) => numberOf(m) === 0);
    const rest = sent.slice(1).filter((m) => numberOf(m) !== 0);
    assertEquals(commands.at(-1)!.length, 5);
    assertEquals(rest.map((m) => [numberOf(m), m.length]), [[1, 4 + 18]]);
    const queries = commands.filter((m) => m[4] === 3)
      .map((m) => fromLatin1(m.subarray(5, 60)));
    for (const statement of statements.filter((s) => s !== "use x")) {
      assert(
        queries.some((query) => query.startsWith(statement.slice(0, 50))),
        statement.slice(0, 50),
      );
    }
    // The packets of an answer are numbered without a gap, from its command on.
    for (let i = 1; i < received.length; i++) {
      const [before, now] = [
        numberOf(received[i - 1]!),
        numberOf(received[i]!),
      ];
      assert(now === before + 1 || now === 1 || now === 2, `${before} ${now}`);
    }
    // Columns 1, definition, end, row, end: and the full packets are continued.
    const full = received.flatMap((m, i) => m.length === MOST + 4 ? [i] : []);
    assertEquals(full.map((i) => received[i + 1]!.length), [4, 8]);
  },
});

await peerTest({
  name: "mysql: connect() talks with mariadbd",
  needs: ["mariadbd"],
  async fn(folder) {
    const port = freePort();
    await using _server = await mariadb(folder, port);
    await using peer = await opened(port, "mysql");
    const greeting = await peer.receive();
    assertEquals(numberOf(greeting), 0);
    // CLIENT_PROTOCOL_41, SECURE_CONNECTION, PLUGIN_AUTH; utf8mb4; no password.
    await peer.send(packet(
      1,
      "\0\x02\x88\0" + "\0\0\0\x01" + "\x2d" + "\0".repeat(23) +
        "root\0" + "\0" + "mysql_native_password\0",
    ));
    const ok = await peer.receive();
    assertEquals([numberOf(ok), ok[4]], [2, 0]);

    for (let i = 0; i < 200; i++) {
      // All of them at once: the server answers one after the other.
      void peer.send(packet(0, `\x03select ${i}, 'a' union select 7, null`));
    }
    for (let i = 0; i < 200; i++) {
      const answer: Uint8Array[] = [];
      for (let n = 0; n < 7; n++) answer.push(await peer.receive());
      assertEquals(answer.map(numberOf), [1, 2, 3, 4, 5, 6, 7]);
      assertEquals([...answer[0]!.subarray(4)], [2]);
      assertEquals(fromLatin1(answer[4]!.subarray(4)), row(`${i}`, "a"));
      assertEquals(fromLatin1(answer[5]!.subarray(4)), row("7", null));
      assertEquals(answer[3]![4], 0xfe);
      assertEquals(answer[6]![4], 0xfe);
    }
    await peer.send(packet(0, "\x0e"));
    assertEquals((await peer.receive())[4], 0);
  },
});

/** A row of a text result: a length before each value, or FB for NULL. */
function row(...values: (string | null)[]): string {
  return values.map((value) =>
    value === null ? "\xfb" : String.fromCharCode(value.length) + value
  ).join("");
}
