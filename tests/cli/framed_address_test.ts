/**
 * FRAME@ADDRESS on the command lines of both executables.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { connect } from "@parley/parley";
import { runClient, runServer } from "../../cli/commands.ts";
import { RecordedTerminal } from "../support/recorded_terminal.ts";

/** Runs the client to its end. */
async function client(...args: string[]): Promise<RecordedTerminal> {
  const terminal = new RecordedTerminal();
  assertEquals(await runClient(args, terminal), 0, terminal.told);
  return terminal;
}

/** Runs a server while something is done with its ports. */
async function serving(
  args: readonly string[],
  use: (ports: readonly string[], terminal: RecordedTerminal) => Promise<void>,
): Promise<void> {
  const terminal = new RecordedTerminal();
  const running = runServer(args, terminal);
  try {
    const count = args.filter((arg) => /(^|[@:])0$/.test(arg)).length;
    const seen = new RegExp(
      Array(count).fill("listening on \\S+:(\\d+)\\n").join(""),
    );
    const [, ...ports] = await terminal.until(seen);
    await use(ports, terminal);
  } finally {
    terminal.send("SIGTERM");
    assertEquals(await running, 0);
  }
}

Deno.test("FRAME@ADDRESS gives each address of a server its own framing", async () => {
  const args = ["echo", "length:4@0", "netstring@0", "0", "--annotate"];
  await serving(args, async ([first, second, third], terminal) => {
    for (
      const [address, bytes] of [
        [`length:4@${first}`, "00 00 00 02 68 69"],
        [`netstring@${second}`, "32 3a 68 69 2c"],
        [`${third}`, "68 69 0a"],
      ]
    ) {
      const { shown, told } = await client(address!, "hi", "--annotate");
      assertEquals(shown, "hi\n");
      assertMatch(told, new RegExp(bytes!));
      await terminal.until(new RegExp(`received message 1.*\n.*${bytes}`));
    }
  });
});

Deno.test("FRAME@ADDRESS wins over --frame, which is for the other addresses", async () => {
  const args = ["echo", "length:2@0", "0", "--frame", "header:5", "--verbose"];
  await serving(args, async ([first, second], terminal) => {
    await terminal.until(/serving echo with --frame length:2, header:5/);
    const { shown } = await client(`length:2@localhost`, `${first}`, "a", "b");
    assertEquals(shown, "a\nb\n");
    assertEquals((await client(`header:5@${second}`, "c")).shown, "c\n");
  });
});

Deno.test("the service print shows chunks as they are, and the messages of a framed address on lines", async () => {
  await serving(["print", "raw@0", "length:1@0"], async (ports, terminal) => {
    const framings = ["raw", "length:1"] as const;
    for (const [i, framing] of framings.entries()) {
      const options = { encoding: "text", framing } as const;
      const peer = await connect(`tcp://127.0.0.1:${ports[i]}`, options);
      await peer.sendAll(i === 0 ? ["one"] : ["two", "three"]);
      await peer.close();
      await terminal.until(new RegExp(`#${i + 1} closed`));
    }
    assertEquals(terminal.shown, "one\ntwo\nthree\n");
  });
});

Deno.test("FRAME@ADDRESS frames both sides of a bridge, and standard input", async () => {
  await serving(["upper", "length:4@0"], async ([port]) => {
    const args = ["bridge", "line@0", `length:4@${port}`];
    await serving(args, async ([own]) => {
      assertEquals((await client(`line@${own}`, "over")).shown, "OVER\n");
    });
    const piped = new RecordedTerminal({ input: ["7:through,4:here,"] });
    const target = `length:4@${port}`;
    const running = ["bridge", "netstring@-", target, "--quiet"];
    assertEquals(await runServer(running, piped), 0, piped.told);
    assertEquals(piped.shown, "7:THROUGH,4:HERE,");
  });
});

Deno.test("FRAME@ADDRESS of either side is the framing of a tap", async () => {
  await serving(["echo", "length:4@0"], async ([port]) => {
    for (
      const args of [
        ["length:4@0", port!],
        ["0", `length:4@${port}`],
        ["length:4@0", `length:4@${port}`],
      ]
    ) {
      await serving(["tap", ...args], async ([own], terminal) => {
        await client(`length:4@${own}`, "seen");
        await terminal.until(/#1 closed/);
        assertMatch(terminal.shown, /→\s+1\s+4 B .*seen\n.*←\s+1\s+4 B .*seen/);
      });
    }
  });
});

const REFUSED: readonly (readonly [
  typeof runClient,
  line: string,
  expected: RegExp,
])[] = [
  [runServer, "echo lenght:4@1", /^parley-server: lenght:4@1: .*mean "length"/],
  [runServer, "echo line@ws://:1", /line@ means nothing at ws:.*WebSocket is/],
  [runServer, "echo line@udp://:1", /line@ means nothing at udp:.*datagram/],
  [
    runServer,
    "echo line@",
    /line@: no address follows the @; write for example line@7342/,
  ],
  [runServer, "http line@1", /line@ means nothing for http: HTTP itself/],
  [runServer, "echo line@1 --frame raw", /--frame is for addresses without/],
  [runServer, "echo line@1 udp:2 --frame raw", /--frame is for addresses wit/],
  [runServer, "line@1 echo", /the service comes first, write: echo line@1/],
  [runServer, "bridge line@1 2 --frame raw", /--frame and line@ both say/],
  [runServer, "bridge 1 line@2 --target-frame raw", /--target-frame and line/],
  [runServer, "tap line@1 raw@2", /line@ and raw@ contradict.*a bridge joins/],
  [runServer, "replay f line@1 raw@2", /line@ and raw@ contradict each other/],
  [runClient, "line@1 x --frame raw", /--frame and line@ both say where/],
  [runClient, "line@http://box/", /line@ means nothing at http:.*HTTP itself/],
  [
    runClient,
    "bob@box:22",
    /bob@box:22: .*no framing "bob".*; before an @ is a framing such as line, and no name of a user/,
  ],
  [
    runClient,
    "http@7342 x",
    /http is not a framing; for HTTP write parley-server http 7342, or parley-client http:\/\/HOST:PORT/,
  ],
  [runClient, "ws@7342 x", /ws is not a framing but how .*; write ws:\/\/HOST/],
  [runServer, "http@7342", /are two words, write: http 7342/],
  [runServer, "echo auto@7342", /there is no framing "auto"/],
  [runClient, "sniff line@1", /line@ says what sniff is to find out/],
  [runClient, "line@0 x", /port 0 is only for listening/],
];

Deno.test("FRAME@ADDRESS is refused where it would do nothing or contradicts", async () => {
  for (const [run, line, expected] of REFUSED) {
    const terminal = new RecordedTerminal();
    assertEquals(await run(line.split(" "), terminal), 2, line);
    assertMatch(terminal.told, expected);
  }
});
