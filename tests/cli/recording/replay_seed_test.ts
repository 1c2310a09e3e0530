/**
 * `replay --cut random --seed N` cuts the same whatever else is played.
 *
 * @module
 */

import { assertEquals, assertNotEquals } from "@std/assert";
import { encodeEvent, encodeHead } from "@parley/parley/recording";
import { parseArguments } from "../../../cli/arguments/parse.ts";
import { Log } from "../../../cli/output/log.ts";
import { COMMON_REPLAY_OPTIONS } from "../../../cli/recording/replay/replay_options.ts";
import { Playback } from "../../../cli/recording/replay/playback.ts";
import { memoryPair } from "../../../lib/testing/mod.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";

const BYTES = new Uint8Array(1_000).fill(0x61);

/** A recording of three connections, each of which sends 1,000 bytes. */
async function recording(): Promise<string> {
  const path = await Deno.makeTempFile({ dir: "/tmp" });
  const events = [1, 2, 3].flatMap((connection) => [
    { t: 0, connection, event: "open" as const },
    { t: 0, connection, to: "server" as const, bytes: BYTES },
    { t: 1, connection, event: "close" as const },
  ]);
  await Deno.writeTextFile(
    path,
    encodeHead({ at: new Date(0), by: "test" }) +
      events.map((event) => encodeEvent(event)).join(""),
  );
  return path;
}

/** Plays connections in an order; gives the sizes of what each writes. */
async function cuts(
  path: string,
  order: readonly number[],
  ...args: string[]
): Promise<ReadonlyMap<number, readonly number[]>> {
  const { options } = parseArguments(
    ["--cut", "random", "--speed", "max", ...args],
    COMMON_REPLAY_OPTIONS,
  );
  const terminal = new RecordedTerminal();
  const log = new Log(terminal, { ...options, format: options.log });
  const { input } = terminal;
  const playback = await Playback.read(path, "client", options, { input, log });
  const found = new Map<number, number[]>();
  await Promise.all(order.map(async (number) => {
    const [near, far] = memoryPair();
    const sizes: number[] = [];
    const write = near.write.bind(near);
    near.write = (bytes) => {
      sizes.push(bytes.length);
      return write(bytes);
    };
    found.set(number, sizes);
    const turns = playback.connections.find(({ connection }) =>
      connection === number
    )!;
    await playback.play(near, turns, () => {});
    far.close();
  }));
  return found;
}

Deno.test("replay --cut random cuts each connection by the seed and its number alone", async () => {
  const path = await recording();
  try {
    const all = await cuts(path, [1, 2, 3], "--seed", "7");
    const otherwise = await cuts(path, [3, 1, 2], "--seed", "7");
    const alone = await cuts(path, [2], "--seed", "7", "--connection", "2");
    for (const number of [1, 2, 3]) {
      assertEquals(otherwise.get(number), all.get(number));
    }
    assertEquals(alone.get(2), all.get(2));
    assertNotEquals(all.get(1), all.get(2));
    const another = await cuts(path, [1], "--seed", "8");
    assertNotEquals(another.get(1), all.get(1));
  } finally {
    await Deno.remove(path);
  }
});
