/**
 * What this library is tested with, for those who build on it: a check of your
 * own framing.
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

export type { Framing } from "../framing/framing.ts";
export {
  verifyFraming,
  type VerifyFramingOptions,
  type VerifyFramingReport,
} from "./verify_framing.ts";
