/**
 * A process of the demonstration.
 *
 * @module
 */

/** The output of a process, line by line, and its exit code. */
export interface Said {
  /** The exit code. */
  readonly code: number;
  /** The lines on standard output. */
  readonly output: readonly string[];
  /** The lines on standard error. */
  readonly errors: readonly string[];
}

// Ten times the longest step; the demonstration must not hang.
const PATIENCE_MS = 15_000;

/** One of the executables, run from source with the loopback network, and what
 * else it is given. */
export class Actor {
  /** Its standard output. */
  readonly output: Lines;
  /** Its standard error. */
  readonly errors: Lines;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  #over = false;

  constructor(
    program: "server" | "client",
    args: readonly string[],
    permissions: readonly string[] = [],
  ) {
    const file = new URL(`../${program}.ts`, import.meta.url).href;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--allow-net=127.0.0.1"],
        ...[...permissions, file, ...args],
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.output = new Lines(this.#child.stdout);
    this.errors = new Lines(this.#child.stderr);
    this.#child.status.then(() => this.#over = true);
  }

  /** Writes text to standard input. */
  async type(text: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(text));
  }

  /**
   * Writes text to standard input, closes it and waits for the process to end.
   */
  async play(input: string): Promise<Said> {
    // The process may end without reading all of it; its exit code says why.
    await this.type(input).then(() => this.#input.close()).catch(() => {});
    const timer = setTimeout(() => this.#kill(), PATIENCE_MS);
    const [{ code }, output, errors] = await Promise.all([
      this.#child.status,
      this.output.all,
      this.errors.all,
    ]);
    clearTimeout(timer);
    return { code, output, errors };
  }

  /** Ends the process as a crash of its machine would. */
  crash(): void {
    this.#child.kill("SIGKILL");
  }

  /** Ends the process. */
  async leave(): Promise<void> {
    if (!this.#over) this.#kill();
    await this.#input.abort().catch(() => {});
    await Promise.all([this.#child.status, this.output.all, this.errors.all]);
  }

  #kill(): void {
    try {
      this.#child.kill("SIGTERM");
    } catch { /* It ended in this moment. */ }
  }
}

/** The lines of a stream. */
class Lines {
  /** All lines, once the stream has ended. */
  readonly all: Promise<readonly string[]>;
  /** Called for each line that comes from now on. */
  onLine: (line: string) => void = () => {};
  readonly #lines: string[] = [];
  // How many of them linesTo() has returned.
  #taken = 0;
  #over = false;
  #wake: () => void = () => {};

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.all = this.#collect(stream);
  }

  /**
   * Waits for a line.
   *
   * @param pattern What it looks like.
   * @returns The first such line.
   */
  async line(pattern: RegExp): Promise<string> {
    return this.#lines[await this.#indexOf(pattern, 0)]!;
  }

  /**
   * Waits for a line behind those that it has returned before.
   *
   * @param pattern What it looks like.
   * @returns All lines behind those, up to the first such line.
   */
  async linesTo(pattern: RegExp): Promise<readonly string[]> {
    const from = this.#taken;
    this.#taken = await this.#indexOf(pattern, from) + 1;
    return this.#lines.slice(from, this.#taken);
  }

  async #indexOf(pattern: RegExp, from: number): Promise<number> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#wake();
    }, PATIENCE_MS);
    try {
      for (;;) {
        const index = this.#lines.findIndex((line, i) =>
          i >= from && pattern.test(line)
        );
        if (index !== -1) return index;
        if (this.#over || late) {
          throw new Error(
            `There is no line like ${pattern}, but: ${this.#lines.join(" / ")}`,
          );
        }
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async #collect(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  ): Promise<readonly string[]> {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      this.#lines.push(...lines);
      for (const line of lines) this.onLine(line);
      this.#wake();
    }
    if (rest !== "") this.#lines.push(rest);
    this.#over = true;
    this.#wake();
    return this.#lines;
  }
}
