/**
 * A part of the story: three members of a room, each in a framing of its own, and two
 * hubs that share the room.
 *
 * @module
 */

import type { Actor } from "./actor.ts";
import { NatsServer } from "./nats_server.ts";
import type { Scene, Step } from "./stage.ts";

// A message takes milliseconds; the demonstration must not hang.
const PATIENCE_MS = 10_000;
// From source, what loads NATS reads it from the disk.
const MAY_LOAD_NATS = ["--allow-read"];
const HEARD = ["Ann: Tacos at noon?", "Ann: Still coming?"];

/** The steps, in order. */
export const HUB_STORY: readonly Step[] = [
  {
    title: "(o) One room: a member in lines, one in length:4, one in a browser",
    play: threeFramings,
  },
  {
    title: "(p) Two hubs share a room through NATS, and one of them crashes",
    play: crashOfOne,
  },
];

async function threeFramings(scene: Scene): Promise<void> {
  const hub = await scene.listening(
    ...["hub", "127.0.0.1:0", "length:4@127.0.0.1:0", "ws://127.0.0.1:0"],
    ...["--names", "--notices", "text"],
  );
  const said = await hub.actor.errors.linesTo(/^listening on ws:/);
  for (const line of said.slice(1)) scene.show("server", line);
  const [, lengths, page] = said.map((line) =>
    line.replace(/^listening on (tcp:\/\/)?/, "")
  );
  const ann = scene.talker([hub.address, "--name", "Ann"]);
  await ann.output.line(/is now Ann$/);
  const ben = scene.talker([`length:4@${lengths}`, "--name", "Ben"]);
  await ben.output.line(/is now Ben$/);
  const cleo = await BrowserMember.join(page!);
  scene.show("code", `new WebSocket("${page}").send("/name Cleo")`);
  cleo.say("/name Cleo");
  await ann.output.line(/is now Cleo$/);
  await ben.output.line(/is now Cleo$/);

  await ann.type("Tacos at noon?\n");
  const heard = await Promise.all([
    lineOf(scene, "Ben", ben, /^Ann: /),
    cleo.line(/^Ann: /),
  ]);
  scene.show("Cleo", heard[1]);
  cleo.say("🌮 yes!");
  const answers = await Promise.all([
    lineOf(scene, "Ann", ann, /^Cleo: /),
    lineOf(scene, "Ben", ben, /^Cleo: /),
  ]);
  cleo.leave();
  scene.say(
    "Each message went out once per framing: with a line end, behind its length, in a",
  );
  scene.say("frame of WebSocket. Its sender alone does not get it.");
  scene.check(
    "everyone else heard each message whole, with the sender's name",
    heard.every((line) => line === "Ann: Tacos at noon?") &&
      answers.every((line) => line === "Cleo: 🌮 yes!"),
  );
  const left = await lineOf(scene, "Ann", ann, /^\* Cleo left/);
  scene.check("and who leaves is announced", left === "* Cleo left lobby");
}

async function crashOfOne(scene: Scene): Promise<void> {
  await using nats = await NatsServer.start();
  if (nats === undefined) {
    return scene.say(
      "nats-server is not installed, so this scene is left out: apt install nats-server",
    );
  }
  const shared = ["--nats", nats.url, "--history", "5", "--names"];
  const hub = (place: string) =>
    scene.listeningWith(MAY_LOAD_NATS, "hub", place, ...shared);
  const [one, two] = [
    await hub("127.0.0.1:0"),
    await hub("length:4@127.0.0.1:0"),
  ];
  const ann = scene.talker([one.address, "--name", "Ann"]);
  const ben = scene.talker([`length:4@${two.address}`, "--name", "Ben"]);
  await one.actor.errors.line(/is now Ann$/);
  await two.actor.errors.line(/is now Ben$/);
  await ann.type("Tacos at noon?\n");
  const heard = await lineOf(scene, "Ben", ben, /^Ann: /);
  scene.check("the other hub's member hears it", heard === HEARD[0]);

  two.actor.crash();
  scene.show("code", `kill -9 the hub on ${two.address}`);
  await ann.type("Still coming?\n");
  const again = scene.talker([one.address, "--name", "Ben"]);
  const all = await again.output.linesTo(/^Ann: Still/);
  for (const line of all) scene.show("Ben", line);
  scene.say(
    "Each message was in the store before a member saw it. Ben has come back to the",
  );
  scene.say(
    "other hub, which sends the last messages of the room to who joins.",
  );
  scene.check(
    "Ben has every message, once and in order",
    all.join("\n") === HEARD.join("\n"),
  );
}

async function lineOf(
  scene: Scene,
  name: string,
  member: Actor,
  pattern: RegExp,
): Promise<string> {
  const line = await member.output.line(pattern);
  scene.show(name, line);
  return line;
}

/** A member in a browser's way. */
class BrowserMember {
  readonly #socket: WebSocket;
  readonly #lines: string[] = [];
  #wake: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      this.#lines.push(data);
      this.#wake();
    };
  }

  static async join(url: string): Promise<BrowserMember> {
    const socket = new WebSocket(url);
    const member = new BrowserMember(socket);
    await member.line(/^\* you are/);
    return member;
  }

  say(text: string): void {
    this.#socket.send(text);
  }

  /** Waits for a message. */
  async line(pattern: RegExp): Promise<string> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#wake();
    }, PATIENCE_MS);
    try {
      for (;;) {
        const line = this.#lines.find((line) => pattern.test(line));
        if (line !== undefined) return line;
        if (late) throw new Error(`There was no message like ${pattern}`);
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  leave(): void {
    this.#socket.close(1000);
  }
}
