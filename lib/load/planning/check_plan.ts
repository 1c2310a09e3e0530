/**
 * Refuses plans that cannot be carried out.
 *
 * @module
 */

import {
  checkDuration,
  checkInteger,
  checkNumber,
  checkOneOf,
  checkSize,
  OptionTypeError,
  outOfRange,
} from "../../check.ts";
import { parseFraming } from "../../framing/parse.ts";
import {
  type LoadLimit,
  MOST_IN_FLIGHT,
  MOST_LOAD_CONNECTIONS,
} from "../options.ts";
import type { LoadPlan } from "./plan.ts";
import { SPOKEN } from "./spoken.ts";

const MOST_WORKERS = 256;
// More in one second than a core can send.
const MOST_RATE = 100_000_000;

/**
 * Checks a plan, before anything is opened.
 *
 * @throws {TypeError} If an option is invalid, or two contradict each other.
 * @throws {RangeError} If a number is out of its range.
 */
export function checkPlan(plan: LoadPlan): void {
  checkEach(plan);
  checkTogether(plan);
  checkSpoken(plan);
  if (typeof plan.framing === "string") parseFraming(plan.framing);
  SPOKEN[plan.spoken].check(plan);
}

function checkEach(plan: LoadPlan): void {
  const { limits, ratePerS } = plan;
  checkOneOf("check", plan.check, ["same", "count", "none"]);
  checkInteger("connections", plan.connections, 1, MOST_LOAD_CONNECTIONS);
  checkSize("count", plan.count, 1);
  checkDuration("durationMs", plan.durationMs);
  checkInteger("inFlight", plan.inFlight, 1, MOST_IN_FLIGHT);
  checkSize("maxMessageBytes", plan.maxMessageBytes, 1);
  checkInteger("seed", plan.seed, 0);
  checkDuration("timeoutMs", plan.timeoutMs);
  checkNumber("warmUpMs", plan.warmUpMs, 0);
  checkInteger("workers", plan.workers, 1, MOST_WORKERS);
  if (ratePerS !== undefined) checkRate(ratePerS);
  for (const limit of limits) checkLimit(limit);
}

function checkTogether(plan: LoadPlan): void {
  const { check, connections, count, durationMs, framing } = plan;
  const { limits, workers } = plan;
  if (durationMs === Infinity && count === Infinity) {
    throw conflict(
      "durationMs",
      durationMs,
      "without an end, a count must be given",
    );
  }
  if (workers > connections) {
    throw conflict(
      "workers",
      workers,
      `there are fewer connections: ${connections}`,
    );
  }
  if (workers > 1 && typeof framing !== "string") {
    throw conflict("framing", `${framing}`, "with workers it must be a string");
  }
  const [limit] = limits;
  if (check === "none" && limit !== undefined) {
    throw conflict(
      "limits",
      `p${limit.percentile}`,
      "without answers no latency is measured",
    );
  }
}

/** Refuses what does not go together with what is spoken. */
function checkSpoken(plan: LoadPlan): void {
  const { check, inFlight, opens, proxyProtocol } = plan;
  const { awaits, takesProxyHeader } = SPOKEN[plan.spoken];
  if (proxyProtocol !== undefined) {
    checkInteger("proxyProtocol", proxyProtocol, 1, 2);
    if (!takesProxyHeader) {
      throw conflict("proxyProtocol", proxyProtocol, `it is not for ${opens}`);
    }
  }
  if (awaits === undefined) return;
  if (inFlight > 1) throw conflict("inFlight", inFlight, awaits.inFlight);
  if (check === "none") throw conflict("check", check, awaits.check);
}

function checkRate(ratePerS: number): void {
  if (ratePerS > 0 && ratePerS <= MOST_RATE) return;
  throw outOfRange("ratePerS", ratePerS, `above 0 and at most ${MOST_RATE}`);
}

function checkLimit({ ms, percentile }: LoadLimit): void {
  if (!(percentile > 0 && percentile <= 100)) {
    throw outOfRange("limits", percentile, "percentiles above 0 and up to 100");
  }
  checkDuration("limits", ms);
}

function conflict(option: string, value: unknown, reason: string): TypeError {
  return new OptionTypeError({ action: "use", option, value, reason });
}
