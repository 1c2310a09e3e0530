/**
 * The backbone on core NATS, with a real server: at most once, and no gap that its
 * members do not see.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../lib/errors.ts";
import { CutLine } from "../../support/cut_line.ts";
import { NatsServer, Seat } from "../../support/nats_servers.ts";
import { peerTest } from "../../support/protocol_peers.ts";

const needs = ["nats-server"];

await peerTest({
  needs,
  name: "two hubs share a room through core NATS, whatever its name is",
  async fn() {
    await using server = await new NatsServer().start();
    for (
      const [at, room] of ["lobby", "a b.*.>\t😀", "ä".repeat(127)].entries()
    ) {
      await using a = await Seat.enter(
        `a${at}`,
        { servers: server.url },
        {},
        room,
      );
      await using b = await Seat.enter(
        `b${at}`,
        { servers: server.url },
        {},
        room,
      );
      assertEquals(a.link.delivery, "core");
      a.say(1, "one");
      b.say(7, "");
      a.room.announce(new TextEncoder().encode("joined"));

      await b.until(({ heard }) => heard.length === 3);
      await a.until(({ heard }) => heard.length === 2);
      assertEquals(
        b.heard.toSorted(),
        [
          `a${at}/1 one`,
          `announced joined`,
          `b${at}/7 `,
        ].toSorted(),
      );
      assertEquals(a.heard.toSorted(), [`a${at}/1 one`, `b${at}/7 `]);
    }
  },
});

await peerTest({
  needs,
  name:
    "natsBackbone tells a hub of NATS that went and came, and how many messages are missing",
  async fn() {
    await using server = await new NatsServer().start();
    const options = { servers: server.url };
    // Of 100 messages of 1,000 bytes, 17 may wait.
    await using a = await Seat.enter("a", options, { queueBytes: 20_000 });
    await using b = await Seat.enter("b", options);
    a.say(1, "before");
    await b.until(({ heard }) => heard.includes("a/1 before"));

    await server.kill();
    await Promise.all([a.state("cut_off"), b.state("cut_off")]);
    const text = "x".repeat(1_000);
    for (let count = 0; count < 100; count++) a.say(1, text);
    // Local delivery goes on.
    assertEquals(a.heard.length, 101);
    await server.start();

    await Promise.all([a.state("back"), b.state("back")]);
    await a.until(({ gaps }) => gaps.length === 1);
    assertEquals(a.gaps, [{ reason: "cut_off", hub: "a", missed: 83 }]);
    // Those that waited reach b or not, as b may have come back later. The rest
    // shows as a gap, without another message.
    await b.until(({ heard, missed }) => heard.length - 1 + missed === 100);
    assert(b.missed >= 83, `${b.missed}`);
    a.say(1, "after");
    await b.until(({ heard }) => heard.at(-1) === "a/1 after");
    assertEquals(b.heard.length + b.missed, 102);
  },
});

await peerTest({
  needs,
  name:
    "a hub that was cut off alone sees how many messages of the others it missed",
  async fn() {
    await using server = await new NatsServer().start();
    await using line = CutLine.to(server.port);
    await using a = await Seat.enter("a", { servers: server.url });
    await using b = await Seat.enter("b", { servers: line.url });
    a.say(1, "0");
    await b.until(({ heard }) => heard.length === 1);

    line.cut();
    await b.state("cut_off");
    for (let count = 1; count <= 5; count++) a.say(1, `${count}`);
    line.mend();
    await b.state("back");

    await b.until(({ missed }) => missed === 5);
    assertEquals(b.gaps, [{ reason: "cut_off", hub: "a", missed: 5 }]);
    a.say(2, "6");
    await b.until(({ heard }) => heard.length === 2);
    assertEquals(b.heard, ["a/1 0", "a/2 6"]);
  },
});

await peerTest({
  needs,
  name:
    "a message above NATS' limit is refused with both numbers, and not delivered",
  async fn(folder) {
    const config = `${folder}/nats.conf`;
    await Deno.writeTextFile(config, "max_payload: 2000\n");
    await using server = await new NatsServer("--config", config).start();
    await using a = await Seat.enter("a", { servers: server.url });
    assertEquals(a.link.maxMessageBytes, 2_000 - 256);

    const error = assertThrows(
      () => a.say(1, "x".repeat(2_000)),
      ProtocolError,
    );
    assertEquals(error.code, "too_large");
    assertEquals(error.details.declaredBytes, 2_000);
    assertEquals(error.details.limitBytes, 1_744);
    assertEquals(a.heard, []);
    a.say(1, "x".repeat(1_744));
    assertEquals(a.heard.length, 1);
  },
});

await peerTest({
  needs,
  name:
    "what waited while a hub was cut off reaches the others once, and is no gap",
  async fn() {
    await using server = await new NatsServer().start();
    await using line = CutLine.to(server.port);
    await using a = await Seat.enter("a", { servers: line.url });
    await using b = await Seat.enter("b", { servers: server.url });
    a.say(1, "0");
    await b.until(({ heard }) => heard.length === 1);

    line.cut();
    await a.state("cut_off");
    for (const number of [1, 2, 3]) a.say(1, `${number}`);
    line.mend();
    await a.state("back");
    // A hub that asks before the three went out gets no answer that counts them.
    await using c = await Seat.enter("c", { servers: server.url });
    a.say(2, "4");
    await b.until(({ heard }) => heard.length === 5);
    await c.until(({ heard }) => heard.length === 4);

    const waited = ["a/1 1", "a/1 2", "a/1 3", "a/2 4"];
    assertEquals(b.heard, ["a/1 0", ...waited]);
    assertEquals(c.heard, waited);
    a.say(1, "5");
    await b.until(({ heard }) => heard.length === 6);
    assertEquals([...a.gaps, ...b.gaps, ...c.gaps], []);
  },
});
