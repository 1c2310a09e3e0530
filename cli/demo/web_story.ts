/**
 * The third part of the story: a browser connects to a hand-written server, and
 * through a bridge to a server that knows no WebSocket.
 *
 * @module
 */

import { Browser } from "./browser.ts";
import type { Scene, Step } from "./stage.ts";
import { html, script, type Shown, WebPage } from "./web_page.ts";
import { BLANK_LINE, WebPeer } from "./web_peer.ts";

const TEXT = "Hello!";
const MESSAGE = "tacos\n🌮";
const HEAD = `HTTP/1.1 200 OK\r\nContent-Length: ${TEXT.length}`;
const PATIENCE_MS = 500;
// An answer takes milliseconds; the demonstration must not hang.
const BRIDGE_PATIENCE_MS = 5_000;
// A browser takes one or two seconds to start, on a busy machine many.
const BROWSER_PATIENCE_MS = 30_000;

/** The steps, in order. */
export const WEB_STORY: readonly Step[] = [
  { title: "(j) A browser is answered, and waits", play: answerBrowser },
  {
    title: "(k) A browser talks to a length-prefixed server, through a bridge",
    play: overBridge,
  },
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

async function overBridge(scene: Scene): Promise<void> {
  const { address } = await scene.server("upper", "--frame", "length:4");
  let socket = "";
  await using page = await WebPage.serve(() => html(socket, MESSAGE));
  const bridge = await scene.listening(
    ...["bridge", "ws://127.0.0.1:0", address, "--target-frame", "length:4"],
    ...["--origin", page.origin],
  );
  socket = bridge.address;
  const shown = await onPage(scene, page, socket);
  scene.say(
    "The bridge takes each message out of WebSocket's frame and puts a length in",
  );
  scene.say("front of it. The server needs to know nothing of browsers.");
  scene.check(
    "the answer is one message, with its line feed and its taco",
    shown?.answer === MESSAGE.toUpperCase(),
  );
  scene.check(
    "and closing is agreed on by both ends, with code 1000",
    shown?.wasClean === true && shown.code === 1000,
  );
}

/** Lets a browser show the page, if one is installed. */
async function onPage(
  scene: Scene,
  page: WebPage,
  socket: string,
): Promise<Shown | undefined> {
  await using browser = await Browser.open(page.origin);
  if (browser === undefined) {
    scene.say(
      "Chromium is not installed. The runtime's own WebSocket does what a page does:",
    );
  } else {
    scene.show("browser", `opens ${page.origin}/, a page with this script:`);
  }
  for (const line of script(socket, MESSAGE)) scene.show("", line);
  const shown =
    await (browser === undefined
      ? answered(socket, MESSAGE)
      : page.shown(BROWSER_PATIENCE_MS));
  scene.show(
    browser === undefined ? "code" : "browser",
    `shows ${JSON.stringify(shown?.answer)}`,
  );
  return shown;
}

/** Does what the page does. */
async function answered(url: string, message: string): Promise<Shown> {
  const socket = new WebSocket(url);
  let answer: unknown = null;
  const ended = Promise.withResolvers<CloseEvent>();
  socket.onopen = () => socket.send(message);
  socket.onmessage = ({ data }) => {
    answer = data;
    socket.close(1000);
  };
  socket.onclose = (event) => ended.resolve(event);
  const timer = setTimeout(
    () => ended.resolve(new CloseEvent("close")),
    BRIDGE_PATIENCE_MS,
  );
  const { code, wasClean } = await ended.promise;
  clearTimeout(timer);
  return { answer, code, wasClean };
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
