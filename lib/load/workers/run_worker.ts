/**
 * The side of a worker: one generator, which carries out orders.
 *
 * @module
 */

import { Generator } from "../generating/generator.ts";
import type { LoadWorkerScope } from "../options.ts";
import { failureOf, type News, type Order, packed } from "./worker_message.ts";

const TOTAL_MS = 100;

/** Carries out orders until the run is over; then the worker ends. */
export function serveOrders(scope: LoadWorkerScope): void {
  const tell = (news: News) => scope.postMessage(news);
  let generator: Generator | undefined;
  const open = async (one: Generator) => {
    try {
      await one.open();
      tell({ is: "opened" });
    } catch (error) {
      // It goes on if another thread has a connection, else it is stopped.
      tell({ is: "failed", failure: failureOf(error) });
    }
  };
  const begin = async (one: Generator, startMs: number) => {
    one.begin(startMs - performance.timeOrigin, (report) => {
      tell({ is: "interval", report: packed(report) });
    });
    const timer = setInterval(
      () => tell({ is: "total", total: one.total }),
      TOTAL_MS,
    );
    const end = await one.finished;
    clearInterval(timer);
    tell({ is: "over", end });
    scope.close();
  };
  scope.onmessage = ({ data }: MessageEvent<Order>) => {
    switch (data.do) {
      case "open":
        generator = new Generator(data.plan);
        void open(generator);
        break;
      case "begin":
        void begin(generator!, data.startMs);
        break;
      case "stop":
        // Not running yet, it has nothing to report.
        if (generator?.hasBegun !== true) scope.close();
        generator?.stop();
    }
  };
  tell({ is: "ready" });
}
