/**
 * A further worker of the server, seen from its own thread.
 *
 * @module
 */

import { parseAddress } from "../../mod.ts";
import { describe, type ExitCode, exitCodeOf } from "../output/exit_code.ts";
import { Log } from "../output/log.ts";
import type { Part } from "./part.ts";
import { parseServerArguments } from "./server_options.ts";
import { startStreams } from "./start_streams.ts";
import type { Terminal, ThreadPort } from "../terminal/terminal.ts";

/** What the main thread can ask of a worker. */
export interface WorkerCalls {
  /** Listens where the first worker does. */
  serve(
    args: readonly string[],
    addresses: readonly string[],
    worker: number,
  ): Promise<void>;
  /** Counts the open connections. */
  open(): number;
  /** Cuts them. */
  cut(): void;
  /** Lets them finish for so long. */
  shutdown(graceMs: number): Promise<{
    readonly finished: number;
    readonly cut: readonly {
      readonly peer: string;
      readonly unsentBytes: number;
    }[];
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
  readonly failure?: { readonly message: string; readonly exitCode: ExitCode };
}

/**
 * Does what the main thread asks for.
 *
 * @param port The channel to the main thread.
 * @param terminal What the program has around it.
 */
export function runThread(port: ThreadPort, terminal: Terminal): void {
  const calls = workerCalls(terminal);
  port.onmessage = async ({ data }) => {
    const { args, id, name } = data as Called;
    try {
      const call = calls[name] as (...args: readonly unknown[]) => unknown;
      port.postMessage({ id, result: await call(...args) } satisfies Reply);
    } catch (error) {
      const failure = {
        message: describe(error, "listening"),
        exitCode: exitCodeOf(error, "listening"),
      };
      port.postMessage({ id, failure } satisfies Reply);
    }
  };
}

function workerCalls(terminal: Terminal): WorkerCalls {
  let log: Log;
  let part: Part;
  return {
    async serve(args, addresses, worker) {
      const command = parseServerArguments(args, terminal);
      const { log: format, quiet, verbose } = command.options;
      log = new Log(terminal, { format, quiet, verbose });
      const where = addresses.map(parseAddress);
      part = await startStreams({ command, worker }, where, terminal, log);
    },
    open: () => part.open() as number,
    cut: () => part.cut(),
    async shutdown(graceMs) {
      const { cut, finished } = await part.shutdown(graceMs);
      log.flush();
      return {
        finished,
        cut: cut.map(({ remoteAddress, unsentBytes }) => ({
          peer: String(remoteAddress),
          unsentBytes,
        })),
      };
    },
    setCertificate: (cert, key) => part.setCertificate({ cert, key }),
  };
}
