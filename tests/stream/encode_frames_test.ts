import { json } from "@parley/parley/encoding";
import { decodeFrames, encodeFrames } from "@parley/parley/stream";
import {
  assertEquals,
  assertLess,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { fromLatin1, latin1 } from "../support/chunkings.ts";

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += fromLatin1(chunk);
  return text;
}

Deno.test("encodeFrames() writes each message as a frame", async () => {
  const frames = ReadableStream.from(["hello", "", "world"].map(latin1))
    .pipeThrough(encodeFrames("netstring"));
  assertEquals(await bytesOf(frames), "5:hello,0:,5:world,");
});

Deno.test("encodeFrames() in batches takes arrays of messages", async () => {
  const frames = ReadableStream.from([["a", "b"].map(latin1), [], [
    latin1("c"),
  ]])
    .pipeThrough(encodeFrames("line", { batch: true }));
  assertEquals(await bytesOf(frames), "a\nb\nc\n");
});

Deno.test("encodeFrames() gives the frames before a message that cannot be sent, then the error", async () => {
  const { readable, writable } = encodeFrames("line");
  const writer = writable.getWriter();
  const settled = Promise.allSettled([
    writer.write(latin1("a")),
    writer.write(latin1("b\nc")),
    writer.closed,
  ]);
  const reader = readable.getReader();
  let text = "";
  const error = await assertRejects(
    async () => {
      for (;;) text += fromLatin1((await reader.read()).value!);
    },
    RangeError,
    "line feed",
  );
  assertEquals(text, "a\n");
  const [first, second, closed] = await settled;
  assertEquals(first.status, "fulfilled");
  assertEquals((second as PromiseRejectedResult).reason, error);
  assertEquals((closed as PromiseRejectedResult).reason, error);
});

Deno.test("encodeFrames() joins small frames that were written before anybody read", async () => {
  const { readable, writable } = encodeFrames("line");
  const writer = writable.getWriter();
  for (const message of ["a", "b", "c"]) await writer.write(latin1(message));
  const reader = readable.getReader();
  assertEquals(fromLatin1((await reader.read()).value!), "a\nb\nc\n");
  await Promise.all([writer.close(), reader.read()]);
});

Deno.test("encodeFrames() stops the writer at 64 KiB when nobody reads", async () => {
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(1024));
    },
  });
  const reader = endless.pipeThrough(encodeFrames("length:4")).getReader();
  // Until no turn of the event loop takes more.
  for (let before = -1; before !== pulled;) {
    before = pulled;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertLess(pulled, 70);
  assertEquals((await reader.read()).value!.length, 64 * 1028);
  await reader.cancel();
});

Deno.test("encodeFrames() gives chunks that stay as they are", async () => {
  const { readable, writable } = encodeFrames("line");
  const writer = writable.getWriter();
  const reader = readable.getReader();
  await writer.write(latin1("first"));
  const first = (await reader.read()).value!;
  await writer.write(latin1("second"));
  await reader.read();
  assertEquals(fromLatin1(first), "first\n");
  await Promise.all([writer.close(), reader.read()]);
});

Deno.test("encodeFrames() does not copy a large message", async () => {
  const message = new Uint8Array(1024 * 1024);
  const pieces: Uint8Array[] = [];
  const frames = ReadableStream.from([message]).pipeThrough(
    encodeFrames("length:4"),
  );
  for await (const piece of frames) pieces.push(piece);
  assertEquals(pieces.map((piece) => piece.length), [4, message.length]);
  assertEquals(pieces[1]!.buffer === message.buffer, true);
});

Deno.test("encodeFrames() and decodeFrames() give back a megabyte of messages", async () => {
  const sent = Array.from(
    { length: 2000 },
    (_, i) => new Uint8Array(i).fill(i),
  );
  let count = 0;
  const messages = ReadableStream.from(sent)
    .pipeThrough(encodeFrames("cobs"))
    .pipeThrough(decodeFrames("cobs"));
  for await (const message of messages) {
    assertEquals(message, sent[count++]);
  }
  assertEquals(count, sent.length);
});

Deno.test("encodeFrames() and decodeFrames() carry texts and JSON values, empty texts among them", async () => {
  const texts: string[] = [];
  for await (
    const text of ReadableStream.from(["a", "", "é"])
      .pipeThrough(encodeFrames("length:2", { encoding: "text" }))
      .pipeThrough(decodeFrames("length:2", { encoding: "text" }))
  ) texts.push(text);
  assertEquals(texts, ["a", "", "é"]);

  interface Say {
    readonly text: string;
    readonly to?: string;
  }
  const said: Say[] = [];
  for await (
    const batch of ReadableStream.from<Say[]>([[{ text: "hi" }], [{
      text: "ho",
      to: "you",
    }]])
      .pipeThrough(encodeFrames("line", { batch: true, encoding: "json" }))
      .pipeThrough(decodeFrames("line", { batch: true, encoding: json<Say>() }))
  ) said.push(...batch);
  assertEquals(said, [{ text: "hi" }, { text: "ho", to: "you" }]);
});

Deno.test("encodeFrames() refuses what is no message", async () => {
  const text = ReadableStream.from(["a"]) as ReadableStream<unknown>;
  const frames = (text as ReadableStream<Uint8Array>).pipeThrough(
    encodeFrames("line"),
  );
  await assertRejects(() => frames.getReader().read(), TypeError, "Uint8Array");
});

Deno.test("encodeFrames() refuses an unknown framing and a wrong limit at once", () => {
  assertThrows(() => encodeFrames("lines"), TypeError, 'did you mean "line"');
  assertThrows(
    () => encodeFrames("line", { maxMessageBytes: -1 }),
    RangeError,
    "maxMessageBytes",
  );
});
