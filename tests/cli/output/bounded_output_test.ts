import { assertEquals, assertStrictEquals } from "@std/assert";
import { BoundedOutput } from "../../../cli/output/bounded_output.ts";
import type { Output } from "../../../cli/terminal/terminal.ts";

/** An output whose reader takes one write at a time, when it is allowed to. */
class SlowOutput implements Output {
  readonly isTerminal = false;
  readonly written: string[] = [];
  #waiting: PromiseWithResolvers<void> | undefined;

  write(): void {
    throw new Error("it would wait");
  }

  writeLater(bytes: Uint8Array): Promise<void> {
    this.written.push(new TextDecoder().decode(bytes));
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  async take(error?: Error): Promise<void> {
    if (error === undefined) this.#waiting!.resolve();
    else this.#waiting!.reject(error);
    for (let i = 0; i < 5; i++) await undefined;
  }
}

Deno.test("BoundedOutput writes what comes in one turn at once, and the rest once the reader is ready", async () => {
  const slow = new SlowOutput();
  const output = new BoundedOutput(slow);
  output.write("a\n");
  output.write(new TextEncoder().encode("b\n"));
  await undefined;
  assertEquals(slow.written, ["a\nb\n"]);
  output.write("c\n");
  output.write("d\n");
  await slow.take();
  assertEquals(slow.written, ["a\nb\n", "c\nd\n"]);
  await slow.take();
  assertEquals(await output.drained(1000), true);
});

Deno.test("BoundedOutput drops what a slow reader leaves no room for, and goes on once there is room", async () => {
  const slow = new SlowOutput();
  const output = new BoundedOutput(slow, "reader", 10);
  output.write("12345\n");
  await undefined;
  output.write("6789\n");
  assertEquals(output.isFull, true);
  output.write("lost\n");
  await slow.take();
  assertEquals(slow.written, ["12345\n", "6789\n"]);
  assertEquals(output.isFull, false);
  output.write("next\n");
  await slow.take();
  assertEquals(slow.written.at(-1), "next\n");
});

Deno.test("BoundedOutput says once that the reader is gone, and drops everything from then on", async () => {
  const slow = new SlowOutput();
  const output = new BoundedOutput(slow);
  const failures: unknown[] = [];
  output.onFailure = (error) => failures.push(error);
  output.write("a\n");
  await undefined;
  const gone = new Error("gone");
  await slow.take(gone);
  output.write("b\n");
  await undefined;
  assertEquals(slow.written, ["a\n"]);
  assertEquals(failures, [gone]);
  assertStrictEquals(output.isFull, true);
  assertEquals(await output.drained(1000), false);
});

Deno.test("BoundedOutput.drained() gives up on a reader that takes nothing", async () => {
  const slow = new SlowOutput();
  const output = new BoundedOutput(slow);
  output.write("a\n");
  assertEquals(await output.drained(1), false);
});

Deno.test("BoundedOutput.follow() lets what was written to the other output before go first", async () => {
  const [log, shown] = [new SlowOutput(), new SlowOutput()];
  const first = new BoundedOutput(log);
  const output = new BoundedOutput(shown);
  output.follow(first);
  first.write("an older line\n");
  await undefined;
  first.write("#1 opened\n");
  output.write("#1 hello\n");
  await log.take();
  first.write("#1 closed\n");
  assertEquals([log.written.length, shown.written], [2, []]);
  await log.take();
  assertEquals(log.written.at(-1), "#1 closed\n");
  // Only what came before it, so that a busy log cannot hold it up for ever.
  assertEquals(shown.written, ["#1 hello\n"]);
});

Deno.test("BoundedOutput.follow() goes on without an output that has failed", async () => {
  const [log, shown] = [new SlowOutput(), new SlowOutput()];
  const first = new BoundedOutput(log);
  const output = new BoundedOutput(shown);
  output.follow(first);
  first.write("a line\n");
  output.write("hello\n");
  await undefined;
  await log.take(new Error("its reader is gone"));
  assertEquals(shown.written, ["hello\n"]);
});

Deno.test("BoundedOutput writes to a file at once, and drops nothing", async () => {
  let written = "";
  const file: Output = {
    isTerminal: false,
    destination: () => Promise.resolve("file"),
    write: (bytes) => void (written += new TextDecoder().decode(bytes)),
    writeLater: () => Promise.reject(new Error("it would be late")),
  };
  const output = await BoundedOutput.to(file);
  const lines = Array.from({ length: 100 }, (_, i) => `${i}\n`);
  for (const line of lines) {
    output.write(line);
    await undefined;
  }
  await output.drained(1000);
  assertEquals(written, lines.join(""));
  assertEquals(output.failure, undefined);
});

Deno.test("BoundedOutput writes nothing to /dev/null, and drains at once", async () => {
  const output = await BoundedOutput.to({
    isTerminal: false,
    destination: () => Promise.resolve("nothing"),
    write: () => {
      throw new Error("it would take time");
    },
    writeLater: () => Promise.reject(new Error("it would take time")),
  });
  assertStrictEquals(output.isDiscarded, true);
  output.write("a\n");
  assertEquals(await output.drained(1000), true);
  assertEquals(output.failure, undefined);
});
