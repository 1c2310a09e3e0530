/**
 * Every exit code of `help exit-codes`, from real processes, with the one line that goes
 * with it.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { rawServer, resettingServer } from "../support/peers.ts";
import { e2e, type Ended } from "../support/processes.ts";
import { busyPort, freePort } from "../support/ports.ts";

/** A failure is one line that begins with the program's name. */
function assertFails(ended: Ended, code: number, line: RegExp): void {
  assertEquals(ended.code, code, ended.stderr);
  assertMatch(ended.stderr, line);
  assertEquals(ended.stderr.trimEnd().split("\n").length, 1, ended.stderr);
}

e2e("the client exits 0 when it is done", async (run) => {
  await using server = await run.server("upper", "0");

  const ended = await run.client(server.address, "hello", "straße 🌮");

  assertEquals(ended, { code: 0, stdout: "HELLO\nSTRASSE 🌮\n", stderr: "" });
});

e2e("a wrong command line exits 2 and names what is wrong", async (run) => {
  assertFails(
    await run.client("7342", "--fraem", "line"),
    2,
    /^parley-client: there is no option --fraem \(did you mean --frame\?\)/,
  );
  await using server = run.start("server", "ehco", "0");
  assertFails(
    await server.ended(),
    2,
    /^parley-server: there is no service "ehco" \(did you mean "echo"\?\)/,
  );
});

e2e("a name that does not resolve exits 3", async (run) => {
  assertFails(
    await run.client("no-such-host.invalid:7342", "hello"),
    3,
    /^parley-client: cannot connect to tcp:\/\/no-such-host\.invalid:7342: there is no such host name; check the spelling/,
  );
});

e2e(
  "a refused connection exits 4 and says where and what to do",
  async (run) => {
    const port = freePort();
    assertFails(
      await run.client(`${port}`, "hello"),
      4,
      new RegExp(
        `^parley-client: cannot connect to tcp://127\\.0\\.0\\.1:${port}: connection refused, nothing is listening there; start a server there, such as: parley-server echo tcp://127\\.0\\.0\\.1:${port}$`,
        "m",
      ),
    );
  },
);

e2e("no answer within --connect-timeout exits 4", async (run) => {
  using busy = await busyPort();
  for (const more of [[], ["--chunks"]]) {
    assertFails(
      await run.client(
        ...[`${busy.port}`, "hello", "--connect-timeout", "100ms", ...more],
      ),
      4,
      new RegExp(
        `^parley-client: cannot connect to tcp://127\\.0\\.0\\.1:${busy.port}: no answer within 100 ms.*--connect-timeout`,
      ),
    );
  }
});

e2e(
  "no answer within --timeout exits 124 while it connects too",
  async (run) => {
    using busy = await busyPort();
    assertFails(
      await run.client(`${busy.port}`, "hello", "--timeout", "100ms"),
      124,
      /^parley-client: cannot connect to tcp:.*: no answer within 100 ms \(--timeout\)/,
    );
  },
);

e2e("Ctrl-C exits 130 while it connects too", async (run) => {
  using busy = await busyPort();
  await using client = run.start("client", `${busy.port}`, "hello", "-v");
  // It has nothing to say yet, so only the system tells that it is trying: 02
  // is SYN_SENT.
  const port = busy.port.toString(16).padStart(4, "0").toUpperCase();
  const dialling = ["-c", `grep -q "0100007F:${port} 02" /proc/net/tcp`];
  for (let found = false; !found;) {
    found = (await new Deno.Command("sh", { args: dialling }).output()).success;
  }
  client.signal("SIGINT");
  assertEquals((await client.ended()).code, 130);
});

e2e("a port in use exits 5 and names it", async (run) => {
  await using first = await run.server("echo", "0");
  await using second = run.start("server", "echo", first.address);
  assertFails(
    await second.ended(),
    5,
    new RegExp(
      `^parley-server: cannot listen on ${first.address}: the address is already in use; stop the program`,
    ),
  );
});

e2e("an address of another machine exits 5", async (run) => {
  await using server = run.start("server", "echo", "192.0.2.1:0");
  assertFails(
    await server.ended(),
    5,
    /^parley-server: cannot listen on tcp:\/\/192\.0\.2\.1:0: it is not an address of this machine/,
  );
});

e2e("a reply that breaks the framing exits 7", async (run) => {
  await using server = rawServer(async (peer) => {
    await peer.read(6);
    await peer.write("HTTP/1.1 400 Bad Request\r\n");
    await peer.conn.closeWrite();
    await peer.readAll();
  });
  assertFails(
    await run.client(`${server.port}`, "hi", "--frame", "length:4"),
    7,
    /^parley-client: cannot decode message 1 at byte 0 \(length:4\): .*this looks like an HTTP server.*--frame/,
  );
});

e2e("a reply cut off exits 7", async (run) => {
  await using server = rawServer(async (peer) => {
    await peer.read(6);
    await peer.write([0, 0, 0, 5, 0x68, 0x65]);
    await peer.conn.closeWrite();
    await peer.readAll();
  });
  assertFails(
    await run.client(`${server.port}`, "hi", "--frame", "length:4"),
    7,
    /^parley-client: cannot decode message 1 at byte 0 \(length:4\): .*ended/,
  );
});

e2e(
  "a message that holds its own delimiter exits 7 and no byte leaves",
  async (run) => {
    await using server = await run.server(
      "echo",
      "0",
      "--frame",
      "delimiter:#*#",
    );

    const ended = await run.client(
      server.address,
      "fine",
      "not#*#fine",
      "--frame",
      "delimiter:#*#",
    );

    assertFails(
      ended,
      7,
      /^parley-client: cannot send message .*; see --frame/,
    );
    assertEquals(server.process.stderr.includes("opened"), false);
  },
);

e2e(
  "a message longer than its header can say exits 7 and no byte leaves",
  async (run) => {
    await using server = await run.server("echo", "0", "--frame", "length:1");

    const long = "x".repeat(256);
    const ended = await run.client(server.address, long, "--frame", "length:1");

    assertFails(
      ended,
      7,
      /^parley-client: cannot send .*256.*255.*; see --frame/,
    );
    assertEquals(server.process.stderr.includes("opened"), false);
  },
);

e2e("a connection reset in the middle of a message exits 8", async (run) => {
  await using server = await resettingServer([0, 0, 0, 9, 0x68]);
  assertFails(
    await run.client(`${server.port}`, "hi", "--frame", "length:4"),
    8,
    new RegExp(
      `^parley-client: cannot (read from|write to) tcp://127\\.0\\.0\\.1:${server.port}: the peer (reset|has closed) the connection; the server's log may say why`,
    ),
  );
});

e2e("an idle connection exits 8 with --idle-timeout", async (run) => {
  await using server = await run.server("discard", "0");
  assertFails(
    await run.client(server.address, "hello", "--idle-timeout", "200ms"),
    8,
    /^parley-client: cannot keep the connection to tcp:.*: no byte came or went for 200 ms .*--idle-timeout/,
  );
});

e2e(
  "a server that does not reply and finishes exits 8 and says how many came",
  async (run) => {
    await using server = rawServer(async (peer) => {
      await peer.read(8);
      await peer.write("one\n");
      await peer.conn.closeWrite();
      await peer.readAll();
    });
    const ended = await run.client(`${server.port}`, "one", "two");
    assertEquals(ended.stdout, "one\n");
    assertFails(ended, 8, /finished after 1 of 2 replies/);
  },
);

e2e("a full disk exits 9 and says how much was not written", async (run) => {
  await using server = await run.server("echo", "0");
  const [file, args] = run.build.command("client");
  const { code, stderr } = await new Deno.Command("sh", {
    args: [
      ...["-c", 'exec "$0" "$@" > /dev/full', file, ...args],
      ...[server.address, "hello"],
    ],
    stdin: "null",
  }).output();
  assertEquals(code, 9);
  assertMatch(
    new TextDecoder().decode(stderr),
    /^parley-client: cannot write to standard output: no space left on device, 6 of 6 bytes were not written/,
  );
});

e2e(
  "a line of input that is no message exits 9 and names the line",
  async (run) => {
    await using server = await run.server("echo", "0");
    assertFails(
      await run.clientWith("68\nzz\n", server.address, "--format", "hex"),
      9,
      /^parley-client: line 2 of standard input: "zz" is not hexadecimal/,
    );
  },
);

e2e("a reply that does not come in time exits 124", async (run) => {
  await using server = await run.server("discard", "0");
  assertFails(
    await run.client(server.address, "hello", "--timeout", "200ms"),
    124,
    /^parley-client: cannot receive from tcp:.*: no message came within 200 ms; allow more time with --timeout/,
  );
});

e2e("Ctrl-C exits 130 in silence", async (run) => {
  await using server = await run.server("greet", "0", "--every", "1h");
  await using client = run.start("client", server.address);
  await client.outputLine(/Welcome/);
  client.signal("SIGINT");
  const { code, stderr } = await client.ended();
  assertEquals([code, stderr], [130, ""]);
});

e2e("SIGTERM ends the client with 143", async (run) => {
  await using server = await run.server("greet", "0", "--every", "1h");
  await using client = run.start("client", server.address);
  await client.outputLine(/Welcome/);
  client.signal("SIGTERM");
  const { code, stderr } = await client.ended();
  assertEquals([code, stderr], [143, ""]);
});

e2e("standard output closed early exits 141 in silence", async (run) => {
  await using server = await run.server("greet", "0", "--every", "5ms");
  await using client = run.start("client", server.address);
  await client.outputLine(/Welcome/);
  await client.closeOutput();
  const { code, stderr } = await client.ended();
  assertEquals([code, stderr], [141, ""]);
});

e2e("--help and --version exit 0 and go to standard output", async (run) => {
  const help = await run.client("--help");
  assertEquals([help.code, help.stderr], [0, ""]);
  assertMatch(help.stdout, /^Usage: parley-client ADDRESS/m);
  const codes = await run.client("help", "exit-codes");
  for (const code of [0, 2, 3, 4, 5, 6, 7, 8, 9, 124, 130, 141, 143]) {
    assertMatch(codes.stdout, new RegExp(`^  ${code} +\\w`, "m"));
  }
  const version = await run.client("--version");
  assertMatch(version.stdout, /^parley-client \d+\.\d+\.\d+\n$/);
  assertEquals([version.code, version.stderr], [0, ""]);
});

e2e("no arguments exit 2 with a short help on standard error", async (run) => {
  const { code, stdout, stderr } = await run.client();
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "Usage: parley-client ADDRESS");
  assertStringIncludes(stderr, "ADDRESS --help");
});
