/**
 * Compiles both executables into `dist/` with the fewest permissions that they
 * need, and prints each one's size and hash.
 *
 * Usage: `deno task compile [--target TARGET] [--if-stale] [--official]`
 *
 * - `--target` compiles for another system, as `deno compile --target` does.
 * - `--if-stale` does nothing if the executables are newer than the sources.
 * - `--official` fails if the official base runtime cannot be downloaded. Without
 *   it a stand-in takes its place, which is for tests only.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a script prints its result

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
// that both ends must be allowed to read and write. Its path is unknown here, and
// a compiled program cannot be granted a path when it starts.
const PERMISSIONS = [
  ...["--allow-net", "--allow-env=NO_COLOR", "--no-prompt"],
  ...["--allow-read", "--allow-write"],
];
// The umask decides who may connect to a Unix socket. No narrower permission
// than "sys" includes it.
const SERVER_PERMISSIONS = ["--allow-sys"];

// From start to `listening`, one module takes 1.2 times as long as an empty
// program, sixty modules take 1.6 times (medians of 31). So modules are bundled
// first. Those that are loaded by `import()` stay apart, which
// `deno compile --bundle` would not do.
const BUNDLE = [
  ...["--platform", "deno", "--code-splitting", "--minify", "--quiet"],
];

// The code cache would save a fifth of the start. It is a file with a predictable
// name in the folder for temporary files, where others could put one first.
const STARTUP = ["--no-code-cache"];

// A regular expression of the user's that takes exponential time is handed to an
// engine that takes linear time: `^(a+)+$` on 40 characters 1.5 ms instead of hours.
// The first flag lets the program find out which ones that engine takes, see
// `lib/search/bounded_expression.ts`.
const EXPRESSIONS = [
  "--v8-flags=--enable-experimental-regexp-engine,--enable-experimental-regexp-engine-on-excessive-backtracks",
];

// What is loaded by a specifier that no tool can follow, so that users of the source
// download it only when they ask for it: see `cli/hub/nats/load_nats.ts`.
const NATS = "lib/nats/mod.ts";

const EXECUTABLES = [
  {
    name: "parley-server",
    entries: ["cli/server.ts", NATS],
    permissions: [...PERMISSIONS, ...SERVER_PERMISSIONS],
  },
  {
    name: "parley-client",
    entries: ["cli/client.ts"],
    permissions: PERMISSIONS,
  },
];

async function main(): Promise<number> {
  // `deno task compile -- --target T` hands the dashes on.
  const args = Deno.args.filter((arg) => arg !== "--");
  const options = parseArgs(args, {
    string: ["target"],
    boolean: ["if-stale", "official"],
    unknown: (arg) => {
      console.error(`Cannot compile as ${arg} is not an option of this task`);
      Deno.exit(2);
    },
  });
  const target = String(options["target"] || Deno.build.target);
  const suffix = target.includes("windows") ? ".exe" : "";

  const official = options["official"] === true;
  const sources = await sourcesHash();
  const stampOf = (runtime: string) =>
    `${Deno.version.deno} ${target} ${runtime} ${sources}\n`;
  // The stand-in's executables are fresh enough for all but --official.
  const fresh = [stampOf("official"), ...official ? [] : [stampOf("stand-in")]];
  if (options["if-stale"] && await isFresh(fresh, suffix)) return 0;

  await Deno.mkdir(DIST, { recursive: true });
  await Deno.remove(STAMP).catch(() => {
    // Absent: nothing was compiled yet.
  });
  let compile = (args: readonly string[]) => denoCompile(args, { official });
  let runtime = "official";
  for (const { name, entries, permissions } of EXECUTABLES) {
    const output = new URL(name + suffix, DIST).pathname;
    const modules = await bundle(name, entries);
    if (modules === undefined) return 1;
    const [module, ...included] = modules;
    const { code, standIn } = await compile([
      ...permissions,
      ...STARTUP,
      ...EXPRESSIONS,
      ...(target === Deno.build.target ? [] : ["--target", target]),
      ...included.flatMap((path) => ["--include", path]),
      ...["--output", output, module!],
    ]);
    if (code !== 0) return code;
    if (!standIn) continue;
    // The download failed once: go on without another attempt.
    runtime = "stand-in";
    compile = async (args) => ({
      code: await compileWithNpmRuntime(args),
      standIn,
    });
  }
  await Deno.writeTextFile(STAMP, stampOf(runtime));
  for (const { name } of EXECUTABLES) await print(name + suffix);
  return 0;
}

/**
 * Bundles entry points, which share what both import; returns the paths of the
 * results.
 */
async function bundle(
  name: string,
  entries: readonly string[],
): Promise<string[] | undefined> {
  const folder = new URL(`.bundle/${name}/`, DIST);
  await Deno.remove(folder, { recursive: true }).catch(() => {
    // Absent: nothing was compiled yet.
  });
  const { success } = await new Deno.Command(Deno.execPath(), {
    cwd: ROOT,
    args: ["bundle", ...BUNDLE, "--outdir", folder.pathname, ...entries],
  }).spawn().status;
  if (!success) return undefined;
  await loadRequireOnDemand(folder);
  // Below the folder that all of them are in.
  return entries.map((entry) => {
    const path = entries.length > 1 ? entry : entry.replace(/^.*\//, "");
    return new URL(path.replace(".ts", ".js"), folder).pathname;
  });
}

/**
 * Leaves `require` to the modules that use it. `deno bundle` makes it in a module
 * that every other one imports, and making it takes a twentieth of the start.
 */
async function loadRequireOnDemand(folder: URL): Promise<void> {
  const modules = new Map<URL, string>();
  for await (const file of files(folder)) {
    modules.set(file, await Deno.readTextFile(file));
  }
  for (const [{ pathname }, source] of modules) {
    if (!source.includes("__deno_internal_createRequire")) continue;
    const name = pathname.slice(pathname.lastIndexOf("/") + 1);
    // An import without names, which is for what the module does when it is loaded.
    const needless = new RegExp(`import"[./]*/${RegExp.escape(name)}";`, "g");
    for (const [file, text] of modules) {
      await Deno.writeTextFile(file, text.replace(needless, ""));
    }
  }
}

async function print(name: string): Promise<void> {
  const { size } = await Deno.stat(new URL(name, DIST));
  const sha256 = await sha256Of(new URL(name, DIST));
  console.log(`dist/${name}  ${size} bytes  SHA-256 ${sha256}`);
}

async function isFresh(
  stamps: readonly string[],
  suffix: string,
): Promise<boolean> {
  try {
    for (const { name } of EXECUTABLES) {
      await Deno.stat(new URL(name + suffix, DIST));
    }
    return stamps.includes(await Deno.readTextFile(STAMP));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Hashes the sources. Unlike file times, hashes survive a clone and a checkout. */
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
