/**
 * The second part of the story: the same three messages by TCP and by UDP, and
 * what becomes of them when the peer is absent, slow, or out of order.
 *
 * @module
 */

import { bindUdp } from "../../lib/session/datagrams/mod.ts";
import type { JsonValue } from "../../lib/encoding/mod.ts";
import { SlowPeer } from "./slow_peer.ts";
import type { Scene, Step } from "./stage.ts";

const WORDS = ["one", "two", "three"];
const CAPITALS = "ONE, TWO, THREE";

/** The steps, in order. */
export const UDP_STORY: readonly Step[] = [
  { title: "(f) The same three messages by TCP and by UDP", play: sideBySide },
  {
    title: "(g) No peer is there: TCP fails at once, UDP stays silent",
    play: absent,
  },
  {
    title: "(h) The peer is slow: TCP waits, UDP asks again and is confused",
    play: slow,
  },
  {
    title: "(i) Answers out of order: numbered questions find theirs",
    play: outOfOrder,
  },
];

async function sideBySide(scene: Scene): Promise<void> {
  const { actor, address } = await scene.server("upper", "udp://127.0.0.1:0");
  const line = await actor.errors.line(/^listening on udp:/);
  scene.show("server", line);
  const udp = line.replace("listening on ", "");
  const byTcp = await scene.client([address, ...WORDS]);
  const byUdp = await scene.client([udp, ...WORDS]);
  scene.say(
    "One stream, in which line feeds mark the ends; three datagrams,",
  );
  scene.say("each of which is a message by itself. While all goes well:");
  scene.check(
    "the same three answers",
    byTcp.output.join(", ") === CAPITALS &&
      byUdp.output.join(", ") === CAPITALS,
  );
}

async function absent(scene: Scene): Promise<void> {
  const port = freePort();
  const byTcp = await scene.client([`127.0.0.1:${port}`, ...WORDS]);
  scene.check(
    "TCP: refused at once, exit code 4",
    byTcp.code === 4 && byTcp.errors.join().includes("connection refused"),
  );
  const timeoutMs = 150;
  const begun = performance.now();
  const byUdp = await scene.client([
    ...[`udp://127.0.0.1:${port}`, ...WORDS],
    ...["--timeout", `${timeoutMs}ms`, "--attempts", "2"],
  ]);
  const ms = Math.round(performance.now() - begun);
  scene.check(
    `UDP: silence, until the client gives up after 2 x ${timeoutMs} ms (${ms} ms), exit code 124`,
    byUdp.code === 124 && ms >= 2 * timeoutMs &&
      byUdp.errors.join().includes("nothing may be listening there"),
  );
}

async function slow(scene: Scene): Promise<void> {
  const [answerMs, timeoutMs] = [200, 120];
  await using peer = await SlowPeer.start(answerMs);
  scene.show(
    "peer",
    `answers each message after ${answerMs} ms, by TCP and by UDP`,
  );
  const byTcp = await scene.client([peer.tcp, ...WORDS]);
  scene.check(
    "TCP: late, and right",
    byTcp.code === 0 && byTcp.output.join(", ") === CAPITALS,
  );
  await using socket = bindUdp("udp://127.0.0.1:0", { encoding: "text" });
  scene.show("code", `request(text, peer, { timeoutMs: ${timeoutMs} })`);
  const answers: string[] = [];
  for (const text of WORDS) {
    const how = { attempts: 3, backoff: 1, timeoutMs };
    answers.push(await socket.request(text, peer.udp, how));
  }
  scene.say(
    `After ${timeoutMs} ms the first message is sent again, so it is answered twice; the`,
  );
  scene.say("second answer is taken for that to the next message, and so on.");
  scene.check(
    `UDP: ${peer.received} datagrams for three messages, and the answers ${
      answers.join(", ")
    }`,
    peer.received > 3 && answers.join(", ") !== CAPITALS,
  );
  const byUdp = await scene.client([
    ...[peer.udp, ...WORDS, "--timeout", `${timeoutMs}ms`],
  ]);
  scene.check(
    "a question from a new port, as the client's, does not meet the late answers",
    byUdp.code === 0 && byUdp.output.join(", ") === CAPITALS,
  );
}

async function outOfOrder(scene: Scene): Promise<void> {
  const options = { encoding: "json" } as const;
  await using peer = bindUdp("udp://127.0.0.1:0", options);
  await using socket = bindUdp("udp://127.0.0.1:0", options);
  const arrived: number[] = [];
  const answering = answerInReverse(peer);
  scene.show(
    "code",
    "request({ id: 2, text }, peer, { accepts: (answer) => answer.id === 2 })",
  );
  const answers = await Promise.all(WORDS.map(async (text, i) => {
    const answer = await socket.request({ id: i, text }, peer.address, {
      accepts: (answer) => idOf(answer) === i,
    });
    arrived.push(i);
    return (answer as { text: string }).text;
  }));
  const asked = await answering;
  scene.show(
    "code",
    `answered in the order ${arrived.map((i) => WORDS[i]).join(", ")}`,
  );
  scene.check(
    "UDP: the last question was answered first",
    arrived.join() === asked.reverse().join(),
  );
  scene.check(
    "and each got its own answer, by its number",
    answers.join(", ") === CAPITALS,
  );
  scene.say("TCP keeps the order, so messages need no numbers there.");
}

/**
 * Waits for three questions, answers the last one first, returns their numbers.
 */
async function answerInReverse(
  peer: ReturnType<typeof bindUdp<"json">>,
): Promise<number[]> {
  const questions = [];
  for await (const question of peer) {
    questions.push(question);
    if (questions.length === WORDS.length) break;
  }
  for (const { from, message } of questions.toReversed()) {
    const { id, text } = message as { id: number; text: string };
    await peer.send({ id, text: text.toUpperCase() }, from);
  }
  return questions.map(({ message }) => idOf(message) as number);
}

function idOf(answer: JsonValue): unknown {
  return typeof answer === "object" && answer !== null && "id" in answer
    ? answer["id"]
    : undefined;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
