import { ByteQueue, ByteSink } from "@parley/parley/framing";
import {
  assert,
  assertEquals,
  assertLess,
  assertStrictEquals,
} from "@std/assert";
import fc from "fast-check";

/** What may be done to a queue, with numbers that are bent to what is there. */
type Step = readonly [verb: (typeof VERBS)[number], a: number, b: number];

const VERBS = [
  "push",
  "push",
  "read",
  "has",
  "take",
  "skip",
  "peek",
  "index",
  "gather",
  "release",
] as const;

/** A queue, an array that has to hold the same, and the views handed out. */
class Model {
  readonly queue = new ByteQueue();
  rest: number[] = [];
  taken = 0;
  #next = 0;
  #views: [view: Uint8Array, was: Uint8Array][] = [];

  run([verb, a, b]: Step): void {
    const { queue, rest } = this;
    switch (verb) {
      case "push":
        return queue.push(this.#fresh(a));
      case "read":
        return this.#read(a, b);
      case "has":
        return assertEquals(queue.has(a), a <= rest.length);
      case "take":
        return this.#take(a, b);
      case "skip": {
        const count = this.#within(a);
        assert(queue.has(count));
        queue.skip(count);
        return this.#drop(count);
      }
      case "peek":
        return this.#peek(a, b);
      case "index": {
        const from = Math.min(b, rest.length);
        return assertEquals(
          queue.indexOf(a & 255, from),
          rest.indexOf(a & 255, from),
        );
      }
      case "gather":
        return assertEquals(queue.gather(), rest.length);
      case "release":
        queue.release();
        this.#views = [];
    }
  }

  check(): void {
    assertEquals(this.queue.length, this.rest.length);
    assertEquals(this.queue.offset, this.taken);
  }

  finish(): void {
    for (const [view, was] of this.#views) assertEquals(view, was);
    assertEquals(this.queue.gather(), this.rest.length);
    assertEquals(
      this.queue.peek(0, this.rest.length),
      Uint8Array.from(this.rest),
    );
  }

  #fresh(size: number): Uint8Array {
    const bytes = Uint8Array.from({ length: size }, () => this.#next++ & 255);
    this.rest.push(...bytes);
    return bytes;
  }

  #read(count: number, missing: number): void {
    const room = this.queue.reserve(missing);
    assert(room.length > 0);
    const bytes = this.#fresh(Math.min(count, room.length));
    room.set(bytes);
    this.queue.commit(bytes.length);
  }

  #take(count: number, before: number): void {
    const skip = this.#within(before);
    const size = Math.min(count, this.rest.length - skip);
    assert(this.queue.has(skip + size));
    const view = this.queue.take(size, skip);
    assertEquals(view, Uint8Array.from(this.rest.slice(skip, skip + size)));
    this.#views.push([view, view.slice()]);
    this.#drop(skip + size);
  }

  #peek(a: number, b: number): void {
    const end = this.#within(a);
    const start = Math.min(b, end);
    assert(this.queue.has(end));
    assertEquals(
      this.queue.peek(start, end),
      Uint8Array.from(this.rest.slice(start, end)),
    );
    if (end > start) assertEquals(this.queue.byte(start), this.rest[start]);
    if (end - start < 4) return;
    const [w, x, y, z] = this.rest.slice(start) as [
      number,
      number,
      number,
      number,
    ];
    assertEquals(this.queue.uint32(start), ((w * 256 + x) * 256 + y) * 256 + z);
  }

  #within(count: number): number {
    return Math.min(count, this.rest.length);
  }

  #drop(count: number): void {
    this.rest = this.rest.slice(count);
    this.taken += count;
  }
}

Deno.test("ByteQueue does the same as a plain array, and its views stay valid", () => {
  const size = fc.oneof(fc.nat(20), fc.nat(300), fc.nat(5000));
  const steps = fc.array(
    fc.tuple(fc.constantFrom(...VERBS), size, size),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(steps, (steps) => {
      const model = new Model();
      for (const step of steps) {
        model.run(step);
        model.check();
      }
      model.finish();
    }),
    { numRuns: 1500 },
  );
});

/** Counts the bytes that are copied into other arrays while something runs. */
function copiedBytes(run: () => void): number {
  const { set, copyWithin } = Uint8Array.prototype;
  let copied = 0;
  Uint8Array.prototype.set = function (this: Uint8Array, from, at) {
    copied += from.length;
    return set.call(this, from, at);
  };
  Uint8Array.prototype.copyWithin = function (this: Uint8Array, to, from, end) {
    copied += (end ?? this.length) - (from ?? 0);
    return copyWithin.call(this, to, from, end);
  };
  try {
    run();
  } finally {
    Object.assign(Uint8Array.prototype, { set, copyWithin });
  }
  return copied;
}

/** What it costs until a message of a size is whole, in chunks. */
function costOfWhole(size: number, chunk: number, ask: (q: ByteQueue) => void) {
  return copiedBytes(() => {
    const queue = new ByteQueue();
    for (let at = 0; at < size; at += chunk) {
      queue.push(new Uint8Array(Math.min(chunk, size - at)));
      ask(queue);
    }
    assert(queue.has(size));
    assertEquals(queue.take(size).length, size);
  });
}

const MIB = 1024 * 1024;

for (
  const [name, ask] of [
    ["has()", (queue: ByteQueue) => void queue.has(8 * MIB)],
    [
      "has() of what is there",
      (queue: ByteQueue) => void queue.has(queue.length),
    ],
    [
      "indexOf()",
      (queue: ByteQueue) => void queue.indexOf(1, queue.length - 1),
    ],
    ["gather()", (queue: ByteQueue) => void queue.gather()],
    ["nothing", () => {}],
  ] as const
) {
  Deno.test(`ByteQueue copies each byte at most four times when asked ${name} after every chunk`, () => {
    for (const chunk of [1024, 65536]) {
      assertLess(costOfWhole(8 * MIB, chunk, ask), 4 * 8 * MIB + 4096);
    }
    assertLess(costOfWhole(65536, 1, ask), 4 * 65536 + 4096);
  });
}

Deno.test("ByteQueue takes a message out of one chunk without a copy", () => {
  const queue = new ByteQueue();
  const chunk = new Uint8Array(100);
  queue.push(chunk);
  assertEquals(queue.has(50) && queue.take(50).buffer, chunk.buffer);
});

Deno.test("ByteQueue copies of a chunk only what belongs to the message that began before it", () => {
  const chunk = new Uint8Array(65536);
  const copied = copiedBytes(() => {
    const queue = new ByteQueue();
    queue.push(new Uint8Array(10));
    queue.push(chunk);
    assert(queue.has(68));
    queue.take(68);
    assert(queue.has(68));
    assertEquals(queue.take(68).buffer, chunk.buffer);
  });
  assertEquals(copied, 68);
});

Deno.test("ByteQueue does not keep the buffers of small chunks that have to wait", () => {
  const queue = new ByteQueue();
  const behind = new Uint8Array(65536).fill(7);
  for (let i = 0; i < 100; i++) queue.push(behind.subarray(i, i + 1));
  behind.fill(0, 1);
  assert(queue.has(100));
  assertEquals(queue.take(100), new Uint8Array(100).fill(7));
});

Deno.test("ByteQueue reserves no more than four times what the peer has sent", () => {
  const queue = new ByteQueue();
  for (let sent = 0; sent < MIB;) {
    const room = queue.reserve(1024 * MIB);
    assert(room.length <= Math.max(65536, 5 * sent), `${room.length}`);
    const count = Math.min(4096, room.length);
    queue.commit(count);
    sent += count;
  }
});

Deno.test("ByteQueue.retire() drops what is here and lets another queue have the buffer", () => {
  const first = new ByteQueue();
  const room = first.reserve();
  room.set([1, 2, 3]);
  first.commit(3);
  first.skip(1);
  first.retire();
  assertEquals(first.length, 0);
  assertEquals(first.offset, 1);

  const second = new ByteQueue();
  assertStrictEquals(second.reserve().buffer, room.buffer);
  assertEquals(second.length, 0);
});

Deno.test("ByteQueue.retire() never gives away a chunk that was pushed", () => {
  const chunk = new Uint8Array(4096).fill(7);
  const first = new ByteQueue();
  first.push(chunk);
  first.push(Uint8Array.of(8));
  first.retire();
  assertEquals(first.length, 0);
  const second = new ByteQueue();
  second.reserve().fill(0);
  assertEquals(chunk[0], 7);
});

/** Reads `count` bytes into a queue, as many reads as it gives room for. */
function fill(queue: ByteQueue, count: number, missing: () => number): void {
  while (count > 0) {
    const size = Math.min(count, queue.reserve(missing()).length);
    queue.commit(size);
    count -= size;
  }
}

/** Receives a message of a length that is known once 4 bytes are here. */
function receive(queue: ByteQueue, size: number): Uint8Array {
  fill(queue, size, () => queue.has(4) ? size - queue.length : 0);
  return queue.take(size);
}

for (const size of [65_540, MIB + 4]) {
  Deno.test(`ByteQueue gives each message of ${size} bytes a buffer of that size`, () => {
    const queue = new ByteQueue();
    for (let i = 0; i < 5; i++) receive(queue, size);
    // So none is moved, and none keeps more memory from the collector.
    for (let i = 0; i < 3; i++) {
      const { buffer, byteOffset } = receive(queue, size);
      assertEquals([buffer.byteLength, byteOffset], [size, 0]);
    }
  });
}

Deno.test("ByteQueue gives a long message that is like the last one its buffer after its header", () => {
  const queue = new ByteQueue();
  receive(queue, MIB);
  queue.reserve();
  queue.commit(4);
  assertEquals(queue.reserve(MIB - 4).length, MIB - 4);
});

Deno.test("ByteQueue moves no long message for which there is room", () => {
  const queue = new ByteQueue();
  receive(queue, MIB);
  queue.reserve();
  queue.commit(4);
  const { buffer } = queue.reserve(MIB - 4);
  for (let missing = MIB - 4; missing > 0;) {
    const room = queue.reserve(missing);
    assertStrictEquals(room.buffer, buffer);
    const count = Math.min(16_384, missing);
    queue.commit(count);
    missing -= count;
  }
});

Deno.test("ByteQueue waits with little for a peer that has sent long messages", () => {
  const queue = new ByteQueue();
  for (let i = 0; i < 3; i++) receive(queue, 8 * MIB);
  assert(queue.reserve().length <= 65_536);
});

for (const isReleased of [false, true]) {
  Deno.test(`ByteQueue waits with 4 KiB after one long message, ${isReleased ? "released" : "kept"}`, () => {
    for (const size of [65_540, 250_000, MIB]) {
      const queue = new ByteQueue();
      receive(queue, size);
      if (isReleased) queue.release();
      assertEquals(queue.reserve().buffer.byteLength, 4096);
    }
  });
}

Deno.test("ByteQueue keeps a long buffer that was released while long messages come, and gives it back after a few short ones", () => {
  const queue = new ByteQueue();
  for (let i = 0; i < 4; i++) {
    receive(queue, 250_000);
    queue.release();
  }
  assertEquals(queue.reserve().buffer.byteLength, 250_000);
  for (let i = 0; i < 3; i++) {
    queue.reserve();
    queue.commit(100);
    queue.skip(100);
    queue.release();
  }
  assertEquals(queue.reserve().buffer.byteLength, 4096);
});

Deno.test("ByteQueue never waits with more than 256 KiB, however long the messages are", () => {
  const queue = new ByteQueue();
  for (let i = 0; i < 5; i++) {
    receive(queue, 8 * MIB);
    queue.release();
  }
  assert(queue.reserve().buffer.byteLength <= 256 * 1024);
});

Deno.test("ByteQueue waits with a short buffer between long messages, and makes one long buffer for all of them", () => {
  const buffers = new Set<ArrayBufferLike>();
  const queues = [new ByteQueue(), new ByteQueue()];
  for (let i = 0; i < 6; i++) {
    for (const queue of queues) {
      const room = queue.reserve();
      assert(room.buffer.byteLength <= 65_536);
      queue.commit(4);
      // The peer has sent a message of this size before, if this is not the first.
      for (let missing = MIB - 4; missing > 0;) {
        const more = queue.reserve(missing);
        more.fill(i);
        queue.commit(more.length);
        missing -= more.length;
        if (missing === 0 && i > 0) buffers.add(more.buffer);
      }
      assertEquals(
        queue.take(MIB).subarray(4).every((byte) => byte === i),
        true,
      );
      queue.release();
      assert(queue.reserve().buffer.byteLength <= 65_536);
    }
  }
  assertEquals(buffers.size, 1);
});

Deno.test("ByteQueue hands out no buffer of which a view may be in use", () => {
  const queue = new ByteQueue();
  const views = Array.from({ length: 4 }, (_, i) => {
    const view = receive(queue, MIB);
    view.fill(i);
    return view;
  });
  const other = new ByteQueue();
  for (let i = 0; i < 3; i++) {
    receive(other, MIB).fill(9);
    other.release();
  }
  for (const [i, view] of views.entries()) {
    assert(view.every((byte) => byte === i));
  }
});

Deno.test("ByteQueue gives back the buffer of a busy peer that has become quiet", () => {
  const queue = new ByteQueue();
  // A stream of small messages fills every read.
  for (let i = 0; i < 50; i++) {
    queue.commit(queue.reserve(i % 2).length);
    queue.skip(queue.length - i % 2);
  }
  assertEquals(queue.reserve().buffer.byteLength, 65_536);
  queue.skip(queue.length);
  for (let i = 0; i < 4; i++) {
    queue.reserve();
    queue.commit(100);
    queue.skip(100);
  }
  assertEquals(queue.reserve().buffer.byteLength, 4096);
});

/** Has the queue read a long message and go on with a short buffer; gives a view. */
function passOn(queue: ByteQueue, size: number): Uint8Array {
  receive(queue, size);
  queue.release();
  const view = receive(queue, size);
  queue.release();
  queue.reserve();
  return view;
}

Deno.test("ByteQueue keeps the long buffers that the program has seen, and shares the others", () => {
  const shown = new ByteQueue();
  shown.show();
  const seen = passOn(shown, MIB + 512);
  const other = new ByteQueue();
  receive(other, MIB + 512);
  assert(receive(other, MIB + 512).buffer !== seen.buffer);
  assert(receive(shown, MIB + 512).buffer === seen.buffer);

  const unseen = passOn(new ByteQueue(), MIB + 1024);
  const views = [receive(other, MIB + 1024), receive(other, MIB + 1024)];
  assert(views.some(({ buffer }) => buffer === unseen.buffer));
});

Deno.test("ByteQueue.retire() gives no other queue a short buffer that the program has seen", () => {
  const first = new ByteQueue();
  first.show();
  const room = first.reserve();
  first.commit(3);
  first.take(3);
  first.retire();
  assert(new ByteQueue().reserve().buffer !== room.buffer);
});

Deno.test("ByteQueue frees a buffer above 8 MiB at once when it goes on with a short one", () => {
  assertEquals(passOn(new ByteQueue(), 9 * MIB).length, 0);
});

Deno.test("ByteQueue neither frees nor shares a buffer whose bytes wait in a sink", () => {
  for (const size of [9 * MIB, MIB + 2048]) {
    const queue = new ByteQueue();
    receive(queue, size);
    queue.release();
    const view = receive(queue, size);
    view.fill(5);
    const sink = new ByteSink();
    sink.payload(view);
    queue.release();
    queue.reserve();
    assertEquals(view.length, size);
    const other = new ByteQueue();
    receive(other, size);
    assert(receive(other, size).buffer !== view.buffer);
    sink.clear();
  }
});

Deno.test("ByteQueue leaves a view alone that was looked at and not taken", () => {
  const queue = new ByteQueue();
  fill(queue, 9 * MIB, () => 0);
  const view = queue.peek(0, 5);
  queue.reserve(32 * MIB);
  assertEquals(view.length, 5);
});

Deno.test("ByteQueue has room for three messages of 64 KiB only if their buffer is used again", () => {
  const rooms = [true, false].map((isReleased) => {
    const queue = new ByteQueue();
    for (let i = 0; i < 4; i++) {
      receive(queue, 65_540);
      if (isReleased) queue.release();
    }
    queue.reserve();
    queue.commit(4);
    return queue.reserve(65_536).buffer.byteLength;
  });
  assertEquals(rooms, [3 * 65_540, 65_540]);
});

Deno.test("ByteQueue.busyBytes is the room that reads earn which fill the buffer", () => {
  const rooms = (busyBytes?: number) => {
    const queue = new ByteQueue();
    if (busyBytes !== undefined) queue.busyBytes = busyBytes;
    return Array.from({ length: 4 }, () => {
      const { length } = queue.reserve();
      queue.commit(length);
      queue.skip(length);
      queue.release();
      return length;
    });
  };
  assertEquals(rooms(), [4096, 4096, 65536, 65536]);
  assertEquals(rooms(262144), [4096, 4096, 262144, 262144]);
});
