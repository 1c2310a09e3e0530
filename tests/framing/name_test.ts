import { assertEquals, assertThrows } from "@std/assert";
import { type Framing, parseFraming, sequence } from "@parley/parley/framing";
import { verifyFraming } from "@parley/parley/testing";
import { nameOf } from "../../lib/framing/name.ts";

// As a new user writes it: the type asks for toString(), which every object has.
const unnamed: Framing = {
  boundary: "frame",
  decoder: () => ({ decode: () => undefined, decodeEnd: () => undefined }),
  encoder: () => ({ encode: () => {} }),
};

Deno.test("a framing without toString() is called custom wherever its name is shown", () => {
  assertEquals(nameOf(unnamed), "custom");
  assertEquals(nameOf(parseFraming("length:4")), "length:4");
  assertEquals(nameOf("length:4"), "length:4");
  const both = sequence(parseFraming("fixed:4"), unnamed);
  assertEquals(both.toString(), "fixed:4 then custom");
  assertThrows(
    () => verifyFraming(unnamed, [new Uint8Array(1)]),
    Error,
    'Framing "custom" breaks',
  );
});
