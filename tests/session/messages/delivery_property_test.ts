import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { channelOf } from "../../../lib/session/messages/framed_connection.ts";
import { MessageConnection } from "../../../lib/session/messages/message_connection.ts";
import type { MemoryFaults } from "../../../lib/transport/memory/mod.ts";
import { memoryPair } from "../../../lib/transport/memory/mod.ts";
import { all, Recorded, turn } from "../harness.ts";

// What each can carry; empty messages are left out where there is no frame.
const FRAMINGS: Record<string, fc.Arbitrary<Uint8Array>> = {
  "length:4": bytes(),
  "length:2,le": bytes(),
  "header:10": bytes(),
  "varint": bytes(),
  "netstring": bytes(),
  "slip": bytes(1),
  "cobs": bytes(),
  "content-length": bytes(),
  "line": without("\n\r"),
  "delimiter:#*#": without("#"),
};

const cuts = fc.oneof(
  fc.constant("random" as const),
  fc.integer({ min: 1, max: 64 }),
  fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 10 }),
);

const faults: fc.Arbitrary<MemoryFaults> = fc.record({
  readBytes: cuts,
  writeBytes: cuts,
  delayTurns: fc.oneof(
    fc.constant(0),
    fc.constant([0, 1] as [number, number]),
  ),
});

const pairs = fc.record({
  bufferBytes: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(65_536)),
  seed: fc.nat(),
  toClient: faults,
  toServer: faults,
});

/** How the messages of one side are sent. */
const sending = fc.constantFrom("await", "all", "unawaited", "turns");
/** How they are received. */
const receiving = fc.constantFrom(
  "iterate",
  "batches",
  "reuse",
  "receive",
  "impatient",
);

for (const [framing, message] of Object.entries(FRAMINGS)) {
  Deno.test(`everything sent in framing ${framing} arrives once and in order, both ways at once, whatever happens below`, async () => {
    const side = fc.record({
      messages: fc.array(message, { maxLength: 25 }),
      sending,
      receiving,
      highWaterMarkBytes: fc.constantFrom(1, 100, 65_536),
    });
    await fc.assert(
      fc.asyncProperty(pairs, side, side, async (options, client, server) => {
        const ends = memoryPair(options);
        const [here, there] = [client, server].map((side, i) => {
          const { highWaterMarkBytes } = side;
          return new MessageConnection(ends[i]!, {
            framing,
            highWaterMarkBytes,
          });
        });
        const [arrivedThere, arrivedHere] = await Promise.all([
          receive(there!, server.receiving),
          receive(here!, client.receiving),
          send(here!, client.messages, client.sending),
          send(there!, server.messages, server.sending),
        ]);
        await Promise.all([here!.close(), there!.close()]);
        assertEquals(arrivedThere, client.messages);
        assertEquals(arrivedHere, server.messages);
        for (
          const [one, other] of [[here!, there!], [there!, here!]] as const
        ) {
          assertEquals(one.stats.bytesOut, other.stats.bytesIn);
          assertEquals(one.stats.messagesOut, other.stats.messagesIn);
          assertEquals(one.stats.bytesWaiting, 0);
        }
      }),
      { numRuns: 25, seed: 7342 },
    );
  });
}

Deno.test("whatever is done to a connection in whatever order, every promise settles and it is given back once", async () => {
  const deed = fc.constantFrom(
    "send",
    "large",
    "sendAll",
    "receive",
    "impatient",
    "iterate",
    "closeWrite",
    "close",
    "abort",
    "drain",
    "dispose",
    "peer sends",
    "peer finishes",
    "peer closes",
    "peer aborts",
    "peer reads",
    "turn",
    "microtask",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(deed, { maxLength: 14 }),
      fc.integer({ min: 1, max: 200 }),
      async (deeds, bufferBytes) => {
        const [near, far] = memoryPair({ bufferBytes });
        const recorded = new Recorded(near);
        const mine = new MessageConnection(recorded, { framing: "length:4" });
        const peer = new MessageConnection(far, { framing: "length:4" });
        const promises: Promise<unknown>[] = [];
        for (const each of deeds) {
          if (each === "turn") await turn();
          else if (each === "microtask") await Promise.resolve();
          else promises.push(done(DEEDS[each]!(mine, peer)));
        }
        const settled = Promise.allSettled(promises);
        // Whatever is still open ends now.
        peer.abort();
        const closed = mine.close().catch(() => {});
        await closed;
        await settled;
        assertEquals(
          recorded.calls.filter((call) => call !== "closeWrite").length,
          1,
        );
        assertEquals(mine.signal.aborted, true);
      },
    ),
    { numRuns: 250, seed: 7342 },
  );
});

/** A promise that somebody looks at, so that it may fail before it is awaited. */
function done(deed: unknown): Promise<unknown> {
  return Promise.resolve(deed).catch((error) => error);
}

type Bytes = MessageConnection<Uint8Array>;
const DEEDS: Record<string, (mine: Bytes, peer: Bytes) => unknown> = {
  "send": (mine) => mine.send(new Uint8Array(50)),
  "large": (mine) => mine.send(new Uint8Array(200_000)),
  "sendAll": (mine) =>
    mine.sendAll([new Uint8Array(10), new Uint8Array(100_000)]),
  "receive": (mine) => mine.receive(),
  "impatient": (mine) => mine.receive({ timeoutMs: 1 }),
  "iterate": (mine) => all(mine.batches()),
  "closeWrite": (mine) => mine.closeWrite(),
  "close": (mine) => mine.close(),
  "abort": (mine) => mine.abort(),
  "drain": (mine) => channelOf(mine).drain(),
  "dispose": (mine) => mine[Symbol.asyncDispose](),
  "peer sends": (_, peer) => peer.send(new Uint8Array(30)),
  "peer finishes": (_, peer) => peer.closeWrite(),
  "peer closes": (_, peer) => peer.close(),
  "peer aborts": (_, peer) => peer.abort(),
  "peer reads": (_, peer) => peer.receive(),
};

function bytes(minLength = 0): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    fc.uint8Array({ minLength, maxLength: 20 }),
    fc.uint8Array({ minLength, maxLength: 600 }),
  );
}

function without(characters: string): fc.Arbitrary<Uint8Array> {
  const excluded = new TextEncoder().encode(characters);
  return bytes().map((bytes) =>
    bytes.filter((byte) => !excluded.includes(byte))
  );
}

async function send(
  to: Bytes,
  messages: Uint8Array[],
  how: string,
): Promise<void> {
  if (how === "all") await to.sendAll(messages);
  else {
    for (const message of messages) {
      const sent = to.send(message);
      if (how === "await") await sent;
      if (how === "turns") await turn();
    }
  }
  await to.closeWrite();
}

async function receive(from: Bytes, how: string): Promise<Uint8Array[]> {
  if (how === "iterate") return await all(from);
  if (how === "batches") return (await all(from.batches())).flat();
  const messages: Uint8Array[] = [];
  if (how === "reuse") {
    for await (const batch of from.batches({ reuse: true })) {
      for (const message of batch) messages.push(message.slice());
    }
    return messages;
  }
  const options = how === "receive" ? {} : { timeoutMs: 0 };
  for (;;) {
    try {
      const message = await from.receive(options);
      if (message === undefined) return messages;
      messages.push(message);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "TimeoutError") {
        throw error;
      }
      await turn();
    }
  }
}
