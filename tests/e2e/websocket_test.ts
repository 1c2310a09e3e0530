/**
 * The executables over WebSocket.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { e2e } from "../support/processes.ts";

e2e("services and the client speak WebSocket, beside TCP", async (run) => {
  await using server = await run.server(
    ...["upper", "ws://127.0.0.1:0/chat", "127.0.0.1:0"],
  );
  const ended = await run.clientWith("one\ntwo\n", server.address);
  assertEquals(ended, { code: 0, stdout: "ONE\nTWO\n", stderr: "" });

  const { port } = new URL(server.address);
  const elsewhere = await run.client(`ws://127.0.0.1:${port}/other`, "x");
  assertEquals([elsewhere.code, elsewhere.stdout], [4, ""]);
  assertMatch(
    elsewhere.stderr,
    /it answered 404 Not Found: There is no WebSoc/,
  );
  await server.process.line(/^no WebSocket with ws:.*: there is no WebSocket /);
});

e2e("the client's messages are text where they are UTF-8", async (run) => {
  const kinds: string[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => {
      const word = request.headers.get("x-word");
      const { response, socket } = Deno.upgradeWebSocket(request, {
        protocol: "chat",
      });
      socket.binaryType = "arraybuffer";
      socket.onmessage = ({ data }) => {
        kinds.push(typeof data);
        socket.send(`${word} ${typeof data}`);
      };
      return response;
    },
  );
  try {
    const { code, stderr, stdout } = await run.client(
      ...[`ws://127.0.0.1:${server.addr.port}/`, "c3a9", "ff"],
      ...["--format", "hex", "--protocol", "chat", "-H", "X-Word: yes"],
    );
    assertEquals([code, stderr, kinds], [0, "", ["string", "object"]]);
    const lines = stdout.trimEnd().split("\n");
    const texts = lines.map((line) =>
      new TextDecoder().decode(Uint8Array.fromHex(line))
    );
    assertEquals(texts.map((text) => text.split(" ")[1]), kinds);
  } finally {
    await server.shutdown();
  }
});

e2e(
  "a page of another origin is refused unless --origin names it",
  async (run) => {
    await using server = await run.server(
      ...["echo", "ws://127.0.0.1:0", "--origin", "https://a.example"],
    );
    const asked = await run.client(
      ...[server.address, "x", "--origin", "https://b.example"],
    );
    assertEquals(asked.code, 4);
    assertMatch(asked.stderr, /403 Forbidden/);
    const allowed = await run.client(
      ...[server.address, "x", "--origin", "https://a.example"],
    );
    assertEquals(allowed, { code: 0, stdout: "x\n", stderr: "" });
  },
);

e2e("options of WebSocket and framings do not mix", async (run) => {
  for (
    const [args, line] of [
      [
        ["ws://127.0.0.1:1", "x", "--frame", "line"],
        /--frame means nothing over/,
      ],
      [["127.0.0.1:1", "x", "--ping", "1s"], /--ping is for WebSocket/],
      [["ws://127.0.0.1:1", "--origin", "a.b"], /"a.b" is not an origin/],
      [["ws://u:p@h/", "x"], /send them in the field Authorization/],
    ] as const
  ) {
    const { code, stderr } = await run.client(...args);
    assertEquals(code, 2);
    assertMatch(stderr, line);
  }
});
