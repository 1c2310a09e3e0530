/**
 * What was asked for, as the summary has it.
 *
 * @module
 */

import { sourceOf } from "../planning/content.ts";
import type { LoadPlan } from "../planning/plan.ts";
import { SPOKEN } from "../planning/spoken.ts";
import type { LoadParameters } from "../summary.ts";

/** Gives the parameters of a run. */
export function parametersOf(plan: LoadPlan): LoadParameters {
  const { content, ratePerS, request, seed, spoken } = plan;
  const { maxBytes, minBytes } = sourceOf(content, seed);
  const { isFramed } = SPOKEN[spoken];
  return {
    address: plan.address,
    loop: ratePerS === undefined ? "closed" : "open",
    connections: plan.connections,
    inFlight: plan.inFlight,
    rate_per_s: ratePerS ?? null,
    duration_s: finite(plan.durationMs / 1_000),
    count: finite(plan.count),
    warmUp_s: plan.warmUpMs / 1_000,
    check: plan.check,
    minMessage_bytes: minBytes,
    maxMessage_bytes: maxBytes,
    framing: isFramed ? `${plan.framing}` : null,
    method: request?.method ?? null,
    timeout_s: plan.timeoutMs / 1_000,
    proxyProtocol: plan.proxyProtocol ?? null,
    workers: plan.workers,
    seed,
  };
}

function finite(value: number): number | null {
  return value === Infinity ? null : value;
}
