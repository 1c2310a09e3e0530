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

Deno.test("GapWatch counts a gap once, also if what was missing comes late", () => {
  const watch = new GapWatch();
  watch.message("a", 1);

  assertEquals(watch.told("a", 3), 2);
  assertEquals(watch.message("a", 2), 0);
  assertEquals(watch.message("a", 3), 0);
  assertEquals(watch.message("a", 4), 0);
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

Deno.test("GapWatch takes a number of 1 for a new beginning", () => {
  const watch = new GapWatch();
  watch.settle();
  watch.message("a", 1);
  watch.message("a", 2);

  assertEquals(watch.message("a", 1), 0);
  assertEquals(watch.message("a", 3), 1);
  watch.forget("a");
  assertEquals(watch.message("a", 2), 1);
});
