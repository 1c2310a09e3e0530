/**
 * The two executables talking to each other.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { e2e } from "../support/processes.ts";

e2e("echo answers each message with itself, in every framing", async (run) => {
  const framings = [
    ...["line", "line,crlf", "delimiter:#*#", "fixed:10,pad=#", "header:10"],
    ...["header:5,zero", "length:1", "length:4,le", "length:8", "varint"],
    ...["netstring", "content-length", "octet-count", "slip", "cobs"],
  ];
  for (const frame of framings) {
    await using server = await run.server("echo", "0", "--frame", frame);
    const ended = await run.client(
      ...[server.address, "hello", "🌮 tacos", "--frame", frame],
    );
    assertEquals(
      [frame, ended],
      [frame, { code: 0, stdout: "hello\n🌮 tacos\n", stderr: "" }],
    );
  }
});

e2e("reverse answers with the bytes in reverse order", async (run) => {
  await using server = await run.server("reverse", "0", "--frame", "length:2");
  const ended = await run.client(
    ...[server.address, "00ff10", "--format", "hex", "--frame", "length:2"],
  );
  assertEquals(ended, { code: 0, stdout: "10ff00\n", stderr: "" });
});

e2e(
  "upper answers in upper case where characters are cut between reads",
  async (run) => {
    await using server = await run.server("upper", "0", "--frame", "raw");
    using conn = await Deno.connect({
      hostname: "127.0.0.1",
      port: server.port,
    });
    const [first, ...rest] = new TextEncoder().encode("étç");
    const buffer = new Uint8Array(100);

    // Half a character, then the rest: an answer to the half could come only
    // before the answer to a character of another connection.
    await conn.write(Uint8Array.of(first!));
    await run.client(server.address, "x", "--frame", "raw");
    await conn.write(Uint8Array.from(rest));
    await conn.closeWrite();

    let end = 0;
    for (let n; (n = await conn.read(buffer.subarray(end))) !== null;) end += n;
    assertEquals(new TextDecoder().decode(buffer.subarray(0, end)), "ÉTÇ");
  },
);

e2e("greet finishes sending after the greeting", async (run) => {
  await using server = await run.server(
    ...["greet", "0", "--message", "Good morning", "--frame", "close"],
  );
  const ended = await run.client(server.address, "--frame", "close");
  assertEquals(ended, { code: 0, stdout: "Good morning\n", stderr: "" });
});

e2e(
  "greet sends the time at an interval to a peer that only listens",
  async (run) => {
    await using server = await run.server(
      ...["greet", "0", "--frame", "header:10", "--every", "20ms"],
      ...["--count", "3"],
    );
    // Its input is at its end, so it has finished sending from the beginning.
    const { code, stdout } = await run.client(
      ...[server.address, "--frame", "header:10"],
    );
    assertEquals(code, 0);
    assertMatch(
      stdout,
      /^Welcome to the server!\n(The time is \d{4}-\d\d-\d\dT[\d:.]+Z\n){3}$/,
    );
  },
);

e2e("greet notices that its peer is gone", async (run) => {
  await using server = await run.server("greet", "0", "--every", "10ms");
  {
    await using client = run.start("client", server.address);
    await client.outputLine(/The time is/);
    client.signal("SIGKILL");
    await client.ended();
  }
  await server.process.line(/^#1 closed after .*(reset|closed the connection)/);
});

e2e("discard counts", async (run) => {
  await using server = await run.server("discard", "0");
  const ended = await run.clientWith("one\ntwo\nthree", server.address);
  assertEquals(ended, { code: 0, stdout: "", stderr: "" });
  await server.process.line(
    /^#1 closed after \d+ ms: in 3 messages 14 B, out 0 messages 0 B; finished$/,
  );
});

e2e(
  "each line of a pipe is a message, the last one without its end too",
  async (run) => {
    await using server = await run.server("upper", "0", "--frame", "length:4");
    const ended = await run.clientWith(
      "one\n\ntwo\r\nthree",
      ...[server.address, "--frame", "length:4"],
    );
    assertEquals(ended, { code: 0, stdout: "ONE\n\nTWO\nTHREE\n", stderr: "" });
  },
);

e2e("a pipe of 20 MB comes back as it was", async (run) => {
  await using server = await run.server("echo", "0", "--frame", "length:4");
  const lines = Array.from(
    { length: 200_000 },
    (_, i) => `${i}`.padEnd(99, "x"),
  );
  const input = lines.join("\n") + "\n";
  const ended = await run.clientWith(
    input,
    ...[server.address, "--frame", "length:4"],
  );
  assertEquals([ended.code, ended.stderr], [0, ""]);
  assertEquals(ended.stdout === input, true);
});

e2e(
  "a message of 2 MiB with 🌮 in it comes back in upper case",
  async (run) => {
    const options = ["--frame", "length:4", "--max-message", "4MiB"];
    await using server = await run.server("upper", "0", ...options);
    const message = "a🌮".repeat(2 ** 21 / 5);
    const ended = await run.clientWith(message, server.address, ...options);
    assertEquals([ended.code, ended.stderr], [0, ""]);
    assertEquals(ended.stdout === message.toUpperCase() + "\n", true);
  },
);

e2e(
  "--format json shows message, bytes and at, and base64 for what is no text",
  async (run) => {
    await using server = await run.server("echo", "0");
    const { stdout, code } = await run.client(
      ...[server.address, '"hé"', '{"base64": "/w=="}', "--format", "json"],
    );
    const [first, second] = stdout.trimEnd().split("\n")
      .map((line) => JSON.parse(line));
    assertEquals(code, 0);
    assertMatch(first.at, /^\d{4}-.*Z$/);
    assertEquals({ ...first, at: 0 }, { message: "hé", bytes: 3, at: 0 });
    assertEquals(
      { ...second, at: 0 },
      { message: null, base64: "/w==", bytes: 1, at: 0 },
    );
  },
);

e2e("--read-size and --chunks show what each read brings", async (run) => {
  await using server = await run.server("greet", "0", "--frame", "close");
  const { code, stdout, stderr } = await run.client(
    ...[server.address, "--frame", "close", "--read-size", "8", "--chunks"],
  );
  assertEquals([code, stdout], [0, "Welcome to the server!\n"]);
  const chunks = [...stderr.matchAll(/^chunk \d+: (\d+) bytes? "(.*)"$/gm)];
  assertEquals(
    chunks.map((chunk) => chunk[2]).join(""),
    "Welcome to the server!",
  );
  assertEquals(chunks.every((chunk) => Number(chunk[1]) <= 8), true, stderr);
  assertMatch(stderr, /^end: the server has finished sending$/m);
});

e2e("messages sent together are two again on the other side", async (run) => {
  await using server = await run.server(
    "echo",
    "0",
    "--frame",
    "delimiter:#*#",
  );
  const { stdout, stderr } = await run.client(
    ...[server.address, "one", "two", "--frame", "delimiter:#*#", "--chunks"],
  );
  assertEquals(stdout, "one\ntwo\n");
  assertMatch(stderr, /^chunk 1: 12 bytes "one#\*#two#\*#"$/m);
});

e2e(
  "the server listens on every address and says so before all else",
  async (run) => {
    await using server = await run.server("echo", "0", "[::1]:0");
    const second = await server.process.line(
      /^listening on (tcp:\/\/\[::1\].*)$/,
    );
    const { stdout } = await run.client(second[1]!, "hello");
    assertEquals(stdout, "hello\n");
    const lines = server.process.stderr.split("\n");
    assertEquals(lines[0], `listening on ${server.address}`);
    assertEquals(lines[1], second[0]);
  },
);

e2e(
  "on every interface, the address that is told works for a client",
  async (run) => {
    await using server = await run.server("echo", ":0");
    assertEquals(server.address, `tcp://[::]:${server.port}`);
    await run.client(`${server.port}`, "first");
    await server.process.line(/^#1 opened/);
    const told = /^other machines reach it at (\S+) \(\S+\)$/m
      .exec(server.process.stderr);
    // A machine without a network has none to tell.
    if (told === null) return;
    const ended = await run.client(told[1]!, "hello");
    assertEquals(ended, { code: 0, stdout: "hello\n", stderr: "" });
  },
);

e2e(
  "--log json gives one object per line, the first with the address",
  async (run) => {
    await using server = run.start("server", "echo", "0", "--log", "json");
    const [, address] = await server.line(/"address":"([^"]+)"/);
    await run.client(address!, "hello");
    await server.line(/"event":"closed"/);
    const events = server.stderr.trimEnd().split("\n").map((line) =>
      JSON.parse(line)
    );
    assertEquals(events.map(({ event }) => event), [
      ...["listening", "opened", "closed"],
    ]);
    const { messagesIn, bytesIn, messagesOut, bytesOut, why } = events[2];
    assertEquals(
      [messagesIn, bytesIn, messagesOut, bytesOut, why],
      [1, 6, 1, 6, "finished"],
    );
  },
);

e2e("--quiet leaves nothing but the listening line", async (run) => {
  await using server = await run.server("echo", "0", "--quiet");
  await run.client(server.address, "hello");
  server.process.signal("SIGTERM");
  const { code, stderr } = await server.process.ended();
  assertEquals([code, stderr], [0, `listening on ${server.address}\n`]);
});
