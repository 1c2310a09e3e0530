/**
 * Compiles both executables into `dist/`, with the smallest permissions they
 * work with, and prints what was made.
 *
 * Usage: `deno task compile [--target TARGET] [--if-stale]`
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a script: what it prints is its result

import { parseArgs } from "@std/cli/parse-args";
import {
  compileWithNpmRuntime,
  denoCompile,
  sha256Of,
} from "./deno_compile.ts";

const ROOT = new URL("../", import.meta.url);
const DIST = new URL("dist/", ROOT);
const STAMP = new URL(".sources", DIST);
const SOURCES = [
  "deno.json",
  "deno.lock",
  "mod.ts",
  "lib",
  "cli",
  ".std",
  ".ci",
];

// Standard input and output and signals need no permission. Names are resolved
// by connect and listen, so `--allow-net` covers them. A Unix socket is a file
// that both ends must be allowed to read and write, wherever it is: a compiled
// program cannot be granted a path when it is started.
const PERMISSIONS = [
  ...["--allow-net", "--allow-env=NO_COLOR", "--no-prompt"],
  ...["--allow-read", "--allow-write"],
];
// The umask decides who may connect to a Unix socket, and only the whole of
// "sys" includes it.
const SERVER_PERMISSIONS = ["--allow-sys"];

// From start to `listening`, one module takes 1.2 of an empty program's run,
// sixty take 1.6 (medians of 31). So all modules become one first, but for those
// that are imported when they are needed, which `deno compile --bundle` would put
// into the same one.
const BUNDLE = ["--platform", "deno", "--code-splitting", "--quiet"];

// The code cache would gain nothing more, and is a file of a name that anyone can
// foresee in the folder for temporary files.
const STARTUP = ["--no-code-cache"];

const EXECUTABLES = [
  {
    name: "parley-server",
    entry: "cli/server.ts",
    permissions: [...PERMISSIONS, ...SERVER_PERMISSIONS],
  },
  {
    name: "parley-client",
    entry: "cli/client.ts",
    permissions: PERMISSIONS,
  },
];

async function main(): Promise<number> {
  // `deno task compile -- --target T` hands the dashes on.
  const args = Deno.args.filter((arg) => arg !== "--");
  const options = parseArgs(args, {
    string: ["target"],
    boolean: ["if-stale"],
    unknown: (arg) => {
      console.error(`Cannot compile as ${arg} is not an option of this task`);
      Deno.exit(2);
    },
  });
  const target = String(options["target"] || Deno.build.target);
  const suffix = target.includes("windows") ? ".exe" : "";

  const stamp = `${Deno.version.deno} ${target} ${await sourcesHash()}\n`;
  if (options["if-stale"] && await isFresh(stamp, suffix)) return 0;

  await Deno.mkdir(DIST, { recursive: true });
  await Deno.remove(STAMP).catch(() => {
    // Not there: nothing was compiled yet.
  });
  let compile = denoCompile;
  for (const { name, entry, permissions } of EXECUTABLES) {
    const output = new URL(name + suffix, DIST).pathname;
    const module = await bundle(entry);
    if (module === undefined) return 1;
    const { code, fallback } = await compile([
      ...permissions,
      ...STARTUP,
      ...(target === Deno.build.target ? [] : ["--target", target]),
      ...["--output", output, module],
    ]);
    if (code !== 0) return code;
    if (fallback) {
      compile = async (args) => ({
        code: await compileWithNpmRuntime(args),
        fallback,
      });
    }
  }
  await Deno.writeTextFile(STAMP, stamp);
  for (const { name } of EXECUTABLES) await print(name + suffix);
  return 0;
}

/** Makes few modules of many; gives the path of the first one. */
async function bundle(entry: string): Promise<string | undefined> {
  const name = entry.slice(entry.lastIndexOf("/") + 1).replace(".ts", "");
  const folder = new URL(`.bundle/${name}/`, DIST);
  await Deno.remove(folder, { recursive: true }).catch(() => {
    // Not there: nothing was compiled yet.
  });
  const { success } = await new Deno.Command(Deno.execPath(), {
    cwd: ROOT,
    args: ["bundle", ...BUNDLE, "--outdir", folder.pathname, entry],
  }).spawn().status;
  return success ? new URL(`${name}.js`, folder).pathname : undefined;
}

async function print(name: string): Promise<void> {
  const { size } = await Deno.stat(new URL(name, DIST));
  const sha256 = await sha256Of(new URL(name, DIST));
  console.log(`dist/${name}  ${size} bytes  SHA-256 ${sha256}`);
}

async function isFresh(stamp: string, suffix: string): Promise<boolean> {
  try {
    for (const { name } of EXECUTABLES) {
      await Deno.stat(new URL(name + suffix, DIST));
    }
    return await Deno.readTextFile(STAMP) === stamp;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Hashes what the executables are made of: a stamp that no clock can upset. */
async function sourcesHash(): Promise<string> {
  const hashes: string[] = [];
  for (const source of SOURCES) {
    for await (const file of files(new URL(source, ROOT))) {
      hashes.push(`${file.pathname} ${await sha256Of(file)}`);
    }
  }
  const all = new TextEncoder().encode(hashes.sort().join("\n"));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all)).toHex();
}

async function* files(url: URL): AsyncGenerator<URL> {
  if ((await Deno.stat(url)).isFile) return yield url;
  for await (const entry of Deno.readDir(url)) {
    yield* files(new URL(`${url.href}/${entry.name}`));
  }
}

if (import.meta.main) Deno.exit(await main());
