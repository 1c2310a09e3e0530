/**
 * What this library is tested with, for those who build on it: a check of your
 * own framing, and connections in memory that cut, delay, break off and reset as
 * a script says, the same way in every run.
 *
 * @example A framing of one's own
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
