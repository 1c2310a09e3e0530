/**
 * The frame of a picture: axes, grid, and what is drawn in it.
 *
 * The drawing stretches with the page and the text does not: places are percentages,
 * and lines keep their width. So one picture fits a wide screen, a phone and paper,
 * without a script.
 *
 * @module
 */

import { type Html, markup } from "../../../http/page/markup.ts";
import type { Scale } from "./scale.ts";

// Coordinates of paths run to here in both directions.
const SIZE = 1_000;

/** What a picture is made of. */
export interface Plot {
  /** What it shows, for those who cannot see it. */
  readonly label: string;
  readonly x: Scale;
  readonly y: Scale;
  /** What the axes are of. */
  readonly names: { readonly x: string; readonly y: string };
  /** Paths, from {@linkcode stepLine} and the like. */
  readonly paths: readonly Html[];
  /** What is above them, at places in percent. */
  readonly marks?: readonly Html[];
}

/** Draws a picture. */
export function plotted({ label, marks, names, paths, x, y }: Plot): Html {
  const rows = y.ticks.map((tick) => {
    const at = percent(1 - tick.at);
    return markup`<line class="grid" x1="0" x2="100%" y1="${at}" y2="${at}"/>
<text class="y" x="0" dx="-8" y="${at}" dy=".34em">${tick.label}</text>
`;
  });
  const columns = x.ticks.map((tick) => {
    const at = percent(tick.at);
    return markup`<line class="grid" x1="${at}" x2="${at}" y1="0" y2="100%"/>
<text class="x${
      tick.isMinor ? " minor" : ""
    }" x="${at}" y="100%" dy="1.5em">${tick.label}</text>
`;
  });
  return markup`<div class="chart" role="img" aria-label="${label}">
<svg class="plot">
${rows}${columns}<text class="name" x="0" dx="-8" y="0" dy="-1.1em">${names.y}</text>
<text class="name end" x="100%" y="100%" dy="2.9em">${names.x}</text>
<svg width="100%" height="100%" viewBox="0 0 ${SIZE} ${SIZE}" preserveAspectRatio="none">
${paths}</svg>
${marks ?? []}</svg>
</div>`;
}

/** A part of the x axis, and the value there. */
export interface Step {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** A line of steps. */
export function stepLine(
  steps: readonly Step[],
  x: Scale,
  y: Scale,
  look: string,
): Html {
  const runs = contiguous(steps).map((run) => outline(run, x, y));
  return path(runs.join(""), look);
}

/** The area below steps. */
export function stepArea(
  steps: readonly Step[],
  x: Scale,
  y: Scale,
  look: string,
): Html {
  return band(steps.map((step) => ({ ...step, below: 0 })), x, y, look);
}

/** The area between two values of each step. */
export function band(
  steps: readonly (Step & { readonly below: number })[],
  x: Scale,
  y: Scale,
  look: string,
): Html {
  const runs = contiguous(steps).map((run) => {
    const above = outline(run, x, y);
    const back = run.toReversed().map(({ below, from }) =>
      `V${place(1 - y.of(below))}H${place(x.of(from))}`
    );
    return `${above}${back.join("")}Z`;
  });
  return path(runs.join(""), look);
}

/** A line through points. */
export function curve(
  points: readonly (readonly [x: number, y: number])[],
  x: Scale,
  y: Scale,
  look: string,
): Html {
  const places = points.map(([at, value]) =>
    `${place(x.of(at))} ${place(1 - y.of(value))}`
  );
  return path(places.length === 0 ? "" : `M${places.join("L")}`, look);
}

/** A column that shows a text when the pointer is on it. */
export function hit(from: number, to: number, text: string): Html {
  return markup`<rect class="hit" x="${percent(from)}" y="0" width="${
    percent(to - from)
  }" height="100%"><title>${text}</title></rect>
`;
}

/** A place or a length in percent. */
export function percent(share: number): string {
  return `${+(100 * share).toFixed(3)}%`;
}

/** Parts steps where there is a gap between two. */
function contiguous<S extends Step>(steps: readonly S[]): S[][] {
  const runs: S[][] = [];
  let end: number | undefined;
  for (const step of steps) {
    // The sum of two times in seconds is not exact.
    if (end !== undefined && Math.abs(step.from - end) < 1e-6) {
      runs.at(-1)!.push(step);
    } else {
      runs.push([step]);
    }
    end = step.to;
  }
  return runs;
}

function outline(run: readonly Step[], x: Scale, y: Scale): string {
  const [first] = run;
  const steps = run.map(({ to, value }) =>
    `V${place(1 - y.of(value))}H${place(x.of(to))}`
  );
  const begin = `M${place(x.of(first!.from))} ${place(1 - y.of(first!.value))}`;
  return `${begin}${steps.join("")}`;
}

function path(shape: string, look: string): Html {
  if (shape === "") return markup``;
  return markup`<path class="${look}" d="${shape}"/>
`;
}

function place(share: number): number {
  return +(SIZE * share).toFixed(1);
}
