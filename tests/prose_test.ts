/**
 * Turns of phrase that do not belong into documentation, help, errors and
 * comments, each with what to write instead.
 *
 * Text inside backticks is ignored in comments and Markdown, as it is code
 * there. In program text, backticks enclose error texts, which are checked.
 *
 * @module
 */

import { assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);

/** Folders and files whose text is checked. */
const ROOMS = [
  ".ci",
  ".github",
  "CHANGELOG.md",
  "README.md",
  "cli",
  "lib",
  "mod.ts",
];

/** A turn of phrase, and what to write instead. */
const TURNS: readonly (readonly [phrase: string, instead: string])[] = [
  ["(?<!there )(?:is|are|be|was|were) none", "is invalid, is missing"],
  [
    "(?<!there )(?:is|are) no (?!longer|more|reason)\\w+",
    "is not a X, is invalid",
  ],
  ["(?:to|can|could|cannot) be had", "is available, can be made"],
  ["(?:some|no|any|every)body", "a peer, a caller, another program"],
  ["whoever", "the caller, the peer that"],
  ["whomever", "the peer that"],
  ["who (?:does|do|did|has|have|is|are) not", "a caller that does not"],
  [
    "(?:is|are|was|were|be|been) told(?! (?:apart|from))",
    "receives, is called with",
  ],
  ["what (?:is|was) (?:told|thrown|given)", "the error, the argument"],
  ["(?<![\"'])(?:he|him|his|she|her|hers)(?![\"'])", "it, its, they"],
  ["one's own", "your own"],
  ["oneself", "yourself"],
  ["whose fault", "where the cause is"],
  ["whose doing", "what caused it"],
  ["(?<!not for .{0,60})but for", "except for"],
  ["(?:of|by) ours", "of this library"],
  ["in (?:its|their) midst", "halfway"],
];

const COMMENT = /\/\*[^]*?\*\/|(?<![:"'`\w])\/\/[^\n]*/g;
const CODE_SPAN = /`[^`\n]*`/g;
// Between two words of a phrase a line of a comment or a string may end.
const GAP = `(?:[\\s*]|//|["'\`]\\s*\\+\\s*["'\`])+`;

/** Finds the turns in a file's text, as "PATH:LINE: PHRASE (write: INSTEAD)". */
function turnsIn(path: string, text: string): string[] {
  const checked = withoutCode(path, text);
  const found: { at: number; phrase: string; instead: string }[] = [];
  for (const [phrase, instead] of TURNS) {
    const words = `\\b(?:${phrase.replaceAll(" ", GAP)})\\b`;
    for (const match of checked.matchAll(new RegExp(words, "gi"))) {
      const phrase = match[0].replace(new RegExp(GAP, "g"), " ");
      found.push({ at: match.index, phrase, instead });
    }
  }
  return found.sort((a, b) => a.at - b.at).map(({ at, phrase, instead }) =>
    `${path}:${text.slice(0, at).split("\n").length}: ` +
    `"${phrase}" (write: ${instead})`
  );
}

/** Blanks code spans, keeping every position. */
function withoutCode(path: string, text: string): string {
  const blank = (code: string) => code.replace(/[^\n]/g, "_");
  if (!/\.(ts|cjs)$/.test(path)) return text.replace(CODE_SPAN, blank);
  return text.replace(COMMENT, (comment) => comment.replace(CODE_SPAN, blank));
}

async function* textsIn(path: string): AsyncGenerator<[string, string]> {
  const url = new URL(path, ROOT);
  if ((await Deno.stat(url)).isFile) {
    return yield [path, await Deno.readTextFile(url)];
  }
  for await (const { name } of Deno.readDir(url)) {
    yield* textsIn(`${path}/${name}`);
  }
}

Deno.test("documentation, help, errors and comments are plain English", async () => {
  const found: string[] = [];
  for (const room of ROOMS) {
    for await (const [path, text] of textsIn(room)) {
      found.push(...turnsIn(path, text));
    }
  }
  assertEquals(found.sort(), []);
});

Deno.test("turnsIn() finds a turn across lines, and in error texts, with its line", () => {
  const source = [
    "/**",
    " * Fails if the address is",
    " * none. The word `nobody` is code here.",
    " */",
    "throw new TypeError(`Cannot tell ${address} as it is ` +",
    "  `no socket`); // for somebody",
    'const url = "http://example.org/his/page";',
    "const nobody = is.none;",
  ].join("\n");
  assertEquals(turnsIn("planted.ts", source).map((line) => line.slice(0, 30)), [
    'planted.ts:2: "is none" (write',
    'planted.ts:5: "is no socket" (',
    'planted.ts:6: "somebody" (writ',
    'planted.ts:7: "his" (write: it',
    'planted.ts:8: "nobody" (write:',
  ]);
});

Deno.test("turnsIn() leaves code in Markdown and ordinary uses of the same words", () => {
  const text = [
    "The port is no longer open, and `nobody` is a user of Unix.",
    "There is no limit. If there is none, it tells the other callers.",
  ].join("\n");
  assertEquals(turnsIn("planted.md", text), []);
});
