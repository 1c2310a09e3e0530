/**
 * Load: how fast a server answers, and how late.
 *
 * {@linkcode LoadSummary} is what a run measured. `parley-client load` makes runs and
 * prints it; {@linkcode readLoadSummary} reads it back.
 *
 * @module
 */

export { readLoadSummary } from "./read_summary.ts";
export { LOAD_SUMMARY_VERSION } from "./summary.ts";
export type {
  LatencyFigures,
  LoadErrorKind,
  LoadErrors,
  LoadInterval,
  LoadLimitResult,
  LoadParameters,
  LoadSummary,
  LoadVersions,
  PercentilePoint,
} from "./summary.ts";
