import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fileBody } from "../../../lib/http/mod.ts";
import {
  dropChunk,
  keepChunk,
  lendChunk,
  newChunk,
  recycleChunk,
} from "../../../lib/http/server/response/chunk_memory.ts";
import { until } from "../../session/harness.ts";
import { get, inMemory, valueOf, type Wire } from "./harness.ts";

const BYTES = 300_000;
// More downloads than there is memory for.
const MANY = 40;

async function inFile(
  test: (path: string, bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile();
  const bytes = new Uint8Array(BYTES).map((_, i) => i * 7 + (i >> 9));
  await Deno.writeFile(path, bytes);
  try {
    await test(path, bytes);
  } finally {
    await Deno.remove(path);
  }
}

function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** Answers each path "/start-end" with these bytes of the file. */
function ranges(path: string) {
  return async ({ url }: Request) => {
    const [start = 0, end = 0] = new URL(url).pathname.slice(1).split("-")
      .map(Number);
    return new Response(fileBody(await Deno.open(path), { start, end }));
  };
}

Deno.test("fileBody() is sent with its length, whatever the part", () =>
  inFile(async (path, bytes) => {
    await using own = await inMemory(ranges(path));
    using wire = await own.dial();
    for (
      const [start, end] of [
        [0, 0],
        [0, 1],
        [5, 65_541],
        [5, 65_542],
        [0, BYTES],
        [200_000, BYTES],
      ] as const
    ) {
      await wire.write(get(`/${start}-${end}`));
      const { body, lines } = await wire.response();
      assertEquals(valueOf(lines, "content-length"), `${end - start}`);
      assert(body === textOf(bytes.subarray(start, end)));
    }
    assertEquals(own.server.stats.messagesOut, 6);
  }));

Deno.test("fileBody() has no bytes for HEAD, and its file is closed", () =>
  inFile(async (path) => {
    await using own = await inMemory(ranges(path));
    using wire = await own.dial();
    await wire.write("HEAD /0-300000 HTTP/1.1\r\nHost: a\r\n\r\n");
    await wire.write(get("/0-2"));
    const { lines } = await wire.response(false);
    assertEquals(valueOf(lines, "content-length"), "300000");
    assertEquals((await wire.response()).body.length, 2);
  }));

Deno.test("fileBody() gives all bytes to clients that stopped reading, more of them than there is memory for", () =>
  inFile(async (path, bytes) => {
    await using own = await inMemory(ranges(path));
    const wires: Wire[] = [];
    for (let i = 0; i < MANY; i++) {
      const wire = await own.dial();
      wires.push(wire);
      await wire.write(get(`/${i}-${BYTES}`));
      await wire.until("HTTP/1.1 ");
    }
    const expected = textOf(bytes);
    for (const [i, wire] of wires.entries()) {
      await wire.until("\r\n\r\n");
      assert(await wire.bytes(BYTES - i) === expected.slice(i));
      wire.connection.close();
    }
  }));

Deno.test("fileBody() breaks off if the file became shorter, and if the client goes away", () =>
  inFile(async (path) => {
    const open: Deno.FsFile[] = [];
    await using own = await inMemory(async () => {
      const file = await Deno.open(path);
      open.push(file);
      return new Response(fileBody(file, { start: 0, end: BYTES }));
    });
    using short = await own.dial();
    await short.write(get("/"));
    await until(() => open.length === 1, "the file opens");
    await Deno.truncate(path, 1000);
    await assertRejects(() => short.response());
    using gone = await own.dial();
    await gone.write(get("/"));
    await until(() => open.length === 2, "the file opens");
    gone.connection.abort();
  }));

Deno.test("fileBody() can be read as a stream, and is refused for positions that are none", () =>
  inFile(async (path, bytes) => {
    const body = fileBody(await Deno.open(path), { start: 1, end: 200_000 });
    assertEquals(await new Response(body).bytes(), bytes.slice(1, 200_000));
    using file = await Deno.open(path);
    for (const [start, end] of [[2, 1], [-1, 1], [0, 1.5], [0, Infinity]]) {
      const range = { start: start!, end: end! };
      assertThrows(() => fileBody(file, range), RangeError);
    }
  }));

Deno.test("chunk memory is taken from the download that waits longest, when all is in use", () => {
  class Download {
    place = -1;
    readonly memory = newChunk();
    gaveUp = 0;

    giveUp() {
      this.gaveUp++;
      return this.memory;
    }
  }
  const all = Array.from({ length: 32 }, () => new Download());
  const [first, second, third] = all;
  for (const download of [first!, second!, third!]) lendChunk(download);
  keepChunk(first!);
  assertEquals(newChunk(), second!.memory);
  assertEquals(newChunk(), third!.memory);
  // Nobody waits any more, so there is memory beyond the bound.
  const beyond = newChunk();
  assertEquals(all.map(({ gaveUp }) => gaveUp), [
    0,
    1,
    1,
    ...Array(29).fill(0),
  ]);
  recycleChunk(beyond);
  for (const { memory } of all) recycleChunk(memory);
  const again = newChunk();
  assertEquals(again.length, beyond.length);
  dropChunk();
});

Deno.test("fileBody() counts from the beginning of a file that was read from", () =>
  inFile(async (path, bytes) => {
    const file = await Deno.open(path);
    await file.read(new Uint8Array(100));

    const body = fileBody(file, { start: 0, end: 10 });

    assertEquals(await new Response(body).bytes(), bytes.slice(0, 10));
  }));
