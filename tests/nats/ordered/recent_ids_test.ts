/** The ids of the last messages of a room. */

import { assert, assertEquals } from "@std/assert";
import { RecentIds } from "../../../lib/nats/ordered/recent_ids.ts";

Deno.test("RecentIds knows the last 1,024 ids, and forgets older ones", () => {
  const ids = new RecentIds();
  for (let id = 0; id < 1_024; id++) assert(ids.add(`${id}`));

  assertEquals(ids.add("0"), false);
  assertEquals(ids.add("1023"), false);
  assertEquals(ids.add("next"), true);
  assertEquals(ids.add("0"), true, "it was the oldest one");
  assertEquals(ids.add("2"), false);
});
