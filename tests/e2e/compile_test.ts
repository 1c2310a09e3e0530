/**
 * The scripts that compile the executables, without a network.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";

const ROOT = `${import.meta.dirname}/../..`;

/** Runs `.ci/deno_compile.ts` where every download is refused. */
async function compile(
  folder: string,
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number; stderr: string }> {
  await Deno.writeTextFile(`${folder}/main.ts`, `console.log("hello");\n`);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", `${ROOT}/.ci/deno_compile.ts`, ...args],
      ...["--no-check", "--output", `${folder}/out`, `${folder}/main.ts`],
    ],
    env: {
      // Port 1 is reserved and refuses; npm would go the same way.
      HTTPS_PROXY: "http://127.0.0.1:1",
      NPM_CONFIG_HTTPS_PROXY: "http://127.0.0.1:1",
      DENO_DIR: `${folder}/cache`,
      DENO_NO_UPDATE_CHECK: "1",
      NO_COLOR: "1",
      ...env,
    },
    stdin: "null",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("denoCompile() with --official fails when the official base runtime cannot be downloaded", async () => {
  const folder = await Deno.makeTempDir();
  const { code, stderr } = await compile(folder, {}, "--official");
  assertEquals(code, 1, stderr);
  assertEquals(
    stderr,
    `Cannot compile for ${Deno.build.target} as the base runtime could not ` +
      `be downloaded from dl.deno.land: --official allows no other\n`,
  );
  const names = (await Array.fromAsync(Deno.readDir(folder)))
    .map(({ name }) => name);
  assert(!names.includes("out"), "an executable was written");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("denoCompile() names the target that the stand-in is not for", async () => {
  const folder = await Deno.makeTempDir();
  const target = "x86_64-apple-darwin";
  const { code, stderr } = await compile(folder, {}, "--target", target);
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, `Cannot compile for ${target} as the base`);
  assertStringIncludes(stderr, "x86_64-unknown-linux-gnu only");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("denoCompile() with --official refuses a base runtime from DENORT_BIN", async () => {
  const folder = await Deno.makeTempDir();
  const env = { DENORT_BIN: "/bin/true" };
  const { code, stderr } = await compile(folder, env, "--official");
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, "DENORT_BIN is set: unset it");
  await Deno.remove(folder, { recursive: true });
});
