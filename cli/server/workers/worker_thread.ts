/**
 * A further worker of the server, seen from its own thread.
 *
 * @module
 */

import type { ExitCode } from "../../output/exit_code.ts";
import type { Terminal, ThreadPort } from "../../terminal/terminal.ts";

/** A connection that was cut, as threads can send it. */
export interface SentCut {
  /** The peer's address. */
  readonly peer: string;
  /** How many bytes it did not get. */
  readonly unsentBytes: number;
}

/** What the main thread can ask of a worker. */
export interface WorkerCalls {
  /** Listens where the first worker does. */
  serve(
    args: readonly string[],
    addresses: readonly string[],
    worker: number,
  ): Promise<void>;
  /** Counts the open connections. */
  open(): number | Promise<number>;
  /** Cuts them. */
  cut(): void;
  /** Lets them finish for so long. */
  shutdown(graceMs: number): Promise<{
    readonly finished: number;
    readonly cut: readonly SentCut[];
  }>;
  /** Shows another certificate from now on. */
  setCertificate(cert: string, key: string): Promise<void>;
}

/** A call on its way to a worker. */
export interface Called {
  /** Its number. */
  readonly id: number;
  /** What is asked. */
  readonly name: keyof WorkerCalls;
  /** With what. */
  readonly args: readonly unknown[];
}

/** What came of it. */
export interface Reply {
  /** The number of the call. */
  readonly id: number;
  /** What it gave. */
  readonly result?: unknown;
  /** Why it gave nothing. */
  readonly failure?: { readonly text: string; readonly exitCode: ExitCode };
}

/**
 * Does what the main thread asks for.
 *
 * @param port The channel to the main thread.
 * @param terminal What the program has around it.
 */
export function runThread(port: ThreadPort, terminal: Terminal): void {
  let calls: Promise<WorkerCalls> | undefined;
  port.onmessage = async ({ data }) => {
    const { args, id, name } = data as Called;
    try {
      // The main thread does not load it: it has no part there.
      calls ??= import("./worker_calls.ts")
        .then(({ workerCalls }) => workerCalls(terminal));
      const call = (await calls)[name] as (...args: unknown[]) => unknown;
      port.postMessage({ id, result: await call(...args) } satisfies Reply);
    } catch (error) {
      const { describe, exitCodeOf } = await import("../../output/report.ts");
      const failure = {
        text: describe(error, "listening"),
        exitCode: exitCodeOf(error, "listening"),
      };
      port.postMessage({ id, failure } satisfies Reply);
    }
  };
}
