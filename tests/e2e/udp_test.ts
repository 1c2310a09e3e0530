/**
 * The executables over UDP.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { e2e, Process } from "../support/processes.ts";

e2e(
  "the services answer datagrams, IPv4 and IPv6 from one socket",
  async (run) => {
    await using server = await run.server("upper", "udp://[::]:0");
    for (const host of ["127.0.0.1", "[::1]"]) {
      const address = `udp://${host}:${server.port}`;
      assertEquals(await run.client(address, "Hello, UDP!", "🌮 ñ"), {
        code: 0,
        stdout: "HELLO, UDP!\n🌮 Ñ\n",
        stderr: "",
      });
    }
    // Node's resolver in old runtimes has something to say of its own.
    const named = await run.client(`udp://localhost:${server.port}`, "name");
    assertEquals([named.code, named.stdout], [0, "NAME\n"]);
    server.process.signal("SIGTERM");
    const { code, stderr } = await server.process.ended();
    assertEquals(code, 0);
    assertMatch(
      stderr,
      /^udp:\S+: in 5 datagrams .*; 0 refused, 0 dropped; drops by the system are not counted$/m,
    );
  },
);

e2e("each piped line is a datagram, the empty one too", async (run) => {
  await using server = await run.server("reverse", "udp://127.0.0.1:0");
  const ended = await run.clientWith("one\n\ntwo", server.address);
  assertEquals(ended, { code: 0, stdout: "eno\n\nowt\n", stderr: "" });
});

e2e("a datagram of 65,507 bytes comes back", async (run) => {
  await using server = await run.server("echo", "udp://127.0.0.1:0");
  const message = "x".repeat(65_507);
  const { code, stdout } = await run.client(server.address, message);
  assertEquals([code, stdout === message + "\n"], [0, true]);
});

e2e("silence exits 124 and says what it may mean", async (run) => {
  await using server = await run.server("discard", "udp://127.0.0.1:0");
  const { code, stdout, stderr } = await run.client(
    ...[server.address, "hello", "--timeout", "50ms", "--attempts", "2"],
  );
  assertEquals([code, stdout], [124, ""]);
  assertMatch(
    stderr,
    /^parley-client: .*timed out after 2 attempts in 100 ms; nothing may be listening there, a datagram may be lost.*\n$/,
  );
});

e2e("a port where nobody is, is silence too", async (run) => {
  const { code, stderr } = await run.client(
    ...["udp://127.0.0.1:9", "hello", "--timeout", "50ms", "--attempts", "1"],
  );
  assertEquals(code, 124, stderr);
});

e2e("a UDP port in use exits 5, no such name exits 3", async (run) => {
  await using server = await run.server("echo", "udp://127.0.0.1:0");
  await using second = run.start("server", "echo", server.address);
  const { code, stderr } = await second.ended();
  assertEquals(code, 5);
  assertMatch(stderr, /^parley-server: cannot bind udp:.*already in use/);
  const { code: named } = await run.client("udp://no-such.invalid:7", "x");
  assertEquals(named, 3);
});

// The loopback of other systems has no multicast.
const isLinux = Deno.build.os === "linux";
const HERE = ["--interface", "127.0.0.1"];

if (isLinux) {
  e2e(
    "two servers on one port answer what their group is sent",
    async (run) => {
      const join = ["--join", "239.255.7.36", ...HERE];
      await using upper = await run.server("upper", "udp://0.0.0.0:0", ...join);
      const { address, port } = upper;
      await using _other = await run.server("reverse", address, ...join);
      const group = `udp://239.255.7.36:${port}`;
      const { code, stdout, stderr } = await run.client(
        ...[group, "hello", ...HERE, "--ttl", "0"],
      );
      assertEquals(code, 0);
      assertEquals(stdout.split("\n").toSorted(), ["", "HELLO", "olleh"]);
      const reply = `reply from udp://127.0.0.1:${port}\n`;
      assertEquals(stderr, reply + reply);
    },
  );

  e2e("Ctrl-C ends waiting for a group", async (run) => {
    await using server = await run.server(
      ...["echo", "udp://0.0.0.0:0", "--join", "239.255.7.36", ...HERE],
    );
    const group = `udp://239.255.7.36:${server.port}`;
    const options = [...HERE, "--timeout", "none"];
    await using client = run.start("client", group, "hello", ...options);
    await client.outputLine(/^hello$/);
    client.signal("SIGINT");
    assertEquals((await client.ended()).code, 130);
  });
}

if (isLinux && await isInstalled("socat")) {
  e2e(
    "socat in a group asks the server, and answers the client",
    async (run) => {
      const group = "239.255.7.37";
      await using server = await run.server(
        ...["upper", "udp://0.0.0.0:0", "--join", group, ...HERE],
      );
      const { port } = server;
      const to = `UDP4-DATAGRAM:${group}:${port},ip-multicast-if=127.0.0.1`;
      await using asking = sh(`printf hello | socat -t1 - ${to}`);
      assertEquals((await asking.ended()).stdout, "HELLO");

      const joined = `reuseaddr,ip-add-membership=${group}:127.0.0.1`;
      await using _member = sh(
        `exec socat UDP4-RECVFROM:${port},${joined},fork PIPE`,
      );
      // Both answer, once socat has come so far.
      let answers = "";
      for (let i = 0; i < 20 && answers !== "HELLO hello"; i++) {
        const { stdout } = await run.client(
          ...[`udp://${group}:${port}`, "hello", ...HERE, "--timeout", "300ms"],
        );
        answers = stdout.trim().split("\n").toSorted().join(" ");
      }
      assertEquals(answers, "HELLO hello");
    },
  );
} else {
  Deno.test({
    name: "socat in a group: not run, it is not installed or this is not Linux",
    ignore: true,
    fn() {},
  });
}

// Through the shell, the only program besides Deno and Node that tests may run.
function sh(script: string): Process {
  return new Process("sh", ["-c", script]);
}

async function isInstalled(program: string): Promise<boolean> {
  await using shell = sh(`command -v ${program}`);
  return (await shell.ended()).code === 0;
}
