/**
 * A further worker of the server, seen from the main thread.
 *
 * ```text
 * main thread   serve ─► listening    shutdown ─► report
 * worker             └───┘ connections └──────────┘
 * ```
 *
 * Each worker listens on the same ports, and the system deals the connections
 * out among them.
 *
 * @module
 */

import type { CutConnection } from "../../../mod.ts";
import { type Address, parseAddress } from "../../../lib/start.ts";
import { errorText } from "../../output/error_text.ts";
import { EXIT } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";
import type { RunningServer, WorkerCommand } from "../running_server.ts";
import type { Called, Reply, SentCut, WorkerCalls } from "./worker_thread.ts";
import type { Terminal, ThreadPort } from "../../terminal/terminal.ts";

/**
 * Starts a worker and waits until it listens.
 *
 * @param task The command line, and the number of the worker.
 * @param addresses Where the first worker listens.
 * @param terminal What starts threads.
 * @throws {Failure} If it cannot listen.
 */
export async function startWorker(
  { command, worker = 0 }: WorkerCommand,
  addresses: readonly Address[],
  terminal: Terminal,
): Promise<RunningServer> {
  if (terminal.startThread === undefined) {
    throw new Failure(EXIT.failed, "there are no threads here for --workers");
  }
  const thread = new WorkerThread(terminal.startThread(), worker);
  const where = addresses.map(String);
  await thread.call("serve", command.args, where, worker);
  return {
    addresses,
    failed: thread.failed,
    open: () => thread.call("open"),
    cut: () => void thread.call("cut"),
    async shutdown(graceMs) {
      const { cut, finished } = await thread.call("shutdown", graceMs);
      return {
        cut: cut.map(received),
        finished,
      };
    },
    setCertificate: ({ cert, key }) => thread.call("setCertificate", cert, key),
    tellTotals: () => {},
  };
}

function received({ peer, unsentBytes }: SentCut): CutConnection {
  return { remoteAddress: parseAddress(peer), unsentBytes };
}

class WorkerThread {
  /** Rejects if the thread fails. */
  readonly failed: Promise<never>;
  readonly #port: ThreadPort;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #count = 0;

  constructor(port: ThreadPort, worker: number) {
    this.#port = port;
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    // Each call rejects with it as well.
    promise.catch(() => {});
    port.onmessage = ({ data }) => {
      const reply = data as Reply;
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    };
    port.onerror = (event) => {
      event.preventDefault();
      const cause = event.error ?? event;
      const text = `worker ${worker} failed: ${errorText(cause)}`;
      reject(new Failure(EXIT.failed, text, { cause }));
    };
  }

  async call<K extends keyof WorkerCalls>(
    name: K,
    ...args: Parameters<WorkerCalls[K]>
  ): Promise<Awaited<ReturnType<WorkerCalls[K]>>> {
    const id = ++this.#count;
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.#waiting.set(id, resolve);
    this.#port.postMessage({ id, name, args } satisfies Called);
    const reply = await Promise.race([promise, this.failed]);
    if (reply.failure !== undefined) {
      throw new Failure(reply.failure.exitCode, reply.failure.text);
    }
    return reply.result as Awaited<ReturnType<WorkerCalls[K]>>;
  }
}
