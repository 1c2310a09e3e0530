/**
 * Machines in namespaces of the network, for the fault test of hubs: each has one
 * cable to a common switch, which can be pulled.
 *
 * ```text
 *   s0  s1  s2   servers of NATS, a cluster        10.77.0.1 to .3
 *    └───┼───┘
 *      switch                                      a bridge
 *      ┌─┴─┐
 *      h0  h1    hubs                              10.77.0.4 and .5
 * ```
 *
 * Needs root. Members reach their hub through a Unix socket, so a cable carries
 * nothing but what hubs and servers say to each other.
 *
 * @module
 */

export const MACHINES = ["s0", "s1", "s2", "h0", "h1"] as const;

/** One of the machines. */
export type Machine = typeof MACHINES[number];

const SWITCH = "pfbr0";
const spaceOf = (machine: Machine) => `pf-${machine}`;

/** The address of a machine. */
export function addressOf(machine: Machine): string {
  return `10.77.0.${MACHINES.indexOf(machine) + 1}`;
}

/** Makes the machines and their cables. */
export async function setUp(): Promise<void> {
  await tearDown();
  await ip(`link add ${SWITCH} type bridge`, `link set ${SWITCH} up`);
  for (const machine of MACHINES) {
    const space = spaceOf(machine);
    const [outer, inner] = [`pf-${machine}o`, `pf-${machine}i`];
    await ip(
      `netns add ${space}`,
      `link add ${outer} type veth peer name ${inner}`,
      `link set ${inner} netns ${space}`,
      `link set ${outer} master ${SWITCH}`,
      `link set ${outer} up`,
      `-n ${space} addr add ${addressOf(machine)}/24 dev ${inner}`,
      `-n ${space} link set ${inner} up`,
      `-n ${space} link set lo up`,
    );
  }
}

/** Removes what {@linkcode setUp} made. */
export async function tearDown(): Promise<void> {
  for (const machine of MACHINES) {
    await ip(`netns del ${spaceOf(machine)}`).catch(() => {
      // There was none.
    });
  }
  await ip(`link del ${SWITCH}`).catch(() => {
    // There was none.
  });
}

/** Pulls the cable of a machine: what it sends is gone, without an error. */
export async function unplug(machine: Machine): Promise<void> {
  await ip(`link set pf-${machine}o down`);
}

/** Puts the cable back. */
export async function plug(machine: Machine): Promise<void> {
  await ip(`link set pf-${machine}o up`);
}

/** Starts a program on a machine. */
export function startOn(
  machine: Machine,
  log: string,
  ...command: string[]
): Deno.ChildProcess {
  return new Deno.Command("sh", {
    args: [
      ...["-c", 'exec "$@" 2>>"$0"', log],
      ...["ip", "netns", "exec", spaceOf(machine), ...command],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

async function ip(...commands: string[]): Promise<void> {
  for (const command of commands) {
    const { stderr, success } = await new Deno.Command("ip", {
      args: command.split(" "),
    }).output();
    if (!success) {
      throw new Error(`ip ${command}: ${new TextDecoder().decode(stderr)}`);
    }
  }
}
