/**
 * Writes `dist/jsr/`: the package as JSR users get it, ready for
 * `deno publish`.
 *
 * The copy leaves out tests, tasks, the demo, and the links to `.std/`, so that
 * `jsr:@std/...` means the standard library itself. `deno publish` cannot exclude
 * a linked folder, so the package is published from a copy.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a script prints its result

import config from "../deno.json" with { type: "json" };

const ROOT = new URL("../", import.meta.url);
const STAGE = new URL("dist/jsr/", ROOT);
const CONTENT = ["mod.ts", "lib", "cli", "README.md", "LICENSE"];
const LEFT_OUT = ["cli/demo"];

/**
 * The settings that users of the package need.
 *
 * @param used The imports that what was copied makes use of.
 */
function packageConfig(used: ReadonlySet<string>): Record<string, unknown> {
  const { name, version, license, exports, imports, compilerOptions } = config;
  return {
    name,
    version,
    license,
    exports,
    // Packages of npm that only tests use are left out.
    imports: Object.fromEntries(
      Object.entries(imports).filter(([name, target]) =>
        target.startsWith("jsr:") || used.has(name)
      ),
    ),
    compilerOptions,
    // Git ignores dist/, and `deno publish` leaves out what Git ignores.
    publish: { exclude: ["!**"] },
  };
}

/** The names of `imports` that a source names. */
function namesIn(source: string): string[] {
  return Object.keys(config.imports).filter((name) =>
    source.includes(`from "${name}"`) || source.includes(`from "${name}/`)
  );
}

async function copy(path: string, used: Set<string>): Promise<void> {
  if (LEFT_OUT.includes(path)) return;
  const from = new URL(path, ROOT);
  const to = new URL(path, STAGE);
  if ((await Deno.stat(from)).isFile) {
    await Deno.copyFile(from, to);
    if (!path.endsWith(".ts")) return;
    for (const name of namesIn(await Deno.readTextFile(from))) used.add(name);
    return;
  }
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    await copy(`${path}/${entry.name}`, used);
  }
}

await Deno.remove(STAGE, { recursive: true }).catch((error) => {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
});
await Deno.mkdir(STAGE, { recursive: true });
const used = new Set<string>();
for (const path of CONTENT) await copy(path, used);
await Deno.writeTextFile(
  new URL("deno.json", STAGE),
  JSON.stringify(packageConfig(used), null, 2) + "\n",
);
console.log(`dist/jsr  ${config.name} ${config.version}`);
