import { assertEquals } from "@std/assert";
import { memoryPair } from "../../../lib/testing/mod.ts";
import { WaitingFrames } from "../../../lib/nats/line/waiting_frames.ts";
import type { Connection } from "../../../mod.ts";

/** Reads exactly so many bytes. */
async function take(from: Connection, count: number): Promise<string> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    at += await from.read(bytes.subarray(at)) ?? count;
  }
  return new TextDecoder().decode(bytes);
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("WaitingFrames writes frames in order, and counts what waits", async () => {
  const [near, far] = memoryPair({ bufferBytes: 4 });
  const drained = Promise.withResolvers<void>();
  const frames = new WaitingFrames(near, {
    drained: drained.resolve,
    failed: drained.reject,
  });
  for (const text of ["one ", "two ", "three"]) frames.push(bytes(text));
  assertEquals(frames.bytes, 13);
  assertEquals(await take(far, 13), "one two three");
  await drained.promise;
  assertEquals(frames.bytes, 0);
});

Deno.test("WaitingFrames writes what is pushed when it says that all is written", async () => {
  const [near, far] = memoryPair();
  let pushes = 0;
  const frames = new WaitingFrames(near, {
    drained: () => {
      if (pushes++ === 0) frames.push(bytes("more"));
    },
    failed: () => {},
  });
  frames.push(bytes("some"));
  assertEquals(await take(far, 8), "somemore");
});

Deno.test("WaitingFrames that is closed writes nothing more, and reports nothing", async () => {
  const [near, far] = memoryPair({ bufferBytes: 4 });
  const told: string[] = [];
  const frames = new WaitingFrames(near, {
    drained: () => told.push("drained"),
    failed: () => told.push("failed"),
  });
  frames.push(bytes("first"));
  frames.push(bytes("second"));
  frames.close();
  frames.push(bytes("third"));
  assertEquals(frames.bytes, 0);
  near.close();
  assertEquals(await take(far, 4), "firs");
  assertEquals(await far.read(new Uint8Array(9)), null);
  assertEquals(told, []);
});
