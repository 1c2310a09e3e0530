/**
 * What an executable loads before it knows what it is asked for.
 *
 * @module
 */

import { assertEquals, assertGreater } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

/** The modules that are loaded with one, types and `import()` left out. */
async function loadedWith(entry: string): Promise<Set<string>> {
  const found = new Set<string>();
  const waiting = [new URL(entry, ROOT)];
  for (let url; (url = waiting.pop()) !== undefined;) {
    const path = url.pathname.slice(ROOT.pathname.length);
    if (found.has(path)) continue;
    found.add(path);
    if (!path.endsWith(".ts")) continue;
    const source = (await Deno.readTextFile(url)).replace(/\/\*[^]*?\*\//g, "");
    const imports = source.matchAll(
      /^(?:im|ex)port (?!type\b)(?:[^;"]*? from )?"(\.[^"]+)"/gm,
    );
    for (const [, specifier] of imports) waiting.push(new URL(specifier!, url));
  }
  return found;
}

for (const name of ["server", "client"]) {
  Deno.test(`parley-${name} loads no part of the library before it is asked for something`, async () => {
    const loaded = await loadedWith(`cli/${name}.ts`);
    const library = [...loaded].filter((path) => /^(lib\/|mod\.ts)/.test(path));
    assertEquals(library, []);
    // The walk has found what there is to find.
    assertGreater(loaded.size, 8);
    assertEquals(loaded.has("cli/program.ts"), true);
  });
}

Deno.test("the command of a service loads the library, which the walk sees", async () => {
  const loaded = await loadedWith("cli/server/run_server.ts");
  assertEquals(loaded.has("mod.ts"), true);
});

for (const name of ["server", "client"]) {
  Deno.test(`parley-${name} loads no other executable's commands`, async () => {
    const other = name === "server" ? "client" : "server";
    const loaded = await loadedWith(`cli/${name}.ts`);
    const strangers = [...loaded].filter((path) =>
      path.startsWith(`cli/${other}`)
    );
    assertEquals(strangers, []);
  });
}
