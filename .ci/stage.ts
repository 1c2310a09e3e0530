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

/** The settings that users of the package need. */
function packageConfig(): Record<string, unknown> {
  const { name, version, license, exports, imports, compilerOptions } = config;
  return {
    name,
    version,
    license,
    exports,
    imports: Object.fromEntries(
      Object.entries(imports).filter(([, target]) => target.startsWith("jsr:")),
    ),
    compilerOptions,
    // Git ignores dist/, and `deno publish` leaves out what Git ignores.
    publish: { exclude: ["!**"] },
  };
}

async function copy(path: string): Promise<void> {
  if (LEFT_OUT.includes(path)) return;
  const from = new URL(path, ROOT);
  const to = new URL(path, STAGE);
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    await copy(`${path}/${entry.name}`);
  }
}

await Deno.remove(STAGE, { recursive: true }).catch((error) => {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
});
await Deno.mkdir(STAGE, { recursive: true });
for (const path of CONTENT) await copy(path);
await Deno.writeTextFile(
  new URL("deno.json", STAGE),
  JSON.stringify(packageConfig(), null, 2) + "\n",
);
console.log(`dist/jsr  ${config.name} ${config.version}`);
