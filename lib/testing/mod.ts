/**
 * Tools to test programs that use this library: a check for your own framing,
 * and connections in memory that cut, delay, end and reset as a script says,
 * the same way in every run.
 *
 * @example A framing of your own
 * ```ts
 * import { delimiter } from "@parley/parley/framing";
 * import { verifyFraming } from "@parley/parley/testing";
 * import { assert } from "@std/assert";
 *
 * const report = verifyFraming(delimiter("END"), [
 *   new TextEncoder().encode("EN"),
 *   new TextEncoder().encode("hello"),
 * ]);
 * assert(report.costMeasured);
 * ```
 *
 * @module
 */

export {
  verifyFraming,
  type VerifyFramingOptions,
  type VerifyFramingReport,
} from "./verify_framing.ts";
export {
  type MemoryConnectOptions,
  type MemoryDelay,
  type MemoryFaults,
  type MemoryListener,
  memoryListener,
  type MemoryListenerOptions,
  memoryPair,
  type MemoryPairOptions,
  type MemoryPieces,
} from "../transport/memory/mod.ts";
