/**
 * Reads the summary of an earlier run.
 *
 * @module
 */

import { OptionTypeError } from "../check.ts";
import { LOAD_SUMMARY_VERSION, type LoadSummary } from "./summary.ts";

/** What a member must be: a type, or the members of an object or of each element. */
type Shape =
  | "number"
  | "string"
  | "counts"
  | { readonly [name: string]: Shape }
  | readonly [Shape]
  | { readonly orNull: Shape };

const FIGURES: Shape = numbers(
  "min_us mean_us deviation_us p50_us p90_us p99_us p999_us max_us",
);

// What a comparison and a report read; other members are taken as they are.
const SUMMARY: Readonly<Record<string, Shape>> = {
  startedAt: "string",
  endedBy: "string",
  ...numbers("messages seconds rate_per_s bytes_out bytes_in unsent"),
  latency: { orNull: FIGURES },
  service: { orNull: FIGURES },
  generatorLate: numbers("p50_us p99_us max_us"),
  errors: "counts",
  limits: [{
    at: "string",
    verdict: "string",
    ...numbers("percentile limit_us latency_us late_us"),
  }],
  warmUp: { messages: "number", errors: "counts" },
  series: [
    numbers("t_s seconds messages bytes errors p50_us p90_us p99_us max_us"),
  ],
  percentiles: [numbers("percentile count latency_us service_us")],
  parameters: {
    address: "string",
    loop: "string",
    check: "string",
    ...numbers(
      "connections inFlight warmUp_s minMessage_bytes maxMessage_bytes timeout_s workers seed",
    ),
    rate_per_s: { orNull: "number" },
    duration_s: { orNull: "number" },
    count: { orNull: "number" },
    framing: { orNull: "string" },
    method: { orNull: "string" },
    proxyProtocol: { orNull: "number" },
  },
  versions: {
    parley: "string",
    deno: "string",
    v8: "string",
    target: "string",
  },
};

/**
 * Reads what `parley-client load --format json` printed.
 *
 * @param text The whole text.
 * @returns The summary. Members that this version does not know are left in it.
 * @throws {TypeError} If the text is not the JSON of a summary, or is of another version.
 *
 * @example A file of another version
 * ```ts
 * import { readLoadSummary } from "@parley/parley/load";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(
 *   () => readLoadSummary(`{"format":"parley-load","version":2}`),
 *   TypeError,
 *   "it is version 2, and this program reads version 1",
 * );
 * ```
 */
export function readLoadSummary(text: string): LoadSummary {
  const value = parse(text);
  if (!isObject(value) || value.format !== "parley-load") {
    throw refusal(
      'it has no "format": "parley-load"',
      "write one with parley-client load --format json",
    );
  }
  if (value.version !== LOAD_SUMMARY_VERSION) {
    throw refusal(
      `it is version ${
        JSON.stringify(value.version)
      }, and this program reads version ${LOAD_SUMMARY_VERSION}`,
    );
  }
  const wrong = mismatch(value, SUMMARY, "");
  if (wrong !== undefined) throw refusal(wrong);
  return value as unknown as LoadSummary;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refusal("it is not JSON", undefined, { cause });
  }
}

/** Finds the first member that is not what it must be, in words. */
function mismatch(
  value: unknown,
  shape: Shape,
  path: string,
): string | undefined {
  if (typeof shape === "string") {
    if (shape === "counts") return countsMismatch(value, path);
    const fits = shape === "number"
      ? Number.isFinite(value)
      : typeof value === "string";
    return fits ? undefined : `${path} must be a ${shape}`;
  }
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return `${path} must be an array`;
    return first(
      value,
      (item, at) => mismatch(item, shape[0], `${path}[${at}]`),
    );
  }
  if (isOrNull(shape)) {
    return value === null ? undefined : mismatch(value, shape.orNull, path);
  }
  if (!isObject(value)) return `${path} must be an object`;
  return first(
    Object.entries(shape),
    ([name, inner]) => mismatch(value[name], inner, `${path}.${name}`),
  );
}

function countsMismatch(value: unknown, path: string): string | undefined {
  const fits = isObject(value) &&
    Object.values(value).every((count) => Number.isFinite(count));
  return fits ? undefined : `${path} must be an object of numbers`;
}

function first<T>(
  items: readonly T[],
  find: (item: T, at: number) => string | undefined,
): string | undefined {
  for (const [at, item] of items.entries()) {
    const found = find(item, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function numbers(names: string): Record<string, "number"> {
  return Object.fromEntries(names.split(" ").map((name) => [name, "number"]));
}

function isOrNull(shape: Shape): shape is { readonly orNull: Shape } {
  return typeof shape === "object" && "orNull" in shape;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refusal(
  reason: string,
  advice?: string,
  options: ErrorOptions = {},
): TypeError {
  return new OptionTypeError({
    action: "read the summary of a load run",
    reason,
    advice,
    ...options,
  });
}
