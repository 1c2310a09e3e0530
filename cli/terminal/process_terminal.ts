/**
 * The terminal of this process.
 *
 * Output is written synchronously: the asynchronous path costs six times as
 * much, and a program whose reader is slow can mostly only wait. One that has
 * something else to do uses the other path.
 *
 * @module
 */

import { systemReason } from "../output/system_reason.ts";
import { EXIT } from "../output/exit_code.ts";
import { Failure } from "../output/failure.ts";
import type {
  Destination,
  NetworkInterface,
  Output,
  Terminal,
} from "./terminal.ts";

/** Gives the terminal of this process. */
export function processTerminal(): Terminal {
  return {
    input: {
      get isTerminal() {
        return Deno.stdin.isTerminal();
      },
      read: (into) => readInput(into),
      setRaw: (isRaw) => Deno.stdin.setRaw(isRaw),
    },
    output: new ProcessOutput(Deno.stdout, "standard output", 1),
    errors: new ProcessErrors(Deno.stderr, "standard error", 2),
    createFile,
    elapsedMs: () => performance.now(),
    interfaces,
    isSocket,
    now: () => new Date(),
    onSignal(signal, handler) {
      // Windows has no such signals and refuses to listen for them.
      if (Deno.build.os === "windows" && signal !== "SIGINT") return () => {};
      return listen(signal, handler);
    },
    readFile,
  };
}

/** Writes some bytes and tells how many. */
interface Writer {
  isTerminal(): boolean;
  write(bytes: Uint8Array): Promise<number>;
  writeSync(bytes: Uint8Array): number;
}

class ProcessOutput implements Output {
  readonly #writer: Writer;
  readonly #name: string;
  readonly #descriptor: number;

  constructor(writer: Writer, name: string, descriptor: number) {
    this.#writer = writer;
    this.#name = name;
    this.#descriptor = descriptor;
  }

  get isTerminal(): boolean {
    return this.#writer.isTerminal();
  }

  columns(): number {
    return Deno.consoleSize().columns;
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      try {
        at += this.#writer.writeSync(bytes.subarray(at));
      } catch (error) {
        // Another program has made the shared pipe non-blocking.
        if (error instanceof Deno.errors.WouldBlock) nap();
        else throw this.#failure(error, bytes.length - at, bytes.length);
      }
    }
  }

  async destination(): Promise<Destination> {
    const { fstatSync, statSync } = await import("node:fs");
    try {
      const own = fstatSync(this.#descriptor);
      if (own.isFile()) return "file";
      // Not by its name: /dev/stdout and a container's devices have others.
      const isNull = own.isCharacterDevice() &&
        own.rdev === statSync("/dev/null").rdev;
      return isNull ? "nothing" : "reader";
    } catch {
      // The runtime knows no such descriptor on this system.
      return "reader";
    }
  }

  async writeLater(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      try {
        at += await this.#writer.write(bytes.subarray(at));
      } catch (error) {
        if (error instanceof Deno.errors.WouldBlock) {
          await new Promise((resolve) => setTimeout(resolve, 1));
        } else throw this.#failure(error, bytes.length - at, bytes.length);
      }
    }
  }

  #failure(error: unknown, missing: number, all: number): Failure {
    // The reader has seen enough, as in `| head -1`.
    if (error instanceof Deno.errors.BrokenPipe) {
      return new Failure(EXIT.brokenPipe, "", { cause: error });
    }
    return new Failure(
      EXIT.local,
      `cannot write to ${this.#name}: ${
        systemReason(error)
      }, ${missing} of ${all} bytes were not written; make room, or write somewhere else`,
      { cause: error },
    );
  }
}

/**
 * Standard error. If it fails, nothing can be reported, and the work goes on.
 */
class ProcessErrors extends ProcessOutput {
  override write(bytes: Uint8Array): void {
    try {
      super.write(bytes);
    } catch { /* see above */ }
  }

  override async writeLater(bytes: Uint8Array): Promise<void> {
    try {
      await super.writeLater(bytes);
    } catch { /* see above */ }
  }
}

async function readInput(into: Uint8Array): Promise<number | null> {
  try {
    return await Deno.stdin.read(into);
  } catch (cause) {
    throw new Failure(
      EXIT.local,
      `cannot read standard input: ${
        systemReason(cause)
      }; give it a file, a pipe or </dev/null`,
      { cause },
    );
  }
}

/** Tells whether a socket is at a path; without permission to look, none is. */
export function isSocket(path: string): boolean {
  try {
    return Deno.statSync(path).isSocket === true;
  } catch {
    return false;
  }
}

function interfaces(): readonly NetworkInterface[] {
  // Asked first, so that no prompt appears for what is not needed.
  const { state } = Deno.permissions.querySync({
    name: "sys",
    kind: "networkInterfaces",
  });
  return state === "granted" ? Deno.networkInterfaces() : [];
}

/**
 * Writes a file that is not there yet.
 *
 * @param path Where; its folder is made.
 * @param text What is in it.
 * @throws {Failure} With the reason alone as its text.
 */
export async function createFile(
  path: string,
  text: string,
  mode: number,
): Promise<void> {
  try {
    await Deno.mkdir(path.replace(/\/[^/]*$/, "") || "/", { recursive: true });
    await Deno.writeTextFile(path, text, { createNew: true, mode });
  } catch (error) {
    throw new Failure(EXIT.local, systemReason(error), { cause: error });
  }
}

/**
 * Reads a file.
 *
 * @param path Where it is.
 * @returns What is in it.
 * @throws {Failure} With the reason alone as its text.
 */
export async function readFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new Failure(EXIT.local, systemReason(error), { cause: error });
  }
}

function listen(signal: Deno.Signal, handler: () => void): () => void {
  Deno.addSignalListener(signal, handler);
  return () => Deno.removeSignalListener(signal, handler);
}

function nap(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}
