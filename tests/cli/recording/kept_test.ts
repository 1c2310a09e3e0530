/**
 * What is kept of a recording is bounded, and takes little memory.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../../cli/output/failure.ts";
import { Kept } from "../../../cli/recording/read/kept.ts";

Deno.test("Kept refuses one byte more than its bound, with the numbers and an advice", () => {
  const kept = new Kept("session.jsonl", 1024 * 1024);
  kept.count(1024 * 1024, 2);
  kept.count(-10, 1);
  kept.count(10, 1000);
  assertThrows(
    () => kept.count(1, 1001),
    Failure,
    "session.jsonl is too large: 1,001 connections of it need more than 1 MiB of memory; choose one with --connection N",
  );
});

Deno.test("Kept advises no other connection where there is one", () => {
  assertThrows(
    () => new Kept("a", 1).count(2, 1),
    Failure,
    "a is too large: 1 connection of it needs more than 1 B of memory",
  );
});

Deno.test("Kept joins short chunks in one buffer, and leaves long ones where they are", () => {
  const kept = new Kept("a");
  const chunks = [1, 2, 3].map((value) => new Uint8Array(100).fill(value));
  const copies = chunks.map((chunk) => kept.bytes(chunk));
  assertEquals(copies, chunks);
  assertEquals(new Set(copies.map(({ buffer }) => buffer)).size, 1);
  const long = new Uint8Array(4096);
  assertEquals(kept.bytes(long) === long, true);
  // A buffer that is full is not written to again.
  for (let i = 0; i < 2000; i++) kept.bytes(new Uint8Array(100).fill(9));
  assertEquals(copies, chunks);
});
