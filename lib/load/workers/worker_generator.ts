/**
 * A generator in another thread.
 *
 * ```text
 *   starting ── ready ──► opening ── opened, failed ──► waiting ── begin() ──► running
 *      │ stop()                                                                  │
 *      ▼                                                                         ▼
 *   stopped ── ready: the thread gets its order to stop                        over
 *
 *   any ── the thread dies ──► over
 * ```
 *
 * One that could not open a connection goes on trying, if it begins.
 *
 * @module
 */

import type { GeneratorEnd } from "../generating/generator.ts";
import type { IntervalReport } from "../measuring/measurements.ts";
import type { LoadThread } from "../options.ts";
import type { LoadPlan } from "../planning/plan.ts";
import type { GeneratorHandle } from "./generator_handle.ts";
import { errorOf, type News, type Order, unpacked } from "./worker_message.ts";

/** Starts a thread with the program of this package. */
export function startThread(): LoadThread {
  const url = new URL("./load_worker.ts", import.meta.url);
  return new Worker(url, { type: "module" });
}

/** Generates in another thread. */
export class WorkerGenerator implements GeneratorHandle {
  total = { messages: 0, errors: 0 };
  readonly #plan: LoadPlan;
  readonly #thread: LoadThread;
  readonly #opened = Promise.withResolvers<void>();
  readonly #finished = Promise.withResolvers<GeneratorEnd>();
  #state: "starting" | "stopped" | "opening" | "waiting" | "running" | "over" =
    "starting";
  #report: (report: IntervalReport) => void = () => {};

  constructor(plan: LoadPlan, thread: LoadThread) {
    this.#plan = plan;
    this.#thread = thread;
    thread.onmessage = ({ data }) => this.#hear(data);
    thread.onerror = (event) => {
      event.preventDefault();
      this.#fail(errorOf({ parts: { reason: event.message } }));
    };
    // Nothing waits for it if another thread has failed to open.
    this.#finished.promise.catch(() => {});
    this.#opened.promise.catch(() => {});
  }

  get finished(): Promise<GeneratorEnd> {
    return this.#finished.promise;
  }

  open(): Promise<void> {
    return this.#opened.promise;
  }

  begin(startMs: number, report: (report: IntervalReport) => void): void {
    this.#report = report;
    this.#state = "running";
    this.#tell({ do: "begin", startMs });
  }

  stop(): void {
    // An order that comes before it is ready may find nothing that listens.
    if (this.#state === "starting") this.#state = "stopped";
    this.#tell({ do: "stop" });
    this.#opened.reject(errorOf({ parts: { reason: "the run was stopped" } }));
  }

  #tell(order: Order): void {
    this.#thread.postMessage(order);
  }

  #hear(news: News): void {
    switch (news.is) {
      case "ready":
        if (this.#state === "stopped") return this.#tell({ do: "stop" });
        this.#state = "opening";
        return this.#tell({ do: "open", plan: this.#plan });
      case "opened":
        this.#state = "waiting";
        return this.#opened.resolve();
      case "failed":
        this.#state = "waiting";
        return this.#opened.reject(errorOf(news.failure));
      case "interval":
        return this.#report(unpacked(news.report));
      case "total":
        this.total = news.total;
        return;
      case "over":
        this.#state = "over";
        this.#finished.resolve(news.end);
    }
  }

  #fail(error: Error): void {
    this.#state = "over";
    this.#opened.reject(error);
    this.#finished.reject(error);
  }
}
