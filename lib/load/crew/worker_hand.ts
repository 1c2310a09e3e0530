/**
 * A generator in a worker.
 *
 * @module
 */

import type { GeneratorEnd } from "../generating/generator.ts";
import type { IntervalReport } from "../measuring/measurements.ts";
import type { LoadPlan } from "../planning/plan.ts";
import type { Hand } from "./hand.ts";
import { errorOf, type News, type Order, unpacked } from "./worker_message.ts";

// The executables are bundled: there the worker is a file of its own beside them, and
// this code may be in any file of the bundle.
const WORKER = import.meta.url.endsWith(".ts")
  ? "./load_worker.ts"
  : "./load_worker.js";

/** Generates in another thread. */
export class WorkerHand implements Hand {
  total = { messages: 0, errors: 0 };
  readonly #plan: LoadPlan;
  readonly #worker: Worker;
  readonly #opened = Promise.withResolvers<void>();
  readonly #finished = Promise.withResolvers<GeneratorEnd>();
  #hasBegun = false;
  #report: (report: IntervalReport) => void = () => {};

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    const url = new URL(WORKER, import.meta.url);
    this.#worker = new Worker(url, { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(errorOf({ parts: { reason: event.message } }));
    };
    // Nothing may wait for it, if another thread fails to open.
    this.#finished.promise.catch(() => {});
  }

  get finished(): Promise<GeneratorEnd> {
    return this.#finished.promise;
  }

  open(): Promise<void> {
    this.#tell({ do: "open", plan: this.#plan });
    return this.#opened.promise;
  }

  begin(startMs: number, report: (report: IntervalReport) => void): void {
    this.#report = report;
    this.#hasBegun = true;
    this.#tell({ do: "begin", startMs });
  }

  stop(): void {
    if (this.#hasBegun) this.#tell({ do: "stop" });
    else this.#fail(errorOf({ parts: { reason: "the run was stopped" } }));
  }

  #tell(order: Order): void {
    this.#worker.postMessage(order);
  }

  #hear(news: News): void {
    switch (news.is) {
      case "opened":
        return this.#opened.resolve();
      case "failed":
        return this.#fail(errorOf(news.failure));
      case "interval":
        return this.#report(unpacked(news.report));
      case "total":
        this.total = news.total;
        return;
      case "over":
        this.#worker.terminate();
        this.#finished.resolve(news.end);
    }
  }

  #fail(error: Error): void {
    this.#worker.terminate();
    this.#opened.reject(error);
    this.#finished.reject(error);
  }
}
