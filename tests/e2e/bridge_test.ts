/**
 * The bridge between sides that frame or carry messages differently.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { Browser, hasChromium } from "../support/browser.ts";
import { e2e } from "../support/processes.ts";

e2e("a bridge joins WebSocket and length prefixes", async (run) => {
  await using target = await run.server(
    ...["upper", "127.0.0.1:0", "--frame", "length:4"],
  );
  await using bridge = await run.server(
    ...["bridge", "ws://127.0.0.1:0", target.address],
    ...["--target-frame", "length:4"],
  );
  // The client of a browser, which waits for text.
  const socket = new WebSocket(bridge.address);
  await new Promise((resolve) => socket.onopen = resolve);
  const answers: unknown[] = [];
  const all = new Promise<void>((resolve) => {
    socket.onmessage = ({ data }) => {
      answers.push(data);
      if (answers.length === 2) resolve();
    };
  });
  socket.send("hello");
  socket.send(new TextEncoder().encode("bytes"));
  await all;
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  socket.close(1000);
  const { code, wasClean } = await closed;
  assertEquals([answers, code, wasClean], [["HELLO", "BYTES"], 1000, true]);
  await bridge.process.line(/2 messages to the server, 2 messages to the cl/);
});

const MESSAGES = 2_000;

/** Runs in a browser: sends messages of random sizes, text and binary, and compares. */
async function echoed(address: string, count: number) {
  // The same numbers in each run; xorshift.
  const random = (seed: number) => () => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) / 2 ** 32;
  };
  const messages = (next: () => number) => () => {
    const kind = next();
    const size = Math.floor(next() < 0.05 ? next() * 100_000 : next() * 300);
    if (kind < 0.5) return "\u00fc\u{1f32e}a".repeat(size / 3);
    // Not UTF-8, so that it comes back as it was sent.
    return Uint8Array.from({ length: size + 1 }, (_, i) => i === 0 ? 0xff : i);
  };
  const sent = messages(random(7));
  const expected = messages(random(7));
  const socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  await new Promise((resolve) => socket.onopen = resolve);
  let first: string | null = null;
  let received = 0;
  const all = new Promise<void>((resolve) => {
    socket.onmessage = ({ data }) => {
      const wanted = expected();
      const isSame = typeof wanted === "string"
        ? data === wanted
        : data instanceof ArrayBuffer && data.byteLength === wanted.length &&
          new Uint8Array(data).every((byte, i) => byte === wanted[i]);
      if (!isSame) first ??= `message ${received} differs`;
      if (++received === count) resolve();
    };
    socket.onclose = ({ code }) => {
      first ??= `closed with ${code} after ${received}`;
      resolve();
    };
  });
  for (let i = 0; i < count; i++) {
    socket.send(sent());
    // As fast as the socket takes them, without keeping all of them in memory.
    while (socket.bufferedAmount > 1 << 20) {
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  await all;
  socket.close();
  return { first, messages: received };
}

if (hasChromium) {
  e2e(
    "a browser's console reaches a length-prefixed server, as in README.md",
    async (run) => {
      const [, commands, script] =
        /through two commands:[^]*?```sh\n([^]*?)```[^]*?```js ignore\n([^]*?)```/
          .exec(await Deno.readTextFile("README.md"))!;
      const [upper, bridging] = commands!.trim().split("\n").map((line) =>
        line.replace(/ *#.*/, "").split(" ").slice(1)
      );
      await using target = await run.server(
        ...upper!.map((word) => word === "7342" ? "127.0.0.1:0" : word),
      );
      await using bridge = await run.server(
        ...bridging!.map((word) =>
          ({
            "127.0.0.1:7342": target.address,
            "ws://:8080": "ws://127.0.0.1:0",
          })[
            word
          ] ?? word
        ),
      );
      const host = new URL(bridge.address).host;
      await using browser = await Browser.launch();
      const page = await browser.open();
      await page.navigate(`http://${host}`);
      const answer = await page.evaluate(`new Promise((resolve) => {
      const console = { log: resolve };
      ${script!.replace("localhost:8080", host)}
    })`);
      assertEquals(answer, "TACOS 🌮");
    },
  );

  // With 100,000 it takes two minutes; it was run by hand.
  e2e(
    `${MESSAGES} messages of random sizes come back to a browser unchanged`,
    async (run) => {
      await using target = await run.server("echo", "length:4@127.0.0.1:0");
      await using bridge = await run.server(
        ...["bridge", "ws://127.0.0.1:0", "--origin", "any"],
        target.address.replace("tcp://", "length:4@"),
      );
      await using browser = await Browser.launch();
      const page = await browser.open();
      const script = `(${echoed})(${
        JSON.stringify(bridge.address)
      }, ${MESSAGES})`;
      assertEquals(await page.evaluate(script), {
        first: null,
        messages: MESSAGES,
      });
      await bridge.process.line(
        new RegExp(`${MESSAGES} messages to the server, ${MESSAGES} messages`),
      );
    },
  );
} else {
  Deno.test.ignore(
    "a browser's console reaches a length-prefixed server: not run, chromium is not installed",
    () => {},
  );
}

e2e("standard input and output are a side of a bridge", async (run) => {
  await using target = await run.server(
    ...["upper", "127.0.0.1:0", "--frame", "netstring"],
  );
  await using piped = run.start(
    "server",
    ...["bridge", "-", target.address, "--target-frame", "netstring"],
  );
  await piped.write("one\ntwo\n");
  await piped.end();
  const { code, stderr, stdout } = await piped.ended();
  assertEquals([code, stdout], [0, "ONE\nTWO\n"]);
  assertMatch(stderr, /^2 messages to tcp:.*, 2 messages from it\n$/);
});

e2e(
  "a message that the other side cannot hold ends the connection",
  async (run) => {
    await using target = await run.server("echo", "127.0.0.1:0");
    await using bridge = await run.server(
      ...["bridge", "127.0.0.1:0", target.address],
      ...["--frame", "length:4", "--target-frame", "line"],
    );
    const { code } = await run.client(
      ...[bridge.address, "61", "620a63", "--frame", "length:4"],
      ...["--format", "hex"],
    );
    assertEquals(code === 0, false);
    await bridge.process.line(
      /1 message to the server, .*; a message of the client: cannot send message with a line feed/,
    );
  },
);

e2e(
  "a target that is down ends the client, and the bridge goes on",
  async (run) => {
    await using bridge = await run.server(
      "bridge",
      "127.0.0.1:0",
      "127.0.0.1:1",
    );
    for (let i = 0; i < 2; i++) {
      assertEquals((await run.client(bridge.address, "x")).code, 8);
      await bridge.process.line(/the target failed: cannot connect to tcp:/);
    }
  },
);

e2e("what a bridge cannot join is a usage error", async (run) => {
  for (
    const [args, line] of [
      [["1"], /there is no TARGET/],
      [["1", "2", "3"], /one address too many/],
      [["ws://:1", "2", "--frame", "line"], /--frame means nothing over WebSo/],
      [
        ["1", "ws://a", "--target-frame", "line"],
        /--target-frame means nothing/,
      ],
      [["-", "2", "--cert", "x"], /--cert is for TLS/],
    ] as const
  ) {
    await using refused = run.start("server", "bridge", ...args);
    const { code, stderr } = await refused.ended();
    assertEquals(code, 2, stderr);
    assertMatch(stderr, line);
  }
});
