/**
 * Completions and manual pages, checked by the programs that read them.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CLIENT, runClient, runServer, SERVER } from "../../cli/commands.ts";
import { allManuals } from "../../cli/manual/all_manuals.ts";
import { RecordedTerminal } from "../support/recorded_terminal.ts";

const PROGRAMS = [
  { run: runServer, program: SERVER },
  { run: runClient, program: CLIENT },
];

/** How each program checks what it reads without running it. */
const CHECKS: Readonly<Record<string, string>> = {
  bash: "bash -n",
  zsh: "zsh -n",
  fish: "fish --no-execute",
  mandoc: "mandoc -Tlint -Wstyle",
};

async function written(
  run: typeof runServer,
  ...args: string[]
): Promise<string> {
  const terminal = new RecordedTerminal();
  assertEquals([await run(args, terminal), terminal.told], [0, ""]);
  return terminal.shown;
}

/** Runs a command of the shell on a text, which is in the file `$1`. */
async function shell(
  command: string,
  text: string,
): Promise<{ code: number; said: string }> {
  const path = await Deno.makeTempFile({ prefix: "parley-manual-" });
  try {
    await Deno.writeTextFile(path, text);
    const args = ["-c", command, "sh", path];
    const { code, stderr, stdout } = await new Deno.Command("sh", { args })
      .output();
    const decoder = new TextDecoder();
    return { code, said: decoder.decode(stdout) + decoder.decode(stderr) };
  } finally {
    await Deno.remove(path);
  }
}

async function isInstalled(program: string): Promise<boolean> {
  return (await shell(`command -v ${program}`, "")).code === 0;
}

for (const [reader, check] of Object.entries(CHECKS)) {
  Deno.test({
    name: `${reader} takes what is written for it, without a complaint`,
    // Skipped on a machine that does not have it.
    ignore: !await isInstalled(reader),
    async fn() {
      for (const { run } of PROGRAMS) {
        const text = reader === "mandoc"
          ? await written(run, "man")
          : await written(run, "completions", reader);
        assertEquals(await shell(`${check} "$1"`, text), { code: 0, said: "" });
      }
    },
  });
}

Deno.test("the manual page holds every command and option", async () => {
  for (const { program, run } of PROGRAMS) {
    const page = (await written(run, "man")).replaceAll("\\-", "-");
    for (const { name, options } of (await allManuals(program)).values()) {
      assertStringIncludes(page, name);
      for (const option of Object.keys(options)) {
        assertMatch(page, new RegExp(`^\\.It .*--${option}\\b`, "m"));
      }
    }
    assertMatch(page, /^\.Sh EXIT STATUS$/m);
  }
});

Deno.test({
  name: "bash completes services, options, words of options and topics",
  ignore: !await isInstalled("bash"),
  async fn() {
    const script = await written(runServer, "completions", "bash");
    const complete = async (...words: string[]) => {
      const typed = words.map((word) => `"${word}"`).join(" ");
      const { said } = await shell(
        `bash -c 'source "$1"; COMP_WORDS=(${typed}); COMP_CWORD=${
          words.length - 1
        }; _parley_server; echo "\${COMPREPLY[*]}"' bash "$1"`,
        script,
      );
      return said.trim();
    };
    assertEquals(await complete("parley-server", "ec"), "echo");
    assertEquals(await complete("parley-server", "echo", "--fra"), "--frame");
    assertEquals(await complete("parley-server", "echo", "--roo"), "");
    assertEquals(await complete("parley-server", "http", "--roo"), "--root");
    assertEquals(
      await complete("parley-server", "echo", "0", "--log", ""),
      "text json",
    );
    assertEquals(await complete("parley-server", "help", "exit"), "exit-codes");
    assertEquals(await complete("parley-server", "echo", "--help", ""), "all");
    assertEquals(await complete("parley-server", "--help", ""), "all");
  },
});

Deno.test({
  name: "fish completes addresses' options of the client and help's topics",
  ignore: !await isInstalled("fish"),
  async fn() {
    const script = await written(runClient, "completions", "fish");
    const complete = async (line: string) => {
      const { said } = await shell(
        `fish --no-config -c 'source $argv[1]; complete -C "${line}"' "$1"`,
        script,
      );
      return said.split("\n").map((row) => row.split("\t")[0]);
    };
    assertEquals((await complete("parley-client 7342 --fra"))[0], "--frame");
    assertEquals((await complete("parley-client help fra"))[0], "frames");
    assertEquals((await complete("parley-client 7342 --log j"))[0], "json");
  },
});
