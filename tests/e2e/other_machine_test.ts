/**
 * The executables on two machines: two network namespaces with a cable between
 * them, where this machine lets us lay one.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { e2e, Process, type Run } from "../support/processes.ts";

// Others may run the same test on this machine.
const NUMBER = crypto.getRandomValues(new Uint8Array(1))[0]!;
const MACHINE = `parley-${NUMBER}`;
const CABLE = [`parley${NUMBER}a`, `parley${NUMBER}b`];
const HERE = [`10.213.${NUMBER}.1`, `fd13:7:${NUMBER}::1`];
const THERE = [`10.213.${NUMBER}.2`, `fd13:7:${NUMBER}::2`];

const LAY = `
  ip netns add ${MACHINE}
  ip link add ${CABLE[0]} type veth peer name ${CABLE[1]} netns ${MACHINE}
  ip addr add ${HERE[0]}/24 dev ${CABLE[0]}
  ip addr add ${HERE[1]}/64 dev ${CABLE[0]} nodad
  ip link set ${CABLE[0]} up
  ip -n ${MACHINE} addr add ${THERE[0]}/24 dev ${CABLE[1]}
  ip -n ${MACHINE} addr add ${THERE[1]}/64 dev ${CABLE[1]} nodad
  ip -n ${MACHINE} link set ${CABLE[1]} up
  ip netns exec ${MACHINE} true`;
const CUT = `ip netns del ${MACHINE}; ip link del ${CABLE[0]}`;

async function sh(script: string): Promise<boolean> {
  const { success } = await new Deno.Command("sh", {
    args: ["-c", script],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

async function withCable(test: () => Promise<void>): Promise<void> {
  try {
    assertEquals(await sh(`set -e; ${LAY}`), true);
    await test();
  } finally {
    await sh(CUT);
  }
}

/** Runs the client on the other machine. */
async function clientThere(
  run: Run,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [file, first] = run.build.command("client");
  await using client = new Process("sh", [
    ...["-c", 'exec ip netns exec "$@"', "sh", MACHINE],
    ...[file, ...first, ...args],
  ]);
  await client.end();
  return await client.ended();
}

const canLay = await sh(`set -e; ${LAY}`);
await sh(CUT);

if (canLay) {
  e2e(
    "another machine reaches every address that is told",
    (run) =>
      withCable(async () => {
        await using server = await run.server("upper", ":0", "udp://[::]:0");
        const told = (host: string, scheme: string) =>
          server.process.line(
            new RegExp(
              `^other machines reach it at (${scheme}://${host}:\\d+) \\(${
                CABLE[0]
              }\\)$`,
            ),
          );
        for (const scheme of ["tcp", "udp"]) {
          for (const host of [HERE[0]!, `\\[${HERE[1]}\\]`]) {
            const [, address] = await told(host, scheme);
            assertEquals(await clientThere(run, address!, "hello"), {
              code: 0,
              stdout: "HELLO\n",
              stderr: "",
            });
          }
        }
        // IPv4 is shown as IPv4, whatever the socket.
        await server.process.line(
          new RegExp(`^#1 opened by tcp://${THERE[0]}:\\d+$`),
        );
      }),
  );
} else {
  // deno-lint-ignore no-console -- a skip must be seen
  console.error(
    "network namespaces cannot be made here: the test with another machine is skipped",
  );
}
