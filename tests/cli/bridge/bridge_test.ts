/**
 * `parley-server bridge`: its command line, and standard input as its client.
 *
 * @module
 */

import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { connect, serve } from "@parley/parley";
import { bindUdp } from "@parley/parley/udp";
import { runClient, runServer } from "../../../cli/commands.ts";
import { EXIT } from "../../../cli/output/exit_code.ts";
import { Failure } from "../../../cli/output/failure.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["", /there is no LISTEN and no TARGET; .*bridge ws/],
  ["9000", /there is no TARGET/],
  ["1 2 3", /one address too many/],
  ["udp:1 2 --frame line", /--frame means nothing over UDP: one datagram is/],
  [
    "1 udp:2 --target-frame line",
    /--target-frame means nothing over UDP to TA/,
  ],
  ["1 2 --peer-timeout 1s", /--peer-timeout is for UDP/],
  ["1 0", /port 0 is only for listening/],
  ["- 0", /port 0 is only for listening/],
  ["7342 7342", /where this command itself listens/],
  ["ws://:7342/a 7342", /where this command itself listens/],
];

Deno.test("bridge refuses a command line that cannot work", async () => {
  for (const [line, expected] of REFUSED) {
    const terminal = new RecordedTerminal();
    const args = line.split(" ").filter((word) => word !== "");
    assertEquals(await runServer(["bridge", ...args], terminal), 2, line);
    assertMatch(terminal.told, expected);
  }
});

Deno.test("a bridge of standard input exits 4 if nothing listens at TARGET", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const terminal = new RecordedTerminal();
  assertEquals(await runServer(["bridge", "-", `${port}`], terminal), 4);
  assertMatch(terminal.told, /cannot connect to .*connection refused/);
});

Deno.test("a bridge joins datagrams with connections, and replies go to their peer", async () => {
  for (
    const [target, listen] of [
      ["length:4@0", "udp:0"],
      ["udp:0", "netstring@0"],
      ["udp:0", "udp:0"],
    ] as const
  ) {
    const upper = new RecordedTerminal();
    const serving = runServer(["upper", target], upper);
    const [, at] = await upper.until(/listening on (\S+)\n/);
    const frame = target.startsWith("udp") ? "" : "length:4@";
    const terminal = new RecordedTerminal();
    const place = frame + at!.replace("tcp://", "");
    const running = runServer(["bridge", listen, place], terminal);
    const [, address] = await terminal.until(/listening on (\S+)\n/);
    const own = listen.startsWith("udp")
      ? address!
      : `netstring@${address!.slice(6)}`;
    const clients = [new RecordedTerminal(), new RecordedTerminal()];
    const codes = await Promise.all(
      clients.map((client, i) => runClient([own, `of ${i}`, "b"], client)),
    );
    assertEquals(codes, [0, 0]);
    assertEquals(clients.map(({ shown }) => shown), ["OF 0\nB\n", "OF 1\nB\n"]);
    terminal.send("SIGTERM");
    assertEquals(await running, 0);
    upper.send("SIGTERM");
    assertEquals(await serving, 0);
    assertMatch(
      terminal.told,
      /closed .*2 messages to the server, 2 messages to/,
    );
  }
});

Deno.test("a bridge tells how many datagrams a slow target had no room for", async () => {
  const slow = Promise.withResolvers<void>();
  await using target = await serve(
    "tcp://127.0.0.1:0",
    { onEvent: () => {} },
    () => slow.promise,
  );
  const terminal = new RecordedTerminal();
  const args = ["bridge", "udp://127.0.0.1:0", String(target.address)];
  const running = runServer([...args, "--grace", "0s"], terminal);
  const [, address] = await terminal.until(/listening on (\S+)\n/);
  await using socket = bindUdp("udp://127.0.0.1:0");
  const flood = new Uint8Array(60_000);
  while (!/dropped: a datagram of/.test(terminal.told)) {
    await socket.send(flood, address!);
    await new Promise((resolve) => setTimeout(resolve));
  }
  assertMatch(
    terminal.told,
    /dropped: a datagram of udp:\S+: 17 datagrams of 1020000 bytes wait for the peer's reader\n/,
  );
  terminal.send("SIGTERM");
  slow.resolve();
  assertEquals(await running, 0);
  assertMatch(terminal.told, /udp:\S+: \d+ datagrams? dropped in all\n/);
});

Deno.test("a client of WebSocket gets 502 while the target is down, and the log says which side failed", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const terminal = new RecordedTerminal();
  const args = ["bridge", "ws://127.0.0.1:0", `${port}`];
  const running = runServer(args, terminal);
  const [, address] = await terminal.until(/listening on (\S+)\n/);
  const client = new RecordedTerminal();
  assertEquals(await runClient([address!, "hello"], client), 4);
  assertMatch(client.told, /it answered 502 Bad Gateway/);
  await terminal.until(
    /no WebSocket with ws:\S+: the target failed: cannot connect to tcp:.*; answered with status 502\n/,
  );
  // And it goes on.
  await using _target = await serve(
    `tcp://127.0.0.1:${port}`,
    async (peer) => {
      for await (const message of peer) await peer.send(message);
    },
  );
  assertEquals(await runClient([address!, "hello"], client), 0);
  terminal.send("SIGTERM");
  assertEquals(await running, 0);
});

Deno.test("the log of a bridge that is stopped names the stop and not the target", async () => {
  // A target that does not end when its client has.
  await using target = await serve("tcp://127.0.0.1:0", async (peer) => {
    for await (const message of peer) await peer.send(message);
    await new Promise((resolve) =>
      peer.signal.addEventListener("abort", resolve)
    );
  });
  for (const listen of ["ws://127.0.0.1:0", "tcp://127.0.0.1:0"]) {
    const terminal = new RecordedTerminal();
    const args = ["bridge", listen, String(target.address), "--grace", "50ms"];
    const running = runServer(args, terminal);
    const [, address] = await terminal.until(/listening on (\S+)\n/);
    await using client = await connect(address!, { encoding: "text" });
    await client.send("hello");
    assertEquals(await client.receive(), "hello");
    terminal.send("SIGTERM");
    await running;
    assertMatch(
      terminal.told,
      /#1 closed .*; .*the server shut down and cut the connection after 50 ms/,
    );
    assertNotMatch(terminal.told, /target failed/);
  }
});

Deno.test("a bridge of standard input exits 130 at Ctrl-C and 143 at SIGTERM, without a word", async () => {
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { encoding: "text" },
    async (peer) => {
      await peer.send("ready");
      for await (const _ of peer);
    },
  );
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    const terminal = new RecordedTerminal({ stayOpen: true });
    const args = ["bridge", "-", String(server.address), "--quiet"];
    const running = runServer(args, terminal);
    await terminal.until(/ready/);
    terminal.send(signal);
    assertEquals(await running, code);
    assertEquals(terminal.told, "");
  }
});

Deno.test("a bridge of standard input exits 141 when standard output was closed", async () => {
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { encoding: "text" },
    async (peer) => {
      await peer.send("too late");
      for await (const _ of peer);
    },
  );
  const terminal = new RecordedTerminal({ stayOpen: true });
  const output = {
    isTerminal: false,
    // As the output of a process does at a closed pipe.
    write(): void {
      throw new Failure(EXIT.brokenPipe, "");
    },
  };
  Object.assign(terminal, { output });
  const args = ["bridge", "-", String(server.address), "--quiet"];
  assertEquals(await runServer(args, terminal), 141);
  assertEquals(terminal.told, "");
});
