/**
 * The packages of NATS are for programs that ask for them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier: string };
      readonly npmPackage?: string;
    }[];
    readonly npmPackage?: string;
  }[];
  readonly roots: readonly string[];
}

/** What a program may import, also by `import()`, and so downloads at its start. */
async function loadedBy(entry: string): Promise<Set<string>> {
  const { stdout } = await new Deno.Command("deno", {
    args: ["info", "--json", entry],
  }).output();
  const { modules, roots }: Graph = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  const byName = new Map(modules.map((module) => [module.specifier, module]));
  const found = new Set<string>();
  const toVisit = [...roots];
  for (let next = toVisit.pop(); next !== undefined; next = toVisit.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    for (const { code } of byName.get(next)?.dependencies ?? []) {
      if (code !== undefined) toVisit.push(code.specifier);
    }
  }
  return found;
}

const isNats = (specifier: string) =>
  specifier.includes("@nats-io") || specifier.endsWith("/lib/nats/mod.ts");

Deno.test("only ./nats makes a program download the packages of NATS", async () => {
  for (
    const entry of [
      "mod.ts",
      "lib/hub/mod.ts",
      "cli/server.ts",
      "cli/client.ts",
    ]
  ) {
    const loaded = await loadedBy(entry);
    assert(loaded.size > 20, `${entry}: ${loaded.size}`);
    assertEquals([...loaded].filter(isNats), [], entry);
  }
  const loaded = [...await loadedBy("lib/nats/mod.ts")].filter(isNats);
  assert(
    loaded.some((name) => name.includes("@nats-io/nats-core")),
    `${loaded}`,
  );
  assert(
    loaded.some((name) => name.includes("@nats-io/jetstream")),
    `${loaded}`,
  );
});
