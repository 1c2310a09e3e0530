/**
 * The runs of a report, and how their numbers are written.
 *
 * @module
 */

import type { LoadInterval, LoadSummary } from "../../../lib/load/mod.ts";
import { type Html, markup } from "../../http/page/markup.ts";
import { escapeControls } from "../../output/escape.ts";
import { grouped } from "../../output/counted.ts";
import { rateText, timeText } from "../shown/amounts.ts";
import { microseconds } from "./charts/scale.ts";

/** A run of a report. */
export interface Run {
  /** What it is called: `this run`, or the file that it comes from. */
  readonly name: string;
  /** Which colours it has. */
  readonly look: "now" | "before";
  /** What it measured. */
  readonly summary: LoadSummary;
}

/** A number of the JSON, as it is and as it is shown. */
export function figure(name: string, value: number, text: string): Html {
  return markup`<data data-name="${name}" value="${value}">${
    unbroken(text)
  }</data>`;
}

/** Writes a time. */
export function time(us: number): string {
  return microseconds(timeText(us));
}

/** Writes a rate per second. */
export function rate(perSecond: number): string {
  return `${rateText(perSecond)}/s`;
}

/** Writes seconds, as many digits as an interval needs. */
export function seconds(value: number): string {
  return `${(+value.toFixed(1)).toLocaleString("en-US")} s`;
}

/** Writes how long a run was; a short one in milliseconds. */
export function span(value: number): string {
  return value < 1 ? time(1e6 * value) : seconds(value);
}

/** Keeps each number and its unit in one line. */
export function unbroken(text: string): string {
  return text.replace(/(\d) (?=%|s\b|ms\b|µs)/g, "$1\u00a0");
}

/** Writes what a stranger or a file has said. */
export function said(text: string): string {
  return escapeControls(text);
}

/** How many messages per second an interval had. */
export function rateOf({ messages, seconds }: LoadInterval): number {
  return seconds > 0 ? messages / seconds : 0;
}

/** How many errors a run had. */
export function errorCount({ errors }: LoadSummary): number {
  return Object.values(errors).reduce((sum, count) => sum + count, 0);
}

/** Writes a count with its noun. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** What a run sends, in one word. */
export function nounOf({ parameters }: LoadSummary): string {
  return parameters.method === null ? "message" : "request";
}

/** The end of the time that a run was measured, in seconds. */
export function endOf({ series }: LoadSummary): number {
  return series.reduce(
    (end, { seconds, t_s }) => Math.max(end, t_s + seconds),
    0,
  );
}
