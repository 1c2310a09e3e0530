/**
 * Tries to reach one server until it is there, or until it is gone.
 *
 * @module
 */

import { pause, SYSTEM_TIME, type Time } from "../../lib/core.ts";
import { formatDuration } from "../arguments/durations.ts";
import { absent, type Finding, findingOf, type Probe } from "./finding.ts";

/** How long and how often. */
export interface WaitSettings {
  /** Longest time in milliseconds from the first attempt on. */
  readonly timeoutMs: number;
  /** Time in milliseconds from one attempt to the next. */
  readonly everyMs: number;
  /** Longest time in milliseconds of one attempt. */
  readonly attemptMs: number;
  /** Whether to wait until the server is gone. */
  readonly gone: boolean;
  /** Called with what an attempt found, if it differs from the one before. */
  readonly onChange?: (found: Finding) => void;
}

/** What came of waiting. */
export interface Waited {
  /** Whether it is as was asked for. */
  readonly isDone: boolean;
  /** How often it was tried. */
  readonly attempts: number;
  /** How long it took, in milliseconds. */
  readonly afterMs: number;
  /** How often there was what else, such as `refused`. */
  readonly counts: ReadonlyMap<string, number>;
  /** What the last attempt found. */
  readonly last: Finding;
}

/**
 * Tries until the server is there, or gone, or the time is over.
 *
 * @param probe One attempt.
 * @param signal Ends it with its reason.
 * @throws What another attempt would throw again; the signal's reason.
 */
export async function waitFor(
  probe: Probe,
  settings: WaitSettings,
  signal: AbortSignal,
  time: Time = SYSTEM_TIME,
): Promise<Waited> {
  const begunMs = time.now();
  const counts = new Map<string, number>();
  let before: string | undefined;
  for (let attempts = 1;; attempts++) {
    const attemptMs = time.now();
    const leftMs = begunMs + settings.timeoutMs - attemptMs;
    const last = await attempt(probe, settings.attemptMs, leftMs, signal, time);
    if (last.state === "wrong" && !settings.gone) throw last.error;
    const nowMs = time.now();
    const waited = { attempts, afterMs: nowMs - begunMs, counts, last };
    if (last.state === (settings.gone ? "absent" : "ready")) {
      return { isDone: true, ...waited };
    }
    if (last.what !== before) settings.onChange?.(last);
    before = last.what;
    counts.set(last.what, (counts.get(last.what) ?? 0) + 1);
    const pauseMs = Math.max(0, attemptMs + settings.everyMs - nowMs);
    // A last attempt that is cut at once would say nothing.
    if (nowMs + pauseMs > begunMs + settings.timeoutMs - settings.everyMs) {
      return { isDone: false, ...waited };
    }
    await pause(pauseMs, signal, time);
  }
}

/** Tries once, for a limited time. */
async function attempt(
  probe: Probe,
  limitMs: number,
  leftMs: number,
  signal: AbortSignal,
  time: Time,
): Promise<Finding> {
  signal.throwIfAborted();
  const within = limitMs <= leftMs ? ` within ${formatDuration(limitMs)}` : "";
  const late = absent("unanswered", `no answer${within}`);
  const end = new AbortController();
  const timer = time.setTimer(() => end.abort(), Math.min(limitMs, leftMs));
  try {
    return await probe(AbortSignal.any([signal, end.signal]));
  } catch (error) {
    signal.throwIfAborted();
    return end.signal.aborted ? late : findingOf(error);
  } finally {
    time.clearTimer(timer);
  }
}
