/**
 * The first part of the story: five ways to say where a message ends.
 *
 * @module
 */

import type { Scene, Step } from "./stage.ts";

/** The steps, in order. */
export const STORY: readonly Step[] = [
  {
    title: "(a) A greeting, read eight bytes at a time until the server closes",
    play: readInChunks,
  },
  {
    title:
      "(b) The connection stays open: a header says how long each message is",
    play: keepOpen,
  },
  {
    title: "(c) Two messages in one write are still two messages",
    play: twoInOne,
  },
  {
    title: "(d) A binary length: 🌮 and 2 MiB through an upper-casing server",
    play: upperCase,
  },
  {
    title: "(e) A peer announces 4 GiB and is refused; the others go on",
    play: refuse,
  },
];

async function readInChunks(scene: Scene): Promise<void> {
  const { address } = await scene.server("greet", "--frame", "close");
  const { code, errors, output } = await scene.client(
    [address, "--frame", "close", "--read-size", "8", "--chunks"],
  );
  const chunks = errors.filter((line) => line.startsWith("chunk "));
  scene.say(
    "Reads bring pieces; only the end of the stream says: that was all.",
  );
  scene.check(
    `${chunks.length} chunks of at most 8 bytes`,
    chunks.length >= 3 && chunks.every((line) => /: [1-8] bytes? /.test(line)),
  );
  scene.check(
    "together they are the one message, and the client exits 0",
    code === 0 && output.join("\n") === "Welcome to the server!",
  );
}

// A timer counts whole milliseconds of another clock.
const TIMER_SLACK_MS = 5;

async function keepOpen(scene: Scene): Promise<void> {
  const everyMs = 250;
  const { address } = await scene.server(
    ...[
      "greet",
      "--frame",
      "header:10",
      "--every",
      `${everyMs}ms`,
      "--count",
      "3",
    ],
  );
  const begin = performance.now();
  const { code, output, times } = await scene.listener(
    [address, "--frame", "header:10", "--read-size", "8"],
  );
  const cameAt = times.slice(1).map((time) => Math.round(time - begin));
  scene.say(
    "Still eight bytes per read, but no end has to close to mark a message.",
  );
  scene.check(
    "four messages of different lengths, whole",
    code === 0 && output.length === 4 &&
      output[0] === "Welcome to the server!" &&
      output.slice(1).every((text) => /^The time is \S+Z$/.test(text)),
  );
  // On a busy machine one may come late and the next one soon after it, but none comes
  // before its time.
  scene.check(
    `a new one every ${everyMs} ms (after ${cameAt.join(", ")} ms)`,
    cameAt.length === 3 &&
      cameAt.every((ms, i) => ms >= (i + 1) * everyMs - TIMER_SLACK_MS),
  );
}

async function twoInOne(scene: Scene): Promise<void> {
  const options = ["--frame", "delimiter:#*#"];
  const { address } = await scene.server("echo", ...options);
  const { code, errors, output } = await scene.client(
    [address, "first", "second", ...options, "--chunks"],
  );
  scene.say(
    "Sent in one write, back in one read: the delimiter keeps them apart.",
  );
  scene.check(
    "one chunk holds both",
    errors.includes('chunk 1: 17 bytes "first#*#second#*#"'),
  );
  scene.check(
    "and they are two messages",
    code === 0 && output.join("|") === "first|second",
  );
}

async function upperCase(scene: Scene): Promise<void> {
  const options = ["--frame", "length:4", "--max-message", "4MiB"];
  const { address } = await scene.server("upper", ...options);
  const tacos = await scene.client([address, "tacos for all: 🌮", ...options]);
  scene.check(
    "characters of several bytes arrive whole",
    tacos.code === 0 && tacos.output[0] === "TACOS FOR ALL: 🌮",
  );

  const size = 2 * 1024 * 1024;
  const long = "taco ".repeat(Math.ceil(size / 5)).slice(0, size);
  scene.say("The same with a line of 2,097,152 bytes on standard input:");
  const { code, output } = await scene.client([address, ...options], long);
  scene.check(
    "2 MiB in many reads are one message, byte for byte",
    code === 0 && output.length === 1 && output[0] === long.toUpperCase(),
  );
}

async function refuse(scene: Scene): Promise<void> {
  const options = ["--frame", "length:4"];
  const { actor, address, port } = await scene.server(
    ...["echo", ...options, "--max-message", "1000"],
  );
  const talker = scene.talker([address, ...options]);
  await talker.type("before\n");
  scene.show("client", await talker.output.line(/^before$/));

  using peer = await Deno.connect({ hostname: "127.0.0.1", port });
  scene.show(
    "peer",
    "connects and sends ff ff ff ff: 4,294,967,295 bytes follow",
  );
  await peer.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
  const ended = await peer.read(new Uint8Array(1)).catch(() => null) === null;
  const line = await actor.errors.line(/closed .*4294967295/);
  scene.show("server", line.replace(/^.*; (?=Cannot)/, ""));
  scene.check(
    "its connection is ended, with the size and the limit in the log",
    ended && line.includes("1000"),
  );

  await talker.type("after\n");
  scene.show("client", await talker.output.line(/^after$/));
  const { code } = await talker.play("");
  scene.check("the other client never noticed", code === 0);
}
