import { assertEquals } from "@std/assert";
import { parseCut, piecesOf } from "../../../cli/recording/exchange/pieces.ts";
import { seeded } from "../../../lib/random.ts";

const BYTES = new Uint8Array(1000).map((_, i) => i);

function sizes(cut: string | undefined, seed = 1): number[] {
  const how = cut === undefined ? undefined : parseCut(cut);
  const pieces = [...piecesOf(BYTES, how, seeded(seed))];
  assertEquals(pieces.flatMap((piece) => [...piece]), [...BYTES]);
  return pieces.map((piece) => piece.length);
}

Deno.test("piecesOf() gives all bytes, in pieces of the size that was asked for", () => {
  assertEquals(sizes(undefined), [1000]);
  assertEquals(sizes("bytewise"), Array(1000).fill(1));
  assertEquals(sizes("300"), [300, 300, 300, 100]);
  assertEquals(sizes("5000"), [1000]);
});

Deno.test("piecesOf() cuts the same at random for the same seed, and otherwise for another", () => {
  assertEquals(sizes("random", 7), sizes("random", 7));
  assertEquals(sizes("random", 7).join() === sizes("random", 8).join(), false);
  assertEquals(new Set(sizes("random")).size > 10, true);
  assertEquals(Math.max(...sizes("random")) <= 64, true);
});
