/**
 * What `wait` tells.
 *
 * @module
 */

import { formatDuration } from "../arguments/durations.ts";
import type { Log } from "../output/log.ts";
import type { Finding } from "./finding.ts";
import type { Waited } from "./wait_for.ts";

/** Tells what an attempt found, if that is asked for. */
export function tellChange(
  address: string,
  { reason, what }: Finding,
  log: Log,
): void {
  if (!log.options.verbose) return;
  log.now({ event: "found", address, what, reason }, `${address}: ${reason}`);
}

/** Tells that a server is as asked for. */
export function tellDone(
  address: string,
  { afterMs, attempts, last }: Waited,
  gone: boolean,
  log: Log,
): void {
  const times = attempts === 1 ? "" : `, at attempt ${attempts}`;
  const after = `after ${formatDuration(afterMs)}${times}`;
  const event = gone ? "gone" : "ready";
  log.soon(
    { event, address, attempts, afterMs: Math.round(afterMs) },
    gone
      ? `${address} is gone ${after}: ${last.reason}`
      : `${address} is ready ${after}`,
  );
  log.flush();
}

/** Tells that one server of several is not as asked for. */
export function tellNotDone(
  address: string,
  waited: Waited,
  gone: boolean,
  log: Log,
): void {
  const { attempts, counts, last } = waited;
  log.now(
    {
      event: gone ? "not_gone" : "not_ready",
      address,
      attempts,
      reasons: Object.fromEntries(counts),
      last: last.reason,
    },
    notDone(address, waited, gone),
  );
}

/**
 * Says that a server is not as asked for, and why.
 *
 * @param after After how long, such as ` after 30 s`.
 */
export function notDone(
  address: string,
  { counts, last }: Waited,
  gone: boolean,
  after = "",
): string {
  const what = [...counts].map(([what, count]) => `${what} ${times(count)}`);
  return `${address} is ${gone ? "not gone" : "not ready"}${after}: ${
    what.join(", ")
  }; last: ${last.reason}`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
