/**
 * Puts load on a server and measures how it answers.
 *
 * @module
 */

import type { LoadOptions, LoadWorkerScope } from "./options.ts";
import { planOf } from "./planning/plan.ts";
import type { LoadSummary } from "./summary.ts";

/**
 * Puts load on a server and measures how it answers.
 *
 * Without `ratePerS`, each connection keeps `inFlight` messages under way: a closed
 * loop. It finds out how much a server can do. Its latency hides stalls: while the
 * server stands still, nothing is sent, so nothing has to wait. With `ratePerS`
 * messages are sent at their times, whatever the server does, and their latency counts
 * from these times: an open loop. It finds out how long users wait.
 *
 * A connection that is lost, or on which an answer takes longer than `timeoutMs`, is
 * opened again, and the run goes on. What went wrong is in `errors` of the summary and
 * never thrown.
 *
 * @param options The server, how much, and for how long.
 * @returns What was measured.
 * @throws {TypeError} If an option is invalid, before anything is opened.
 * @throws {RangeError} If a number is out of its range, likewise.
 * @throws {ConnectionError} If not one connection could be opened at the beginning.
 * @throws {TimeoutError} If that took too long.
 * @throws {unknown} The signal's reason, if it is aborted before that.
 *
 * @example 2,000 messages per second for a fifth of a second
 * ```ts
 * import { serve } from "@parley/parley";
 * import { runLoad } from "@parley/parley/load";
 * import { assertEquals } from "@std/assert";
 *
 * const framing = "length:4";
 * await using server = await serve("tcp://127.0.0.1:0", { framing }, async (peer) => {
 *   for await (const batch of peer.batches()) await peer.sendAll(batch);
 * });
 *
 * const { errors, messages, latency } = await runLoad({
 *   address: String(server.address),
 *   framing,
 *   check: "same",
 *   connections: 4,
 *   ratePerS: 2_000,
 *   durationMs: 200,
 *   warmUpMs: 50,
 * });
 * assertEquals({ errors, messages }, { errors: {}, messages: 400 });
 * console.log(`99 % were answered within ${latency?.p99_us} us`);
 * ```
 */
export async function runLoad(options: LoadOptions): Promise<LoadSummary> {
  const plan = planOf(options);
  const { onProgress, signal, startWorker } = options;
  signal?.throwIfAborted();
  // With it comes the histogram, which reading a summary does not need.
  const { carryOut } = await import("./workers/run.ts");
  return await carryOut(plan, { onProgress, signal, startWorker });
}

/**
 * Takes part in a run as one of its workers; see `startWorker` of {@linkcode runLoad}.
 * It is called once, in a worker, which ends with the run.
 *
 * @param scope The worker's `globalThis`.
 *
 * @example A run on two threads
 * ```ts ignore
 * // worker.ts
 * import { type LoadWorkerScope, runLoadWorker } from "@parley/parley/load";
 *
 * await runLoadWorker(globalThis as unknown as LoadWorkerScope);
 *
 * // main.ts
 * import { runLoad } from "@parley/parley/load";
 *
 * const summary = await runLoad({
 *   address: "tcp://127.0.0.1:7342",
 *   connections: 8,
 *   workers: 2,
 *   startWorker: () =>
 *     new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }),
 * });
 * console.log(summary.rate_per_s);
 * ```
 */
export async function runLoadWorker(scope: LoadWorkerScope): Promise<void> {
  const { serveOrders } = await import("./workers/run_worker.ts");
  serveOrders(scope);
}
