import { ProtocolError } from "@parley/parley/framing";
import { decodeFrames, encodeFrames } from "@parley/parley/stream";
import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { chunkings, cutAt, fromLatin1, latin1 } from "../support/chunkings.ts";
import { decodeAll } from "../support/codec_suite.ts";

/** Reads to the end, or to the error. */
async function collect(
  messages: ReadableStream<Uint8Array | Uint8Array[]>,
): Promise<{ messages: string[]; error: unknown }> {
  const given: string[] = [];
  try {
    for await (const value of messages) {
      for (const message of [value].flat()) given.push(fromLatin1(message));
    }
  } catch (error) {
    return { messages: given, error };
  }
  return { messages: given, error: undefined };
}

function source(
  chunks: Iterable<Uint8Array>,
  error?: unknown,
): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = iterator.next();
      if (!done) controller.enqueue(value);
      else if (error === undefined) controller.close();
      else controller.error(error);
    },
  });
}

for (const batch of [false, true]) {
  const name = `decodeFrames()${batch ? " in batches" : ""}`;
  const decode = (chunks: Uint8Array[], maxMessageBytes = 10) =>
    source(chunks).pipeThrough(
      decodeFrames("line", { batch: batch as true, maxMessageBytes }),
    );

  Deno.test(`${name} gives the same messages however the bytes are cut`, async () => {
    for (const chunks of chunkings(latin1("ab\n\r\ncdé\nx\r\n"))) {
      assertEquals(await collect(decode(chunks)), {
        messages: ["ab", "", "cdé", "x"],
        error: undefined,
      });
    }
  });

  Deno.test(`${name} gives all messages before an error, and the same error, in every cut`, async () => {
    for (const chunks of chunkings(latin1("ok\nab\nabcde\nx\n"))) {
      const { messages, error } = await collect(decode(chunks, 4));
      assertEquals(messages, ["ok", "ab"]);
      assert(error instanceof ProtocolError);
      assertEquals(
        error.message,
        'Cannot decode message 3 at byte 6 (line): it is longer than the limit of 4 bytes (maxMessageBytes); it begins 61 62 63 64 65 "abcde"',
      );
    }
  });

  Deno.test(`${name} gives all messages before a truncated one, in every cut`, async () => {
    for (const chunks of chunkings(latin1("a\nb\nc"))) {
      const { messages, error } = await collect(decode(chunks));
      assertEquals(messages, ["a", "b"]);
      assertEquals((error as ProtocolError).code, "truncated");
    }
  });

  Deno.test(`${name} gives what came before its source failed, then that failure`, async () => {
    const failure = new Error("reset");
    const { messages, error } = await collect(
      source([latin1("a\nb\nc")], failure).pipeThrough(
        decodeFrames("line", { batch: batch as true }),
      ),
    );
    assertEquals(messages, ["a", "b"]);
    assertStrictEquals(error, failure);
  });

  Deno.test(`${name} delivers ten thousand messages of one chunk and closes`, async () => {
    const { messages } = await collect(decode([latin1("a\n".repeat(10_000))]));
    assertEquals(messages.length, 10_000);
  });

  Deno.test(`${name} stops the writer when nobody reads`, async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(latin1("message\n"));
      },
    }, { highWaterMark: 0 });
    const messages = endless.pipeThrough(
      decodeFrames("line", { batch: batch as true }),
    );
    const reader = messages.getReader();
    for (let i = 0; i < 5; i++) await reader.read();
    for (let turn = 0; turn < 5; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    assertLessOrEqual(pulled, 8);
    await reader.cancel();
  });

  Deno.test(`${name} cancels its source with the reader's reason`, async () => {
    let reason: unknown;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(latin1("a\n")),
      cancel: (why) => void (reason = why),
    });
    const reader = endless.pipeThrough(
      decodeFrames("line", { batch: batch as true }),
    ).getReader();
    await reader.read();
    await reader.cancel("enough");
    // The source is told by the pipe, one turn later.
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(reason, "enough");
  });
}

Deno.test("decodeFrames() cancels its source when the framing is broken", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(latin1("5:hello;")),
    cancel: cancelled.resolve,
  });
  const { error } = await collect(
    endless.pipeThrough(decodeFrames("netstring")),
  );
  assert(error instanceof ProtocolError);
  assertStrictEquals(await cancelled.promise, error);
});

Deno.test("decodeFrames() cancelled while a read waits ends that read", async () => {
  const { readable, writable } = decodeFrames("line");
  const reader = readable.getReader();
  const read = reader.read();
  await reader.cancel("bye");
  assertEquals((await read).done, true);
  const writer = writable.getWriter();
  assertEquals(await writer.closed.catch((reason) => reason), "bye");
});

Deno.test("decodeFrames() cancelled while a write waits fails that write", async () => {
  const { readable, writable } = decodeFrames("line");
  const writer = writable.getWriter();
  const written = writer.write(latin1("a\n"));
  const closed = writer.closed;
  await Promise.resolve();
  await readable.cancel("bye");
  assertEquals(await written.catch((reason) => reason), "bye");
  assertEquals(await closed.catch((reason) => reason), "bye");
});

Deno.test("decodeFrames() aborted gives what was written, then the reason", async () => {
  const { readable, writable } = decodeFrames("line");
  const writer = writable.getWriter();
  const settled = Promise.allSettled([
    writer.write(latin1("a\nb")),
    writer.closed,
  ]);
  // Aborting drops what is queued; this write has begun.
  await new Promise((resolve) => setTimeout(resolve, 0));
  const aborted = writer.abort("gone");
  assertEquals(await collect(readable), { messages: ["a"], error: "gone" });
  await aborted;
  await settled;
});

Deno.test("decodeFrames() fails the closing of a stream that ends inside a message", async () => {
  const { readable, writable } = decodeFrames("length:4");
  const writer = writable.getWriter();
  const written = writer.write(latin1("\0\0\0\x05he"));
  const settled = Promise.allSettled([writer.close(), writer.closed]);
  const { error } = await collect(readable);
  await written;
  for (const result of await settled) {
    assertStrictEquals((result as PromiseRejectedResult).reason, error);
  }
});

Deno.test("decodeFrames() fulfils reads in their order, many at once", async () => {
  const { readable, writable } = decodeFrames("line");
  const reader = readable.getReader();
  const reads = Promise.all(Array.from({ length: 5 }, () => reader.read()));
  const writer = writable.getWriter();
  await writer.write(latin1("a\nb\nc\n"));
  await writer.write(latin1("d\n"));
  await writer.close();
  const given = (await reads).map(({ value }) => value && fromLatin1(value));
  assertEquals(given, ["a", "b", "c", "d", undefined]);
});

Deno.test("decodeFrames() gives the one message of framing close at the end", async () => {
  assertEquals(
    (await collect(
      source([latin1("a"), latin1("b")]).pipeThrough(decodeFrames("close")),
    )).messages,
    ["ab"],
  );
  assertEquals(
    (await collect(source([]).pipeThrough(decodeFrames("close")))).messages,
    [""],
  );
});

Deno.test("decodeFrames() refuses what is no chunk of bytes", async () => {
  const text = ReadableStream.from(["a\n"]) as ReadableStream<unknown>;
  const messages = (text as ReadableStream<Uint8Array>).pipeThrough(
    decodeFrames("line"),
  );
  await assertRejects(
    () => messages.getReader().read(),
    TypeError,
    "Uint8Array",
  );
});

Deno.test("decodeFrames() skips bad frames and bad content where told to, the same in every cut", async () => {
  const stream = latin1('1\n{"a"\n2222\n' + "x".repeat(20) + "\n3\n");
  for (const batch of [false, true]) {
    for (const chunks of chunkings(stream)) {
      const bad: number[] = [];
      const given: unknown[] = [];
      const values = source(chunks).pipeThrough(decodeFrames("line", {
        badFrames: "skip",
        batch: batch as true,
        encoding: "json",
        maxMessageBytes: 10,
        onBadFrame: (error) => bad.push(error.details.streamOffset!),
      }));
      for await (const value of values) given.push(...[value].flat());
      assertEquals([given, bad], [[1, 2222, 3], [2, 12]]);
    }
  }
});

Deno.test("decodeFrames() puts text together that framing raw has cut, and fails if it ends inside a character", async () => {
  const decode = async (...chunks: string[]) => {
    let text = "";
    const pieces = source(chunks.map(latin1))
      .pipeThrough(decodeFrames("raw", { encoding: "text" }));
    for await (const piece of pieces) text += piece;
    return text;
  };
  assertEquals(await decode("a\xc3", "\xa9b"), "aéb");
  const error = await assertRejects(() => decode("a\xc3"), ProtocolError);
  assertEquals(error.code, "truncated");
});

Deno.test("decodeFrames() and encodeFrames() need nothing that Node 20 lacks, good frames or bad", async () => {
  const { withResolvers } = Promise;
  const { toHex } = Uint8Array.prototype;
  Object.assign(Promise, { withResolvers: undefined });
  Object.assign(Uint8Array.prototype, { toHex: undefined });
  try {
    const { messages } = await collect(
      source([latin1("1:a,"), latin1("1:b,")])
        .pipeThrough(decodeFrames("netstring"))
        .pipeThrough(encodeFrames("length:1"))
        .pipeThrough(decodeFrames("length:1")),
    );
    assertEquals(messages, ["a", "b"]);
    const bad = source([latin1("1a")]).pipeThrough(decodeFrames("netstring"));
    await assertRejects(
      () => Array.fromAsync(bad),
      ProtocolError,
      'it begins 31 61 "1a"',
    );
  } finally {
    Object.assign(Promise, { withResolvers });
    Object.assign(Uint8Array.prototype, { toHex });
  }
});

Deno.test("decodeFrames() refuses an unknown framing and a wrong limit at once", () => {
  assertThrows(() => decodeFrames("lines"), TypeError, 'did you mean "line"');
  assertThrows(
    () => decodeFrames("line", { maxMessageBytes: 0 }),
    RangeError,
    "maxMessageBytes",
  );
});

Deno.test("decodeFrames() gives what FrameDecoder gives, for any bytes in any cut", async () => {
  const known = fc.constantFrom(...latin1("\n\0\x01\x02:,0123\xc0\xdb"));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("line", "length:1", "netstring", "slip", "cobs"),
      fc.array(fc.oneof(known, fc.nat(255)), { maxLength: 60 }),
      fc.array(fc.nat(60), { maxLength: 8 }),
      fc.boolean(),
      async (framing, bytes, places, batch) => {
        const stream = Uint8Array.from(bytes);
        const wanted = decodeAll(framing, [stream], 10);
        const options = {
          badFrames: "fail" as const,
          batch: batch as true,
          maxMessageBytes: 10,
        };
        const { messages, error } = await collect(
          source(cutAt(stream, places)).pipeThrough(
            decodeFrames(framing, options),
          ),
        );
        assertEquals(messages, wanted.messages);
        assertEquals(
          error &&
            `${(error as ProtocolError).code}: ${(error as Error).message}`,
          wanted.error,
        );
      },
    ),
    { numRuns: 300 },
  );
});
