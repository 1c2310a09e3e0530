/** What members have published and the store has not confirmed. */

import { assertEquals } from "@std/assert";
import {
  type Destination,
  Outbox,
  type Publication,
} from "../../../lib/nats/ordered/outbox.ts";

/** A room whose store is the test. */
class TestRoom implements Destination {
  readonly attempts: string[] = [];
  refusals = 0;
  behind: Promise<void> | undefined;
  store: (publication: Publication) => Promise<"stored" | "refused">;

  constructor(store: Destination["store"]) {
    this.store = (publication) => {
      const { member, number } = publication;
      this.attempts.push(`${member}:${number}`);
      return store(publication);
    };
  }

  current(): Promise<void> | undefined {
    return this.behind;
  }

  refused(): void {
    this.refusals++;
  }
}

const BYTES = new Uint8Array(72);
const turn = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("Outbox has one publication of a member under way, and those of all members at once", async () => {
  const acks: (() => void)[] = [];
  const room = new TestRoom(() =>
    new Promise((resolve) => acks.push(() => resolve("stored")))
  );
  const outbox = new Outbox(1_000_000);
  for (const member of [1, 1, 2, 1]) outbox.add(room, member, BYTES);
  await turn();
  assertEquals(room.attempts, ["1:1", "2:3"]);

  acks[0]!();
  await turn();
  assertEquals(room.attempts, ["1:1", "2:3", "1:2"]);
  acks[1]!();
  acks[2]!();
  await turn();
  acks[3]!();
  await outbox.emptied(room);
  assertEquals(outbox.size, 0);
});

Deno.test("Outbox repeats a publication that failed, before the next one of its member", async () => {
  let failures = 2;
  const room = new TestRoom(() =>
    failures-- > 0
      ? Promise.reject(new Error("no leader"))
      : Promise.resolve("stored")
  );
  const outbox = new Outbox(1_000_000);
  outbox.add(room, 1, BYTES);
  outbox.add(room, 1, BYTES);

  await outbox.emptied(room);
  assertEquals(room.attempts, ["1:1", "1:1", "1:1", "1:2"]);
});

Deno.test("Outbox does not repeat what came back from the store meanwhile", async () => {
  const room = new TestRoom(() => Promise.reject(new Error("cut off")));
  const outbox = new Outbox(1_000_000);
  outbox.add(room, 1, BYTES);
  await turn();
  const { promise, resolve } = Promise.withResolvers<void>();
  room.behind = promise;
  outbox.seen(1);
  resolve();

  await outbox.emptied(room);
  assertEquals(room.attempts, ["1:1"]);
});

Deno.test("Outbox lets members wait above queueBytes, and go on below", async () => {
  const { promise, resolve } = Promise.withResolvers<"stored">();
  const room = new TestRoom(() => promise);
  // Each counts for 200 bytes.
  const outbox = new Outbox(450);

  assertEquals(outbox.add(room, 1, BYTES), undefined);
  assertEquals(outbox.add(room, 2, BYTES), undefined);
  const waits = outbox.add(room, 3, BYTES);
  assertEquals(waits instanceof Promise, true);
  resolve("stored");
  await waits;
  assertEquals(outbox.add(room, 4, BYTES), undefined);
  await outbox.emptied(room);
});

Deno.test("Outbox tells a room what the store refuses, and goes on", async () => {
  const room = new TestRoom(({ number }) =>
    Promise.resolve(number === 1 ? "refused" : "stored")
  );
  const outbox = new Outbox(1_000_000);
  outbox.add(room, 1, BYTES);
  outbox.add(room, 1, BYTES);

  await outbox.emptied(room);
  assertEquals(room.refusals, 1);
  assertEquals(room.attempts, ["1:1", "1:2"]);
});

Deno.test("Outbox.stop() frees all that wait, and counts what is given up", async () => {
  const room = new TestRoom(() => Promise.reject(new Error("cut off")));
  const outbox = new Outbox(100);
  const waits = outbox.add(room, 1, BYTES);
  outbox.add(room, 2, BYTES);
  const emptied = outbox.emptied(room);

  assertEquals(outbox.size, 2);
  outbox.stop();
  await Promise.all([waits, emptied]);
  await turn();

  // A hub whose store has failed still lets its members leave.
  assertEquals(outbox.add(room, 1, BYTES), undefined);
  await outbox.emptied(room);
});
