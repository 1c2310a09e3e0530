/**
 * What a hub passes on, to whom, and in which room.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
} from "@std/assert";
import { ProtocolError } from "../../mod.ts";
import { localBackbone, serveHub } from "../../lib/hub/mod.ts";
import { webSocketOf } from "../../lib/websocket/mod.ts";
import { ObservedHub, received } from "../support/hub_events.ts";

const TCP = "tcp://127.0.0.1:0";
Deno.test("serveHub() passes a message on to all members but its sender", async () => {
  await using observed = await ObservedHub.serve();
  const [ann, ben, cleo] = await observed.members(3);

  await ann!.sendAll(["one", "", "three 🌮"]);
  await ben!.send("from Ben");

  assertEquals(await received(cleo!, 4), ["one", "", "three 🌮", "from Ben"]);
  assertEquals(await received(ben!, 3), ["one", "", "three 🌮"]);
  assertEquals(await received(ann!, 1), ["from Ben"]);
  const { rooms } = observed.hub;
  assertEquals(rooms, [{
    name: "lobby",
    members: 3,
    messages: 4,
    deliveries: 8,
    dropped: 0,
    skipped: 0,
  }]);
});

Deno.test("serveHub() joins transports in one room, each message in each framing", async () => {
  const backbone = localBackbone();
  await using observed = await ObservedHub.serve(
    { backbone },
    [{ address: TCP, framing: "length:4" }, "ws://127.0.0.1:0"],
  );
  await using lines = await ObservedHub.serve({ backbone });
  const [tcp, ws] = observed.hub.addresses;
  const framing = "length:4";
  const first = await observed.connect({ framing }, tcp!);
  const second = await observed.connect({}, ws!);
  const third = await lines.connect();
  await observed.until("joined", 2);
  await lines.until("joined", 1);

  await first.send("from length:4");
  assertEquals(await received(second, 1), ["from length:4"]);
  assertEquals(await received(third, 1), ["from length:4"]);
  await second.send("from a browser");
  assertEquals(await received(first, 1), ["from a browser"]);
  assertEquals(await received(third, 1), ["from a browser"]);
  await third.send("from a line");
  assertEquals(await received(first, 1), ["from a line"]);
  assertEquals(await received(second, 1), ["from a line"]);
});

Deno.test("serveHub() encodes for each WebSocket client where it compresses", async () => {
  await using observed = await ObservedHub.serve({}, "ws://127.0.0.1:0");
  const webSocket = { deflate: true };
  const text = "the same words again and again, ".repeat(20);
  const ann = await observed.connect({ webSocket });
  const ben = await observed.connect({ webSocket });
  const cleo = await observed.connect();
  await observed.until("joined", 3);

  await ann.sendAll([text, "short", text]);

  assertEquals(await received(ben, 3), [text, "short", text]);
  assertEquals(await received(cleo, 3), [text, "short", text]);
});

Deno.test("serveHub() sends the last messages to a member that joins", async () => {
  await using observed = await ObservedHub.serve({ history: 2 });
  const [ann, ben] = await observed.members(2);
  await ann!.sendAll(["1", "2", "3"]);
  assertEquals(await received(ben!, 3), ["1", "2", "3"]);

  const late = await observed.connect();
  assertEquals(await received(late, 2), ["2", "3"]);
  await ann!.send("4");

  assertEquals(await received(late, 1), ["4"]);
});

Deno.test("serveHub() names the queue as what the history does not fit into", async () => {
  await using observed = await ObservedHub.serve({
    history: 10,
    notices: "json",
    queueBytes: 1_000,
  });
  const [ann] = await observed.members(1);
  for (let i = 0; i < 4; i++) await ann!.send(`${i}`.padEnd(200));
  await ann!.send("/join other");
  await observed.until("joined", 2);

  const ben = await observed.connect();

  const [, gap, ...past] = await received(ben, 4);
  assertEquals(JSON.parse(gap!), {
    event: "gap",
    room: "lobby",
    reason: "queue",
    missed: 2,
    queueBytes: 1_000,
  });
  assertEquals(past.map((text) => text.trim()), ["2", "3"]);
});

Deno.test("serveHub() keeps the history of a room that is empty for a while", async () => {
  await using observed = await ObservedHub.serve({ history: 1 });
  const [ann] = await observed.members(1);
  await ann!.send("/join red");
  await ann!.send("left behind");
  await observed.until("joined", 2);
  await ann!.send("/join blue");
  await observed.until("room_closed", 2);
  const [ben] = [await observed.connect()];

  await ben.send("/join red");

  assertEquals(await received(ben, 1), ["left behind"]);
  assertEquals(observed.of("room_closed")[1]!.stats.messages, 1);
});

Deno.test("serveHub() puts names in front, and keeps each for one member", async () => {
  await using observed = await ObservedHub.serve({
    names: true,
    notices: "text",
  });
  const [ann, ben] = await observed.members(2);
  assertEquals(await received(ann!, 2), [
    "* you are guest-1 in lobby (1 here)",
    "* guest-2 joined lobby",
  ]);
  assertEquals(await received(ben!, 1), [
    "* you are guest-2 in lobby (2 here)",
  ]);

  await ann!.send("/name Ann");
  await ann!.send("hello");
  assertEquals(await received(ben!, 2), ["* guest-1 is now Ann", "Ann: hello"]);
  await ben!.send("/name Ann");
  assertEquals(await received(ben!, 1), [
    "* not passed on: the name Ann is taken",
  ]);
  await ben!.send("/name guest-3");
  assertEquals(await received(ben!, 1), [
    "* not passed on: the name guest-3 is taken",
  ]);
  assertEquals(observed.hub.members[1]!.stats.refused, 2);
  await ben!.send("still a guest");

  assertEquals(await received(ann!, 2), [
    "* guest-1 is now Ann",
    "guest-2: still a guest",
  ]);
});

Deno.test("serveHub() gives no member a name that looks like another's, or like what the hub says", async () => {
  await using observed = await ObservedHub.serve({
    names: true,
    notices: "text",
  });
  const [ann, ben] = await observed.members(2);
  await ann!.send("/name Ann Lee");
  await observed.until("renamed", 1);
  await received(ben!, 2);
  const taken = [
    "ann lee",
    "Ann\u200b Lee",
    "Ann\u00a0 Lee",
    "A\u00adnn Lee",
    "\uff21nn Lee",
    "Guest-1",
    "guest\u2060-9",
  ];
  for (const name of taken) {
    await ben!.send(`/name ${name}`);
    assertEquals(await received(ben!, 1), [
      `* not passed on: the name ${name.normalize("NFC")} is taken`,
    ]);
  }
  const reasons = {
    "Ann Lee: hello": "it has a colon",
    "Ann Lee\uff1a hello": "it has a colon",
    "* ann left lobby": "it begins with an asterisk",
    "\u200b* ann left lobby": "it begins with an asterisk",
    "\u200b\u2060": "nothing of it can be seen",
  };
  for (const [name, reason] of Object.entries(reasons)) {
    await ben!.send(`/name ${name}`);
    assertEquals(await received(ben!, 1), [
      `* not passed on: /name needs another name: ${reason}`,
    ]);
  }
  // Its own name it may write in another way, and a name that is free again.
  await ann!.send("/name ANN LEE");
  assertEquals(await received(ben!, 1), ["* Ann Lee is now ANN LEE"]);
  await ann!.send("/name \u{1f468}\u200d\u{1f469}");
  await received(ben!, 1);
  await ben!.send("/name ann lee");
  assertEquals(await received(ben!, 1), ["* guest-2 is now ann lee"]);
});

Deno.test("serveHub() tells notices as JSON", async () => {
  await using observed = await ObservedHub.serve({ notices: "json" });
  const [ann, ben] = await observed.members(2);

  assertEquals((await received(ann!, 2)).map((text) => JSON.parse(text)), [
    { event: "joined", room: "lobby", name: "guest-1", you: true, members: 1 },
    { event: "joined", room: "lobby", name: "guest-2" },
  ]);
  await ben!.send("/join red");
  assertEquals((await received(ann!, 1)).map((text) => JSON.parse(text)), [
    { event: "left", room: "lobby", name: "guest-2", why: "moved" },
  ]);
});

Deno.test("serveHub() takes any room name of 1 to 255 bytes that a terminal can show", async () => {
  await using observed = await ObservedHub.serve();
  const [ann, ben] = await observed.members(2);
  const names = ["a b", "red.blue", "*", ">", "🌮", "x".repeat(255)];
  let joined = 2;
  for (const name of names) {
    for (const member of [ann!, ben!]) await member.send(`/join ${name}`);
    await observed.until("joined", joined += 2);
    await ann!.send(`in ${name}`);
    assertEquals(await received(ben!, 1), [`in ${name}`]);
  }
});

Deno.test("serveHub() refuses other room names, and leaves the member where it is", async () => {
  await using observed = await ObservedHub.serve({ notices: "text" });
  const [ann, ben] = await observed.members(2);
  await received(ann!, 2);
  await received(ben!, 1);
  const bad = [
    "",
    "x".repeat(256),
    "🌮".repeat(64),
    "y".repeat(10_000),
    "\u001b[2J",
  ];

  for (const name of bad) await ann!.send(`/join ${name}`);
  await ann!.send("still here");

  assertEquals(await received(ann!, bad.length), [
    "* not passed on: /join needs another name: it is empty",
    "* not passed on: /join needs another name: it has more than 255 bytes",
    "* not passed on: /join needs another name: it has more than 255 bytes",
    "* not passed on: /join needs another name: it has more than 255 bytes",
    "* not passed on: /join needs another name: it has control characters",
  ]);
  assertEquals(await received(ben!, 1), ["still here"]);
  assertEquals(observed.of("not_passed_on").length, bad.length);
});

Deno.test("serveHub() opens no more than maxRooms rooms", async () => {
  await using observed = await ObservedHub.serve({
    maxRooms: 2,
    notices: "text",
  });
  const [ann, ben] = await observed.members(2);
  await received(ann!, 2);
  await received(ben!, 1);
  await ann!.send("/join red");
  assertEquals(await received(ben!, 1), [
    "* guest-1 left lobby for another room",
  ]);

  await ben!.send("/join blue");

  assertEquals(await received(ben!, 1), [
    '* not passed on: Cannot open room "blue": the number of open rooms is 2, and the limit is 2',
  ]);
});

Deno.test("serveHub() tells a WebSocket client whose room is one too many, with both numbers", async () => {
  await using observed = await ObservedHub.serve(
    { maxRooms: 1 },
    "ws://127.0.0.1:0",
  );
  const { port } = observed.hub.address;
  await observed.connect({}, `ws://127.0.0.1:${port}/red`);
  await observed.until("joined", 1);

  const ben = await observed.connect({}, `ws://127.0.0.1:${port}/blue`);

  assertEquals(await received(ben, 1), []);
  assertEquals(webSocketOf(ben)?.closeStatus, {
    code: 1013,
    reason: "the number of open rooms is 1, and the limit is 1",
  });
  assertEquals(observed.of("left"), []);
});

Deno.test("serveHub() reads the room of each message from its JSON", async () => {
  await using observed = await ObservedHub.serve({
    roomPath: ".to.room",
    notices: "text",
  });
  const ann = await observed.connect();
  const ben = await observed.connect();
  const red = JSON.stringify({ to: { room: "red" }, text: "hi" });
  const blue = JSON.stringify({ to: { room: "blue" }, text: "hi" });
  await ben.send("/join red");
  await observed.until("joined", 1);
  for (
    const bad of ["no JSON", "{}", '{"to":{"room":7}}', '{"to":{"room":""}}']
  ) {
    await ann.send(bad);
  }
  await ann.sendAll([blue, red, red]);

  assertEquals(await received(ben, 4), [
    "* you are guest-2 in red (1 here)",
    "* guest-1 joined red",
    red,
    red,
  ]);
  assertEquals((await received(ann, 4)).map((text) => text.slice(17)), [
    "no room: it is not JSON",
    "no room: it has no text at .to.room",
    "no room: it has no text at .to.room",
    "no room: the room's name: it is empty",
  ]);
});

Deno.test("serveHub() tells a member in 64 rooms the bound, and how to leave them", async () => {
  await using observed = await ObservedHub.serve({
    roomPath: ".room",
    notices: "text",
  });
  const ann = await observed.connect();
  for (let i = 0; i <= 64; i++) await ann.send(`{"room":"${i}"}`);

  assertEquals(
    (await received(ann, 65)).at(-1),
    [
      "* not passed on: you are in 64 rooms, the most that a member can be in;",
      "connect again to leave them",
    ].join(" "),
  );
  assertEquals(observed.of("joined").length, 64);
});

Deno.test("serveHub() gives a WebSocket client the room of its path", async () => {
  await using observed = await ObservedHub.serve(
    { room: "green" },
    "ws://127.0.0.1:0",
  );
  const { port } = observed.hub.address;
  const ann = await observed.connect(
    {},
    `ws://127.0.0.1:${port}/red%20room?x=1`,
  );
  const ben = await observed.connect({}, `ws://127.0.0.1:${port}/red%20room`);
  const cleo = await observed.connect({}, `ws://127.0.0.1:${port}/`);
  await observed.until("joined", 3);

  await ann.send("/join blue");
  await cleo.send("in green");
  await ann.send("in red");

  assertEquals(await received(ben, 2), ["/join blue", "in red"]);
  assertEquals(
    observed.of("joined").map(({ room }) => room).sort(),
    ["green", "red room", "red room"],
  );
});

Deno.test("serveHub() skips what a member's framing cannot hold, and tells it", async () => {
  const backbone = localBackbone();
  await using lines = await ObservedHub.serve({ backbone, notices: "text" });
  await using observed = await ObservedHub.serve({
    backbone,
    framing: "length:4",
  });
  const [ann] = await lines.members(1);
  await received(ann!, 1);
  const ben = await observed.connect({ framing: "length:4" });
  await observed.until("joined", 1);

  await ben.sendAll(["one", "two\nlines", "three"]);

  const texts = await received(ann!, 3);
  assertEquals(texts.slice(0, 2), ["one", "three"]);
  assert(texts[2]!.startsWith("* 1 message to you skipped: "), texts[2]);
  assertEquals(lines.of("skipped").map(({ missed }) => missed), [1]);
  assertEquals(lines.hub.members[0]!.stats.skipped, 1);
});

Deno.test("serveHub() keeps a member whose framing cannot hold what the hub says", async () => {
  const backbone = localBackbone();
  await using lines = await ObservedHub.serve({ backbone, notices: "text" });
  const [ann] = await lines.members(1);
  // In the second one only the notice of what was skipped is too long.
  for (const framing of ["fixed:10,pad=.", "fixed:40,pad=.", "json"]) {
    await using observed = await ObservedHub.serve({
      ...{ backbone, framing, notices: "text" },
    });
    const ben = await observed.connect({ framing });
    await observed.until("joined", 1);

    await ann!.send("x".repeat(50));
    await observed.until("skipped", 1);
    await ben.send("[1]");
    let text: string | undefined;
    while (text !== "[1]") text = await ann!.receive({ timeoutMs: 20_000 });

    assertEquals(observed.of("skipped").map(({ missed }) => missed), [1]);
    assertEquals(observed.of("left"), []);
    ben.abort();
  }
});

Deno.test("serveHub() passes on nothing of a message whose sender leaves inside it", async () => {
  await using observed = await ObservedHub.serve({ framing: "length:4" });
  const framing = "length:4";
  const ann = await observed.connect({ framing });
  const half = await observed.connect({ framing: "raw" });
  await observed.until("joined", 2);
  await half.send("\0\0\0\x09ha");
  await half.closeWrite();

  await observed.until("left", 1);

  assertEquals(observed.of("left")[0]!.why, "lost");
  const ben = await observed.connect({ framing });
  await ben.send("whole");
  assertEquals(await received(ann, 1), ["whole"]);
});

Deno.test("serveHub() tells a sender why it is ended, with both numbers", async () => {
  await using observed = await ObservedHub.serve({
    maxMessageBytes: 10,
    notices: "text",
  });
  const [ann] = await observed.members(1);
  assertEquals((await received(ann!, 1)).length, 1);

  await ann!.send("x".repeat(20));

  const [told, end] = await received(ann!, 2);
  assert(told!.startsWith("* not passed on: "), told);
  assert(told!.includes("the limit of 10 bytes; "), told);
  assertEquals(end, undefined);
});

Deno.test("serveHub() ends a sender whose message the backbone cannot take, with both numbers", async () => {
  const local = localBackbone();
  await using observed = await ObservedHub.serve({
    backbone: {
      async open(hub, signal) {
        const link = await local.open(hub, signal);
        return {
          ...{ delivery: link.delivery, maxMessageBytes: 10 },
          close: (graceMs) => link.close(graceMs),
          async enter(name, listener) {
            const room = await link.enter(name, listener);
            return {
              announce: (bytes) => room.announce(bytes),
              leave: () => room.leave(),
              publish(member, bytes) {
                if (bytes.length <= 10) return room.publish(member, bytes);
                throw new ProtocolError("too_large", {
                  reason: `it has ${bytes.length} bytes, and the limit is 10`,
                }, { declaredBytes: bytes.length, limitBytes: 10 });
              },
            };
          },
        };
      },
    },
  });
  const [ann, ben] = await observed.members(2);

  await ann!.sendAll(["small", "much too large"]);

  assertEquals(await received(ben!, 1), ["small"]);
  await observed.until("closed", 1);
  const [closed] = observed.of("closed");
  assertInstanceOf(closed!.error, ProtocolError);
  assertEquals(closed!.error.details, { declaredBytes: 14, limitBytes: 10 });
  assertEquals(observed.of("left")[0]!.why, "refused");
});

Deno.test("a hub that shuts down tells its members, and writes what waits for them", async () => {
  await using observed = await ObservedHub.serve({ notices: "text" });
  const [ann, ben] = await observed.members(2);
  await received(ann!, 2);
  await received(ben!, 1);
  const large = "x".repeat(300_000);
  await ann!.send(large);
  assertEquals(await received(ben!, 1), [large]);
  await ann!.send("before the end");
  assertEquals(await received(ben!, 1), ["before the end"]);

  const report = observed.hub.shutdown();

  assertEquals(await received(ben!, 2), ["* the hub is shutting down"]);
  assertEquals(await ben!.receive(), undefined);
  await Promise.all([ann!.close(), ben!.close()]);
  assertEquals(await report, { finished: 2, cut: [], unpublished: 0 });
  assertEquals(await observed.hub.finished, await report);
  assertEquals(observed.of("left").map(({ why }) => why), [
    "stopping",
    "stopping",
  ]);
  assertEquals(observed.hub.rooms, []);
});

Deno.test("serveHub() refuses options that contradict each other, before it listens", async () => {
  const refused = [
    { framing: "raw" },
    { framing: "close" },
    { history: -1 },
    { queueBytes: 0 },
    { room: "" },
    { room: "a\nb" },
    { roomPath: "room" },
    { room: "red", roomPath: ".room" },
    { names: true, roomPath: ".room" },
    { whenSlow: "wait", backbone: localBackbone() },
    { whenSlow: "sometimes" as "wait" },
    { notices: "loud" as "text" },
  ] as const;
  for (const options of refused) {
    const error = await assertRejects(() => serveHub(TCP, options), Error);
    assert(
      error instanceof TypeError || error instanceof RangeError,
      `${error}`,
    );
  }
  await assertRejects(() => serveHub("udp://127.0.0.1:0"), TypeError);
  const raw = { address: TCP, framing: "raw" };
  await assertRejects(() => serveHub(["tcp://127.0.0.1:0", raw]), TypeError);
});

Deno.test("serveHub() tells members of other hubs of the same room who has another name", async () => {
  const options = {
    backbone: localBackbone(),
    names: true,
    notices: "text",
  } as const;
  await using red = await ObservedHub.serve(options);
  await using blue = await ObservedHub.serve(options);
  const [ann] = await red.members(1);
  const [ben] = await blue.members(1);
  await received(ben!, 1);

  await ann!.send("/name ann");
  await ann!.send("hello");

  assertEquals(await received(ben!, 2), [
    "* guest-1 is now ann",
    "ann: hello",
  ]);
});

Deno.test("serveHub() tells members of a hub with a lower limit what they miss, with both numbers", async () => {
  const options = { backbone: localBackbone(), notices: "text" } as const;
  await using red = await ObservedHub.serve(options);
  await using blue = await ObservedHub.serve({
    ...options,
    maxMessageBytes: 1_000,
  });
  const [ann] = await red.members(1);
  const [ben] = await blue.members(1);
  await received(ben!, 1);

  await ann!.send("x".repeat(5_000));
  await ann!.send("short");

  const texts = await received(ben!, 2);
  assertEquals(texts.includes("short"), true);
  const [skipped] = texts.filter((text) => text !== "short");
  assertMatch(skipped!, /^\* 1 message to you skipped: .*5000 .*limit is \d+ /);
  assertEquals(blue.of("skipped").map(({ missed }) => missed), [1]);
});
