/**
 * A browser's own `WebSocket` at our socket: Chromium, without a window.
 *
 * @module
 */

import { serve } from "@parley/parley";
import { type WebSocketInfo, webSocketOf } from "@parley/parley/websocket";
import { assert, assertEquals } from "@std/assert";
import { Browser, hasChromium } from "../../support/browser.ts";
import type { BrowserPage } from "../../support/browser_page.ts";
import { within } from "../../support/foreign_http.ts";

/** How long a test may take, with the start of the browser. */
const TEST_MS = 180_000;
const MIB = 1 << 20;

/** Registers a test with a page of a browser, or says that there is none. */
function withPage(
  name: string,
  test: (page: BrowserPage) => Promise<void>,
): void {
  Deno.test({
    name: hasChromium ? name : `${name}: not run, chromium is not installed`,
    ignore: !hasChromium,
    async fn() {
      await using browser = await Browser.launch();
      const page = await browser.open();
      // It would send every message to the test, too.
      await page.send("Network.disable");
      await within(TEST_MS, name, test(page));
    },
  });
}

/** Starts a server that sends messages back; `close` it answers by ending. */
async function echoServer(deflate: boolean) {
  const seen: WebSocketInfo[] = [];
  const server = await serve("ws://127.0.0.1:0/echo", {
    maxMessageBytes: 16 * MIB,
    // The page is blank, and its origin "null".
    webSocket: { deflate, origins: ["null"], protocols: ["chat"] },
  }, async (peer) => {
    seen.push(webSocketOf(peer)!);
    for await (const message of peer) {
      if (new TextDecoder().decode(message.subarray(0, 6)) === "close") {
        await webSocketOf(peer)!.close(4000, "grüße, the room is full");
        return;
      }
      await peer.send(message);
    }
  });
  return { seen, server };
}

/** What each script has: a socket that is open, messages, and its end. */
const SCRIPT = `
  const open = (url) => new Promise((resolve, reject) => {
    const socket = new WebSocket(url, ["other", "chat"]);
    socket.binaryType = "arraybuffer";
    socket.onerror = () => reject(new Error("cannot open " + url));
    socket.onopen = () => resolve(socket);
  });
  const next = (socket) => new Promise((resolve, reject) => {
    socket.onmessage = ({ data }) => resolve(data);
    socket.onclose = ({ code, reason }) => reject(new Error(code + reason));
  });
  const end = (socket) => new Promise((resolve) => {
    socket.onclose = ({ code, reason, wasClean }) =>
      resolve([code, reason, wasClean]);
  });
`;

/** The script that sends a message and compares it with what comes back. */
function sameAgain(kind: string, size: number): string {
  return `(async () => {
    const text = () => "say it again. ".repeat(${size} / 14 + 1).slice(0, ${size});
    const noise = () => {
      const bytes = new Uint8Array(${size});
      // The browser gives at most 64 KiB of it at a time.
      for (let at = 0; at < ${size}; at += 65536) {
        crypto.getRandomValues(bytes.subarray(at, at + 65536));
      }
      return bytes;
    };
    const message = ${kind === "bytes" ? "noise()" : "text()"};
    const answer = next(socket);
    socket.send(${kind === "blob" ? "new Blob([message])" : "message"});
    const data = await answer;
    if (${kind === "text"}) return data === message;
    const sent = await new Blob([message]).arrayBuffer();
    // The quickest comparison of bytes that a page has.
    return indexedDB.cmp(data, sent) === 0;
  })()`;
}

for (const deflate of [false, true]) {
  const how = deflate ? "compressed" : "uncompressed";

  withPage(`a browser's messages come back, ${how}`, async (page) => {
    const { seen, server } = await echoServer(deflate);
    await using _ = server;
    const agreed = await page.evaluate(`(async () => {
      ${SCRIPT}
      const socket = globalThis.socket = await open("${server.address}");
      globalThis.next = next;
      return { extensions: socket.extensions, protocol: socket.protocol };
    })()`);
    assertEquals(agreed, {
      extensions: deflate
        ? "permessage-deflate; server_no_context_takeover"
        : "",
      protocol: "chat",
    });
    for (const size of [0, 1, 125, 126, 65_535, 65_536, MIB, 16 * MIB]) {
      for (const kind of ["text", "bytes", "blob"]) {
        const isSame = await page.evaluate(sameAgain(kind, size));
        assert(isSame, `${kind} of ${size} bytes`);
      }
    }
    assertEquals(seen[0]!.isCompressed, deflate);
    assertEquals(seen[0]!.origin, "null");
  });

  withPage(`codes and reasons reach a browser and us, ${how}`, async (page) => {
    const { seen, server } = await echoServer(deflate);
    await using _ = server;
    const ends = await page.evaluate(`(async () => {
      ${SCRIPT}
      const ends = [];
      for (const close of [[4001, "genug, grüße"], [1000], []]) {
        const socket = await open("${server.address}");
        const ended = end(socket);
        socket.close(...close);
        ends.push(await ended);
      }
      const socket = await open("${server.address}");
      const ended = end(socket);
      socket.send("close");
      ends.push(await ended);
      return ends;
    })()`);
    assertEquals(ends, [
      [4001, "", true],
      [1000, "", true],
      // What a browser shows for a close frame without a code.
      [1005, "", true],
      [4000, "grüße, the room is full", true],
    ]);
    await server.shutdown();
    assertEquals(seen.map(({ closeStatus }) => closeStatus).slice(0, 3), [
      { code: 4001, reason: "genug, grüße" },
      { code: 1000, reason: "" },
      { code: undefined, reason: "" },
    ]);
  });
}

withPage("a browser's message above the limit gets 1009", async (page) => {
  const { server } = await echoServer(true);
  await using _ = server;
  const ended = await page.evaluate<unknown[]>(`(async () => {
    ${SCRIPT}
    const socket = await open("${server.address}");
    const ended = end(socket);
    // Compressed it is far below the limit.
    socket.send("a".repeat((16 << 20) + 1));
    return await ended;
  })()`);
  assertEquals(ended, [
    1009,
    "it is longer than the limit of 16777216 bytes",
    true,
  ]);
});

withPage("a server's end is seen by a browser as 1001", async (page) => {
  const { server } = await echoServer(false);
  await page.evaluate(`(async () => {
    ${SCRIPT}
    globalThis.socket = await open("${server.address}");
    globalThis.ended = end(socket);
  })()`);
  await server.shutdown();
  assertEquals(await page.evaluate("ended"), [1001, "", true]);
});

withPage("a browser's WebSocketStream talks to us", async (page) => {
  const { server } = await echoServer(true);
  await using _ = server;
  const result = await page.evaluate(`(async () => {
    const stream = new WebSocketStream("${server.address}");
    const { readable, writable } = await stream.opened;
    const writer = writable.getWriter();
    const reader = readable.getReader();
    const sizes = [];
    for (const message of ["text", new Uint8Array(100_000)]) {
      await writer.write(message);
      const { value } = await reader.read();
      sizes.push(value.length ?? value.byteLength);
    }
    stream.close({ closeCode: 4002, reason: "done" });
    const { closeCode } = await stream.closed;
    return { sizes, closeCode };
  })()`);
  assertEquals(result, { sizes: [4, 100_000], closeCode: 4002 });
});
