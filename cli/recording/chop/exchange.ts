/**
 * One exchange: sends a request, cut or whole, and takes what comes back.
 *
 * ```text
 *   send ── all steps are sent ──► wait ── as many messages as expected ──► look for more
 *     │                             ├──── the server ends ────────────────► over
 *     └── nothing for --timeout ────┴──── nothing for --timeout ──────────► over
 * ```
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import { pause } from "../../../lib/core.ts";
import type { Connection } from "../../../mod.ts";
import { Receiver } from "../exchange/receiver.ts";
import { writeAll } from "../exchange/write_all.ts";
import type { Acknowledged } from "./acknowledged.ts";
import { type Cut, piecesAt } from "./cuts.ts";
import type { ChopRequest } from "./request.ts";

/** What came back. */
export interface Outcome {
  /** The messages; without framing all bytes as one. */
  readonly answers: readonly Uint8Array[];
  /**
   * How the server ended; `"open"` if it did not, `"timeout"` if what was expected did
   * not come, `"broken"` if what came does not fit the framing.
   */
  readonly end: "open" | "end" | "reset" | "timeout" | "broken";
}

/** How exchanges are made. */
export interface ExchangeOptions {
  readonly request: ChopRequest;
  readonly maxMessageBytes: number;
  readonly pauseMs: number;
  readonly timeoutMs: number;
  readonly acknowledged: Acknowledged;
}

/** What is expected to come back. */
export interface Wanted {
  /** How many messages, or bytes. */
  readonly count: number;
  /** Whether the server ends by itself after them. */
  readonly ends: boolean;
  /** How long to look for more than that. */
  readonly lookMs: number;
}

// What a server answers beyond this is as different as it can be.
const MOST_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * Makes one exchange on a new connection, which is closed then.
 *
 * @param cut Where the request is cut; empty to send it whole.
 */
export async function exchange(
  connection: Connection,
  cut: Cut,
  wanted: Wanted,
  options: ExchangeOptions,
): Promise<Outcome> {
  const { maxMessageBytes, request, timeoutMs } = options;
  const answers: Uint8Array[] = [];
  let bytes = 0;
  const receiver = new Receiver(connection, {
    framing: request.answerFraming,
    from: "server",
    maxMessageBytes,
    onMessage(message) {
      bytes += message.length;
      if (bytes <= MOST_ANSWER_BYTES) answers.push(message);
    },
  });
  const until = (isEnough: () => boolean, ms: number) =>
    waiting(receiver, isEnough, ms);
  let isLate = false;
  try {
    for (const step of request.steps) {
      isLate ||= !await until(() => receiver.count >= step.after, timeoutMs);
      if (isLate || receiver.isOver) break;
      await send(connection, piecesAt(step.bytes, step.offset, cut), options);
    }
    if (!isLate && request.ends) await connection.closeWrite();
  } catch {
    // The server has ended meanwhile, which the receiver sees too.
  }
  isLate ||= !await until(() => receiver.count >= wanted.count, timeoutMs);
  if (!isLate && wanted.ends) isLate = !await until(() => false, timeoutMs);
  if (!isLate) await until(() => receiver.count > wanted.count, wanted.lookMs);
  const { end } = receiver;
  const isBroken = receiver.failure !== undefined;
  connection.close();
  await receiver.done;
  return {
    answers: request.answerFraming === undefined ? [concat(answers)] : answers,
    end: isBroken ? "broken" : end ?? (isLate ? "timeout" : "open"),
  };
}

async function send(
  connection: Connection,
  pieces: readonly Uint8Array[],
  { acknowledged, pauseMs }: ExchangeOptions,
): Promise<void> {
  for (const [i, piece] of pieces.entries()) {
    await writeAll(connection, piece);
    if (i === pieces.length - 1) return;
    await acknowledged(connection);
    await pause(pauseMs, undefined);
  }
}

/**
 * Waits until enough has come, or nothing more comes.
 *
 * @param ms How long to wait for each next piece of it.
 * @returns Whether it was not too late.
 */
async function waiting(
  receiver: Receiver,
  isEnough: () => boolean,
  ms: number,
): Promise<boolean> {
  while (!isEnough() && !receiver.isOver) {
    const late = Promise.withResolvers<"late">();
    const timer = ms === Infinity
      ? undefined
      : setTimeout(() => late.resolve("late"), ms);
    const first = await Promise.race([receiver.changed, late.promise]);
    clearTimeout(timer);
    if (first === "late") return false;
  }
  return true;
}
