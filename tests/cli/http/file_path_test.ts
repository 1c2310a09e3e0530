import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  isHidden,
  parseFilePath,
  targetOf,
} from "../../../cli/http/files/file_path.ts";

const PATHS:
  readonly (readonly [string, readonly string[], boolean, string])[] = [
    ["/", [], true, ""],
    ["/a", ["a"], false, ""],
    ["/a/", ["a"], true, ""],
    ["/a/b.txt?x=/../y", ["a", "b.txt"], false, "?x=/../y"],
    ["/a%20b/%C3%A9", ["a b", "é"], false, ""],
    ["/%252e%252e/a", ["%2e%2e", "a"], false, ""],
    ["/...", ["..."], false, ""],
    ["/10:30.txt", ["10:30.txt"], false, ""],
    ["http://host:1/a?b", ["a"], false, "?b"],
    ["HTTPS://host", [], true, ""],
    ["http://host?x", [], true, "?x"],
  ];

Deno.test("parseFilePath() gives the names, decoded once", () => {
  for (const [target, names, isFolder, query] of PATHS) {
    assertEquals(parseFilePath(target), { names, isFolder, query }, target);
  }
});

Deno.test("parseFilePath() gives no path that leads away", () => {
  const targets = [
    ...["/..", "/../etc/passwd", "/a/../b", "/a/..", "/a/../", "/.", "/./a"],
    ...["/%2e%2e/etc", "/%2E./etc", "/.%2e/etc", "/%2e", "/a/%2e%2e"],
    ...["/a%2fb", "/..%2f..%2fetc", "/%2Fetc", "/a%5Cb", "/..%5c..%5cetc"],
    ...["/a\\b", "/a%00", "/%00", "/a%00.txt", "//", "//etc", "//evil/a"],
    ...["/a//b", "/a//", "http://host//etc", "http://host/../etc"],
    "/http://host",
  ];
  for (const target of targets) {
    assertEquals(parseFilePath(target), "impossible", target);
  }
});

Deno.test("parseFilePath() refuses what is no path", () => {
  const targets = ["*", "", "a", "host:443", "/%", "/%zz", "/%f", "/%ff"]
    .concat("/%c0%ae%c0%ae/", "/%ed%a0%80", "ftp://host/a", "/a/%e2%82");
  for (const target of targets) {
    assertEquals(parseFilePath(target), "malformed", target);
  }
});

Deno.test("parseFilePath() knows what Windows takes for something else", () => {
  const names = [
    ...["con", "CON.txt", "nul", "com1", "LPT9.log", "aux.h", "con ", "conin$"],
    ...[
      "a:b",
      "a.txt::$DATA",
      "C:",
      "a.",
      "a ",
      "a...",
      "PROGRA~1",
      "a*",
      "a?",
    ],
  ];
  for (const name of names) {
    const target = `/${encodeURIComponent(name)}`;
    const windows = parseFilePath(target, { windows: true });
    assertEquals(windows, "impossible", name);
    assertEquals(typeof parseFilePath(target), "object", name);
  }
  for (const name of ["console", "com10", "lpt", "a.con", "null", "a~b"]) {
    const path = parseFilePath(`/${name}`, { windows: true });
    assertEquals(path, { names: [name], isFolder: false, query: "" });
  }
});

Deno.test("parseFilePath() reads what targetOf() writes", () => {
  const name = fc.string({ unit: "binary", minLength: 1 }).filter((name) =>
    name.isWellFormed() && !/[/\\\0]/.test(name) && !/^\.\.?$/.test(name)
  );
  fc.assert(
    fc.property(
      fc.array(name, { minLength: 1 }),
      fc.boolean(),
      (names, isFolder) => {
        const target = targetOf(names, isFolder);
        assertEquals(parseFilePath(target), { names, isFolder, query: "" });
        assertEquals(/^\/[^/]/.test(target), true, target);
      },
    ),
  );
});

Deno.test("isHidden() hides what begins with a dot, but for .well-known", () => {
  for (const name of [".git", ".env", "..a", ".well-known2", ".WELL-KNOWN"]) {
    assertEquals(isHidden(name), true, name);
  }
  for (const name of ["a", "a.b", ".well-known"]) {
    assertEquals(isHidden(name), false, name);
  }
});
