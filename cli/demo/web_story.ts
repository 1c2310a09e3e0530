/**
 * The last part of the story: a browser connects to a hand-written server.
 *
 * @module
 */

import type { Scene, Step } from "./stage.ts";
import { BLANK_LINE, WebPeer } from "./web_peer.ts";

const TEXT = "Hello!";
const HEAD = `HTTP/1.1 200 OK\r\nContent-Length: ${TEXT.length}`;
const PATIENCE_MS = 500;

/** The step. */
export const WEB_STORY: readonly Step[] = [
  { title: "(j) A browser is answered, and waits", play: answerBrowser },
];

async function answerBrowser(scene: Scene): Promise<void> {
  await withoutBlankLine(scene);
  await hangingUp(scene);
  await withBlankLine(scene);
}

async function withoutBlankLine(scene: Scene): Promise<void> {
  await using peer = await WebPeer.start(`${HEAD}\r\n${TEXT}`, false);
  scene.show("peer", `answers "${HEAD}\r\n${TEXT}" and waits`);
  const byFetch = fetched(peer.url);
  const { code, output } = await scene.client(
    [peer.url, "--raw", "--timeout", `${PATIENCE_MS}ms`],
  );
  scene.say(
    "All of it has arrived. But no blank line has said that the header is over, so",
  );
  scene.say("the text is taken for one more header field, and waited for.");
  scene.check(
    "every byte is there, and the client gives up with exit code 124",
    code === 124 && output.includes(`< ${TEXT}`),
  );
  const answer = await byFetch;
  scene.show("code", `await fetch("${peer.url}"): ${answer}`);
  scene.check(
    "so does fetch(), which reads as browsers do",
    answer === NOTHING,
  );
}

async function hangingUp(scene: Scene): Promise<void> {
  await using peer = await WebPeer.start(`${HEAD}\r\n${TEXT}`, true);
  scene.show("peer", "answers the same and hangs up");
  const { code, output } = await scene.client([peer.url]);
  scene.check(
    "the header is cut off, no text is shown, and the exit code is 7",
    code === 7 && output.length === 0,
  );
}

async function withBlankLine(scene: Scene): Promise<void> {
  const answer = HEAD + BLANK_LINE + TEXT;
  await using peer = await WebPeer.start(answer, false);
  scene.show("peer", `answers "${answer}" and waits`);
  const { code, output } = await scene.client([peer.url]);
  const byFetch = await fetched(peer.url);
  scene.show("code", `await fetch("${peer.url}"): ${byFetch}`);
  scene.say(
    "Two bytes more. The header says how long the text is: the server need not hang up.",
  );
  scene.check(
    "the client shows the text and exits 0, and fetch() has it too",
    code === 0 && output.join("\n") === TEXT && byFetch === TEXT,
  );
}

const NOTHING = `nothing within ${PATIENCE_MS} ms`;

/** What a browser shows of an address. */
async function fetched(url: string): Promise<string> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(url, { signal });
    return await response.text();
  } catch (error) {
    const { name, message } = error as Error;
    return name === "TimeoutError" ? NOTHING : message;
  }
}
