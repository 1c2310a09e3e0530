import { assertEquals, assertStringIncludes } from "@std/assert";
import "../../lib/framing/mod.ts";
import { writtenAddress } from "../../cli/arguments/address.ts";
import { readPlaces, splitPlace } from "../../cli/arguments/place.ts";
import { runClient, runServer } from "../../cli/commands.ts";
import { RecordedTerminal } from "../support/recorded_terminal.ts";

const sockets = ["a@b.sock", "app.sock", "./run/app", "/tmp/a b", "7342"];
const isSocket = (path: string) => sockets.includes(path);

Deno.test("writtenAddress() takes what hands that know nc, socat and curl type", () => {
  const table: [string[], string, 1 | 2][] = [
    [["localhost", "9101"], "localhost:9101", 2],
    [["localhost", "9101", "hello"], "localhost:9101", 2],
    [["127.0.0.1", "80"], "127.0.0.1:80", 2],
    [["::1", "80"], "[::1]:80", 2],
    // So that the answer is about the port, not about a missing one.
    [["localhost", "70000"], "localhost:70000", 2],
    [["fe80::1%eth0", "80"], "[fe80::1%eth0]:80", 2],
    [["[::1]", "80"], "[::1]:80", 2],
    // What is whole already, and what is no port, stays.
    [["7342", "9101"], "7342", 1],
    [["localhost:80", "9101"], "localhost:80", 1],
    [["[::1]:80", "9101"], "[::1]:80", 1],
    [[":7342", "1"], ":7342", 1],
    [["localhost", "9101x"], "localhost", 1],
    [["udp:9901"], "udp://127.0.0.1:9901", 1],
    [["tcp:9103", "hi"], "tcp://127.0.0.1:9103", 1],
    [["TLS:box:9443"], "TLS://box:9443", 1],
    [["udp:[::1]:9"], "udp://[::1]:9", 1],
    [["udp://1.2.3.4:5"], "udp://1.2.3.4:5", 1],
    [["app.sock", "hello"], "unix:app.sock", 1],
    [["app.sock", "5"], "unix:app.sock", 1],
    [["./run/app"], "unix:./run/app", 1],
    [["/tmp/a b"], "unix:/tmp/a b", 1],
    [["unix:app.sock"], "unix:app.sock", 1],
    // A port is a port, whatever is in the folder.
    [["7342"], "7342", 1],
    [["other.sock"], "other.sock", 1],
  ];
  for (const [words, text, count] of table) {
    assertEquals(writtenAddress(words, isSocket), { text, words: count });
  }
});

Deno.test("splitPlace() finds the framing before an @, and none where an address begins", () => {
  const table: [string, string | undefined, string][] = [
    ["7342", undefined, "7342"],
    ["length:4@7342", "length:4", "7342"],
    ["length:4,le@[::1]:7342", "length:4,le", "[::1]:7342"],
    ["line@localhost", "line", "localhost"],
    ["line@-", "line", "-"],
    ["line@unix:/run/a@b.sock", "line", "unix:/run/a@b.sock"],
    ["line@tls://box:1", "line", "tls://box:1"],
    ["fixed:8 then line@7342", "fixed:8 then line", "7342"],
    ["delimiter:@@@7342", "delimiter:@@", "7342"],
    ["delimiter:\\x40@7342", "delimiter:\\x40", "7342"],
    ["unix:/run/a@b.sock", undefined, "unix:/run/a@b.sock"],
    ["ws://ann:secret@box/", undefined, "ws://ann:secret@box/"],
    ["udp:9901", undefined, "udp:9901"],
    ["./a@b.sock", undefined, "./a@b.sock"],
    ["/run/a@b.sock", undefined, "/run/a@b.sock"],
    ["@7342", undefined, "@7342"],
  ];
  for (const [word, frame, address] of table) {
    assertEquals(splitPlace(word), [frame, address], word);
  }
});

Deno.test("readPlaces() takes several, of one word and of two, with framings and without", () => {
  const words = [
    "7342",
    "localhost",
    "80",
    "udp:53",
    "app.sock",
    "a@b.sock",
    "length:4@7343",
    "line@localhost",
    "81",
    "line@unix:new@.sock",
  ];
  const places = readPlaces(words, isSocket);
  assertEquals(
    places.map((
      { address, framing },
    ) => [`${address}`, framing && `${framing}`]),
    [
      ["tcp://127.0.0.1:7342", undefined],
      ["tcp://localhost:80", undefined],
      ["udp://127.0.0.1:53", undefined],
      ["unix:app.sock", undefined],
      ["unix:a@b.sock", undefined],
      ["tcp://127.0.0.1:7343", "length:4"],
      ["tcp://localhost:81", "line"],
      ["unix:new@.sock", "line"],
    ],
  );
});

Deno.test("an @ with nothing on one side of it is named as it was typed", async () => {
  for (
    const [typed, reason] of [
      ["length:4@", "no address follows the @"],
      ["@7342", "no framing is before the @"],
      ["@", "no framing is before the @"],
    ] as const
  ) {
    const told = `${typed}: ${reason}; write for example line@7342; see `;
    const server = new RecordedTerminal();
    assertEquals(await runServer(["echo", typed], server), 2);
    assertStringIncludes(server.told, `parley-server: ${told}`);
    const client = new RecordedTerminal();
    assertEquals(await runClient([typed, "hello"], client), 2);
    assertStringIncludes(client.told, `parley-client: ${told}`);
  }
});

Deno.test("both executables understand HOST PORT and the path of a socket", async () => {
  const folder = await Deno.makeTempDir({ prefix: "parley-address-" });
  try {
    const path = `${folder}/app.sock`;
    const terminal = new RecordedTerminal();
    const places = ["localhost", "0", `unix:${path}`];
    const running = runServer(["upper", ...places], terminal);
    const [, port] = await terminal.until(/listening on tcp:.*:(\d+)\n/);
    await terminal.until(/listening on unix:/);
    for (const address of [["localhost", port!], [path]]) {
      const client = new RecordedTerminal();
      const code = await runClient([...address, "hello", "5"], client);
      assertEquals([code, client.shown], [0, "HELLO\n5\n"], client.told);
    }
    terminal.send("SIGTERM");
    assertEquals(await running, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
