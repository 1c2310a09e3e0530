import { ByteQueue } from "@parley/parley/framing";
import { assertEquals, assertLess, assertStrictEquals } from "@std/assert";
import { ReusedViews } from "../../lib/bytes/reused_views.ts";

/** Fills the buffer of a queue with one read, takes messages and releases them. */
function turn(queue: ByteQueue, sizes: readonly number[], first = 0) {
  const room = queue.reserve();
  const total = sizes.reduce((sum, size) => sum + size, 0);
  for (let i = 0; i < total; i++) room[i] = first + i;
  queue.commit(total);
  const taken = sizes.map((size) => queue.take(size));
  const was = taken.map((view) => view.slice());
  queue.release();
  return { taken, was };
}

Deno.test("ByteQueue gives messages of one length the views of the last filling", () => {
  const queue = new ByteQueue();
  turn(queue, [5, 5, 5]);
  turn(queue, [5, 5, 5]);
  const { taken: third } = turn(queue, [5, 5, 5], 30);
  const { taken: fourth, was } = turn(queue, [5, 5, 5], 45);
  for (const [i, view] of fourth.entries()) assertStrictEquals(view, third[i]);
  assertEquals(was, [
    Uint8Array.of(45, 46, 47, 48, 49),
    Uint8Array.of(50, 51, 52, 53, 54),
    Uint8Array.of(55, 56, 57, 58, 59),
  ]);
});

Deno.test("ByteQueue gives messages of other lengths views of their own", () => {
  const queue = new ByteQueue();
  for (let i = 0; i < 3; i++) turn(queue, [5, 5, 5]);
  assertEquals(turn(queue, [5, 1, 0, 9], 0).was, [
    Uint8Array.of(0, 1, 2, 3, 4),
    Uint8Array.of(5),
    Uint8Array.of(),
    Uint8Array.of(6, 7, 8, 9, 10, 11, 12, 13, 14),
  ]);
});

Deno.test("ByteQueue never gives one view for two messages of the same filling", () => {
  const queue = new ByteQueue();
  for (let i = 0; i < 5; i++) {
    const { taken } = turn(queue, [0, 0, 3, 0, 3]);
    assertEquals(new Set(taken).size, 5);
  }
});

Deno.test("ByteQueue gives no view of a buffer that it has replaced", () => {
  const queue = new ByteQueue();
  for (let i = 0; i < 3; i++) turn(queue, [5, 5]);
  // The buffer of 4 KiB is full, so a longer one takes its place.
  const room = queue.reserve();
  queue.commit(room.length);
  queue.take(5);
  queue.release();
  const { was } = turn(queue, [], 0);
  assertEquals(was, []);
  queue.skip(queue.length);
  queue.release();
  const { taken: before } = turn(queue, [5, 5]);
  const { taken } = turn(queue, [5, 5], 20);
  assertStrictEquals(taken[0]!.buffer, before[0]!.buffer);
  assertEquals(taken[1], Uint8Array.of(25, 26, 27, 28, 29));
});

Deno.test("a queue that is not released gives each message a view of its own", () => {
  const queue = new ByteQueue();
  const seen = new Set<Uint8Array>();
  for (let i = 0; i < 100; i++) {
    queue.reserve().set([1, 2, 3]);
    queue.commit(3);
    seen.add(queue.take(3));
  }
  assertEquals(seen.size, 100);
});

Deno.test("views are kept again after fillings at other places, ever more seldom", () => {
  const { buffer } = new Uint8Array(4096);
  const views = new ReusedViews();
  const resting: number[] = [];
  let rested = 0;
  for (let i = 0; i < 20_000; i++) {
    // No view is where the one of the last filling was.
    if (views.rewind() === undefined) rested++;
    else {
      if (rested > 0) resting.push(rested);
      rested = 0;
      views.view(buffer, i % 4000, 5);
    }
  }
  assertEquals(resting.slice(0, 9), [8, 16, 32, 64, 128, 256, 512, 1024, 1024]);
});

Deno.test("at most 1,024 views are kept", () => {
  const { buffer } = new Uint8Array(4096);
  const views = new ReusedViews();
  const fill = () => {
    views.rewind();
    return Array.from({ length: 2000 }, (_, i) => views.view(buffer, i, 1));
  };
  const first = fill();
  const again = fill().filter((view, i) => view === first[i]);
  assertLess(0, again.length);
  assertEquals(again.length, 1024);
});
