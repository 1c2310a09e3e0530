/**
 * The README and the documents beside it, held against the tree.
 *
 * @module
 */

import { assertEquals, assertLessOrEqual } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { FORMATS } from "../lib/framing/formats.ts";

const ROOT = new URL("../", import.meta.url);
const DOCUMENTS = [
  "README.md",
  "CHANGELOG.md",
  ".github/ARCHITECTURE.md",
  ".github/CONTRIBUTING.md",
  ".github/SECURITY.md",
];
const readme = await Deno.readTextFile(new URL("README.md", ROOT));

Deno.test("README.md has at most 180 lines", () => {
  assertLessOrEqual(readme.split("\n").length - 1, 180);
});

Deno.test("README.md names every framing", () => {
  const named = [...readme.matchAll(/`([a-z-]+)(?:[:,][^`]*)?`/g)]
    .map(([, name]) => name!);
  const missing = [...FORMATS.keys()].filter((name) => !named.includes(name));
  assertEquals(missing, []);
});

Deno.test("README.md names every entry point", () => {
  const missing = Object.keys(config.exports)
    .map((entry) => entry.slice(1))
    .filter((entry) => !readme.includes(`\`${entry}\``) && entry !== "");
  assertEquals(missing, []);
});

Deno.test("links in documents lead to files", async () => {
  const broken: string[] = [];
  for (const document of DOCUMENTS) {
    const text = await Deno.readTextFile(new URL(document, ROOT));
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      const file = new URL(target!, new URL(document, ROOT));
      await Deno.stat(file).catch(() => broken.push(`${document}: ${target}`));
    }
  }
  assertEquals(broken, []);
});

Deno.test("ARCHITECTURE.md names only files and folders that are there", async () => {
  const text = await Deno.readTextFile(
    new URL(".github/ARCHITECTURE.md", ROOT),
  );
  const paths = [...text.matchAll(/`((?:lib|cli|tests|\.ci)\/[\w./]*)`/g)]
    .map(([, path]) => path!);
  const missing: string[] = [];
  for (const path of paths) {
    await Deno.stat(new URL(path, ROOT)).catch(() => missing.push(path));
  }
  assertEquals(missing, []);
});

Deno.test("ARCHITECTURE.md names only files with a drawing as state diagrams", async () => {
  const text = await Deno.readTextFile(
    new URL(".github/ARCHITECTURE.md", ROOT),
  );
  const section = text.split("## State diagrams")[1]!.split("\n## ")[0]!;
  const without: string[] = [];
  for (const [, path] of section.matchAll(/`((?:lib|cli)\/[\w./]+)`/g)) {
    const source = await Deno.readTextFile(new URL(path!, ROOT));
    if (!/─►/.test(source)) without.push(path!);
  }
  assertEquals(without, []);
});

Deno.test("ARCHITECTURE.md names every file with a field that holds a state", async () => {
  const text = await Deno.readTextFile(
    new URL(".github/ARCHITECTURE.md", ROOT),
  );
  const missing: string[] = [];
  for (const folder of ["lib", "cli"]) {
    for await (const path of sourcesIn(folder)) {
      const source = await Deno.readTextFile(new URL(path, ROOT));
      const isState =
        /^ {2}(?!readonly)#(?:(?:state|phase)(?:[:\s]|$)|\w+:\s*\|?\s*"[a-z ]+" \|[^=;]* = ")/m;
      if (isState.test(source) && !text.includes(path)) missing.push(path);
    }
  }
  assertEquals(missing, []);
});

Deno.test("mod.ts names every entry point", async () => {
  const text = await Deno.readTextFile(new URL("mod.ts", ROOT));
  const table = text.split("## Entry points")[1]!.split("@module")[0]!;
  const missing = Object.keys(config.exports)
    .map((entry) => entry.slice(1))
    .filter((entry) => entry !== "" && !table.includes(`${entry}\``));
  assertEquals(missing, []);
});

/** The program files in a folder. */
async function* sourcesIn(folder: string): AsyncGenerator<string> {
  for await (
    const { isDirectory, name } of Deno.readDir(new URL(folder, ROOT))
  ) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* sourcesIn(path);
    else if (path.endsWith(".ts")) yield path;
  }
}
