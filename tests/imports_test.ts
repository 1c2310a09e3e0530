/**
 * Imports between single files: none in a circle, and nothing exported that no other
 * file imports.
 *
 * @module
 */

import { assertEquals, assertGreater } from "@std/assert";
import { join, normalize } from "node:path/posix";
import config from "../deno.json" with { type: "json" };

/** What one file imports from another. */
interface Import {
  readonly from: string;
  /** The names; `"*"` for all of them. */
  readonly names: readonly string[];
  /** Whether it is there when the program runs. */
  readonly isOfValues: boolean;
}

const FOLDERS = ["lib", "cli", "tests", ".ci"];
const ENTRY_POINTS: ReadonlyMap<string, string> = new Map(
  Object.entries(config.exports).map(([name, path]) =>
    [config.name + name.slice(1), normalize(path)] as const
  ),
);

const IMPORT =
  /^(?:import|export)\s+(type\s+)?([^;"]*?)\s*from\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
const EXPORTED =
  /^export (?:abstract |async )*(?:const|let|function\*?|class) (\w+)/gm;

async function* filesIn(folder: string): AsyncGenerator<string> {
  for await (const { isDirectory, name } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* filesIn(path);
    else if (name.endsWith(".ts")) yield path;
  }
}

function importsIn(path: string, source: string): Import[] {
  return Array.from(source.matchAll(IMPORT), (match) => {
    const [, isType, clause = "*", written, later] = match;
    const specifier = written ?? later!;
    const from = specifier.startsWith(".")
      ? normalize(join(path, "..", specifier))
      : ENTRY_POINTS.get(specifier) ?? specifier;
    if (!clause.includes("{")) {
      const isOfValues = isType === undefined && later === undefined;
      return { from, names: ["*"], isOfValues };
    }
    const members = clause.slice(clause.indexOf("{") + 1, -1).split(",")
      .map((member) => member.trim()).filter((member) => member !== "");
    return {
      from,
      names: members.map((name) =>
        name.replace(/^type /, "").split(" as ")[0]!.trim()
      ),
      isOfValues: isType === undefined &&
        members.some((member) => !member.startsWith("type ")),
    };
  });
}

async function readAll(): Promise<ReadonlyMap<string, string>> {
  const sources = new Map([["mod.ts", await Deno.readTextFile("mod.ts")]]);
  for (const folder of FOLDERS) {
    for await (const path of filesIn(folder)) {
      sources.set(path, await Deno.readTextFile(path));
    }
  }
  for (const [path, source] of sources) {
    sources.set(path, source.replace(/\/\*[^]*?\*\//g, ""));
  }
  return sources;
}

/** The files of one circle, or `undefined` if there is none. */
function circleIn(
  graph: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const isDone = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): readonly string[] | undefined => {
    if (isDone.has(file)) return undefined;
    const begun = path.indexOf(file);
    if (begun !== -1) return [...path.slice(begun), file];
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const circle = visit(next);
      if (circle !== undefined) return circle;
    }
    path.pop();
    isDone.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const circle = visit(file);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

Deno.test("no files of lib and cli import values of each other in a circle", async () => {
  const graph = new Map<string, readonly string[]>();
  for (const [path, source] of await readAll()) {
    if (!/^(lib|cli)\//.test(path)) continue;
    graph.set(
      path,
      importsIn(path, source).flatMap(({ from, isOfValues }) =>
        isOfValues ? [from] : []
      ),
    );
  }
  assertGreater(graph.size, 500);
  assertEquals(circleIn(graph), undefined);
});

Deno.test("every value that a file of lib and cli exports is imported by another file", async () => {
  const sources = await readAll();
  const used = new Set<string>();
  for (const [path, source] of sources) {
    for (const { from, names } of importsIn(path, source)) {
      for (const name of names) used.add(`${from} ${name}`);
    }
  }
  const isEntry = new Set(ENTRY_POINTS.values());
  const unused: string[] = [];
  for (const [path, source] of sources) {
    if (!/^(lib|cli)\//.test(path) || isEntry.has(path)) continue;
    // What is loaded whole is looked at where it is loaded.
    if (used.has(`${path} *`)) continue;
    for (const [, name] of source.matchAll(EXPORTED)) {
      if (!used.has(`${path} ${name}`)) unused.push(`${path} ${name}`);
    }
  }
  assertEquals(unused, []);
});

Deno.test("circleIn() finds a circle, and none where two ways lead to one file", () => {
  const graph = (text: string) =>
    new Map(
      text.split(" ").map((line) => {
        const [file, ...others] = line;
        return [file!, others] as const;
      }),
    );
  assertEquals(circleIn(graph("abc bd cd d")), undefined);
  assertEquals(circleIn(graph("ab bc cb")), ["b", "c", "b"]);
  assertEquals(circleIn(graph("aa")), ["a", "a"]);
});

Deno.test("importsIn() tells values from types, and reads each form", () => {
  const source = `import { a, type B } from "./x.ts";
import type { C } from "./y.ts";
import * as all from "../z.ts";
export { type D, type E as F } from "./w.ts";
const later = await import("./v.ts");`;
  assertEquals(importsIn("lib/f/g.ts", source), [
    { from: "lib/f/x.ts", names: ["a", "B"], isOfValues: true },
    { from: "lib/f/y.ts", names: ["C"], isOfValues: false },
    { from: "lib/z.ts", names: ["*"], isOfValues: true },
    { from: "lib/f/w.ts", names: ["D", "E"], isOfValues: false },
    { from: "lib/f/v.ts", names: ["*"], isOfValues: false },
  ]);
});
