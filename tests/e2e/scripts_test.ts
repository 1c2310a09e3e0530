/**
 * Scripts from source and compiled, against this project's servers and those of
 * others.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { e2e, Process } from "../support/processes.ts";
import { serverOf } from "../support/npm_program.ts";
import { peerTest, start } from "../support/protocol_peers.ts";
import { client, scriptFile } from "../support/scripts.ts";
import { freePort } from "../support/ports.ts";

e2e(
  "talk and play hold a conversation, and tell of one that goes otherwise",
  async (run) => {
    const script = await scriptFile(
      "both.talk",
      'frame length:4\nsend {"hello": 1}\nexpect json {"welcome": true}\nsend hex 00 ff\nexpect "two\\nlines"\nfinish\nexpect end\n',
    );
    await using server = await run.server("play", script, "0", "--swap");
    const good = await run.client("talk", script, server.address);
    assertEquals([good.code, good.stdout], [0, ""], good.stderr);
    assertMatch(good.stderr, /both\.talk: passed, 6 statements in /);

    const bad = await run.client(
      server.address,
      "HELLO",
      "--frame",
      "length:4",
    );
    assertEquals(bad.stdout, "");
    server.process.signal("SIGTERM");
    const { code, stdout } = await server.process.ended();
    assertEquals(code, 1);
    assertStringIncludes(
      stdout,
      '  expected  {"hello": 1}\n  received  HELLO\n  where     it differs at byte 0\n  messages  → HELLO\n',
    );
  },
);

e2e(
  "talk is not held up by a regular expression of exponential time",
  async (run) => {
    await using server = await run.server("echo", "0");
    // It would take 2^60 steps to find that this does not match.
    const script = await scriptFile(
      "slow.talk",
      `send ${"a".repeat(60)}!\nexpect /^(a+)+$/\n`,
    );
    await using talk = run.start("client", "talk", script, server.address);
    await talk.line(/slow\.talk: failed in line 2 after /);
    const { code, stdout } = await talk.ended();
    assertEquals(code, 1);
    assertStringIncludes(stdout, "  where     it does not match\n");
  },
);

e2e(
  "talk ends at Ctrl-C with 130, and says which scripts have run",
  async (run) => {
    await using server = await run.server("echo", "0");
    const good = await scriptFile("good.talk", "send hi\nexpect hi\n");
    const long = await scriptFile(
      "long.talk",
      "send hi\nexpect hi\npause 1h\n",
    );
    await using talk = run.start(
      "client",
      ...["talk", good, long, good, server.address, "-v"],
    );
    await talk.line(/long\.talk:3: pause 1h/);
    talk.signal("SIGINT");
    const { code, stderr } = await talk.ended();
    assertEquals(code, 130);
    assertMatch(stderr, /3 scripts: 1 passed, 1 failed, 1 not run in /);
  },
);

Deno.test("talk sees a reset, and the end that is something else", async () => {
  const port = freePort();
  const program = `
require("node:net").createServer((socket) => {
  socket.once("data", () => socket.resetAndDestroy());
}).listen(${port}, "127.0.0.1", () => console.error("listening"));`;
  await using node = new Process("node", ["-e", program]);
  await node.line(/^listening$/);
  const reset = await scriptFile("reset.talk", "send hi\nexpect reset\n");
  const end = await scriptFile("end.talk", "send hi\nexpect end\n");
  const { code, shown } = await client("talk", reset, end, `${port}`);
  assertEquals(
    [code, shown],
    [
      1,
      "end.talk:2: expect end\n  expected  the end\n  received  a reset\n  messages  → hi\n",
    ],
  );
});

await peerTest({
  name: "talk holds a conversation with Redis, over two connections",
  needs: ["redis-server"],
  async fn(folder) {
    const port = freePort();
    await using redis = start(
      "redis-server",
      ...["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder],
      ...["--save", "", "--appendonly", "no"],
    );
    await redis.outputLine(/Ready to accept connections/);
    const script = await scriptFile(
      "redis.talk",
      String.raw`# Redis: a counter, an error, and a message to a subscriber
frame redis
within 5s
send "*1\r\n$4\r\nPING\r\n"
expect "+PONG\r\n"
send "*3\r\n$3\r\nSET\r\n$1\r\nn\r\n$2\r\n41\r\n"
expect "+OK\r\n"
send "*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n"
expect /^:(?<n>\d+)\r\n$/
send "*2\r\n$3\r\nGET\r\n$1\r\nn\r\n"
expect "$2\r\n{{n}}\r\n"
send "*1\r\n$6\r\nNOSUCH\r\n"
expect /^-ERR unknown command/
connect {{address}} as sub
sub: send "*2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nnews\r\n"
sub: expect /subscribe/
send "*3\r\n$7\r\nPUBLISH\r\n$4\r\nnews\r\n$2\r\n{{n}}\r\n"
expect ":1\r\n"
sub: expect "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$2\r\n42\r\n"
within 30ms sub: none
send "*1\r\n$4\r\nQUIT\r\n"
expect "+OK\r\n"
expect end
`,
    );
    const { code, shown, told } = await client("talk", script, `${port}`);
    assertEquals([code, shown], [0, ""], told);
  },
});

Deno.test("talk sends a mail to smtp-server of npm", async () => {
  const [process, port] = await serverOf("smtp");
  await using _server = process;
  const script = await scriptFile(
    "smtp.talk",
    String.raw`# A mail, and a person that the server does not know
frame smtp
within 10s
expect /^220 .* ESMTP/
send "EHLO {{me}}\r\n"
expect /^250-.*\r\n250-[^]*\r\n250 .*\r\n$/
send "MAIL FROM:<ann@example.org>\r\n"
expect /^250 /
send "RCPT TO:<nobody@example.org>\r\n"
expect /^550 no such person\r\n$/
send "RCPT TO:<ben@example.org>\r\n"
expect /^250 /
send "DATA\r\n"
expect /^354 /
send "Subject: hi\r\n\r\nhello\r\n.\r\n"
expect "250 took 22 bytes\r\n"
send "QUIT\r\n"
expect /^221 /
expect end
`,
  );
  const { code, shown, told } = await client(
    ...["talk", script, `${port}`, "--set", "me=client.example"],
  );
  assertEquals([code, shown], [0, ""], told);
});
