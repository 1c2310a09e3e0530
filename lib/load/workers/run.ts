/**
 * Carries out a plan, with one thread or more.
 *
 * @module
 */

import { Collector } from "../measuring/collector.ts";
import type { LoadProgress, LoadThread } from "../options.ts";
import type { LoadPlan } from "../planning/plan.ts";
import type { LoadSummary } from "../summary.ts";
import { VERSION } from "../version.ts";
import { type GeneratorHandle, partOf } from "./generator_handle.ts";
import { LocalGenerator } from "./local_generator.ts";
import { startThread, WorkerGenerator } from "./worker_generator.ts";

const PROGRESS_MS = 100;
// Until the last thread knows when to begin.
const HEAD_START_MS = 20;

/** What a run is given besides the plan. */
export interface RunParts {
  readonly startWorker: (() => LoadThread) | undefined;
  readonly onProgress: ((progress: LoadProgress) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Carries out a plan. */
export async function carryOut(
  plan: LoadPlan,
  { onProgress, signal, startWorker }: RunParts,
): Promise<LoadSummary> {
  const generators = generatorsOf(plan, startWorker);
  const stop = () => {
    for (const generator of generators) generator.stop();
  };
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  try {
    await openAll(generators, signal);
    return await measure(plan, generators, onProgress);
  } catch (error) {
    // A thread has died; the others would go on by themselves.
    stop();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

function generatorsOf(
  plan: LoadPlan,
  startWorker: () => LoadThread = startThread,
): readonly GeneratorHandle[] {
  if (plan.workers === 1) return [new LocalGenerator(plan)];
  return Array.from(
    { length: plan.workers },
    (_, index) => new WorkerGenerator(partOf(plan, index), startWorker()),
  );
}

async function openAll(
  generators: readonly GeneratorHandle[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const opened = await Promise.allSettled(
    generators.map((generator) => generator.open()),
  );
  signal?.throwIfAborted();
  const failed = opened.flatMap((one) =>
    one.status === "rejected" ? [one.reason] : []
  );
  // A thread without a connection goes on trying, as one connection of a thread does.
  if (failed.length === generators.length) throw failed[0];
}

async function measure(
  plan: LoadPlan,
  generators: readonly GeneratorHandle[],
  onProgress: RunParts["onProgress"],
): Promise<LoadSummary> {
  const { durationMs, ratePerS, warmUpMs } = plan;
  const collector = new Collector(plan);
  const headStartMs = generators.length === 1 ? 0 : HEAD_START_MS;
  const startMs = performance.timeOrigin + performance.now() + headStartMs;
  const fromMs = startMs + warmUpMs;
  const startedAt = new Date(Date.now() + headStartMs + warmUpMs);
  for (const [index, generator] of generators.entries()) {
    // Threads take turns, as their connections do.
    const offsetMs = ratePerS === undefined ? 0 : index * 1_000 / ratePerS;
    generator.begin(
      startMs + offsetMs,
      (report) => collector.add(index, report),
    );
  }
  const sinceMs = (begin: number) =>
    performance.timeOrigin + performance.now() - begin;
  const timer = onProgress === undefined ? undefined : setInterval(() => {
    const totals = generators.map(({ total }) => total);
    onProgress({
      isWarmUp: sinceMs(fromMs) < 0,
      seconds: sinceMs(startMs) / 1_000,
      messages: totals.reduce((sum, { messages }) => sum + messages, 0),
      errors: totals.reduce((sum, { errors }) => sum + errors, 0),
      ...collector.lately,
    });
  }, PROGRESS_MS);
  try {
    const ends = await Promise.all(generators.map(({ finished }) => finished));
    const measuredMs = Math.max(0, Math.min(durationMs, sinceMs(fromMs)));
    return collector.summary(startedAt, measuredMs, ends, {
      parley: VERSION,
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      target: Deno.build.target,
    });
  } finally {
    clearInterval(timer);
  }
}
