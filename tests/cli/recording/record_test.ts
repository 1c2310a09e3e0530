/**
 * `--record` and `--pcapng`: both executables write down what went over their
 * connections, whatever they speak.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { connect } from "@parley/parley";
import { request } from "@parley/parley/http";
import { runClient, runServer } from "../../../cli/commands.ts";
import { makeCertificate } from "../../../cli/tls/certificate.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";
import { readRecording, summaryOf, textTo } from "../../support/recordings.ts";

/** A folder that is gone afterwards. */
async function inFolder(use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "parley-record-" });
  try {
    await use(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

/** Runs the server while something is done with it; gives its exit code. */
async function during(
  args: readonly string[],
  use: (address: string, terminal: RecordedTerminal) => Promise<void>,
): Promise<{ code: number; terminal: RecordedTerminal }> {
  const terminal = new RecordedTerminal();
  const running = runServer(args, terminal);
  try {
    const [, address] = await terminal.until(/listening on (\S+)\n/);
    await use(address!, terminal);
  } finally {
    terminal.send("SIGTERM");
  }
  return { code: await running, terminal };
}

Deno.test("--record writes both sides of the same conversation", () =>
  inFolder(async (folder) => {
    const [server, client] = [`${folder}/server`, `${folder}/client`];
    const args = ["upper", "0", "--frame", "length:2", "--record", server];
    const { code } = await during(args, async (address, terminal) => {
      const typed = [address, "one", "zwei é", "--frame", "length:2"];
      const own = new RecordedTerminal();
      assertEquals(await runClient([...typed, "--record", client], own), 0);
      await terminal.until(/closed/);
    });
    assertEquals(code, 0);
    const [heard, said] = [
      await readRecording(server),
      await readRecording(client),
    ];
    assertMatch(heard.head.by, /^parley-server [\d.]+ upper$/);
    assertMatch(said.head.by, /^parley-client [\d.]+$/);
    for (const { events, end, head } of [heard, said]) {
      assertEquals(head.frameToServer, "length:2");
      assertEquals(textTo("server", events), "\0\x03one\0\x07zwei é");
      assertEquals(textTo("client", events), "\0\x03ONE\0\x07ZWEI É");
      assertEquals([end.isCutOff, end.isFinished], [false, true]);
      assertEquals(
        events.at(-1),
        // Every event but this one.
        { t: 0, event: "finish", events: events.length - 1, skipped: 0 },
      );
    }
    const ends = (events: typeof said.events) =>
      summaryOf(events).filter((what) => !/\d/.test(what));
    // The client does not wait long for the server's end.
    assertEquals(
      ends(said.events).filter((what) => what !== "end to client"),
      ["open", "end to server", "close by client", "finish"],
    );
    const opened = said.events[0] as { peer: string; server: string };
    assertEquals(heard.events[0], {
      ...opened,
      t: 0,
      connection: 1,
      event: "open",
    });
  }));

Deno.test("--record names no framing where addresses have several, and says so", () =>
  inFolder(async (folder) => {
    for (
      const [places, named, several] of [
        [["line@0", "line@127.0.0.1:0"], "line", undefined],
        [["ws://0"], "websocket", undefined],
        [["line@0", "length:4@127.0.0.1:0"], undefined, "line, length:4"],
        [["line@0", "ws://127.0.0.1:0"], undefined, "line, websocket"],
      ] as const
    ) {
      const file = `${folder}/file`;
      const args = ["echo", ...places, "--record", file];
      const { terminal } = await during(args, async () => {});
      const { head } = await readRecording(file);
      assertEquals([head.frameToServer, head.frameToClient], [named, named]);
      const [, told] = /names no framing, as there are several \((.*)\)/
        .exec(terminal.told) ?? [];
      assertEquals(told, several);
    }
  }));

Deno.test("--record over TLS has what TLS carried, also above a PROXY header", () =>
  inFolder(async (folder) => {
    const { cert, key } = await makeCertificate({
      names: ["127.0.0.1"],
      notBefore: new Date(Date.now() - 3_600_000),
      notAfter: new Date(Date.now() + 3_600_000),
    });
    await Deno.writeTextFile(`${folder}/cert`, cert);
    await Deno.writeTextFile(`${folder}/key`, key);
    const ca = `${folder}/cert`;
    const file = `${folder}/client`;
    const tls = ["--cert", ca, "--key", `${folder}/key`];
    const proxy = ["--proxy-protocol-from", "127.0.0.0/8"];
    for (const more of [[], ["--proxy-protocol"]]) {
      await during(
        ["echo", "tls://127.0.0.1:0", ...tls, ...more.length > 0 ? proxy : []],
        async (address) => {
          const terminal = new RecordedTerminal();
          const args = [address, "secret", "--ca", ca, "--chunks", ...more];
          const code = await runClient([...args, "--record", file], terminal);
          assertEquals([code, terminal.shown], [0, "secret\n"], terminal.told);
          assertStringIncludes(terminal.told, 'chunk 1: 7 bytes "secret\\n"');
          const { events } = await readRecording(file);
          assertEquals(textTo("server", events), "secret\n");
          assertEquals(textTo("client", events), "secret\n");
        },
      );
    }
  }));

Deno.test("--record over UDP has a connection for each peer address", () =>
  inFolder(async (folder) => {
    const [server, client] = [`${folder}/server`, `${folder}/client`];
    await during(
      ["echo", "udp://127.0.0.1:0", "--record", server],
      async (address) => {
        for (const file of [client, `${client}2`]) {
          const terminal = new RecordedTerminal();
          const args = [address, "a", "bc", "--record", file];
          assertEquals(await runClient(args, terminal), 0, terminal.told);
        }
      },
    );
    const one = [
      "open",
      "1 to server",
      "1 to client",
      "2 to server",
      "2 to client",
    ];
    assertEquals(summaryOf((await readRecording(client)).events), [
      ...one,
      "close by client",
      "finish",
    ]);
    const { events, head } = await readRecording(server);
    assertEquals(head.frameToServer, undefined);
    assertEquals(summaryOf(events), [
      ...one,
      ...one,
      "close by server",
      "close by server",
      "finish",
    ]);
  }));

Deno.test("--record has HTTP as it is on the wire, on both sides", () =>
  inFolder(async (folder) => {
    const [server, client] = [`${folder}/server`, `${folder}/client`];
    await during(["http", "0", "--record", server], async (address) => {
      const response = await request(`${address}/hello`);
      await response.text();
      const terminal = new RecordedTerminal();
      const args = [`${address}/again`, "--record", client];
      assertEquals(await runClient(args, terminal), 0, terminal.told);
    });
    for (const [file, connection] of [[server, 2], [client, 1]] as const) {
      const { events } = await readRecording(file);
      const asked = textTo("server", events, connection);
      assertMatch(asked, /^GET \/again HTTP\/1\.1\r\n/);
      assertMatch(
        textTo("client", events, connection),
        /^HTTP\/1\.1 200 OK\r\n/,
      );
    }
  }));

Deno.test("--record has reads as --read-size cuts them", () =>
  inFolder(async (folder) => {
    const file = `${folder}/recording`;
    const args = ["echo", "0", "--read-size", "2", "--record", file];
    await during(args, async (address, terminal) => {
      await using connection = await connect(address, { framing: "length:1" });
      await connection.send(Uint8Array.of(1, 2, 3, 10));
      await connection.receive().catch(() => {});
      await connection.close();
      await terminal.until(/closed/);
    });
    const { events } = await readRecording(file);
    assertEquals(summaryOf(events).slice(0, 4), [
      "open",
      "2 to server",
      "2 to server",
      "1 to server",
    ]);
  }));

Deno.test("--pcapng writes a capture beside the recording", () =>
  inFolder(async (folder) => {
    const [file, capture] = [`${folder}/recording`, `${folder}/capture`];
    const args = ["echo", "0", "--record", file, "--pcapng", capture];
    await during(args, async (address) => {
      await runClient([address, "hello"], new RecordedTerminal());
    });
    const bytes = await Deno.readFile(capture);
    assertEquals(bytes.subarray(0, 4).toHex(), "0a0d0d0a");
    assertStringIncludes(new TextDecoder("latin1").decode(bytes), "hello\n");
    assertEquals(
      textTo("client", (await readRecording(file)).events),
      "hello\n",
    );
  }));

Deno.test("--record and --pcapng make files that the owner alone can read", {
  ignore: Deno.build.os === "windows",
}, () =>
  inFolder(async (folder) => {
    const [file, capture] = [`${folder}/recording`, `${folder}/capture`];
    const args = ["echo", "0", "--record", file, "--pcapng", capture];
    await during(args, () => Promise.resolve());
    for (const path of [file, capture]) {
      assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    }
  }));

Deno.test("--record replaces what was in the file", () =>
  inFolder(async (folder) => {
    const file = `${folder}/recording`;
    await Deno.writeTextFile(file, "x".repeat(100_000));
    await during(["echo", "0", "--record", file], () => Promise.resolve());
    assertEquals((await readRecording(file)).end.lines, 2);
  }));

/** Files that cannot be written, and what is said. */
const UNWRITABLE: readonly (readonly [string, string])[] = [
  ["/tmp/no-such-folder-here/file", "there is no such folder"],
  ["/tmp", "it is a folder"],
];

for (const [path, reason] of UNWRITABLE) {
  Deno.test(`--record ${path} starts nothing and exits 9`, async () => {
    for (const option of ["--record", "--pcapng"]) {
      const terminal = new RecordedTerminal();
      assertEquals(await runServer(["echo", "0", option, path], terminal), 9);
      assertEquals(
        terminal.told,
        `parley-server: cannot write ${path}: ${reason}\n`,
      );
      const client = new RecordedTerminal();
      assertEquals(await runClient(["1", "x", option, path], client), 9);
      assertEquals(
        client.told,
        `parley-client: cannot write ${path}: ${reason}\n`,
      );
    }
  });
}
