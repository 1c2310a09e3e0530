/**
 * `parley-server http --ws`: services of messages beside files, on one port.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runClient, runServer } from "../../../cli/commands.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";

/** Runs the client, and gives its exit code and what it said. */
async function client(...args: string[]): Promise<[number, string, string]> {
  const terminal = new RecordedTerminal();
  const code = await runClient(args, terminal);
  return [code, terminal.shown, terminal.told];
}

Deno.test("http --ws serves messages at its paths, and files beside them", async () => {
  const root = await Deno.makeTempDir({ prefix: "parley-ws-" });
  try {
    await Deno.writeTextFile(`${root}/index.html`, "<p>page");
    const terminal = new RecordedTerminal();
    const args = ["http", "127.0.0.1:0", "--root", root, "--verbose"];
    const running = runServer(
      [...args, "--ws", "echo:/chat", "--ws", "upper:/up", "--deflate"],
      terminal,
    );
    const [, host] = await terminal.until(/listening on http:\/\/(\S+)\n/);
    await terminal.until(
      /files below .*; echo at \/chat over WebSocket; upper/,
    );
    const page = await fetch(`http://${host}/`);
    assertEquals(await page.text(), "<p>page");
    const chat = `ws://${host}/chat?room=1`;
    assertEquals((await client(chat, "a", "b", "--deflate"))[1], "a\nb\n");
    assertEquals((await client(`ws://${host}/up`, "a"))[1], "A\n");
    await terminal.until(/GET \/chat\?room=1: 101/);

    const plain = await fetch(`http://${host}/chat`);
    assertEquals([plain.status, plain.headers.get("upgrade")], [
      426,
      "websocket",
    ]);
    assertMatch(plain.headers.get("connection") ?? "", /upgrade/i);
    await plain.body?.cancel();
    for (
      const [path, origin, expected] of [
        ["/other", `http://${host}`, /it answered 404 Not Found/],
        ["/chat", "https://evil.example", /it answered 403 Forbidden/],
      ] as const
    ) {
      const asked = [`ws://${host}${path}`, "x", "--origin", origin];
      const [code, , told] = await client(...asked);
      assertEquals(code, 4);
      assertMatch(told, expected);
    }
    terminal.send("SIGTERM");
    assertEquals(await running, 0);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("http --ws refuses what it cannot serve, and other services refuse it", async () => {
  for (
    const [line, expected] of [
      ["http 0 --ws fo:/a", /no service of messages "fo"; there are echo,/],
      ["http 0 --ws ehco:/a", /"ehco" \(did you mean "echo"\?\)/],
      ["http 0 --ws http:/a", /no service of messages "http"/],
      ["http 0 --ws echo", /"echo" is not a service and a path; write for/],
      ["http 0 --ws echo:a", /"echo:a" is not a service and a path/],
      ["http 0 --ws echo:/a?b", /"echo:\/a\?b" is not a service and a path/],
      ["http 0 --ws echo:/a --ws upper:/a", /the path \/a has two services/],
      ["http 0 --ws echo:/a --frame line", /--frame means nothing over/],
      ["http 0 --deflate", /--deflate is for WebSocket/],
      ["echo 0 --ws echo:/a", /--ws is for the service http/],
    ] as const
  ) {
    const terminal = new RecordedTerminal();
    assertEquals(await runServer(line.split(" "), terminal), 2, line);
    assertMatch(terminal.told, expected);
  }
});

Deno.test("http --ws refuses a path that no request can ask for, and says what to write", async () => {
  for (
    const [path, asked] of [
      ["/../chat", "/chat"],
      ["/a/./b", "/a/b"],
      ["/x/%2e%2e/chat", "/chat"],
      ["/{room}", "/%7Broom%7D"],
    ] as const
  ) {
    const terminal = new RecordedTerminal();
    const args = ["http", "127.0.0.1:0", "--ws", `echo:${path}`];
    assertEquals(await runServer(args, terminal), 2);
    assertStringIncludes(
      terminal.told,
      `--ws: a client that opens ${path} asks for ${asked}; write echo:${asked}`,
    );
  }
});
