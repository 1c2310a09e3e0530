/**
 * The executables in front of each other's PROXY protocol.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { RawPeer, rawServer } from "../support/peers.ts";
import { e2e } from "../support/processes.ts";

e2e(
  "the server logs clients under the addresses that a trusted proxy tells",
  async (run) => {
    await using server = await run.server(
      ...["upper", "0", "--proxy-protocol-from", "10.0.0.0/8,127.0.0.0/8"],
    );
    const source = "192.0.2.7:5000";
    for (const header of ["--proxy-protocol", "--proxy-protocol=v1"]) {
      const ended = await run.client(
        ...[server.address, "hello", header, "--proxy-source", source],
      );
      assertEquals(ended, { code: 0, stdout: "HELLO\n", stderr: "" });
    }
    await server.process.line(/^#1 opened by tcp:\/\/192\.0\.2\.7:5000$/);
    await server.process.line(/^#2 closed .*; finished$/);
    const own = await run.client(
      ...[server.address, "hello", "--proxy-protocol", "--chunks"],
    );
    assertEquals([own.code, own.stdout], [0, "HELLO\n"]);
    await server.process.line(/^#3 opened by tcp:\/\/127\.0\.0\.1:\d+$/);
  },
);

e2e(
  "a proxy without its header is refused, with its first bytes",
  async (run) => {
    await using server = await run.server(
      ...["echo", "0", "--proxy-protocol-from", "127.0.0.1"],
    );
    using peer = await RawPeer.connect(server.port);
    await peer.write("GET / HTTP/1.1\r\n\r\n");
    assertEquals((await peer.readAll()).length, 0);
    await server.process.line(
      /^refused tcp:.*: cannot read the PROXY header: .*; it begins 47 45 54 20/,
    );
    const { code } = await run.client(
      server.address,
      "hello",
      "--proxy-protocol",
    );
    assertEquals(code, 0);
  },
);

e2e("of a peer that is no trusted proxy a header is data", async (run) => {
  await using server = await run.server(
    ...["echo", "0", "--proxy-protocol-from", "192.0.2.0/24"],
  );
  const { stdout } = await run.client(
    ...[server.address, "hello", "--proxy-protocol=v1"],
  );
  assertMatch(stdout, /^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ \d+$/m);
});

e2e("the header is the first thing that is sent", async (run) => {
  const said = Promise.withResolvers<string>();
  await using server = rawServer(async (peer) => {
    said.resolve(new TextDecoder().decode(await peer.readAll()));
  });
  await run.clientWith(
    "hello\n",
    ...[`${server.port}`, "--proxy-protocol=v1", "--proxy-source", "1.2.3.4:5"],
  );
  assertEquals(
    await said.promise,
    `PROXY TCP4 1.2.3.4 127.0.0.1 5 ${server.port}\r\nhello\n`,
  );
});

e2e(
  "a source of the other IP version exits 2, and so does no range",
  async (run) => {
    await using server = await run.server("echo", "0");
    const { code, stderr } = await run.client(
      ...[server.address, "x", "--proxy-protocol", "--proxy-source", "[::1]:5"],
    );
    assertEquals(code, 2);
    assertMatch(stderr, /--proxy-source: .*of the same family; see/);
    await using wrong = run.start(
      ...[
        "server",
        "echo",
        "0",
        "--proxy-protocol-from",
        "10.0.0.0/40",
      ] as const,
    );
    const ended = await wrong.ended();
    assertEquals(ended.code, 2);
    assertMatch(ended.stderr, /"10\.0\.0\.0\/40"/);
  },
);
