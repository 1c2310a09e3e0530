/**
 * Errors are data: no code of ours looks into the text of an error. A text may be
 * shown whole; what it says is in the error's fields.
 *
 * @module
 */

import { assertEquals } from "@std/assert";

/** Files that may read texts which others have written, each with the reason. */
const MAY_READ: Readonly<Record<string, string>> = {
  "lib/encoding/json.ts":
    "what a parser or a check has said may quote a peer, and is escaped",
  "cli/output/system_reason.ts":
    "of files, too, the runtime says some things in texts alone",
  "lib/transport/os_error.ts":
    "the runtime says some things in texts alone; their table is os_reasons.ts",
};

// What takes a text apart, or looks for something in it.
const METHODS =
  "at|charAt|charCodeAt|codePointAt|endsWith|includes|indexOf|lastIndexOf|match|matchAll|replace|replaceAll|search|slice|split|startsWith|substring|toLowerCase|toUpperCase|trim|trimEnd|trimStart";

// What makes a text of an error.
const MAKERS =
  "(?:describeError|errorText|bareReason|runtimeText|String(?=\\((?:cause|error|failure)\\b))";

Deno.test("no code matches, replaces or slices the text of an error", async () => {
  const found: string[] = [];
  for await (const path of sources("lib", "cli")) {
    const lines = textReaders(await Deno.readTextFile(path));
    if (lines.length > 0 !== path in MAY_READ) {
      found.push(
        lines.length === 0
          ? `${path} reads no text of an error and must not be listed here`
          : `${path} reads the text of an error: ${lines.join("; ")}`,
      );
    }
  }
  assertEquals(found, []);
});

Deno.test("no error for a mistake of the caller is made of a text alone", async () => {
  const found: string[] = [];
  for await (const path of sources("lib")) {
    for (const made of bareErrors(await Deno.readTextFile(path))) {
      found.push(`${path} makes a ${made}: use one of lib/check.ts`);
    }
  }
  assertEquals(found, []);
});

Deno.test("bareErrors() sees the classes of the platform, and passes over examples and subclasses", () => {
  assertEquals(
    bareErrors("throw new TypeError(\n  `no`);\nreturn RangeError('no');"),
    ["TypeError", "RangeError"],
  );
  assertEquals(
    bareErrors(
      " * throw new TypeError(text);\nthrow new OptionTypeError({});\nif (error instanceof TypeError) return;\n// RangeError()",
    ),
    [],
  );
});

for (
  const line of [
    `if (error.message.includes("close_notify")) return;`,
    `const short = error.message?.slice(0, 10);`,
    `if (/refused/.test(error.message)) return;`,
    `const found = PATTERN.exec((cause as Error).message);`,
    `const first = (error as Error).message[0];`,
    `switch (error.message) {`,
    `if (error.message === "closed") return;`,
    `if ("closed" !== error.message) return;`,
    `const reason = (cause as Error).message;\nuse(reason.replace("a", "b"));`,
    `const text = error instanceof Error\n  ? error.message\n  : String(error);\nif (/ is /.test(text)) return;`,
    `const { code, message } = error as Problem;\nif (message.includes("19")) return;`,
    `const { message: said } = error;\nreturn said[0];`,
    `const advice = adviceFor(error.message.trim());`,
    `function why({ code, message }: ConnectionError) {\n  return message.match(/x/);\n}`,
    `if (String(error).includes("refused")) return;`,
    `const short = escaped(errorText(event.error)).replace(/[.]$/, "");`,
    `const said = describeError(cause, () => undefined);\nif (said.startsWith("Cannot")) return;`,
    `if (/refused/.test(errorText(error))) return;`,
    "if (`${error}`.endsWith('lost')) return;",
  ]
) {
  Deno.test(`textReaders() sees what reads a text in: ${line}`, () => {
    assertEquals(textReaders(line).length, 1);
  });
}

for (
  const line of [
    `show(error.message);`,
    `show(String(error), errorText(error));`,
    `const port = String(address.port).padStart(5);`,
    `throw new Failure(EXIT.local, cause.message, { cause });`,
    "const line = `cannot read ${path}: ${error.message}`;",
    `// error.message.includes("in a comment")`,
    `if (place.message === undefined) return;`,
    `const { message, from } = datagram;\nsend(message.slice(1), from);`,
    `const reason = error.reason;\nuse(reason.replace("a", "b"));`,
    `handle(event.messages.at(0));`,
  ]
) {
  Deno.test(`textReaders() lets pass what does not: ${line}`, () => {
    assertEquals(textReaders(line), []);
  });
}

/** The errors of the platform that a source makes for a mistake of the caller. */
function bareErrors(source: string): string[] {
  const made = /(?<![\w.])(TypeError|RangeError|SyntaxError)\(/g;
  return [...withoutComments(source).matchAll(made)].map(([, name]) => name!);
}

function withoutComments(source: string): string {
  return source
    .replace(/\/\*[^]*?\*\//g, "")
    .replace(/^ \*.*$/gm, "")
    .replace(/(^|\s)\/\/.*$/gm, "");
}

/** The places in a source that take the text of an error apart. */
function textReaders(source: string): string[] {
  const code = withoutComments(source);
  const texts = [String.raw`\.message`, ...textNames(code).map(bounded)];
  return texts.flatMap((text) => {
    const readers = new RegExp(
      [
        String.raw`${text}\??\.(?:${METHODS})\(`,
        String.raw`${text}!?\[`,
        String.raw`\.(?:test|exec)\([^()]*(?:\([^()]*\)[^()]*)*${text}\)`,
        String.raw`${text}\s*[!=]==(?!\s*undefined)`,
        String.raw`[!=]==\s*[\w.]*${text}\b`,
        String.raw`switch \([^{]*${text}\)`,
      ].join("|"),
      "g",
    );
    return [...code.matchAll(readers)].map(([reader]) => reader.trim());
  }).concat(madeTextReaders(code));
}

/** The places in a source that take apart a text that they have just made. */
function madeTextReaders(code: string): string[] {
  const made = String.raw`${MAKERS}\((?:[^()]|\([^()]*\))*\)`;
  const readers = new RegExp(
    [
      String.raw`${made}\)*\.(?:${METHODS})\(`,
      String.raw`\.(?:test|exec)\(${made}`,
      String.raw`\$\{(?:cause|error|failure)\}[^\`]*\`\.(?:${METHODS})\(`,
    ].join("|"),
    "g",
  );
  return [...code.matchAll(readers)].map(([reader]) => reader.trim());
}

/** The names under which a source knows the texts of errors. */
function textNames(code: string): string[] {
  const assigned =
    /\bconst (\w+) = (?:[^;=]*?[^\w.;])?\(?\w+(?: as \w+\))?\??\.message\b(?![.?[(])/g;
  const taken =
    /\{[^{}]*\bmessage(?:: (\w+))?\b[^{}]*\}(?:: \w*(?:Error|Problem)\b| = (?:error|cause|reason|failure)\b)/g;
  const made = new RegExp(
    String.raw`\bconst (\w+) = (?:\w+\()*${MAKERS}\(`,
    "g",
  );
  const names = [
    ...[...code.matchAll(made)].map(([, name]) => name!),
    ...[...code.matchAll(assigned)].map(([, name]) => name!),
    ...[...code.matchAll(taken)].map(([, name]) => name ?? "message"),
  ];
  return [...new Set(names)];
}

function bounded(name: string): string {
  return String.raw`(?<![\w.])${name}`;
}

async function* sources(...folders: string[]): AsyncGenerator<string> {
  for (const folder of folders) {
    for await (const entry of Deno.readDir(folder)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) yield* sources(path);
      else if (path.endsWith(".ts")) yield path;
    }
  }
}
