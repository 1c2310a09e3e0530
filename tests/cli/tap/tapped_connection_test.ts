import { assertEquals } from "@std/assert";
import { TappedConnection } from "../../../cli/tap/tapped_connection.ts";

Deno.test("the messages of one read have the time of that read, and an answer that of its own", () => {
  let ms = 0;
  const seen: unknown[] = [];
  const tapped = new TappedConnection(1, {
    framing: { toServer: "line", toClient: "line" },
    maxMessageBytes: 100,
    terminal: { elapsedMs: () => ++ms, now: () => new Date(100 * ms) },
    views: [{
      wants: () => true,
      message: ({ at, answerMs, number }) =>
        seen.push([number, at.getTime(), answerMs]),
    }],
  });
  const read = (direction: "toServer" | "toClient", text: string) => {
    ms = Math.ceil(ms / 10) * 10;
    tapped.onChunk(direction, new TextEncoder().encode(text));
  };
  read("toServer", "a\nb\nc");
  const [[, first] = [], [, second] = []] = seen as number[][];
  assertEquals(first, second);
  read("toServer", "\n");
  read("toClient", "d\n");
  const [, , [, third] = [], [, , answerMs] = []] = seen as number[][];
  assertEquals(third! > second!, true);
  assertEquals(answerMs! > 0, true);
});

Deno.test("a view that does not want a message counts it, whether another view wants it or not", () => {
  for (const others of [0, 1]) {
    let skipped = 0;
    const tapped = new TappedConnection(1, {
      framing: { toServer: "line", toClient: "line" },
      maxMessageBytes: 100,
      terminal: { elapsedMs: () => 0, now: () => new Date(0) },
      views: [
        { wants: () => false, skipped: (_, count) => skipped += count },
        ...Array.from({ length: others }, () => ({ wants: () => true })),
      ],
    });
    tapped.onChunk("toServer", new TextEncoder().encode("a\nb\nc"));
    assertEquals(skipped, 2);
  }
});
