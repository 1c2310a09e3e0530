import { assertEquals, assertLess } from "@std/assert";
import { GrowingFile } from "../../../cli/recording/record/growing_file.ts";

function fail(): never {
  throw new Error("the file cannot be written");
}

Deno.test("GrowingFile writes a piece that is added as soon as there is room again", async () => {
  const path = await Deno.makeTempFile();
  const file = await GrowingFile.create(path, new Uint8Array(1), fail);
  try {
    // More than may wait, so that there is no room while it is written.
    const large = new Uint8Array(5 * 1024 * 1024);
    file.add(large);
    await file.room();
    file.add(new Uint8Array(10));
    // Without another piece, and without the end of the recording.
    const size = 1 + large.length + 10;
    const lateMs = performance.now() + 10_000;
    while ((await Deno.stat(path)).size < size) {
      assertLess(performance.now(), lateMs, "the last piece is not written");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    await file.close();
    await Deno.remove(path);
  }
  assertEquals(file.failure, undefined);
});
