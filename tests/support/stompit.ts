/**
 * Stompit of npm in conversation with a STOMP broker.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromLatin1 } from "./chunkings.ts";
import { npmProgram } from "./npm_program.ts";
import { Recorder } from "./recorder.ts";
import { wholePackets } from "./whole_packets.ts";

const SIZES = [0, 7, 10, 100_000];

/** Lets it send and receive, and checks the frames of both directions. */
export async function checkStompit(port: number): Promise<void> {
  await using recorder = new Recorder({ port });
  await using client = npmProgram("stomp", `${recorder.port}`);
  await client.end();
  const { code, stdout, stderr } = await client.ended();
  assertEquals(code, 0, stderr);
  assertEquals(JSON.parse(stdout), SIZES);
  const [recorded, ...more] = await recorder.over();
  assertEquals(more, []);
  const sent = wholePackets("stomp", recorded!.client).map(fromLatin1);
  const received = wholePackets("stomp", recorded!.server).map(fromLatin1);
  assertEquals(commands(sent), [
    ...["CONNECT", "SUBSCRIBE", "SEND", "SEND", "SEND", "SEND", "DISCONNECT"],
  ]);
  assertEquals(commands(received).filter((name) => name !== "RECEIPT"), [
    ...["CONNECTED", "MESSAGE", "MESSAGE", "MESSAGE", "MESSAGE"],
  ]);
  for (const frames of [sent, received]) {
    const bodies = frames.filter((frame) => /^(SEND|MESSAGE)\n/.test(frame))
      .map((frame) => frame.slice(frame.indexOf("\n\n") + 2, -1));
    assertEquals(bodies.map(({ length }) => length), SIZES);
    assertEquals(bodies[2], "\0".repeat(10));
    assert(frames.every((frame) => frame.endsWith("\0") || frame === "\n"));
  }
  assertMatch(received[0]!, /\nversion:1\.[0-2]\n/);
}

/** The commands of frames; a heart-beat has none. */
function commands(frames: readonly string[]): string[] {
  return frames.filter((frame) => !/^\r?\n$/.test(frame))
    .map((frame) => frame.slice(0, frame.indexOf("\n")).trim());
}
