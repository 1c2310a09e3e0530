import { assertEquals } from "@std/assert";

const ROOT = new URL("../../../", import.meta.url);

const PROGRAM = `
  import { processTerminal } from "./cli/terminal/process_terminal.ts";
  console.error(await processTerminal().output.destination());
`;

/** What a process says of its standard output, which a shell has redirected. */
async function destination(redirection: string): Promise<string> {
  const { stderr } = await new Deno.Command("sh", {
    args: [
      "-c",
      `"$0" eval --no-check "$1" ${redirection}`,
      Deno.execPath(),
      PROGRAM,
    ],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  }).output();
  return new TextDecoder().decode(stderr).trim();
}

Deno.test("standard output is a file, a reader, or nothing", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const file = await Deno.makeTempFile();
  try {
    assertEquals(await destination(`> "${file}"`), "file");
    assertEquals(await destination("| cat"), "reader");
    assertEquals(await destination("> /dev/null"), "nothing");
    assertEquals(await destination("> /dev/zero"), "reader");
    // The runtime opens /dev/null in its place.
    assertEquals(await destination(">&-"), "nothing");
  } finally {
    await Deno.remove(file);
  }
});
