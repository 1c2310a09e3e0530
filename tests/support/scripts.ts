/**
 * Scripts on the disk, and both executables in this process.
 *
 * @module
 */

import { runClient, runServer } from "../../cli/commands.ts";
import { RecordedTerminal } from "./recorded_terminal.ts";

/** All scripts of the tests of one file, which are gone afterwards. */
const FOLDER = await Deno.makeTempDir({ prefix: "parley-scripts-" });
addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

/** Gives the path of a file in the folder of scripts. */
export function pathOf(name: string): string {
  return `${FOLDER}/${name}`;
}

/** Writes a script, or a file that one names, and gives its path. */
export async function scriptFile(
  name: string,
  content: string | Uint8Array,
): Promise<string> {
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  await Deno.writeFile(pathOf(name), bytes);
  return pathOf(name);
}

/** What a command said, without the folder of the scripts. */
export interface Said {
  readonly code: number;
  /** On standard output. */
  readonly shown: string;
  /** On standard error. */
  readonly told: string;
}

/** Runs the client to its end. */
export async function client(
  ...args: readonly string[]
): Promise<Said> {
  return await clientWith([], ...args);
}

/** Runs the client to its end, with something on standard input. */
export async function clientWith(
  input: readonly string[],
  ...args: readonly string[]
): Promise<Said> {
  const terminal = new RecordedTerminal({ input });
  return said(await runClient(patient(args), terminal), terminal);
}

/** A busy machine may take longer for a statement than the 10 s of the default. */
function patient(args: readonly string[]): readonly string[] {
  const isBounded = args.includes("--timeout") || args.includes("--help");
  const hasScript = args[0] === "talk" || args[0] === "play";
  return hasScript && !isBounded ? [...args, "--timeout", "1m"] : args;
}

function said(code: number, { shown, told }: RecordedTerminal): Said {
  const plain = (text: string) => text.replaceAll(`${FOLDER}/`, "");
  return { code, shown: plain(shown), told: plain(told) };
}

/** A server that runs in this process. */
export interface InProcessServer extends AsyncDisposable {
  readonly address: string;
  readonly terminal: RecordedTerminal;
  /** Waits for its end; asks for it first, unless it ends by itself. */
  ended(signal?: "SIGINT"): Promise<Said>;
}

/** Starts the server, and waits until it listens. */
export async function server(
  ...args: readonly string[]
): Promise<InProcessServer> {
  const terminal = new RecordedTerminal();
  const code = runServer(patient(args), terminal);
  const failed = code.then((code) => {
    throw new Error(`the server ended with ${code}: ${terminal.told}`);
  });
  failed.catch(() => {});
  const [, address] = await Promise.race([
    terminal.until(/listening on (.*)\n/),
    failed,
  ]);
  const ended = async (signal?: "SIGINT") => {
    if (signal !== undefined) terminal.send(signal);
    return said(await code, terminal);
  };
  return {
    address: address!,
    terminal,
    ended,
    async [Symbol.asyncDispose]() {
      terminal.send("SIGINT");
      await code;
    },
  };
}
