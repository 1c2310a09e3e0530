/**
 * The fourth part of the story: two programs do not understand each other, and a tap
 * and `chop` say why.
 *
 * @module
 */

import {
  HeaderPeer,
  readFull,
  type ReadInto,
  readOnce,
} from "./header_peer.ts";
import type { Scene, Step } from "./stage.ts";

const WORD = "tacos";
// Long enough for the peer to read a piece by itself on a machine that is busy.
const PAUSE = "200ms";

/** The steps, in order. */
export const FAULT_STORY: readonly Step[] = [
  {
    title: "(l) Two programs disagree about byte order; a tap between them",
    play: tapBetween,
  },
  {
    title: "(m) A server reads its header with one read; chop finds out",
    play: cutEverywhere,
  },
];

async function tapBetween(scene: Scene): Promise<void> {
  const { address } = await scene.server("echo", "--frame", "length:4");
  const tap = await scene.server(
    ...["tap", address, "--frame", "length:4", "--annotate"],
  );
  const wrong = await scene.client(
    [tap.address, WORD, "--frame", "length:4,le"],
  );
  const diagnosed = await tap.actor.output.linesTo(/\|\.{4}tacos\|$/);
  for (const line of diagnosed) scene.show("tap", line);
  scene.say(
    "The client sees only that no reply came. The tap passes on each byte unchanged,",
  );
  scene.say("but it looks for messages, and says what does not fit.");
  scene.check(
    "the client fails with exit code 8, and the tap asks: another byte order?",
    wrong.code === 8 &&
      diagnosed.some((line) =>
        /→ !1 .* as a little-endian number the length would be 5: another byte order\?/
          .test(line)
      ),
  );

  const right = await scene.client([tap.address, WORD, "--frame", "length:4"]);
  const passed = [
    ...await tap.actor.output.linesTo(/#2 ← {2}1 /),
    ...await tap.actor.output.linesTo(/\^ payload$/),
  ];
  for (const line of passed) scene.show("tap", line);
  scene.check(
    "with the same order, the tap shows the message, its answer and their parts",
    right.code === 0 && right.output.join() === WORD &&
      passed.filter((line) => line.endsWith("^ length 5")).length === 2,
  );
}

async function cutEverywhere(scene: Scene): Promise<void> {
  const hasty = await chopped(scene, "one conn.read(header)", readOnce);
  scene.say(
    "A request that is sent whole is answered. The bug stays hidden until a network",
  );
  scene.say("cuts the header in two; chop does that on purpose, at each byte.");
  scene.check(
    "chop exits 1 and shows the three cuts, inside the length",
    hasty.code === 1 &&
      hasty.output[0] === "chop: 8 cuts, 3 change the answer" &&
      hasty.output[1]!.startsWith(
        "after bytes 1 to 3 of 9 (inside the length)",
      ),
  );

  const mended = await chopped(scene, "conn.read() until it is full", readFull);
  scene.check(
    "mended, it answers the same wherever the request is cut, and chop exits 0",
    mended.code === 0 &&
      mended.output.join("\n") === "chop: 8 cuts, none changes the answer",
  );
}

/** Chops a request to a server that reads its header in this way. */
async function chopped(
  scene: Scene,
  shown: string,
  readHeader: ReadInto,
): ReturnType<Scene["client"]> {
  await using peer = HeaderPeer.start(readHeader);
  scene.show("peer", `reads each header with ${shown}`);
  return await scene.client([
    ...["chop", peer.address, "--message", WORD, "--frame", "length:4"],
    ...["--pause", PAUSE],
  ]);
}
