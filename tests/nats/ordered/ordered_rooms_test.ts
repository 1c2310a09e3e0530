/**
 * The backbone on JetStream, with a real server: one order, each message once, also
 * when the server is killed.
 *
 * @module
 */

import { jetstreamManager } from "@nats-io/jetstream";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../../lib/errors.ts";
import { connectNats } from "../../../lib/nats/line/nats_transport.ts";
import type { NatsBackboneOptions } from "../../../lib/nats/nats_options.ts";
import { CutLine } from "../../support/cut_line.ts";
import { NatsServer, Seat } from "../../support/nats_servers.ts";
import { peerTest } from "../../support/protocol_peers.ts";

const needs = ["nats-server"];
const HISTORY = { history: 1_000 };

/** The numbers that each sender said, in the order in which they were heard. */
function bySender(heard: readonly string[]): Record<string, number[]> {
  const numbers: Record<string, number[]> = {};
  for (const line of heard) {
    const [sender, number] = line.split(" ");
    (numbers[sender!] ??= []).push(Number(number));
  }
  return numbers;
}

await peerTest({
  needs,
  name:
    "with history, a killed server loses, doubles and reorders nothing that was accepted",
  async fn(folder) {
    await using server = await NatsServer.storing(folder).start();
    const options = { servers: server.url };
    await using a = await Seat.enter("a", options, HISTORY);
    await using b = await Seat.enter("b", options, HISTORY);
    assertEquals(a.link.delivery, "ordered");
    const say = (from: number, to: number) => {
      for (let number = from; number < to; number++) {
        for (const member of [1, 2, 3]) {
          a.say(member, `${number}`);
          b.say(member, `${number}`);
        }
      }
    };

    say(0, 50);
    // In the middle of these.
    await a.until(({ heard }) => heard.length > 100);
    await server.kill();
    await Promise.all([a.state("cut_off"), b.state("cut_off")]);
    say(50, 100);
    await server.start();
    await Promise.all([a.state("back"), b.state("back")]);

    const all = 2 * 3 * 100;
    await Promise.all(
      [a, b].map((seat) => seat.until(({ heard }) => heard.length >= all)),
    );
    const numbers = Array.from({ length: 100 }, (_, number) => number);
    const senders = ["a/1", "a/2", "a/3", "b/1", "b/2", "b/3"];
    assertEquals(
      bySender(a.heard),
      Object.fromEntries(senders.map((sender) => [sender, numbers])),
    );
    assertEquals(a.heard, b.heard);
    assertEquals([...a.gaps, ...b.gaps], []);

    // A hub that comes later gets the same history.
    await using late = await Seat.enter("c", options, HISTORY);
    assertEquals(late.heard, a.heard);
  },
});

await peerTest({
  needs,
  name: "with history, members wait for NATS that is away once queueBytes wait",
  async fn(folder) {
    await using server = await NatsServer.storing(folder).start();
    const hub = { ...HISTORY, queueBytes: 10_000 };
    await using a = await Seat.enter("a", { servers: server.url }, hub);
    await server.kill();
    await a.state("cut_off");

    const text = "x".repeat(1_000);
    let waits: Promise<void> | undefined;
    let accepted = 0;
    while (waits === undefined) {
      waits = a.say(1, text);
      accepted++;
    }
    assertEquals(accepted, Math.floor(10_000 / 1_128) + 1);
    assertEquals(a.heard, [], "a message was seen that is not stored");
    await server.start();

    await waits;
    await a.until(({ heard }) => heard.length === accepted);
    assertEquals(a.gaps, []);
  },
});

await peerTest({
  needs,
  name:
    "a store that is full counts as away, and takes what waited once it has room",
  async fn(folder) {
    const config = `${folder}/nats.conf`;
    await Deno.writeTextFile(
      config,
      `jetstream { store_dir: "${folder}/store", max_file_store: 20000 }`,
    );
    await using server = await new NatsServer("--config", config).start();
    await using a = await Seat.enter("a", { servers: server.url }, HISTORY);
    await using b = await Seat.enter("b", { servers: server.url }, HISTORY);
    const texts = Array.from(
      { length: 40 },
      (_, number) => `${number}`.padEnd(1_000),
    );
    for (const text of texts) a.say(1, text);
    const state = await a.state("cut_off");
    assert(state.type === "cut_off" && state.error instanceof ConnectionError);
    assertEquals(state.error.action, "store messages at");

    // As an administrator makes room, twice.
    const nc = await connectNats({
      servers: [`127.0.0.1:${server.port}`],
      secure: undefined,
      mostWaitingBytes: 1_000_000,
      drained: () => {},
      reconnect: false,
    });
    const manager = await jetstreamManager(nc.nc);
    for (;;) {
      const { state } = await manager.streams.info("PARLEY");
      const stored = state.last_seq;
      // What is purged before it was sent is gone.
      for (const seat of [a, b]) {
        await seat.until(({ heard }) => heard.length >= stored);
      }
      if (stored === texts.length) break;
      await manager.streams.purge("PARLEY", { seq: stored + 1 });
      await a.until(({ heard }) => heard.length > stored);
    }
    await a.state("back");
    await b.until(({ heard }) => heard.length === texts.length);
    assertEquals(a.heard, texts.map((text) => `a/1 ${text}`));
    assertEquals(b.heard, a.heard);
    await nc.nc.close();
  },
});

await peerTest({
  needs,
  name: "a hub that was away for longer than the history sees a gap",
  async fn(folder) {
    await using server = await NatsServer.storing(folder).start();
    await using line = CutLine.to(server.port);
    const hub = { history: 3 };
    await using a = await Seat.enter("a", { servers: server.url }, hub);
    await using b = await Seat.enter("b", { servers: line.url }, hub);
    a.say(1, "0");
    await b.until(({ heard }) => heard.length === 1);

    // With exactly as many as are kept, none is missing.
    for (const missed of [2, 3, 5]) {
      const { states: { length } } = b;
      line.cut();
      await b.state("cut_off", length);
      for (let number = 1; number <= missed; number++) a.say(1, `${number}`);
      await a.until(({ heard }) => heard.at(-1) === `a/1 ${missed}`);
      line.mend();
      await b.until(({ heard }) => heard.at(-1) === `a/1 ${missed}`);
    }
    assertEquals(
      b.heard,
      [0, 1, 2, 1, 2, 3, 3, 4, 5].map((number) => `a/1 ${number}`),
    );
    assertEquals(b.gaps, [
      { reason: "history", hub: undefined, missed: undefined },
    ]);
    // What is left of the room's history.
    await a.room.leave();
    const before = a.heard.length;
    await a.enterRoom("lobby");
    assertEquals(a.heard.slice(before), [3, 4, 5].map((n) => `a/1 ${n}`));
  },
});

await peerTest({
  needs,
  name: "a stream of another configuration is refused with both values",
  async fn(folder) {
    await using server = await NatsServer.storing(folder).start();
    const options: NatsBackboneOptions = { servers: server.url };
    await using _ = await Seat.enter("a", options, { history: 10 });

    const other = await assertRejects(
      () => Seat.enter("b", options, { history: 20 }),
      TypeError,
    );
    assert("reason" in other && "option" in other && "value" in other);
    assertEquals(other.option, "history");
    assertEquals(other.value, 20);
    assertEquals(
      other.reason,
      `the stream PARLEY at ${server.url} keeps 10 messages of each room`,
    );
    const replicas = await assertRejects(
      () => Seat.enter("b", { ...options, replicas: 3 }, { history: 10 }),
      TypeError,
    );
    assert("reason" in replicas);
    assertEquals(replicas.reason, `the stream PARLEY at ${server.url} has 1`);
  },
});

await peerTest({
  needs,
  name: "a server without JetStream is refused at once for hubs with history",
  async fn() {
    await using server = await new NatsServer().start();
    const error = await assertRejects(
      () => Seat.enter("a", { servers: server.url }, HISTORY),
      TypeError,
    );
    assert("reason" in error);
    assertEquals(error.reason, "that server has no JetStream");
  },
});

await peerTest({
  needs,
  name: "a stream that was deleted under a hub ends its link for good",
  async fn(folder) {
    await using server = await NatsServer.storing(`${folder}/1`).start();
    await using a = await Seat.enter("a", { servers: server.url }, HISTORY);
    await server.kill();
    await a.state("cut_off");
    await Deno.remove(`${folder}/1`, { recursive: true });
    await server.start();

    const state = await a.state("failed");
    assert(state.type === "failed" && state.error instanceof TypeError);
  },
});
