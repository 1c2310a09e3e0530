/**
 * What both executables have in common: help, version, finding the command, and
 * the exit code.
 *
 * ```text
 * --version, --help  ─► answered here, before anything else is loaded
 * COMMAND ...        ─► the command is loaded, and runs
 *   fails            ─► the description of failures is loaded
 * ```
 *
 * @module
 */

import type { Manual, Overview } from "./manual/manual.ts";
import type { Stage } from "./output/describe.ts";
import { EXIT, type ExitCode } from "./output/exit_code.ts";
import { type Terminal, writeLine } from "./terminal/terminal.ts";
import { VERSION } from "./version.ts";

/** The progress of a program, and the form of its failures. */
export interface Progress {
  /** How far it has come, which decides the exit code of a lost connection. */
  stage: Stage;
  /** Whether a failure is written as JSON. */
  json: boolean;
}

/** The arguments of a command. */
export interface Invocation {
  /** The command line behind the name of the executable. */
  readonly args: readonly string[];
  /** What the program has around it. */
  readonly terminal: Terminal;
  /** The command keeps it up to date. */
  readonly progress: Progress;
}

/** A command once it is loaded. */
export interface LoadedCommand {
  /** Gives its manual, for `--help`, which no other start pays for. */
  manual(): Manual | Promise<Manual>;
  /** Runs it. May throw anything. */
  run(invocation: Invocation): Promise<ExitCode>;
}

/** A command that can be loaded. */
export interface Command {
  /** Loads it. */
  load(): Promise<LoadedCommand>;
}

/** A command that the overview of its executable names. */
export interface ListedCommand extends Command {
  /** What follows its name, such as `FILE ADDRESS`; left out for a few rows. */
  readonly operands?: string;
  /** What it does, in a few words. */
  readonly summary: string;
}

/** An executable. */
export interface Program {
  /** Its name. */
  readonly name: string;
  /** Loads what it says about itself. */
  readonly overview: () => Promise<Overview>;
  /** Its commands, by name. */
  readonly commands: Readonly<Record<string, Command>>;
  /** Command lines without a command's name, by what `help` calls them. */
  readonly nameless: Readonly<Record<string, readonly string[]>>;
  /** The other executable. */
  readonly sibling: {
    readonly name: string;
    /** What only it has: commands, and topics of `help`. */
    readonly words: readonly string[];
  };
  /**
   * Finds the command for a command line that does not begin with a command.
   *
   * @returns The command that needs no name, or that reports the mistake.
   */
  otherwise(args: readonly string[]): Command;
}

/**
 * Runs an executable.
 *
 * @param terminal What the program has around it.
 */
export async function runProgram(
  program: Program,
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const { name } = program;
  const progress: Progress = { stage: "connecting", json: false };
  let help = name;
  try {
    const asked = askedFor(args);
    if (asked === "help") {
      writeLine(terminal.output, await helpFor(program, args));
      return EXIT.done;
    }
    if (asked === "version") {
      writeLine(terminal.output, `${name} ${VERSION}`);
      return EXIT.done;
    }
    if (args.length === 0) {
      writeLine(terminal.errors, await overviewOf(program));
      return EXIT.usage;
    }
    const first = args[0]!;
    const command = commandNamed(program, first);
    const { sibling } = program;
    if (command === undefined && sibling.words.includes(first)) {
      const { UsageError } = await import("./output/failure.ts");
      throw new UsageError(
        `${first} belongs to ${sibling.name}; see ${sibling.name} help ${first}`,
      );
    }
    if (command !== undefined) help = `${name} ${first}`;
    const { run } = await (command ?? program.otherwise(args)).load();
    return await run({ args, terminal, progress });
  } catch (error) {
    const { report } = await import("./output/report.ts");
    return report({ name, help }, terminal, progress, error);
  }
}

/** What a command line asks for, even if the rest of it is wrong. */
function askedFor(args: readonly string[]): "help" | "version" | undefined {
  const end = args.indexOf("--");
  const options = end === -1 ? args : args.slice(0, end);
  if (options.some(isHelp)) return "help";
  return options.includes("--version") ? "version" : undefined;
}

function isHelp(arg: string): boolean {
  return /^(-h|--help(=all)?)$/.test(arg);
}

async function helpFor(
  program: Program,
  args: readonly string[],
): Promise<string> {
  // The word behind the option is its own: --help all.
  const isAll = (arg: string, at: number) =>
    arg === "--help=all" || (arg === "all" && isHelp(args[at - 1] ?? ""));
  const extent = args.some(isAll) ? "all" : "screen";
  const operands = args.filter((arg, at) =>
    !arg.startsWith("-") && !isAll(arg, at)
  );
  if (operands.length === 0 && extent === "screen") {
    return await overviewOf(program);
  }
  const { helpText, programHelp } = await import("./manual/manual_commands.ts");
  if (operands.length === 0) return await programHelp(program, extent);
  const named = operands.find((arg) => commandNamed(program, arg));
  const command = named === undefined
    ? program.otherwise(operands)
    : commandNamed(program, named)!;
  const { manual } = await command.load();
  return helpText(program, await manual(), extent);
}

async function overviewOf({ overview }: Program): Promise<string> {
  const { overviewText } = await import("./manual/layout.ts");
  return overviewText(await overview());
}

function commandNamed(
  { commands }: Program,
  name: string,
): Command | undefined {
  return Object.hasOwn(commands, name) ? commands[name] : undefined;
}
