/**
 * `parley-server hub`: its command line, its log, and the terminal as a member.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { connect } from "@parley/parley";
import { runClient, runServer } from "../../../cli/commands.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";

const TEXT = { encoding: "text" } as const;

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["", /there is no address; .* hub 7342/],
  ["udp:1", /udp:\/\/127.0.0.1:1 has datagrams, .* a hub could not tell/],
  ["raw@0", /--frame of "raw": its messages have no end/],
  ["0 --frame close", /--frame of "close": it has one message/],
  ["0 --room json:x", /--room of "x": it is not a path into JSON/],
  ["0 --names --room json:.x", /a name in front of JSON .* \(--names\)/],
  ["0 --history 1000001", /too many; write at most 1000000/],
  ["0 --when-slow never", /write close, drop or wait/],
  ["0 --notices loud", /write none, text or json/],
  ["0 --queue 0", /from 1 byte to/],
  ["length:4@0 --frame line", /addresses without a framing of their own/],
  ["0 --origin any", /--origin is for WebSocket/],
  ["tls::0", /needs --cert and --key/],
];

Deno.test("hub refuses a command line that cannot work", async () => {
  for (const [line, expected] of REFUSED) {
    const terminal = new RecordedTerminal();
    const args = line.split(" ").filter((word) => word !== "");
    assertEquals(await runServer(["hub", ...args], terminal), 2, line);
    assertMatch(terminal.told, expected);
  }
});

Deno.test("hub joins its addresses, logs members and rooms, and tells them the end", async () => {
  const terminal = new RecordedTerminal();
  const args = "hub 0 length:4@0 ws://127.0.0.1:0 --names --notices text";
  const running = runServer(args.split(" "), terminal);
  await terminal.until(/listening on ws:\S+\n/);
  const [lines, lengths] = [
    ...terminal.told.matchAll(/listening on (tcp:\S+)\n/g),
  ].map(([, address]) => address!);
  const ann = await connect(lines!, TEXT);
  assertMatch((await ann.receive())!, /you are guest-1 in lobby/);
  const ben = await connect(lengths!, { ...TEXT, framing: "length:4" });
  assertMatch((await ben.receive())!, /you are guest-2 in lobby/);
  assertMatch((await ann.receive())!, /guest-2 joined lobby/);

  await ben.send("/name ben");
  await ben.send("hello\u001b[2J");
  assertEquals(await ann.receive(), "* guest-2 is now ben");
  // A message is never altered. What shows it escapes it.
  assertEquals(await ann.receive(), "ben: hello\u001b[2J");
  for (let i = 0; i < 10; i++) await ben.send("/join \u0007");
  await terminal.until(/(not passed on[^\n]+\n){5}/);

  terminal.send("SIGTERM");
  assertEquals(await ann.receive(), "* the hub is shutting down");
  assertEquals(await ann.receive(), undefined);
  await Promise.all([ann.close(), ben.close()]);
  assertEquals(await running, 0);
  const { told } = terminal;
  assertEquals(told.match(/not passed on from ben/g)?.length, 5);
  assertMatch(told, /guest-2 is now ben/);
  assertMatch(
    told,
    /ben left lobby: stopping; sent 1, got 0, 10 not passed on/,
  );
  assertMatch(told, /room lobby is empty: 1 message, 1 delivered, 0 dropped/);
  assert(!told.includes("\u0007"));
});

Deno.test("hub logs one JSON object per event", async () => {
  const terminal = new RecordedTerminal();
  const args = "hub 0 --room red --log json --verbose";
  const running = runServer(args.split(" "), terminal);
  const [, address] = await terminal.until(/"address":"([^"]+)"/);
  const ann = await connect(address!, TEXT);
  await terminal.until(/"joined"/);
  await ann.close();
  await terminal.until(/"event":"finished"/);
  terminal.send("SIGTERM");
  assertEquals(await running, 0);

  const events = terminal.told.trim().split("\n").map((line) =>
    JSON.parse(line)
  );
  const settings = events.find(({ event }) => event === "settings");
  assertEquals([settings.room, settings.whenSlow], ["red", "close"]);
  const room = events.find(({ event }) => event === "room_closed");
  assertEquals([room.room, room.messages, room.deliveries], ["red", 0, 0]);
  const left = events.find(({ event }) => event === "left");
  assertEquals([left.name, left.room, left.why], [
    "guest-1",
    "red",
    "stopping",
  ]);
});

Deno.test("the terminal that a hub was started at is a member, and shows no control bytes", async () => {
  const terminal = new RecordedTerminal({
    input: ["hi from the host\r"],
    stayOpen: true,
    isTerminal: { input: true, output: true, errors: true },
  });
  const args = "hub 0 --names --history 5";
  const running = runServer(args.split(" "), terminal);
  const [, address] = await terminal.until(/listening on (\S+)\n/);
  const ann = await connect(address!, TEXT);

  assertEquals(await ann.receive(), "host: hi from the host");
  await ann.send("evil \u001b[2J bytes");
  await terminal.until(/guest-2: evil/);

  assert(!terminal.shown.includes("\u001b[2J"), terminal.shown);
  terminal.send("SIGTERM");
  assertEquals(await ann.receive(), undefined);
  await ann.close();
  assertEquals(await running, 0);
});

Deno.test("the terminal of a hub shows each event once: its notices, and the log of other rooms", async () => {
  const terminal = new RecordedTerminal({
    stayOpen: true,
    isTerminal: { input: true, output: true, errors: true },
  });
  const args = "hub 0 --names --notices text";
  const running = runServer(args.split(" "), terminal);
  const [, address] = await terminal.until(/listening on (\S+)\n/);
  await terminal.until(/guest-1 is now host/);
  const ann = await connect(address!, TEXT);
  await ann.sendAll(["/name ann", "/join \u0007", "/join red", "/name eve"]);
  await terminal.until(/is now eve/);
  const ben = await connect(address!, TEXT);
  await ben.closeWrite();
  await terminal.until(/guest-3 has finished/);
  terminal.send("SIGTERM");
  await Promise.all([ann.close(), ben.close()]);
  assertEquals(await running, 0);

  const { shown, told } = terminal;
  const timesSeen = (text: string) =>
    [shown, told].map((all) => all.split(text).length - 1);
  assertEquals(timesSeen("guest-1 in lobby"), [1, 0]);
  assertEquals(timesSeen("guest-1 joined lobby"), [0, 0]);
  assertEquals(timesSeen("guest-1 is now host"), [1, 0]);
  assertEquals(timesSeen("guest-2 joined lobby"), [1, 0]);
  assertEquals(timesSeen("guest-2 is now ann"), [1, 0]);
  assertEquals(timesSeen("ann left lobby"), [1, 0]);
  assertEquals(timesSeen("not passed on from ann"), [0, 1]);
  assertEquals(timesSeen("ann joined red"), [0, 1]);
  assertEquals(timesSeen("ann is now eve"), [0, 1]);
  assertEquals(timesSeen("guest-3 has finished sending"), [1, 0]);
  // What ends with the hub has no notice.
  assertEquals(timesSeen("eve left red: stopping"), [0, 1]);
  assertEquals(timesSeen("host left lobby: stopping"), [0, 1]);
});

Deno.test("Ctrl-C at the terminal of a hub ends it as the signal does", async () => {
  const terminal = new RecordedTerminal({
    input: ["\u0003"],
    stayOpen: true,
    isTerminal: { input: true, output: true, errors: true },
  });

  assertEquals(await runServer(["hub", "0", "--notices", "text"], terminal), 0);

  assertMatch(terminal.told, /stopping: 1 open connection/);
});

Deno.test("parley-client --name says its name before its first message", async () => {
  const terminal = new RecordedTerminal();
  const running = runServer("hub 0 --names --history 1".split(" "), terminal);
  const [, address] = await terminal.until(/listening on (\S+)\n/);
  const ann = await connect(address!, TEXT);
  await terminal.until(/guest-1 joined/);
  const client = new RecordedTerminal();

  const args = [address!, "hello", "--name", "ben", "--replies", "0"];
  assertEquals(await runClient(args, client), 0);

  assertEquals(await ann.receive(), "ben: hello");
  for (const name of ["", "x".repeat(65), "a\u0007b"]) {
    const refused = new RecordedTerminal();
    assertEquals(await runClient([address!, `--name=${name}`], refused), 2);
    assertMatch(refused.told, /is not a name; write 1 to 64 bytes/);
  }
  terminal.send("SIGTERM");
  assertEquals(await ann.receive(), undefined);
  await ann.close();
  assertEquals(await running, 0);
});
