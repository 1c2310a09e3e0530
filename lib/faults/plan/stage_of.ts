/**
 * The stage of each fault that strikes a direction.
 *
 * @module
 */

import { drawsOf } from "../../random.ts";
import type { Fault } from "../fault.ts";
import { Corrupt } from "./corrupt.ts";
import { Rate, Split } from "./lasting.ts";
import { Delay, SlowEnd } from "./later.ts";
import { Limit } from "./limit.ts";
import { Drop, Duplicate, Reorder } from "./message_stages.ts";
import type { PlanOptions } from "./plan.ts";
import type { Stage } from "./step.ts";
import { Strikes } from "./strikes.ts";

/** What strikes in a connection; what refuses one never lets it begin. */
export type StruckFault = Exclude<Fault, { readonly name: "refuse" }>;

/**
 * Makes the stage of a fault.
 *
 * @param index Which of the faults it is; it decides what is drawn.
 */
export function stageOf(
  fault: StruckFault,
  index: number,
  { canReset, connection, direction, framing, seed }: PlanOptions,
): Stage {
  const isWebSocket = String(framing) === "websocket";
  const place = { canReset, connection, direction, isWebSocket };
  const strikes = new Strikes(fault, place);
  const way = direction === "toServer" ? 1 : 2;
  const draws = drawsOf(seed, index, connection, way);
  switch (fault.name) {
    case "drop":
      return new Drop(fault.probability, draws, strikes);
    case "duplicate":
      return new Duplicate(fault.probability, draws, strikes);
    case "reorder":
      return new Reorder(fault.probability, draws, strikes);
    case "corrupt": {
      const bits = drawsOf(seed, index, connection, way, 1);
      return new Corrupt(fault.probability, draws, bits, strikes);
    }
    case "truncate":
    case "reset-after":
    case "stall-after":
      return new Limit(fault.name, fault.after, fault.unit, strikes);
    case "delay":
      return new Delay(fault.ms, fault.jitterMs, draws, strikes);
    case "rate":
      return new Rate(fault.bytesPerSecond, strikes);
    case "split":
      return new Split(fault.bytes, strikes);
    case "slow-end":
      return new SlowEnd(fault.ms, strikes);
  }
}
