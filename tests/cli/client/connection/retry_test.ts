import { assertEquals, assertMatch } from "@std/assert";
import { type Handler, serve } from "@parley/parley";
import { runClient } from "../../../../cli/commands.ts";
import { certificates, hasOpenssl } from "../../../support/certificates.ts";
import { RecordedTerminal } from "../../../support/recorded_terminal.ts";
import { freePort } from "../../../support/ports.ts";

const echo: Handler = async (connection) => {
  for await (const message of connection) await connection.send(message);
};

Deno.test("runClient() tries again with --retry while nothing listens there", async () => {
  const port = freePort();
  const terminal = new RecordedTerminal();
  const running = runClient([`${port}`, "hi", "--retry", "1m"], terminal);
  await terminal.until(
    /^tcp:\S+ is not ready: connection refused, .*; trying for 60 s\n/,
  );
  await using _server = await serve(`tcp://127.0.0.1:${port}`, {}, echo);
  assertEquals([await running, terminal.shown], [0, "hi\n"]);
});

Deno.test("runClient() gives up after --retry with the code of the last failure and the number of attempts", async () => {
  const refused = new RecordedTerminal();
  // Enough for three attempts on a busy machine: the pauses are 50 and 100 ms.
  const args = [`${freePort()}`, "x", "--retry", "1s", "--verbose"];
  assertEquals(await runClient(args, refused), 4);
  assertMatch(refused.told, /\nattempt 2 failed: connection refused.*\n/);
  assertMatch(refused.told, /connection refused, .*; tried [3-9] times; start/);
  const page = new RecordedTerminal();
  const url = `http://127.0.0.1:${freePort()}/`;
  assertEquals(await runClient([url, "--retry", "500ms"], page), 4);
  assertMatch(page.told, /connection refused, .*; tried [2-9] times; start/);
});

Deno.test("runClient() tries again with --retry over http:, and sends the request once", async () => {
  const port = freePort();
  const terminal = new RecordedTerminal();
  const url = `http://127.0.0.1:${port}/`;
  const running = runClient([url, "--retry", "1m", "-d", "x"], terminal);
  await terminal.until(/is not ready: connection refused/);
  let requests = 0;
  await using _server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen() {} },
    () => new Response(`request ${++requests}`),
  );
  assertEquals([await running, requests], [0, 1]);
  assertMatch(terminal.shown, /^request 1/);
});

Deno.test("runClient() stops trying again at Ctrl-C", async () => {
  const left = new RecordedTerminal();
  const running = runClient([`${freePort()}`, "x", "--retry", "1h"], left);
  await left.until(/trying for/);
  left.send("SIGINT");
  assertEquals(await running, 130);
});

Deno.test({
  name: "runClient() takes a wrong certificate as final, whatever --retry",
  ignore: !hasOpenssl,
  fn: async () => {
    const { server: pair } = await certificates();
    const failed = Promise.withResolvers<void>();
    const onEvent = ({ type }: { type: string }) => {
      if (type === "handshake_failed") failed.resolve();
    };
    const options = { ...pair, onEvent };
    await using server = await serve("tls://127.0.0.1:0", options, echo);
    const terminal = new RecordedTerminal();
    const args = [String(server.address), "x", "--retry", "1h"];
    assertEquals(await runClient(args, terminal), 6);
    assertMatch(terminal.told, /not trusted here/);
    await failed.promise;
  },
});

Deno.test({
  name:
    "runClient() tries again with --retry until a server that closes in the handshake speaks TLS",
  ignore: !hasOpenssl,
  fn: async () => {
    const { ca, server: pair } = await certificates();
    const caFile = await Deno.makeTempFile();
    await Deno.writeTextFile(caFile, ca);
    const early = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = early.addr;
    const terminal = new RecordedTerminal();
    const running = runClient(
      [`tls://localhost:${port}`, "hi", "--retry", "1m", "--ca", caFile],
      terminal,
    );
    const connection = await early.accept();
    await connection.read(new Uint8Array(1_000));
    early.close();
    connection.close();
    await terminal.until(/is not ready: the peer closed the connection/);
    await using _server = await serve(`tls://127.0.0.1:${port}`, pair, echo);
    assertEquals([await running, terminal.shown], [0, "hi\n"]);
    await Deno.remove(caFile);
  },
});

Deno.test("runClient() refuses --retry where there is no connection to retry", async () => {
  for (
    const [args, told] of [
      [
        ["udp:7", "x", "--retry", "1s"],
        /--retry means nothing over UDP: .*--attempts sends again/,
      ],
      [
        ["7", "x", "--retry", "5"],
        /--retry: "5" is not a duration \(did you mean "5s"\?\)/,
      ],
      [
        ["7", "x", "--retry-delay", "5"],
        /there is no option --retry-delay: .*--retry 30s/,
      ],
    ] as const
  ) {
    const terminal = new RecordedTerminal();
    assertEquals(await runClient(args, terminal), 2);
    assertMatch(terminal.told, told);
  }
});

Deno.test("replay waits with --retry for the server's first connection", async () => {
  const file = await Deno.makeTempFile();
  const lines = [
    { format: "parley-recording", version: 1, at: "2026-11-26T08:00:00.000Z" },
    { t: 0, connection: 1, event: "open" },
    { t: 0, connection: 1, to: "server", text: "hi\n" },
    { t: 0, connection: 1, to: "client", text: "hi\n" },
    { t: 0, connection: 1, to: "server", event: "end" },
    { t: 0, connection: 1, event: "close" },
  ];
  await Deno.writeTextFile(
    file,
    lines.map((line) => JSON.stringify(line) + "\n").join(""),
  );
  const port = freePort();
  const terminal = new RecordedTerminal();
  const running = runClient(
    ["replay", file, `${port}`, "--expect", "--retry", "1m"],
    terminal,
  );
  await terminal.until(/is not ready: connection refused/);
  await using _server = await serve(`tcp://127.0.0.1:${port}`, {}, echo);
  assertEquals(await running, 0, terminal.told);
  await Deno.remove(file);
});
