/**
 * Shows which cuts change the answer, in the annotated request.
 *
 * @module
 */

import type { FramePart } from "../../../lib/framing/mod.ts";
import { grouped } from "../../output/counted.ts";
import { annotatedBytes } from "../../output/frames/annotated_bytes.ts";
import { escapeJson } from "../../output/escape.ts";
import type { Difference } from "./compare.ts";
import type { Cut } from "./cuts.ts";
import { placeOf } from "./parts.ts";
import type { ChopRequest } from "./request.ts";

/** A cut that changes the answer. */
export interface BadCut {
  readonly cut: Cut;
  readonly difference: Difference;
}

/** Neighbouring cuts of one kind. */
interface Run {
  readonly first: Cut;
  last: Cut;
  readonly place: string | undefined;
  readonly difference: Difference;
}

// More would not be read.
const MOST_LINES = 20;
const MOST_ROWS = 24;

/**
 * Shows the result for people.
 *
 * @param bad The cuts that change the answer, in order.
 * @param columns How wide a row may be.
 */
export function reportLines(
  request: ChopRequest,
  parts: readonly FramePart[],
  tried: number,
  bad: readonly BadCut[],
  columns: number,
): string[] {
  const cuts = tried === 1 ? "1 cut" : `${grouped(tried)} cuts`;
  const changing = bad.length === 0
    ? "none changes the answer"
    : bad.length === 1
    ? "1 changes the answer"
    : `${grouped(bad.length)} change the answer`;
  const first = `chop: ${cuts}, ${changing}`;
  if (bad.length === 0) return [first];
  const runs = runsOf(bad, parts);
  const size = request.bytes.length;
  const lines = runs.slice(0, MOST_LINES).map(({ difference, ...run }) => {
    const place = run.place === undefined ? "" : ` (${run.place})`;
    return `${where(run)} of ${size}${place}: ${difference.text}`;
  });
  const more = runs.length > MOST_LINES
    ? [`and ${grouped(runs.length - MOST_LINES)} more like these`]
    : [];
  return [
    first,
    ...lines,
    ...more,
    "",
    ...drawing(request, parts, runs, columns),
  ];
}

/** Shows a cut that changes the answer as an object of JSON. */
export function reportJson(
  { cut, difference }: BadCut,
  parts: readonly FramePart[],
): string {
  const { expected, got, text } = difference;
  const object = {
    cut: cut.length === 1 ? cut[0] : cut,
    part: cut.map((at) => placeOf(at, parts) ?? null).join(", "),
    ...content("expected", expected),
    ...content("got", got),
    end: text,
  };
  return escapeJson(JSON.stringify(object));
}

function content(
  name: string,
  bytes: Uint8Array | undefined,
): Readonly<Record<string, string | null>> {
  if (bytes === undefined) return { [name]: null };
  try {
    const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { [name]: utf8.decode(bytes) };
  } catch {
    // Not text.
    return { [`${name}Base64`]: bytes.toBase64() };
  }
}

function runsOf(
  bad: readonly BadCut[],
  parts: readonly FramePart[],
): readonly Run[] {
  const runs: Run[] = [];
  for (const { cut, difference } of bad) {
    const place = cut.length === 1 ? placeOf(cut[0]!, parts) : undefined;
    const last = runs.at(-1);
    const goesOn = last !== undefined && cut.length === 1 &&
      last.last[0] === cut[0]! - 1 && last.place === place &&
      last.difference.kind === difference.kind;
    if (goesOn) last.last = cut;
    else runs.push({ first: cut, last: cut, place, difference });
  }
  return runs;
}

function where({ first, last }: Pick<Run, "first" | "last">): string {
  if (first.length > 1) return `after bytes ${first.join(" and ")}`;
  return first[0] === last[0]
    ? `after byte ${first[0]}`
    : `after bytes ${first[0]} to ${last[0]}`;
}

/** The request with its parts, and a mark at each run of cuts. */
function drawing(
  { bytes }: ChopRequest,
  parts: readonly FramePart[],
  runs: readonly Run[],
  columns: number,
): string[] {
  const marks = runs.slice(0, MOST_LINES)
    .filter(({ first }) => first.length === 1)
    .map(({ first, last }): FramePart => ({
      kind: "unknown",
      offset: first[0]! - 1,
      size: last[0]! - first[0]! + 1,
      text: "a cut behind it changes the answer",
    }));
  // From the row of the first mark on.
  const begin = ((runs[0]!.first[0]! - 1) >> 4) << 4;
  const drawn = [...parts, ...marks]
    .sort((a, b) => a.offset - b.offset)
    .flatMap((part) => movedBy(part, begin));
  return annotatedBytes(bytes.subarray(begin), drawn, {
    columns,
    mostRows: MOST_ROWS,
    offset: begin,
  });
}

/** What is left of a part behind a position; `undefined` if it ends before that. */
function movedBy(part: FramePart, begin: number): FramePart[] {
  const end = part.offset + part.size - begin;
  if (end <= 0) return [];
  const offset = Math.max(0, part.offset - begin);
  return [{ ...part, offset, size: end - offset }];
}
