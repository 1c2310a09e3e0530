/**
 * Running scripts over connections in memory.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import {
  type Connection,
  ConnectionError,
  MessageConnection,
  type MessageOptions,
} from "../../mod.ts";
import {
  memoryPair,
  type MemoryPairOptions,
  parseScript,
  type ParseScriptOptions,
  runScript,
  type RunScriptOptions,
  ScriptFailure,
  type ScriptReport,
} from "../../lib/testing/mod.ts";

/** Talks to one connection of a script. */
type Peer = (peer: MessageConnection<string>, bare: Connection) => unknown;

/** Runs a script against peers, one for each connection in turn. */
async function played(
  text: string,
  peers: readonly Peer[],
  options: ParseScriptOptions & RunScriptOptions & MemoryPairOptions = {},
): Promise<ScriptReport> {
  const script = parseScript(text, { framing: "line", ...options });
  const talking: Promise<unknown>[] = [];
  const open: MessageConnection<string>[] = [];
  try {
    return await runScript(script, ({ options: own }) => {
      const [near, far] = memoryPair(options);
      const settings = { ...own, encoding: "text", side: "server" } as const;
      const peer = new MessageConnection(far, settings);
      open.push(peer);
      talking.push(Promise.resolve(peers[talking.length]!(peer, far)));
      return Promise.resolve(
        new MessageConnection(near, own as MessageOptions),
      );
    }, { withinMs: 5_000, ...options });
  } finally {
    for (const peer of open) peer.abort();
    await Promise.allSettled(talking);
  }
}

/** The failure of a script. */
async function failure(
  text: string,
  peer: Peer,
  options: ParseScriptOptions & RunScriptOptions & MemoryPairOptions = {},
): Promise<ScriptFailure> {
  return await assertRejects(
    () => played(text, [peer], { name: "x.talk", ...options }),
    ScriptFailure,
  );
}

const echo: Peer = async (peer) => {
  for await (const message of peer) await peer.send(message);
};

/** Sends some messages once the first has come, then waits for the end. */
const answers = (...messages: readonly string[]): Peer => async (peer) => {
  await peer.receive();
  for (const message of messages) await peer.send(message);
  for await (const _ of peer);
};

Deno.test("runScript() captures, and sends and expects what was captured", async () => {
  const { captures, steps } = await played(
    [
      "send hello",
      'expect json {"id": "{{id}}", "tags": ["{{*}}", "{{tag}}"]}',
      "send {{id}}:{{tag}}",
      "expect /^(?<id>\\d+):(?<rest>.*)$/",
      "send {{rest}}",
      "expect any as rest",
      "send {{id}}",
      'expect json "{{id}}"',
    ].join("\n"),
    [async (peer) => {
      await peer.receive();
      await peer.send('{"more": 1, "id": 7, "tags": [null, "red"]}');
      await echo(peer, undefined!);
    }],
  );
  assertEquals([...captures], [["id", "7"], ["tag", "red"], ["rest", "red"]]);
  assertEquals(steps, 8);
});

Deno.test("runScript() escapes a captured text inside a regular expression", async () => {
  await played(
    "send go\nexpect any as dots\nsend again\nexpect /^<{{dots}}>$/",
    [answers("a.b*", "<a.b*>")],
  );
  const { details } = await failure(
    "send go\nexpect any as dots\nsend again\nexpect /^<{{dots}}>$/",
    answers("a.b*", "<axbb>"),
  );
  assertEquals(details.difference, "it does not match");
});

Deno.test("runScript() gives up a regular expression that backtracks on a hostile message", async () => {
  // The look-ahead keeps V8 from its linear engine, in the executables too.
  const { details } = await failure(
    "send go\nexpect /^(?=a)(a+)+$/",
    answers(`${"a".repeat(60)}!`),
  );
  assertEquals(
    details.difference,
    "the search was given up after 500 ms, as the regular expression backtracks too much on what it looked at",
  );
  // The next search is not affected.
  await played("send go\nexpect /^(?=a)(a+)+$/", [answers("a".repeat(60))]);
});

Deno.test("runScript() keeps captured bytes as they are", async () => {
  const [near, far] = memoryPair();
  const script = parseScript("frame length:1\nexpect any as x\nsend <{{x}}>");
  const run = runScript(
    script,
    ({ options }) => Promise.resolve(new MessageConnection(near, options)),
  );
  const peer = new MessageConnection(far, { framing: "length:1" });
  await peer.send(Uint8Array.of(0, 255, 128));
  assertEquals(await peer.receive(), Uint8Array.of(60, 0, 255, 128, 62));
  await run;
  await peer.close();
});

Deno.test("runScript() speaks over several connections: a chat of two", async () => {
  const room: MessageConnection<string>[] = [];
  const member: Peer = async (peer) => {
    room.push(peer);
    for await (const message of peer) {
      for (const other of room) if (other !== peer) await other.send(message);
    }
    await peer.close();
  };
  await played(
    [
      "connect room as ann",
      "connect room as ben",
      "ann: send I am here",
      "ben: expect I am here",
      "within 20ms ann: none",
      "ben: send {{greeting}}, ann",
      "ann: expect {{greeting}}, ann",
      "ben: close",
      "ann: finish",
      "ann: expect end",
    ].join("\n"),
    [member, member],
    { variables: { greeting: "hello" } },
  );
});

Deno.test("runScript() opens a connection again after close", async () => {
  await played(
    "send one\nexpect one\nclose\nconnect again\nsend two\nexpect two",
    [echo, echo],
  );
});

Deno.test("runScript() keeps an end that comes during none for expect end", async () => {
  const ends: Peer = (peer) => peer.closeWrite();
  await played("within 1s none\nexpect end", [ends]);
  const { details } = await failure("within 1s none\nexpect hi", ends);
  assertEquals(details.received, "the end");
});

Deno.test("runScript() sees a reset, whether it was sending or waiting", async () => {
  const resets: Peer = async (peer, bare) => {
    await peer.receive();
    bare.abort();
  };
  await played("send hi\nexpect reset", [resets]);
  await played("send hi\npause 5ms\nsend more\nexpect reset", [resets]);
  await played("send hi\npause 5ms\nfinish\nexpect reset", [resets]);
  const { details } = await failure("send hi\nexpect end", resets);
  assertEquals([details.expected, details.received], ["the end", "a reset"]);
});

Deno.test("runScript() fails after a reset that only none has seen, noticed while sending or not", async () => {
  const resets: Peer = async (peer, bare) => {
    await peer.receive();
    bare.abort();
  };
  for (const text of ["send hi\nnone", "send hi\npause 5ms\nsend more\nnone"]) {
    const { details, line, reason } = await failure(text, resets);
    assertEquals(reason.includes("the peer reset the connection"), true);
    assertEquals(
      line,
      text.split("\n").findLastIndex((one) => one.startsWith("send")) + 1,
    );
    assertEquals(details.expected, undefined);
  }
});

Deno.test("runScript() names the send that was lost when nothing after it tells", async () => {
  const { line, reason } = await failure(
    "send hi\npause 10ms\nsend more\npause 10ms",
    async (peer, bare) => {
      await peer.receive();
      bare.abort();
    },
  );
  assertEquals(line, 3);
  assertEquals(
    reason,
    "cannot write to memory:server: the peer reset the connection",
  );
});

/** A script, what the server answers, and the text of the failure. */
const FAILURES: readonly (readonly [
  script: string,
  answers: readonly string[],
  error: string,
])[] = [
  [
    "expect hello",
    ["hallo"],
    "expected hello and received hallo: it differs at byte 1",
  ],
  [
    "expect hello",
    ["hell"],
    "expected hello and received hell: it ends after byte 4",
  ],
  [
    "expect hello",
    ["hello!"],
    "expected hello and received hello!: it goes on after byte 5",
  ],
  [
    'expect "a\\tb"',
    ["a b"],
    'expected "a\\tb" and received a b: it differs at byte 1',
  ],
  [
    "expect text end",
    [" end"],
    'expected text end and received " end": it differs at byte 0',
  ],
  [
    "expect hex 00",
    ["0"],
    "expected hex 00 and received 0: it differs at byte 0",
  ],
  [
    "expect /^a+$/",
    ["ab"],
    "expected /^a+$/ and received ab: it does not match",
  ],
  [
    'expect {"a": 1, "b": [2]}',
    ['{"b":[2],"a":1}'],
    "it differs at byte 2; as JSON both are the same, which expect json compares",
  ],
  ["expect [1]", ["[2]"], "received [2]: it differs at byte 1"],
  ["expect end", ["more"], "expected the end and received more"],
  ["expect reset", ["more"], "expected a reset and received more"],
  [
    "within 50ms none",
    ["more"],
    "expected no message for 50 ms and received more",
  ],
  [
    "within 20ms expect hello",
    [],
    "expected hello and received nothing within 20 ms",
  ],
  [
    'expect json {"a": 1}',
    ["{}"],
    'expected json {"a": 1} and received {}: .a is missing',
  ],
  [
    'expect json {"a": 1}',
    ['{"a": "1"}'],
    'received {"a": "1"}: .a is "1", and 1 is expected',
  ],
  [
    'expect json {"a": [1]}',
    ['{"a": [1, 2]}'],
    ".a has 2 elements, and 1 element is expected",
  ],
  ['expect json {"a": [1]}', ['{"a": 5}'], ".a is 5, and an array is expected"],
  [
    'expect json {"a": {"b c": 1}}',
    ['{"a": {"b c": 2}}'],
    '.a["b c"] is 2, and 1 is expected',
  ],
  [
    'expect json {"a": {}}',
    ['{"a": null}'],
    ".a is null, and an object is expected",
  ],
  ['expect json "a"', ["a"], "it is not JSON"],
  ['expect json ["{{x}}", "{{x}}"]', ["[1, 2]"], "[1] is 2, and {{x}} is 1"],
  ["expect any as x\nexpect any as x", ["1", "2"], "received 2: {{x}} is 1"],
  [
    "expect any as x\nexpect /(?<x>\\d)/",
    ["1", "2"],
    "the group x is 2, and {{x}} is 1",
  ],
  [
    "expect /a|(?<x>b)/\nsend {{x}}",
    ["a"],
    "x.talk:3: {{x}} has no value, as no message has given it one",
  ],
];

for (const [text, messages, wanted] of FAILURES) {
  Deno.test(`runScript() fails with its line: ${text.replace("\n", ", ")} and ${messages.join(" ") || "nothing"}`, async () => {
    const error = await failure(`send go\n${text}`, answers(...messages));
    assertEquals(error.message.includes(wanted), true, error.message);
    assertEquals(error.message.startsWith(`x.talk:${error.line}: `), true);
  });
}

Deno.test("runScript() tells a failure with the statement and the last three messages", async () => {
  const error = await failure(
    "send 1\nexpect 1\nsend 2\nexpect 2\nsend 3\nwithin 1s expect three",
    echo,
  );
  assertEquals(error.line, 6);
  const { expected, received, recent, statement } = error.details;
  assertEquals(
    { expected, received, statement },
    {
      expected: "three",
      received: "3",
      statement: "within 1s expect three",
    },
  );
  assertEquals(
    recent.map(({ direction, message }) =>
      `${direction} ${new TextDecoder().decode(message)}`
    ),
    ["received 2", "sent 3", "received 3"],
  );
});

Deno.test("runScript() says how much of a message has come when the rest does not", async () => {
  const { message } = await failure(
    "frame length:4\nsend go\nwithin 20ms expect hello",
    async (peer, bare) => {
      await peer.receive();
      await bare.write(Uint8Array.of(0, 0, 0, 5, 104));
    },
  );
  assertEquals(
    message,
    "x.talk:3: expected hello and received nothing within 20 ms; 5 of its 9 bytes arrived",
  );
});

Deno.test("runScript() fails where the peer breaks the framing", async () => {
  const { message } = await failure(
    "frame netstring\nexpect hello",
    (_, bare) => bare.write(new TextEncoder().encode("hello")),
  );
  assertEquals(
    message.startsWith("x.talk:2: expected hello and received an error: "),
    true,
    message,
  );
});

Deno.test("runScript() fails where the framing cannot express what was captured", async () => {
  const { line, message } = await assertRejects(
    () =>
      played(
        "connect other as b\nframe length:2\nsend go\nexpect any as x\nb: send {{x}}",
        [echo, answers("two\nlines")],
        { framing: "line" },
      ),
    ScriptFailure,
  );
  assertEquals([line, message.includes("line feed")], [5, true], message);
});

Deno.test("runScript() passes on what connect rejects with, and the signal's reason", async () => {
  const refused = new ConnectionError("refused", { reason: "refused" });
  const script = parseScript("send hi");
  const error = await runScript(script, () => Promise.reject(refused))
    .catch((error) => error);
  assertEquals(error === refused, true);

  const end = new AbortController();
  const reason = new Error("enough");
  const run = played("send hi\nexpect hi\nsend more\npause 1h", [echo], {
    signal: end.signal,
    onStep: ({ line }) => line === 4 && queueMicrotask(() => end.abort(reason)),
  });
  assertEquals(await run.catch((error) => error) === reason, true);
});

Deno.test("runScript() does not wait for a peer that goes on sending", async () => {
  let isOver = false;
  const { durationMs } = await played("send go\nexpect tick", [
    async (peer) => {
      await peer.receive();
      for (; !isOver; await new Promise((done) => setTimeout(done, 5))) {
        await peer.send("tick").catch(() => isOver = true);
      }
    },
  ]);
  isOver = true;
  // The session itself would wait 30 s.
  assertEquals(durationMs < 10_000, true);
});

Deno.test("runScript() refuses a script of another making, and a deadline without bounds", async () => {
  const script = { ...parseScript("send hi") };
  const connect = () => Promise.reject(new Error("not reached"));
  await assertRejects(() => runScript(script, connect), TypeError);
  for (const withinMs of [0, -1, NaN, Infinity, 2 ** 31]) {
    await assertRejects(
      () => runScript(parseScript("send hi"), connect, { withinMs }),
      RangeError,
    );
  }
});

Deno.test("runScript() gives the same result at every cut of the bytes", async () => {
  const text = [
    "frame length:2",
    "within 2s expect /^wel(?<rest>.*)$/",
    'send {"get": "{{rest}}"}',
    'expect json {"got": "{{got}}", "list": [1, "{{*}}"]}',
    "send {{got}}",
    "expect end",
  ].join("\n");
  const server: Peer = async (peer) => {
    await peer.send("welcome");
    await peer.receive();
    await peer.send('{"got": "ünö", "list": [1, {}], "more": null}');
    await peer.receive();
    await peer.closeWrite();
  };
  const { captures } = await played(text, [server]);
  for (let seed = 1; seed <= 60; seed++) {
    const cut = seed === 1 ? 1 : "random";
    const faults = {
      readBytes: cut,
      writeBytes: cut,
      delayTurns: [0, 2],
    } as const;
    const report = await played(text, [server], {
      seed,
      toClient: faults,
      toServer: faults,
    });
    assertEquals([...report.captures], [...captures], `seed ${seed}`);
  }
});

Deno.test("runScript() fails in the same way at every cut of the bytes", async () => {
  const text =
    'frame length:2\nsend go\nexpect json {"a": {"b": "{{b}}"}}\nexpect {{b}}';
  const server = answers('{"a": {"b": "ünö"}}', "uno");
  const { message } = await failure(text, server);
  for (let seed = 1; seed <= 60; seed++) {
    const cut = seed === 1 ? 1 : "random";
    const toClient = { readBytes: cut, delayTurns: [0, 2] } as const;
    const error = await failure(text, server, { seed, toClient });
    assertEquals(error.message, message, `seed ${seed}`);
  }
});
