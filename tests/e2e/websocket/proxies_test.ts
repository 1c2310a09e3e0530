/**
 * WebSocket through proxies of others: nginx and HAProxy.
 *
 * @module
 */

import { connect, serve } from "@parley/parley";
import { webSocketOf } from "@parley/parley/websocket";
import { assertEquals } from "@std/assert";
import { folder, noise, peerTests } from "../../support/foreign_http.ts";
import { nginx } from "../../support/foreign_http_nginx.ts";
import { Process } from "../../support/processes.ts";
import { freePort } from "../../support/ports.ts";

const withNginx = await peerTests("nginx");
const withHaproxy = await peerTests("haproxy");

// Pings cross a proxy as everything else; without an answer the client would be
// cut off while the server says nothing.
const PING_MS = 450;

/** Our server behind a proxy. */
async function backend() {
  const fields: unknown[] = [];
  const server = await serve("ws://127.0.0.1:0/chat", {
    maxMessageBytes: 1 << 21,
    webSocket: { deflate: true, protocols: ["chat"] },
  }, async (peer) => {
    const info = webSocketOf(peer)!;
    fields.push([info.target, info.protocol, info.isCompressed]);
    for await (const message of peer) {
      const text = new TextDecoder().decode(message.subarray(0, 5));
      if (text === "close") return await info.close(4000, "the room is full");
      if (text !== "later") await peer.send(message);
      // It reads on: that is what answers pings.
      else setTimeout(() => peer.send(message), 2.5 * PING_MS);
    }
  });
  return { fields, port: server.address.port, server };
}

/** Our client in front of a proxy: it must not see that there is one. */
async function converse(url: string): Promise<void> {
  for (const deflate of [false, true]) {
    await using client = await connect(`${url}/chat?room=1`, {
      maxMessageBytes: 1 << 21,
      webSocket: { deflate, pingMs: PING_MS, protocols: ["chat"] },
    });
    assertEquals(webSocketOf(client)!.isCompressed, deflate);
    for (const size of [0, 1, 126, 65_536, 1 << 20]) {
      await client.send(noise(size));
      assertEquals(await client.receive(), noise(size));
    }
    const later = new TextEncoder().encode("later");
    await client.send(later);
    assertEquals(await client.receive(), later);
    await client.send(new TextEncoder().encode("close"));
    assertEquals(await client.receive(), undefined);
    assertEquals(webSocketOf(client)!.closeStatus, {
      code: 4000,
      reason: "the room is full",
    });
  }
}

/** Waits until a port accepts connections; HAProxy does not say when it does. */
async function accepts(port: number): Promise<void> {
  for (let left = 200;; left--) {
    try {
      return (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const SEEN = [
  ["/chat?room=1", "chat", false],
  ["/chat?room=1", "chat", true],
];

withNginx("carries WebSocket between our two ends", async () => {
  const { fields, port, server } = await backend();
  await using _ = server;
  await using proxy = await nginx(`location / {
    proxy_pass http://127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection "upgrade";
  }`);
  await converse(proxy.url.replace("http:", "ws:"));
  assertEquals(fields, SEEN);
});

withNginx("answers for us where it does not pass an upgrade on", async () => {
  const { fields, port, server } = await backend();
  await using _ = server;
  await using proxy = await nginx(
    `location / { proxy_pass http://127.0.0.1:${port}; }`,
  );
  // It speaks HTTP/1.0 to us and leaves the upgrade out.
  const error = await connect(proxy.url.replace("http:", "ws:") + "/chat")
    .then(() => undefined, (error) => error);
  assertEquals(
    error?.reason,
    "it answered 426 Upgrade Required: This port speaks WebSocket; open it with a WebSocket client.",
  );
  assertEquals(fields, []);
});

withNginx("ends a connection whose server is gone with 502", async () => {
  await using proxy = await nginx(`location / {
    proxy_pass http://127.0.0.1:${freePort()};
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection "upgrade";
  }`);
  const error = await connect(proxy.url.replace("http:", "ws:") + "/chat")
    .then(() => undefined, (error) => error);
  assertEquals(error?.reason, "it answered 502 Bad Gateway");
});

withHaproxy("carries WebSocket between our two ends", async () => {
  const { fields, port, server } = await backend();
  await using _ = server;
  await using files = await folder();
  const front = freePort();
  const config = `${files.path}/haproxy.cfg`;
  await Deno.writeTextFile(
    config,
    `defaults
  mode http
  timeout connect 5s
  timeout client 20s
  timeout server 20s
  timeout tunnel 20s
listen parley
  bind 127.0.0.1:${front}
  server parley 127.0.0.1:${port}
`,
  );
  await using _proxy = new Process("sh", [
    ...["-c", `exec haproxy -db -f '${config}'`],
  ]);
  await accepts(front);
  await converse(`ws://127.0.0.1:${front}`);
  assertEquals(fields, SEEN);
});
