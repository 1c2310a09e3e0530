/**
 * Two machines, as network namespaces joined by a cable: not loopback, and
 * nothing that reaches any other network.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Process } from "../support/processes.ts";

// Others may run the same test on this machine. Both ends of the cable lie in a
// namespace of their own: nothing of this machine's network is touched.
const NUMBER = crypto.getRandomValues(new Uint16Array(1))[0]!;
const SERVER = `parley-${NUMBER}-a`;
const CLIENT = `parley-${NUMBER}-b`;

/** Through the shell, which tests may run. */
async function sh(script: string): Promise<boolean> {
  const { success } = await new Deno.Command("sh", {
    args: ["-c", script],
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

const LAY = `set -e
ip netns add ${SERVER}
ip netns add ${CLIENT}
ip link add parley0 netns ${SERVER} type veth peer name parley0 netns ${CLIENT}
ip -n ${SERVER} addr add 10.99.7.1/24 dev parley0
ip -n ${CLIENT} addr add 10.99.7.2/24 dev parley0
ip -n ${SERVER} addr add fd99::1/64 dev parley0 nodad
ip -n ${CLIENT} addr add fd99::2/64 dev parley0 nodad
for name in ${SERVER} ${CLIENT}; do
  ip -n $name link set lo up
  ip -n $name link set parley0 up
done`;
const REMOVE = `ip netns del ${SERVER}; ip netns del ${CLIENT}; true`;

/** Runs a compiled executable on one of the machines. */
function on(machine: string, program: string, ...args: string[]): Process {
  const words = args.map((arg) => `'${arg}'`).join(" ");
  return new Process("sh", [
    "-c",
    `exec ip netns exec ${machine} dist/parley-${program} ${words}`,
  ]);
}

async function ask(...args: string[]) {
  await using client = on(CLIENT, "client", ...args);
  await client.end();
  return await client.ended();
}

const possible = await sh(LAY);
await sh(REMOVE);

Deno.test({
  name: possible
    ? "two machines talk over TCP and UDP, IPv4 and IPv6, at every address that is told, and an absent one is unreachable"
    : "two machines talk: not run, network namespaces cannot be made here",
  ignore: !possible,
  async fn() {
    assertEquals(await sh(LAY), true);
    try {
      await using server = on(
        SERVER,
        ...["server", "upper", ":7342", "udp://[::]:7343"] as const,
      );
      await server.line(/^listening on tcp:\/\/\[::\]:7342$/);
      await server.line(/^listening on udp:\/\/\[::\]:7343$/);

      // Each address that the server tells of can be used as it is.
      for (
        const address of [
          "tcp://10.99.7.1:7342",
          "tcp://[fd99::1]:7342",
          "udp://10.99.7.1:7343",
          "udp://[fd99::1]:7343",
        ]
      ) {
        const told = address.replace(/[[\].]/g, "\\$&");
        await server.line(
          new RegExp(`^other machines reach it at ${told} \\(parley0\\)$`),
        );
        const { code, stdout, stderr } = await ask(address, "hello 🌮", "bye");
        assertEquals([code, stdout], [0, "HELLO 🌮\nBYE\n"], stderr);
      }
      await server.line(/opened by tcp:\/\/10\.99\.7\.2:\d+/);
      await server.line(/opened by tcp:\/\/\[fd99::2\]:\d+/);

      const absent = await ask("10.99.7.77:7342", "x", "--timeout", "20s");
      assertEquals(absent.code, 4);
      assertStringIncludes(absent.stderr, "tcp://10.99.7.77:7342");
      assertMatch(absent.stderr, /no route to the host/);

      const outside = await ask("192.0.2.1:7342", "x");
      assertEquals(outside.code, 4);
      assertMatch(outside.stderr, /network is unreachable/);
    } finally {
      await sh(REMOVE);
    }
  },
});
