/**
 * Peers that break the rules end their own connection, never the server.
 *
 * @module
 */

import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { RawPeer } from "../support/peers.ts";
import { e2e, type Run, type RunningServer } from "../support/processes.ts";

/** Claims that the server still answers. */
async function assertServes(
  run: Run,
  server: RunningServer,
  frame: string,
): Promise<void> {
  const ended = await run.client(server.address, "next", "--frame", frame);
  assertEquals([ended.code, ended.stdout.trim().toLowerCase()], [0, "next"]);
}

e2e(
  "an announced 4 GiB is logged with size and limit, and the next is served",
  async (run) => {
    await using server = await run.server(
      ...["echo", "0", "--frame", "length:4", "--max-message", "1000"],
    );
    using peer = await RawPeer.connect(server.port);
    await peer.write([0xff, 0xff, 0xff, 0xff]);

    // Ended, not waited for.
    assertEquals(await peer.readAll(), new Uint8Array(0));
    const line = await server.process.line(/^#1 closed/);
    assertMatch(line.input, /4294967295/);
    assertMatch(line.input, /1000/);
    // In the words of the command line, not of the library.
    assertMatch(line.input, /\(--max-message\).* needs a larger limit/);
    await assertServes(run, server, "length:4");
  },
);

for (
  const [what, header] of [
    ["not a number", "12x       "],
    ["negative", "-5        "],
    ["blank", "          "],
    ["larger than the limit", "4294967296"],
  ] as const
) {
  e2e(
    `a decimal header that is ${what} ends that connection only`,
    async (run) => {
      await using server = await run.server(
        "echo",
        "0",
        "--frame",
        "header:10",
      );
      using peer = await RawPeer.connect(server.port);
      await peer.write(header + "hello");
      assertEquals(await peer.readAll(), new Uint8Array(0));
      await server.process.line(
        /^#1 closed after .*; cannot decode message 1 at byte 0 \(header:10\): /,
      );
      await assertServes(run, server, "header:10");
    },
  );
}

for (
  const [where, bytes] of [
    ["in the header", [0, 0]],
    ["exactly after the header", [0, 0, 0, 5]],
    ["in the body", [0, 0, 0, 5, 0x68, 0x65]],
  ] as const
) {
  e2e(`a message cut off ${where} is never silent`, async (run) => {
    await using server = await run.server("echo", "0", "--frame", "length:4");
    using peer = await RawPeer.connect(server.port);
    await peer.write([0, 0, 0, 2, 0x68, 0x69, ...bytes]);
    await peer.conn.closeWrite();
    // What came before is answered.
    assertEquals(await peer.readAll(), Uint8Array.of(0, 0, 0, 2, 0x68, 0x69));
    await server.process.line(
      /^#1 closed after .*in 1 message .*; cannot decode message 2 at byte 6 \(length:4\): the stream ended/,
    );
    await assertServes(run, server, "length:4");
  });
}

e2e("what is not UTF-8 ends a connection to upper", async (run) => {
  await using server = await run.server("upper", "0");
  using peer = await RawPeer.connect(server.port);
  await peer.write([0x68, 0x69, 0x0a, 0xff, 0x0a]);
  assertEquals(new TextDecoder().decode(await peer.readAll()), "HI\n");
  await server.process.line(/^#1 closed after .*not valid UTF-8/);
  await assertServes(run, server, "line");
});

e2e("an HTTP client is recognized", async (run) => {
  await using server = await run.server("echo", "0", "--frame", "length:4");
  using peer = await RawPeer.connect(server.port);
  await peer.write("GET / HTTP/1.1\r\n\r\n");
  await peer.readAll();
  await server.process.line(/^#1 closed .*this looks like an HTTP client/);
});

e2e("a silent peer is ended by the idle timeout, others go on", async (run) => {
  await using server = await run.server("echo", "0", "--idle-timeout", "1s");
  using peer = await RawPeer.connect(server.port);
  assertEquals(await peer.readAll(), new Uint8Array(0));
  await server.process.line(
    /^#1 closed after .*no byte came or went for 1000 ms/,
  );
  await assertServes(run, server, "line");
});

e2e(
  "a peer that drips bytes is ended by the message timeout, others go on",
  async (run) => {
    await using server = await run.server(
      ...["echo", "0", "--frame", "length:4", "--message-timeout", "400ms"],
    );
    using peer = await RawPeer.connect(server.port);
    let over = false;
    const end = peer.readAll().then(() => over = true);
    await peer.write([0, 0, 3, 232]);
    // A byte at a time keeps the connection busy, and is not progress enough.
    let sent = 0;
    while (!over && sent < 1_000) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await peer.write([0x68]).catch(() => {});
      sent++;
    }
    await end;
    // The message never completed.
    assertLess(sent, 1_000);
    await server.process.line(
      /^#1 closed after .*a message that has begun did not complete within 400 ms/,
    );
    await assertServes(run, server, "length:4");
  },
);

e2e("a peer that resets ends its own connection only", async (run) => {
  await using server = await run.server("greet", "0", "--every", "20ms");
  {
    using peer = await RawPeer.connect(server.port);
    await peer.read(10);
    // Closing with the server's bytes unread.
  }
  await server.process.line(/^#1 closed/);
  await using client = run.start("client", server.address);
  await client.outputLine(/The time is/);
});

e2e("escape sequences of a peer reach a pipe untouched", async (run) => {
  await using server = await run.server(
    ...["greet", "0", "--message", "\x1b]0;pwned\x07\x1b[2J"],
  );
  const { stdout } = await run.client(server.address);
  assertEquals(stdout, "\x1b]0;pwned\x07\x1b[2J\n");
});

e2e("escape sequences of a peer do not reach a terminal", async (run) => {
  await using server = await run.server(
    ...["greet", "0", "--message", "\x1b]0;pwned\x07\x1b[2J"],
  );
  const [file, args] = run.build.command("client");
  const command = [file, ...args, server.address].join(" ");
  // script gives its program a terminal.
  const { code, stdout } = await new Deno.Command("sh", {
    args: ["-c", `script -qec '${command}' /dev/null </dev/null`],
    stdin: "null",
  }).output();
  const seen = new TextDecoder().decode(stdout);
  assertEquals(code, 0, seen);
  assertMatch(seen, /\\x1b\]0;pwned\\x07\\x1b\[2J/);
  assertEquals(seen.includes("\x1b]0"), false);
});

e2e(
  "a prompt asks, shows replies as they come, and ends at Ctrl-D",
  async (run) => {
    await using server = await run.server("upper", "0");
    const [file, args] = run.build.command("client");
    const command = [file, ...args, server.address].join(" ");
    const { stdout } = await new Deno.Command("sh", {
      // The terminal hands on each line as it is typed, and \x04 is Ctrl-D.
      args: [
        "-c",
        `printf 'one\\ntwo\\n\\004' | script -qec '${command}' /dev/null`,
      ],
      stdin: "null",
    }).output();
    const seen = new TextDecoder().decode(stdout);
    assertMatch(seen, /connected to tcp:.* Ctrl-D finishes/);
    assertMatch(seen, /> /);
    assertMatch(seen, /ONE\r\n/);
    assertMatch(seen, /TWO\r\n/);
    await server.process.line(/^#1 closed after .*in 2 messages .*; finished/);
  },
);
