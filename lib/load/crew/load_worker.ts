/**
 * The program of a worker: one generator, which does as it is told.
 *
 * @module
 */

import { Generator } from "../generating/generator.ts";
import { failureOf, type News, type Order, packed } from "./worker_message.ts";

/** What is used of a worker's own side. */
interface Scope {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(news: News): void;
}

const TOTAL_MS = 100;

const scope = globalThis as unknown as Scope;
let generator: Generator | undefined;

scope.onmessage = ({ data: order }) => {
  switch (order.do) {
    case "open":
      generator = new Generator(order.plan);
      generator.open().then(
        () => scope.postMessage({ is: "opened" }),
        (error) => {
          scope.postMessage({ is: "failed", failure: failureOf(error) });
        },
      );
      break;
    case "begin":
      begin(generator!, order.startMs);
      break;
    case "stop":
      generator?.stop();
  }
};

function begin(generator: Generator, startMs: number): void {
  generator.begin(startMs - performance.timeOrigin, (report) => {
    scope.postMessage({ is: "interval", report: packed(report) });
  });
  const timer = setInterval(() => {
    scope.postMessage({ is: "total", total: generator.total });
  }, TOTAL_MS);
  void generator.finished.then((end) => {
    clearInterval(timer);
    scope.postMessage({ is: "over", end });
  });
}
