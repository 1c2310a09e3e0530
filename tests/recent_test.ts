import { assertEquals } from "@std/assert";
import { Recent } from "../lib/recent.ts";

Deno.test("Recent forgets what was not asked for the longest, and tells it", () => {
  const forgotten: string[] = [];
  const recent = new Recent<string>((value) => forgotten.push(value), 4);
  const made: string[] = [];
  const ask = (key: string) =>
    recent.of(key, () => {
      made.push(key);
      return key.toUpperCase();
    });
  for (const key of ["a", "b", "c"]) assertEquals(ask(key), key.toUpperCase());
  // What is in use stays, though it came first.
  for (const key of ["a", "d", "e", "a", "f"]) ask(key);
  assertEquals(made, ["a", "b", "c", "d", "e", "f"]);
  assertEquals(forgotten, ["B", "C"]);
  assertEquals(recent.clear().sort(), ["A", "D", "E", "F"]);
  assertEquals(recent.clear(), []);
  ask("a");
  assertEquals([made.length, forgotten.length], [7, 2]);
});
