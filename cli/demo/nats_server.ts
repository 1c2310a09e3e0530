/**
 * A NATS server of the demonstration, where the program is installed.
 *
 * @module
 */

// It takes a fraction of a second; the demonstration must not hang.
const PATIENCE_MS = 10_000;

/** A server with a store of its own, on loopback. */
export class NatsServer implements AsyncDisposable {
  /** Where hubs connect to. */
  readonly url: string;
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: Deno.ChildProcess, folder: string) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  /**
   * Starts it on a free port.
   *
   * @returns The server; `undefined` if there is no such program.
   */
  static async start(): Promise<NatsServer | undefined> {
    const folder = await Deno.makeTempDir({ prefix: "parley-demo-" });
    const child = spawn(folder);
    if (child === undefined) {
      await Deno.remove(folder);
      return undefined;
    }
    const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    try {
      const port = await portIn(child.stderr);
      return new NatsServer(`nats://127.0.0.1:${port}`, child, folder);
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function spawn(folder: string): Deno.ChildProcess | undefined {
  try {
    return new Deno.Command("nats-server", {
      args: ["-a", "127.0.0.1", "-p", "-1", "-js", "-sd", folder],
      stdout: "null",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Reads the port that the system chose; goes on reading what is logged. */
async function portIn(
  log: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string> {
  const text = log.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  for (;;) {
    const { done, value = "" } = await text.read();
    seen += value;
    const [, port] = /client connections on \S+:(\d+)\n/.exec(seen) ?? [];
    if (port !== undefined) {
      text.releaseLock();
      return port;
    }
    if (done) throw new Error(`nats-server did not start: ${seen}`);
  }
}
