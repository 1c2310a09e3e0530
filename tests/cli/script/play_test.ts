/**
 * `parley-server play`, in this process: servers that scripts describe, for `talk` and
 * for other clients.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { connect } from "@parley/parley";
import { topicsOf } from "../../../cli/manual/topics.ts";
import { makeCertificate } from "../../../cli/tls/certificate.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";
import { runServer } from "../../../cli/commands.ts";
import {
  client,
  pathOf,
  type Said,
  scriptFile,
  server,
} from "../../support/scripts.ts";

/** A dialogue like that of SMTP, from the server's side. */
const SMTP_SERVER = await scriptFile(
  "smtp_server.talk",
  String.raw`frame line,crlf
send 220 mail.example ready
expect /^EHLO (?<client>\S+)$/
send 250 hello {{client}}
expect /^MAIL FROM:<(?<from>[^>]*)>$/
send 250 ok
expect DATA
send 354 end with a dot
expect any as text
expect .
send 250 {{from}} said {{text}}
expect QUIT
send 221 bye
finish
expect end
`,
);

/** The same from the client's. */
const SMTP_CLIENT = await scriptFile(
  "smtp_client.talk",
  String.raw`frame line,crlf
within 5s
expect /^220 /
send EHLO {{me}}
expect 250 hello {{me}}
send MAIL FROM:<ann@example>
expect /^250/
send DATA
expect /^354/
send hello, you
send .
expect /^250 (?<from>\S+) said hello, you$/
send QUIT
expect 221 bye
expect end
finish
`,
);

/** A client's script that says all of what the server sends. */
const CONCRETE = await scriptFile(
  "concrete.talk",
  [
    'send {"hello": 1}',
    'expect json {"welcome": true, "id": "{{id}}", "list": [1, null]}',
    'send {"get": "{{id}}"}',
    "within 40ms none",
    "send more",
    "expect {{id}}",
    "pause 5ms",
    'send "two words"',
    "finish",
    "expect bye",
    "expect end",
  ].join("\n"),
);

/** Plays a script for `talk`, and gives what both said. */
async function bothSides(
  play: readonly string[],
  talk: (address: string) => readonly string[],
): Promise<readonly [server: Said, client: Said]> {
  await using playing = await server("play", ...play, "--count", "1");
  const talked = await client("talk", ...talk(playing.address));
  return [await playing.ended(), talked];
}

for (
  const address of ["tcp://127.0.0.1:0", `unix:${pathOf("smtp.sock")}`]
) {
  Deno.test(`play and talk hold a dialogue like SMTP's over ${address.split(":")[0]}:`, async () => {
    const [played, talked] = await bothSides(
      [SMTP_SERVER, address],
      (to) => [SMTP_CLIENT, to, "--set", "me=client.example"],
    );
    assertEquals([played.code, talked.code], [0, 0], played.shown);
    assertMatch(talked.told, /^smtp_client\.talk: passed, 14 statements/m);
    assertMatch(played.told, /^smtp_server\.talk: passed with /m);
    assertMatch(
      played.told,
      /^played smtp_server\.talk 1 time: 1 passed, 0 failed$/m,
    );
  });
}

for (
  const address of [
    "length:4@tcp://127.0.0.1:0",
    "tcp://127.0.0.1:0",
    "ws://127.0.0.1:0/chat",
  ]
) {
  Deno.test(`play --swap is the server of a client's script at ${address}`, async () => {
    const [frame, place] = address.includes("@")
      ? address.split("@") as [string, string]
      : [undefined, address];
    const [played, talked] = await bothSides(
      [CONCRETE, address, "--swap", "--set", "id=x y"],
      (to) => [
        CONCRETE,
        place.startsWith("ws")
          ? to
          : frame === undefined
          ? to
          : `${frame}@${to}`,
        ...["--set", "id=x y"],
      ],
    );
    assertEquals(
      [played.code, talked.code],
      [0, 0],
      played.shown + talked.shown,
    );
  });
}

Deno.test("play --swap serves a chat of two over one script", async () => {
  const chat = await scriptFile(
    "chat.talk",
    [
      "frame length:2",
      "connect {{address}} as ann",
      "frame line",
      "connect {{address}} as ben",
      "ann: send I am ann",
      "ben: expect I am ann",
      "within 20ms ann: none",
      'ben: send "hello"',
      "ann: expect hello",
      "ben: close",
      "ann: finish",
      "ann: expect end",
    ].join("\n"),
  );
  const [played, talked] = await bothSides(
    [chat, "0", "--swap"],
    (to) => [chat, to],
  );
  assertEquals([played.code, talked.code], [0, 0], played.shown + talked.shown);
  assertMatch(played.told, /chat\.talk: passed with /);
});

Deno.test("play waits for a further client as long as --timeout says", async () => {
  const two = await scriptFile(
    "two.talk",
    "connect {{address}} as a\nconnect {{address}} as b\na: send hi\n",
  );
  await using playing = await server(
    "play",
    two,
    "0",
    "--timeout",
    "30ms",
    "--count",
    "1",
  );
  await using alone = await connect(playing.address);
  const { code, shown } = await playing.ended();
  assertEquals(
    [code, shown],
    [1, "two.talk: no further client has connected for line 2 within 30 ms\n"],
  );
  await alone.receive().catch(() => {});
});

Deno.test("play is the server of datagrams, for each address", async () => {
  const ping = await scriptFile(
    "ping.talk",
    "send ping\nexpect pong\nsend again\n",
  );
  await using playing = await server(
    ...["play", ping, "udp://127.0.0.1:0", "--swap", "--count", "2"],
  );
  for (let i = 0; i < 2; i++) {
    assertEquals((await client("talk", ping, playing.address)).code, 0);
  }
  assertEquals((await playing.ended()).code, 0);
});

Deno.test("play cuts a client that does otherwise, goes on for others, and exits 1", async () => {
  const greet = await scriptFile(
    "greet.talk",
    "send hello\nexpect /^I am (?<who>\\w+)$/\nsend welcome, {{who}}\n",
  );
  await using playing = await server("play", greet, "0");
  const say = async (text: string) => {
    await using peer = await connect(playing.address, { encoding: "text" });
    const heard = [await peer.receive()];
    await peer.send(text);
    heard.push(await peer.receive().catch((error) => error.name));
    return heard;
  };
  assertEquals(await say("I am Ann"), ["hello", "welcome, Ann"]);
  assertEquals((await say("Who?"))[1] === "welcome, Who?", false);
  assertEquals(await say("I am Ben"), ["hello", "welcome, Ben"]);

  const { code, shown, told } = await playing.ended("SIGINT");
  assertEquals(code, 1);
  assertEquals(
    shown,
    [
      "greet.talk:2: expect /^I am (?<who>\\w+)$/",
      "  expected  /^I am (?<who>\\w+)$/",
      "  received  Who?",
      "  where     it does not match",
      "  messages  ← hello",
      "            → Who?",
      "",
    ].join("\n"),
  );
  assertMatch(
    told,
    /#2 closed after .*; greet\.talk:2: expected .* and received Who\?: it does not match/,
  );
  assertMatch(told, /played greet\.talk 3 times: 2 passed, 1 failed/);
});

Deno.test("play that is stopped in the middle of a script counts it neither way", async () => {
  const slow = await scriptFile("slow.talk", "send hello\nexpect never\n");
  await using playing = await server("play", slow, "0", "--grace", "1s");
  await using peer = await connect(playing.address, { encoding: "text" });
  assertEquals(await peer.receive(), "hello");
  const { code, shown, told } = await playing.ended("SIGINT");
  assertEquals([code, shown], [0, ""]);
  assertMatch(told, /played slow\.talk 0 times: 0 passed, 0 failed/);
});

Deno.test("play and talk speak TLS, and talk exits 6 for a certificate that it does not trust", async () => {
  const { cert, key } = await makeCertificate({
    names: ["localhost"],
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 60_000),
  });
  const ca = await scriptFile("cert.pem", cert);
  const pair = ["--cert", ca, "--key", await scriptFile("key.pem", key)];
  const [played, talked] = await bothSides(
    [SMTP_SERVER, "tls://localhost:0", ...pair],
    (to) => [
      ...[SMTP_CLIENT, to.replace("127.0.0.1", "localhost")],
      ...[
        "--set",
        "me=client.example",
        "--ca",
        ca,
        "--server-name",
        "localhost",
      ],
    ],
  );
  assertEquals([played.code, talked.code], [0, 0], talked.told);

  await using trusted = await server(
    ...["play", SMTP_SERVER, "tls://localhost:0", ...pair],
  );
  const { code, told } = await client(
    ...["talk", SMTP_CLIENT, trusted.address, "--set", "me=x"],
  );
  assertEquals(code, 6);
  assertMatch(
    told,
    /^smtp_client\.talk: cannot shake hands with tls:.*certificate/,
  );
});

Deno.test("play --record writes what went over its connections", async () => {
  const file = pathOf("played.jsonl");
  const script = await scriptFile(
    "recorded.talk",
    "frame length:2\nsend hello\nexpect any\n",
  );
  await using playing = await server(
    ...["play", script, "0", "--count", "1", "--record", file],
  );
  await client(
    ...[playing.address, "thanks", "--frame", "length:2", "--replies", "1"],
  );
  assertEquals((await playing.ended()).code, 0);
  const { code, shown } = await client("show", file);
  assertEquals(code, 0);
  assertMatch(shown, /#1 ← {2}1 +5 B .* hello\n#1 → {2}1 +6 B .* thanks\n/);
});

Deno.test("the example of help scripts runs as it is", async () => {
  const { lines = [] } = topicsOf("parley-client")["scripts"]!;
  const example = await scriptFile("login.talk", `${lines.join("\n")}\n`);
  const answers = await scriptFile(
    "login_server.talk",
    [
      "frame length:4",
      'expect json {"hello": 1}',
      'send {"welcome": true, "id": 7, "more": null}',
      'expect {"get": "7"}',
      'send {"ok":true, "of": 7}',
      "expect hex 00 ff 10",
      String.raw`send "two lines\nin JSON quotes"`,
      "expect end",
      "finish",
    ].join("\n"),
  );
  const [played, talked] = await bothSides(
    [answers, "0"],
    (to) => [example, to],
  );
  assertEquals([played.code, talked.code], [0, 0], played.shown + talked.shown);
});

/** The arguments behind `play`, and what is said. */
const REFUSED: readonly (readonly [
  script: string,
  args: readonly string[],
  said: string,
])[] = [
  [
    "send hi\nexpect /a/",
    ["0", "--swap"],
    "x.talk:2:8: a regular expression is not one message, so it cannot be sent (--set)",
  ],
  ["expect any", ["0", "--swap"], "x.talk:1:8: any is not one message"],
  [
    'send hi\nexpect json {"a": "{{x}}"}',
    ["0", "--swap"],
    "x.talk:2:8: a json pattern that captures or has {{*}} in it is not one message",
  ],
  ["expect reset", ["0", "--swap"], "x.talk:1:8: a reset is not one message"],
  ["send {{x}}", ["0"], "x.talk:1:6: {{x}} has no value here (--set)"],
  ["send hi", ["0", "--set", "x=1"], "x.talk has no {{x}}"],
  ["send hi", [], "a script and an address are needed"],
  ["send hi", ["tls://127.0.0.1:0"], "needs --cert and --key"],
  ["send a\nclose", ["udp:0", "--swap"], "x.talk:2: datagrams have no end"],
  ["finish", ["udp:0"], "x.talk:1: datagrams have no end"],
  [
    "frame line\nsend a",
    ["ws://127.0.0.1:0/"],
    "x.talk:2: frame means nothing at ws://127.0.0.1:0/",
  ],
  ["send a", ["udp:0", "--frame", "line"], "--frame means nothing over UDP"],
  ["send a", ["line@0", "raw@0"], "line@ and raw@ contradict each other"],
  ["send a", ["0", "--fault", "drop:1%"], "--fault: put tap in between"],
  ["send a", ["0", "--count", "0"], '"0" is not a whole number of at least 1'],
];

for (const [script, args, wanted] of REFUSED) {
  Deno.test(`play exits 2 for ${JSON.stringify(script)} with ${args.join(" ")}`, async () => {
    const path = await scriptFile("x.talk", script);
    const terminal = new RecordedTerminal();
    const code = await runServer(["play", path, ...args], terminal);
    assertEquals([code, terminal.shown], [2, ""], terminal.told);
    assertStringIncludes(terminal.told, wanted);
  });
}

Deno.test("play refuses a second script", async () => {
  const path = await scriptFile("x.talk", "send a");
  const terminal = new RecordedTerminal();
  assertEquals(await runServer(["play", path, path, "0"], terminal), 2);
  assertStringIncludes(terminal.told, "is a second script");
});
