/**
 * Framing `nmea` against the sentences that nmea-simple of npm writes.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { npmProgram } from "../../support/npm_program.ts";
import { joined, wholePackets } from "../../support/whole_packets.ts";

Deno.test("nmea: the sentences of nmea-simple are found as it wrote them", async () => {
  await using process = npmProgram("nmea");
  await process.end();
  const { code, stdout, stderr } = await process.ended();
  assertEquals(code, 0, stderr);
  const sentences = stdout.trimEnd().split("\n")
    .map((line) => Uint8Array.fromBase64(line));
  assertEquals(sentences.length, 9);
  // Their checksums are verified.
  assertEquals(wholePackets("nmea", [joined(sentences)]), sentences);
});
