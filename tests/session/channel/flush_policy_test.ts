import { assert, assertEquals } from "@std/assert";
import {
  type Flushable,
  FlushPolicy,
} from "../../../lib/session/channel/flush_policy.ts";
import { turn } from "../harness.ts";

/** Something that counts what is appended and when it is flushed. */
class Counted implements Flushable {
  position = 0;
  /** The position at every flush. */
  readonly flushes: number[] = [];
  readonly policy = new FlushPolicy(this);

  append(count = 1): void {
    this.position += count;
    this.policy.added();
  }

  /** Appends, then turns to reading. */
  round(appends: number): void {
    for (let i = 0; i < appends; i++) this.append();
    this.policy.turned();
    this.flush();
  }

  flush(): void {
    this.policy.cancel();
    this.flushes.push(this.position);
  }
}

async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await undefined;
}

Deno.test("FlushPolicy flushes what one turn appended once, within a few microtasks", async () => {
  const counted = new Counted();
  for (let i = 0; i < 3; i++) counted.append();
  assertEquals(counted.flushes, []);
  await microtasks(8);
  assertEquals(counted.flushes, [3]);
  assertEquals(counted.policy.state, "idle");
  await turn(2);
  assertEquals(counted.flushes, [3]);
});

Deno.test("FlushPolicy waits for a program that appends every three microtasks", async () => {
  const counted = new Counted();
  for (let i = 0; i < 5; i++) {
    counted.append();
    await microtasks(3);
  }
  assertEquals(counted.flushes, []);
  await microtasks(8);
  assertEquals(counted.flushes, [5]);
});

Deno.test("FlushPolicy leaves a loop alone until the turn ends", async () => {
  const counted = new Counted();
  for (let i = 0; i < 1000; i++) {
    counted.append();
    await microtasks(2);
  }
  assertEquals(counted.policy.state, "deferred");
  assertEquals(counted.flushes, []);
  await turn(2);
  assertEquals(counted.flushes, [1000]);
});

Deno.test("FlushPolicy flushes nothing after cancel(), looking or deferred, and goes on with the next append", async () => {
  for (const appends of [1, 100]) {
    const counted = new Counted();
    for (let i = 0; i < appends; i++) {
      counted.append();
      await microtasks(2);
    }
    assertEquals(counted.policy.state, appends === 1 ? "looking" : "deferred");
    counted.policy.cancel();
    await turn(2);
    assertEquals(counted.flushes, []);
    counted.append();
    await turn(2);
    assertEquals(counted.flushes, [appends + 1]);
  }
});

Deno.test("FlushPolicy looks once per microtask also when it is cancelled and used again", async () => {
  const counted = new Counted();
  for (let i = 0; i < 4; i++) {
    counted.append();
    counted.policy.cancel();
  }
  counted.append();
  await microtasks(2);
  assertEquals(counted.flushes, [], "the looks were counted more than once");
  await microtasks(8);
  assertEquals(counted.flushes, [5]);
});

Deno.test("FlushPolicy flushes at once for a program that has sent once per round, until it sends twice", async () => {
  const counted = new Counted();
  for (let i = 0; i < 16; i++) counted.round(1);
  // A round in which nothing is sent says nothing.
  counted.round(0);
  counted.flushes.length = 0;
  counted.append();
  assertEquals(counted.flushes, [17]);
  counted.append();
  assertEquals(counted.flushes, [17]);
  await microtasks(8);
  assertEquals(counted.flushes, [17, 18]);

  counted.policy.turned();
  counted.append();
  assertEquals(counted.flushes, [17, 18]);
  await microtasks(8);
  assertEquals(counted.flushes, [17, 18, 19]);
});

Deno.test("FlushPolicy.end() leaves no timer behind", async () => {
  const counted = new Counted();
  for (let i = 0; i < 100; i++) {
    counted.append();
    await microtasks(2);
  }
  counted.policy.end();
  assert(counted.policy.state === "idle");
});
