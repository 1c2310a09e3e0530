/**
 * Real processes: both executables from source and compiled, and programs of
 * others to talk to.
 *
 * ```ts ignore
 * e2e("parley-server answers", async (run) => {
 *   await using server = await run.server("echo", "0");
 *   const { stdout } = await run.client(server.address, "hello");
 * });
 * ```
 *
 * @module
 */

import { assert } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

/** One way to run the executables. */
export interface Build {
  /** Its name, for the names of tests. */
  readonly name: "source" | "compiled";

  /**
   * Whether the runtime is the stand-in of `.ci/deno_compile.ts`, which is older
   * than the oldest that the library supports. Its `node:tls` cannot listen, and
   * cannot connect as the library needs it.
   */
  readonly isStandIn: boolean;

  /**
   * Gives the command line of an executable.
   *
   * @param program Which.
   * @returns The file to run, and its first arguments.
   */
  command(program: "server" | "client"): readonly [string, string[]];
}

/** What the tasks and the executables are run with. */
export const EXPRESSION_FLAGS =
  "--v8-flags=--enable-experimental-regexp-engine,--enable-experimental-regexp-engine-on-excessive-backtracks";

const SOURCE: Build = {
  name: "source",
  isStandIn: false,
  command: (program) => [Deno.execPath(), [
    ...["run", "--quiet", "--no-prompt", "--no-check"],
    EXPRESSION_FLAGS,
    ...["--allow-net", "--allow-env=NO_COLOR"],
    ...["--allow-read", "--allow-write", "--allow-sys"],
    new URL(`cli/${program}.ts`, ROOT).pathname,
  ]],
};

const COMPILED: Build = {
  name: "compiled",
  isStandIn: isStandIn(),
  command(program) {
    const file = new URL(`dist/parley-${program}`, ROOT).pathname;
    try {
      Deno.statSync(file);
    } catch (cause) {
      throw new Error(
        `dist/parley-${program} is missing: make it with "deno task compile", or run the tests with "deno task test"`,
        { cause },
      );
    }
    return [file, []];
  },
};

/** The command line of an executable from source, for tests of one build alone. */
export function sourceCommand(
  program: "server" | "client",
): readonly [string, string[]] {
  return SOURCE.command(program);
}

/** `.ci/compile.ts` notes which runtime it has used. */
function isStandIn(): boolean {
  try {
    return Deno.readTextFileSync(new URL("dist/.sources", ROOT))
      .includes(" stand-in ");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** How a test runs the executables. */
export interface Run {
  /** Whether from source or compiled. */
  readonly build: Build;

  /**
   * Starts the server and waits until it listens.
   *
   * @param args Its command line.
   * @returns The process and its first address.
   */
  server(...args: string[]): Promise<RunningServer>;

  /**
   * Runs the client to its end.
   *
   * @param args Its command line.
   * @returns What it said.
   */
  client(...args: string[]): Promise<Ended>;

  /**
   * As {@linkcode Run.client}, with something on standard input.
   *
   * @param input What is on standard input.
   * @param args Its command line.
   * @returns What it said.
   */
  clientWith(input: string | Uint8Array, ...args: string[]): Promise<Ended>;

  /**
   * Starts one of the executables.
   *
   * @param program Which.
   * @param args Its command line.
   * @returns The process.
   */
  start(program: "server" | "client", ...args: string[]): Process;
}

/** A server that listens. */
export interface RunningServer extends AsyncDisposable {
  /** Its process. */
  readonly process: Process;
  /** Where it listens. */
  readonly address: string;
  /** Where it listens. */
  readonly port: number;
}

/** How a process ended and what it said. */
export interface Ended {
  /** Its exit code; 128 and the signal's number if a signal ended it. */
  readonly code: number;
  /** What was on standard output. */
  readonly stdout: string;
  /** What was on standard error. */
  readonly stderr: string;
}

/**
 * Registers a test twice: with the executables from source and compiled.
 *
 * @param name What is claimed.
 * @param test The test.
 */
export function e2e(
  name: string,
  test: (run: Run) => Promise<void>,
  { needs }: { readonly needs?: "node:tls" } = {},
): void {
  for (const build of [SOURCE, COMPILED]) {
    const ignore = build.isStandIn && needs !== undefined;
    const why = ignore ? ` (the stand-in runtime lacks ${needs})` : "";
    const fn = () => test(runOf(build));
    Deno.test({ name: `${build.name}: ${name}${why}`, ignore, fn });
  }
}

function runOf(build: Build): Run {
  const begin = (program: "server" | "client", ...args: string[]) => {
    const [file, first] = build.command(program);
    const isTls = program === "server" &&
      args.some((arg) => arg.startsWith("tls:"));
    return new Process(file, [
      ...first,
      ...args,
      ...build.isStandIn && isTls && !args.includes("--tls-engine")
        ? ["--tls-engine", "native"]
        : [],
    ]);
  };
  return {
    build,
    start: begin,
    async server(...args) {
      const process = begin("server", ...args);
      try {
        const line = await process.line(/^listening on (.+)$/);
        const address = line[1]!;
        const port = Number(/\d+$/.exec(address)?.[0]);
        const dispose = () => process[Symbol.asyncDispose]();
        return { process, address, port, [Symbol.asyncDispose]: dispose };
      } catch (error) {
        await process[Symbol.asyncDispose]();
        throw error;
      }
    },
    async client(...args) {
      await using process = begin("client", ...args);
      await process.end();
      return await process.ended();
    },
    async clientWith(input, ...args) {
      await using process = begin("client", ...args);
      // It may end without having read all of it.
      await process.write(input).then(() => process.end(), () => {});
      return await process.ended();
    },
  };
}

/** A process that ends with the test, whatever happens. */
export class Process implements AsyncDisposable {
  /** Its number. */
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stdout: Collected;
  readonly #stderr: Collected;
  #over = false;

  constructor(file: string, args: readonly string[]) {
    this.#child = new Deno.Command(file, {
      args: [...args],
      cwd: ROOT.pathname,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.pid = this.#child.pid;
    this.#input = this.#child.stdin.getWriter();
    this.#stdout = new Collected(this.#child.stdout);
    this.#stderr = new Collected(this.#child.stderr);
    this.#child.status.then(() => this.#over = true);
  }

  /**
   * Waits for a line on standard error.
   *
   * @param pattern What the line looks like; earlier lines count too.
   * @returns The match of the first such line.
   */
  line(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#stderr.line(pattern);
  }

  /**
   * Waits for a line on standard output.
   *
   * @param pattern What the line looks like; earlier lines count too.
   * @returns The match of the first such line.
   */
  outputLine(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#stdout.line(pattern);
  }

  /** What was said on standard error so far. */
  get stderr(): string {
    return this.#stderr.text;
  }

  /** What was said on standard output so far. */
  get stdout(): string {
    return this.#stdout.text;
  }

  /**
   * Writes to standard input.
   *
   * @param input What.
   */
  async write(input: string | Uint8Array): Promise<void> {
    const bytes = typeof input === "string"
      ? new TextEncoder().encode(input)
      : input;
    await this.#input.write(bytes);
  }

  /** Ends standard input. */
  async end(): Promise<void> {
    // It may have ended first.
    await this.#input.close().catch(() => {});
  }

  /** Stops looking at standard output, as `head` does. */
  async closeOutput(): Promise<void> {
    await this.#stdout.cancel();
  }

  /**
   * Sends a signal to this process alone.
   *
   * @param signal Which.
   */
  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /**
   * Waits for its end.
   *
   * @returns How it ended.
   */
  async ended(): Promise<Ended> {
    const [{ code }] = await Promise.all([
      this.#child.status,
      this.#stdout.complete,
      this.#stderr.complete,
    ]);
    return { code, stdout: this.stdout, stderr: this.stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#over) this.#kill();
    await this.#input.abort().catch(() => {});
    await this.ended();
  }

  #kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // It ended in this moment.
      assert(
        error instanceof TypeError || error instanceof Deno.errors.NotFound,
      );
    }
  }
}

// A line that never comes must fail its test, not hang the run. Far longer than
// any line takes on a busy machine.
const LINE_MS = 60_000;

/** What arrives on a stream, as text. */
class Collected {
  /** What arrived so far. */
  text = "";
  /** Resolves at the end of the stream. */
  readonly complete: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #over = false;
  #wake: () => void = () => {};

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    this.complete = this.#collect();
  }

  async line(pattern: RegExp): Promise<RegExpExecArray> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#wakeAll();
    }, LINE_MS);
    try {
      return await this.#line(pattern, () => isLate);
    } finally {
      clearTimeout(timer);
    }
  }

  async #line(
    pattern: RegExp,
    isLate: () => boolean,
  ): Promise<RegExpExecArray> {
    for (;;) {
      const lines = this.text.split("\n");
      // The last one is not complete yet.
      if (!this.#over) lines.pop();
      for (const line of lines) {
        const match = pattern.exec(line);
        if (match !== null) return match;
      }
      if (this.#over || isLate()) {
        const when = this.#over ? "" : ` within ${LINE_MS} ms`;
        throw new Error(`No line ${pattern}${when} in:\n${this.text}`);
      }
      await new Promise<void>((resolve) => {
        const earlier = this.#wake;
        this.#wake = () => {
          earlier();
          resolve();
        };
      });
    }
  }

  async cancel(): Promise<void> {
    await this.#reader.cancel();
    await this.complete;
  }

  async #collect(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) this.#over = true;
      else this.text += value;
      this.#wakeAll();
      if (done) return;
    }
  }

  #wakeAll(): void {
    const wake = this.#wake;
    this.#wake = () => {};
    wake();
  }
}
