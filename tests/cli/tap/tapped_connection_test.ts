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
