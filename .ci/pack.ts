/**
 * Packs the executables in `dist/` for a release, as
 * `dist/parley-VERSION-TARGET.tar.xz`.
 *
 * ```text
 * parley-0.1.0-x86_64-unknown-linux-gnu/
 *   parley-server  parley-client  README.md  CHANGELOG.md  LICENSE
 *   man/          parley-server.1 ...
 *   completions/  parley-server.bash  parley-server.zsh  parley-server.fish ...
 * ```
 *
 * Usage: `deno run -A .ci/pack.ts TARGET`, after
 * `deno task compile --official --target TARGET`
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a script prints its result

import config from "../deno.json" with { type: "json" };
import { sha256Of } from "./deno_compile.ts";

const ROOT = new URL("../", import.meta.url);
const DIST = new URL("dist/", ROOT);
const EXECUTABLES = ["parley-server", "parley-client"];
const DOCUMENTS = ["README.md", "CHANGELOG.md", "LICENSE"];

async function main(): Promise<number> {
  const [target, ...rest] = Deno.args;
  if (target === undefined || rest.length > 0) {
    console.error("Usage: deno run -A .ci/pack.ts TARGET");
    return 2;
  }
  const name = `parley-${config.version}-${target}`;
  const suffix = target.includes("windows") ? ".exe" : "";
  const files = [
    ...EXECUTABLES.map((file) => new URL(file + suffix, DIST)),
    ...DOCUMENTS.map((file) => new URL(file, ROOT)),
  ];

  const folder = await Deno.makeTempDir({ dir: DIST.pathname });
  try {
    await Deno.mkdir(`${folder}/${name}`);
    for (const file of files) {
      const copy = `${folder}/${name}/${file.pathname.split("/").at(-1)}`;
      await Deno.copyFile(file, copy);
    }
    await writeManuals(`${folder}/${name}`);
    const archive = new URL(`${name}.tar.xz`, DIST);
    const { code } = await new Deno.Command("tar", {
      args: ["-cJf", archive.pathname, "-C", folder, name],
    }).spawn().status;
    if (code !== 0) return code;
    const { size } = await Deno.stat(archive);
    const sha256 = await sha256Of(archive);
    console.log(`dist/${name}.tar.xz  ${size} bytes  SHA-256 ${sha256}`);
    return 0;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes the manual pages and completions of both executables. */
async function writeManuals(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/man`);
  await Deno.mkdir(`${folder}/completions`);
  for (const name of EXECUTABLES) {
    const entry = `cli/${name.replace("parley-", "")}.ts`;
    const says = async (path: string, ...args: string[]) => {
      const { success, stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-prompt", "--allow-env=NO_COLOR", entry, ...args],
        cwd: ROOT,
        stderr: "inherit",
      }).output();
      if (!success) throw new Error(`Cannot run ${name} ${args.join(" ")}`);
      await Deno.writeFile(`${folder}/${path}`, stdout);
    };
    await says(`man/${name}.1`, "man");
    for (const shell of ["bash", "zsh", "fish"]) {
      await says(`completions/${name}.${shell}`, "completions", shell);
    }
  }
}

Deno.exit(await main());
