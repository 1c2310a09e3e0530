/**
 * Breaks hubs and their cluster of NATS in turn, and says what members lost.
 *
 * Usage, as root: `deno run -A tests/bench/hub_faults/main.ts core|history [FAULT...]`
 *
 * Three servers of NATS make a cluster, on machines of their own (namespaces of the
 * network); two hubs share a room through it, with 25 members each. A fault is
 * `kill`, `stop` or `unplug`, and strikes each of the five machines in turn. All are
 * the default. With `history` the stream has three replicas.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a script prints its result

import {
  addressOf,
  type Machine,
  MACHINES,
  plug,
  setUp,
  startOn,
  tearDown,
  unplug,
} from "./machines.ts";
import { Member } from "./members.ts";
import { judge, percentile } from "./verdict.ts";

const MEMBERS = 50;
const EVERY_MS = 250;
const HISTORY = 100_000;
// Longer than the hub waits for a sign of life of NATS, and the other way round.
const FAULT_MS = 12_000;
const RECOVERY_MS = 8_000;
const SERVERS = ["s0", "s1", "s2"] as const;

const [mode, ...named] = Deno.args;
if (mode !== "core" && mode !== "history") {
  console.error("say core or history");
  Deno.exit(2);
}
const faults = named.length > 0 ? named : ["kill", "stop", "unplug"];
const folder = await Deno.makeTempDir({ prefix: "parley-hub-faults-" });
const processes = new Map<Machine, Deno.ChildProcess>();
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const socketOf = (hub: Machine) => `${folder}/${hub}.sock`;

function start(machine: Machine): void {
  const log = `${folder}/${machine}.log`;
  processes.set(
    machine,
    machine.startsWith("s")
      ? startOn(
        machine,
        log,
        ...["nats-server", "--addr", addressOf(machine), "--name", machine],
        ...["--jetstream", "--store_dir", `${folder}/${machine}`],
        ...["--cluster_name", "faults"],
        ...["--cluster", `nats://${addressOf(machine)}:6222`],
        ...[
          "--routes",
          SERVERS.map((name) => `nats://${addressOf(name)}:6222`).join(),
        ],
      )
      : startOn(
        machine,
        log,
        ...[Deno.execPath(), "run", "-A", "--no-check", "cli/server.ts", "hub"],
        ...[`unix:${socketOf(machine)}`, "--frame", "length:4"],
        ...["--room", "faults", "--notices", "json", "--retry", "60s"],
        ...["--queue", "8MiB"],
        ...SERVERS.flatMap((name) => ["--nats", `nats://${addressOf(name)}`]),
        ...mode === "history"
          ? ["--history", `${HISTORY}`, "--nats-replicas", "3"]
          : [],
      ),
  );
}

async function strike(fault: string, machine: Machine): Promise<void> {
  const process = processes.get(machine)!;
  switch (fault) {
    case "kill":
      process.kill("SIGKILL");
      await process.status;
      await sleep(FAULT_MS);
      return start(machine);
    case "stop":
      process.kill("SIGSTOP");
      await sleep(FAULT_MS);
      return process.kill("SIGCONT");
    case "unplug":
      await unplug(machine);
      await sleep(FAULT_MS);
      return await plug(machine);
    default:
      throw new Error(`"${fault}" is not kill, stop or unplug`);
  }
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let left = 600; !isSo(); left--) {
    if (left === 0) throw new Error(`${what}: not within a minute`);
    await sleep(100);
  }
}

await setUp();
const members: Member[] = [];
try {
  MACHINES.forEach(start);
  const hubOf = (member: number): Machine => member % 2 === 0 ? "h0" : "h1";
  for (let number = 0; number < MEMBERS; number++) {
    members.push(
      new Member(
        number,
        socketOf(hubOf(number)),
        (sender) => hubOf(sender) === hubOf(number),
      ),
    );
  }
  await until("members", () => members.every(({ isThere }) => isThere));
  await sleep(1_000);
  let isOver = false;
  const talking = members.map(async (member) => {
    while (!isOver) {
      await member.say();
      await sleep(EVERY_MS * (0.5 + Math.random()));
    }
  });

  await sleep(5_000);
  const [near, far] = (["near", "far"] as const).map((side) =>
    members.flatMap(({ latenciesMs }) => latenciesMs[side])
  );
  console.log(
    `undisturbed: same hub p50 ${percentile(near!, 0.5)} p99 ${
      percentile(near!, 0.99)
    }; other hub p50 ${percentile(far!, 0.5)} p99 ${percentile(far!, 0.99)}`,
  );
  for (const fault of faults) {
    for (const machine of MACHINES) {
      await strike(fault, machine);
      await sleep(RECOVERY_MS);
      console.log(
        `${fault} ${machine}: ${JSON.stringify(judge(members, mode))}`,
      );
    }
  }
  isOver = true;
  await Promise.all(talking);
  await until("members", () => members.every(({ isThere }) => isThere));
  // What waits goes out, and quiet rooms tell their last numbers.
  await sleep(10_000);
  console.log(`${mode} in all:`, judge(members, mode));
} finally {
  await Promise.all(members.map((member) => member.end()));
  for (const process of processes.values()) {
    try {
      process.kill("SIGKILL");
    } catch {
      // It has ended by itself; its log says why.
    }
    await process.status;
  }
  await tearDown();
  console.log(`logs: ${folder}`);
}
