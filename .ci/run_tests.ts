/**
 * Checks the types of everything, then runs the tests with the permissions that
 * `deno.json` lists under `test`, as `deno test -P` does. Two more depend on the
 * machine: to run this Deno by its path, and to use the folder for temporary
 * files.
 *
 * The tests are cut into parts of a few files. Two parts run at a time, each in a
 * process of its own: a test that measures the memory of its process, or changes
 * something of it, sees no other part. Inside of a part, one test runs after the
 * other. The output of a part is printed when it ends.
 *
 * Usage: `deno task test [ARGUMENTS-OF-DENO-TEST...]`
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a script prints its result

import { tmpdir } from "node:os";
import config from "../deno.json" with { type: "json" };

/** How many parts run at a time. */
const LANES = 2;

/** Few enough that the lanes end together, and starting Deno takes little. */
const FILES_IN_A_PART = 12;

const { read, write, run } = config.test.permissions;

const PERMISSIONS = [
  "-P",
  `--allow-read=${[...read, tmpdir()]}`,
  `--allow-write=${[...write, tmpdir()]}`,
  `--allow-run=${[...run, Deno.execPath()]}`,
];

/** Some of the tests: a name, and arguments of `deno test`. */
interface Part {
  readonly name: string;
  readonly args: readonly string[];
}

function* filesIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* filesIn(path);
    else if (name.endsWith("_test.ts")) yield path;
  }
}

function allParts(): Part[] {
  const files = [...filesIn("tests")].sort();
  const parts: Part[] = [];
  for (let at = 0; at < files.length; at += FILES_IN_A_PART) {
    const args = files.slice(at, at + FILES_IN_A_PART);
    parts.push({ name: `${args[0]} to ${args.at(-1)}`, args });
  }
  // Processes and browsers take longest, so they begin first.
  parts.sort((a, b) => Number(isEndToEnd(b)) - Number(isEndToEnd(a)));
  return [
    { name: "examples", args: ["--doc", "--ignore=tests,dist"] },
    ...parts,
  ];
}

function isEndToEnd({ name }: Part): boolean {
  return name.includes("tests/e2e/");
}

/** Starts Deno, and gives its exit code and what it has written so far. */
function deno(...args: readonly string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const written: Uint8Array[] = [];
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    for await (const chunk of stream) written.push(chunk);
  };
  const ended = Promise.all([
    child.status,
    collect(child.stdout),
    collect(child.stderr),
  ]);
  return { code: ended.then(([{ code }]) => code), written };
}

const failed: string[] = [];
const running = new Map<string, readonly Uint8Array[]>();

async function runPart({ name, args }: Part): Promise<void> {
  const begun = performance.now();
  const { code, written } = deno("test", "--no-check", ...PERMISSIONS, ...args);
  running.set(name, written);
  if (await code !== 0) failed.push(name);
  running.delete(name);
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  print(`\n${name} (${seconds} s)`, written);
}

function print(title: string, written: readonly Uint8Array[]): void {
  console.log(title);
  // Straight to the stream, as a character may be cut between two of them.
  for (const bytes of written) writeSync(bytes);
}

function writeSync(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    at += Deno.stdout.writeSync(bytes.subarray(at));
  }
}

/** Takes parts until none is left. */
async function lane(parts: Part[]): Promise<void> {
  for (let part; (part = parts.shift()) !== undefined;) await runPart(part);
}

/** Runs everything; gives the exit code. */
async function runAll(): Promise<number> {
  // What hangs is ended from outside, and should be seen then.
  Deno.addSignalListener("SIGTERM", () => {
    for (const [name, written] of running) {
      print(`\n${name} (has not ended)`, written);
    }
    Deno.exit(143);
  });
  const types = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--doc", "--quiet"],
  }).spawn().status;
  if (!types.success) failed.push("types");
  const parts = allParts();
  await Promise.all(Array.from({ length: LANES }, () => lane(parts)));
  if (failed.length > 0) console.log(`\nfailed: ${failed.join(", ")}`);
  return failed.length > 0 ? 1 : 0;
}

Deno.chdir(new URL("../", import.meta.url));
if (Deno.args.length === 0) Deno.exit(await runAll());
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["test", "--doc", ...PERMISSIONS, ...Deno.args],
  stdin: "null",
}).spawn().status;
Deno.exit(code);
