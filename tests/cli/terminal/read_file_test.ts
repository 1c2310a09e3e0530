import { assertEquals, assertRejects } from "@std/assert";
import { Failure } from "../../../cli/output/failure.ts";
import { readAll } from "../../../cli/terminal/read_file.ts";

/** An input that gives so many bytes, 1,000 at a time. */
function inputOf(length: number) {
  let left = length;
  return {
    isTerminal: false,
    read(into: Uint8Array): Promise<number | null> {
      const count = Math.min(1_000, left, into.length);
      left -= count;
      return Promise.resolve(count === 0 ? null : count);
    },
  };
}

Deno.test("readAll() reads an input to its end", async () => {
  assertEquals((await readAll("-", inputOf(200_001))).length, 200_001);
});

Deno.test("readAll() ends an endless input above 64 MiB with exit code 2", async () => {
  const failure = await assertRejects(
    () => readAll("-", inputOf(Infinity)),
    Failure,
    "standard input is larger than 64 MiB",
  );
  assertEquals(failure.exitCode, 2);
});

Deno.test("readAll() says why a file cannot be read, with exit code 9", async () => {
  const folder = new URL(".", import.meta.url).pathname;
  const failure = await assertRejects(
    () => readAll(folder, inputOf(0)),
    Failure,
    `cannot read ${folder}: it is a folder`,
  );
  assertEquals(failure.exitCode, 9);
});
