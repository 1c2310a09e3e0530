/**
 * A run, for people.
 *
 * ```text
 * load on tcp://127.0.0.1:7342 (length:4): open loop, 20,000/s over 4 connections
 * 200,000 messages of 64 B in 10.0 s: 20,000/s, 1.3 MiB/s out, 1.3 MiB/s in
 *
 *             min     p50     p90      p99    p99.9      max
 * latency   21 us   41 us   68 us  1.23 ms  11.2 ms   203 ms  since it was to be sent
 * service   20 us   40 us   66 us  1.19 ms  10.8 ms   201 ms  since it was sent
 *
 * generator late: p50 3 us, p99 45 us, max 80 us
 * errors: none
 * ```
 *
 * @module
 */

import type {
  LatencyFigures,
  LoadErrors,
  LoadLimitResult,
  LoadSummary,
} from "../../../lib/load/mod.ts";
import { formatSize } from "../../arguments/sizes.ts";
import { escapeControls } from "../../output/escape.ts";
import { grouped } from "../../output/counted.ts";
import { aligned, rateText, timeText, unsentText } from "./amounts.ts";

/** Writes a run in lines. */
export function summaryLines(summary: LoadSummary): string[] {
  const { errorReasons = {}, errors, latency, limits } = summary;
  return [
    headLine(summary),
    amountLine(summary),
    ...endLines(summary),
    ...latency === null ? [] : ["", ...latencyLines(summary, latency)],
    "",
    ...lateLines(summary),
    ...warmUpLines(summary),
    ...unansweredLines(summary),
    `errors: ${errorsText(errors)}`,
    ...Object.entries(errorReasons).map(([kind, reason]) =>
      `the first ${kind}: ${escapeControls(reason)}`
    ),
    ...limits.map(limitLine),
  ];
}

function headLine({ parameters }: LoadSummary): string {
  const { address, connections, framing, inFlight, loop, method } = parameters;
  const how = framing ?? method;
  const place = how === null ? address : `${address} (${how})`;
  const over = connections === 1
    ? "1 connection"
    : `${grouped(connections)} connections`;
  const window = method !== null || parameters.check === "none"
    ? ""
    : `, at most ${grouped(inFlight)} in flight${
      connections === 1 ? "" : " on each"
    }`;
  const pace = loop === "open"
    ? `open loop, ${rateText(parameters.rate_per_s!)}/s`
    : "closed loop";
  return `load on ${place}: ${pace} over ${over}${window}`;
}

function amountLine(summary: LoadSummary): string {
  const { bytes_in, bytes_out, messages, parameters, seconds } = summary;
  const perSecond = (bytes: number) =>
    formatSize(seconds === 0 ? 0 : Math.round(bytes / seconds));
  const noun = parameters.method === null ? "message" : "request";
  return `${grouped(messages)} ${noun}${messages === 1 ? "" : "s"}${
    sizeText(summary)
  } in ${seconds.toFixed(1)} s: ${rateText(summary.rate_per_s)}/s, ${
    perSecond(bytes_out)
  }/s out, ${perSecond(bytes_in)}/s in`;
}

function sizeText({ parameters }: LoadSummary): string {
  const { maxMessage_bytes: most, minMessage_bytes: least, seed } = parameters;
  if (most === 0) return "";
  if (least === most) return ` of ${formatSize(most)}`;
  return ` of ${formatSize(least)} to ${formatSize(most)} (seed ${seed})`;
}

function endLines({ endedBy, parameters }: LoadSummary): string[] {
  switch (endedBy) {
    case "stopped":
      return ["stopped early: this is what was measured until then"];
    case "unreachable":
      return [
        `stopped early: no connection could be opened for ${parameters.timeout_s} s`,
      ];
    default:
      return [];
  }
}

function latencyLines(
  { parameters, service }: LoadSummary,
  latency: LatencyFigures,
): string[] {
  const isOpen = parameters.loop === "open";
  const head = ["", "min", "p50", "p90", "p99", "p99.9", "max"];
  const rows = [head, row("latency", latency)];
  if (isOpen && service !== null) rows.push(row("service", service));
  const [first, ...lines] = aligned(rows);
  const notes = isOpen
    ? ["since it was to be sent", "since it was sent"]
    : [""];
  return [
    first!,
    ...lines.map((line, at) => `${line}  ${notes[at] ?? ""}`.trimEnd()),
    ...isOpen ? [] : [
      "",
      "A closed loop hides stalls in its latency: while the server stands still, nothing is",
      "sent that could wait. With --rate the latency counts from when a message was due.",
    ],
  ];
}

function row(name: string, figures: LatencyFigures): string[] {
  const { max_us, min_us, p50_us, p90_us, p99_us, p999_us } = figures;
  return [
    name,
    ...[min_us, p50_us, p90_us, p99_us, p999_us, max_us].map(timeText),
  ];
}

function lateLines(summary: LoadSummary): string[] {
  const { endedBy, generatorLate, latency, parameters, unsent } = summary;
  if (parameters.loop === "closed") return [];
  const { max_us, p50_us, p99_us } = generatorLate;
  // From here on the figures say more about this machine than about the server.
  const isMuch = latency !== null && p99_us > latency.p99_us / 2;
  return [
    `generator late: p50 ${timeText(p50_us)}, p99 ${timeText(p99_us)}, max ${
      timeText(max_us)
    }${isMuch ? "; much of the latency is that of this machine" : ""}`,
    ...unsent === 0 || endedBy === "stopped" ? [] : [unsentText(summary)],
  ];
}

function warmUpLines({ warmUp }: LoadSummary): string[] {
  if (Object.keys(warmUp.errors).length === 0) return [];
  return [`errors of the warm-up, not counted: ${errorsText(warmUp.errors)}`];
}

function unansweredLines(
  { errors, messages, parameters }: LoadSummary,
): string[] {
  const { check, framing } = parameters;
  if (check === "none" || messages > 0) return [];
  // Neither end sees a whole message: this one waits, or the server ends the connection.
  const isOdd = "timeout" in errors || "ended" in errors;
  const advice = framing === null || !isOdd
    ? ""
    : `; check that the server uses --frame ${framing}, too, and answers each message`;
  return [`no message was answered in the measured time${advice}`];
}

function errorsText(errors: LoadErrors): string {
  const kinds = Object.entries(errors);
  if (kinds.length === 0) return "none";
  return kinds
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${grouped(count)} ${kind}`)
    .join(", ");
}

function limitLine(
  { at, late_us, latency_us, limit_us, verdict }: LoadLimitResult,
): string {
  const measured = `${at} is ${timeText(latency_us)}, the limit ${
    timeText(limit_us)
  }`;
  switch (verdict) {
    case "kept":
      return `${measured}: kept`;
    case "broken":
      return `${measured}: broken`;
    default:
      return `${measured}: void, as the generator was ${
        timeText(late_us)
      } late: this machine is the bottleneck`;
  }
}
