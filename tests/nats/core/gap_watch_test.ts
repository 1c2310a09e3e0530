/** What the numbers of other hubs say about messages that did not come. */

import { assertEquals } from "@std/assert";
import { GapWatch } from "../../../lib/nats/core/gap_watch.ts";

Deno.test("GapWatch counts what is missing between two messages, and at the end", () => {
  const watch = new GapWatch();

  assertEquals(watch.message("a", 5), 0, "an older hub");
  assertEquals(watch.message("a", 6), 0);
  assertEquals(watch.message("a", 9), 2);
  assertEquals(watch.told("a", 9), 0);
  assertEquals(watch.told("a", 12), 3);
  assertEquals(watch.message("a", 13), 0);
});

Deno.test("GapWatch counts a gap once: what was missing and comes is late", () => {
  const watch = new GapWatch();
  watch.message("a", 1);

  assertEquals(watch.told("a", 3), 2);
  assertEquals(watch.message("a", 2), "late");
  assertEquals(watch.message("a", 3), "late");
  assertEquals(watch.message("a", 4), 0);
  assertEquals(watch.message("a", 4), "late");
});

Deno.test("GapWatch takes a hub that is new after settle() from its first message on", () => {
  const watch = new GapWatch();
  assertEquals(watch.told("old", 7), 0);
  watch.settle();

  assertEquals(watch.message("old", 8), 0);
  assertEquals(watch.message("new", 3), 2);
  assertEquals(watch.told("newer", 4), 4);
  assertEquals(watch.told("quiet", 0), 0);
});

Deno.test("GapWatch takes a hub that has entered from its number on", () => {
  const watch = new GapWatch();
  watch.settle();

  assertEquals(watch.entered("a", 40), 0);
  assertEquals(watch.message("a", 41), 0);
  // It left, two messages and that were lost, and it is back.
  assertEquals(watch.entered("a", 43), 2);
  assertEquals(watch.message("a", 44), 0);
  watch.forget("a");
  assertEquals(watch.message("a", 2), 1);
});
