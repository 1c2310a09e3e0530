/**
 * Checks a framing against every promise that this library makes for its own.
 * The first one: the same bytes give the same result, however they are cut.
 *
 * @module
 */

import { OptionTypeError } from "../check.ts";
import type { Framing, Side } from "../framing/framing.ts";
import { parseFraming } from "../framing/parse.ts";
import { sequence } from "../framing/sequence.ts";
import { facing } from "../framing/side.ts";
import {
  checkCuts,
  checkFrames,
  checkMany,
  checkNoise,
} from "./stream_checks.ts";
import {
  checkCost,
  checkEncoder,
  checkIndependence,
  checkLimit,
} from "./codec_checks.ts";
import { randomNumbers } from "./cuts.ts";
import { checkMembers } from "./member_checks.ts";
import { checkParts } from "./part_checks.ts";
import {
  checkEarlyLimit,
  checkFirstByte,
  checkRefusals,
} from "./refusal_checks.ts";
import { Verification } from "./verification.ts";

/** Options for {@linkcode verifyFraming}. */
export interface VerifyFramingOptions {
  /**
   * Whether the end of the stream ends the last message as well, as in framing
   * `line,eof`. Otherwise a stream that ends inside a frame must be
   * `truncated`.
   *
   * @default {false}
   */
  readonly eof?: boolean;
  /**
   * The side that sends the samples, for a framing whose directions differ.
   * Verify such a framing twice, with the samples of each side.
   *
   * @default {not known, which a framing whose directions differ refuses}
   */
  readonly from?: Side | undefined;
  /**
   * How many streams of random bytes are tried.
   *
   * @default {200}
   */
  readonly noiseCount?: number;
  /**
   * Messages that come before the samples in every stream, where the first
   * messages of a connection differ from the others: a greeting, or the first
   * message of a sequence such as `fixed:8 then length:4`. Samples that are
   * longer than these are needed to check the limit.
   *
   * @default {none}
   */
  readonly opening?: Iterable<Uint8Array> | undefined;
  /**
   * The framing of the `opening`, or its string, if the stream changes to the
   * framing under test after it, as `useFraming` of a connection does.
   *
   * @default {the framing under test}
   */
  readonly openingFraming?: Framing | string | undefined;
  /**
   * Chooses the random bytes and cuts; the same seed repeats a failure.
   *
   * @default {1}
   */
  readonly seed?: number;
}

/** The result of {@linkcode verifyFraming}. */
export interface VerifyFramingReport {
  /** How many streams were decoded, each way of cutting one counted once. */
  readonly streams: number;
  /** How many messages came out of them. */
  readonly messages: number;
  /**
   * Whether the cost of a long message was measured; it is not if the framing
   * cannot send 131,072 times the letter `a`.
   */
  readonly costMeasured: boolean;
}

/**
 * Checks that a framing keeps these promises:
 *
 * - what the encoder sends is what the decoder gives, message by message, also the
 *   shortest one 300 times in one stream,
 * - the same bytes give the same messages and the same end or error, whole, byte
 *   by byte and with every one and two cuts; also if bytes are wrong,
 * - a stream that ends inside a frame is `truncated`, at every byte,
 * - a message of exactly `maxMessageBytes` passes and one byte more is refused,
 *   by the decoder as `too_large`, by the encoder before it appends anything,
 * - a decoder takes whole frames only and gives views that stay as they are,
 * - random bytes give messages, nothing or a `ProtocolError`,
 * - two streams do not disturb each other,
 * - an encoder whose framing has `encodesAlike` gives a message the same frame
 *   wherever it stands,
 * - the parts that `explain` names cover any bytes without gap or overlap, and the
 *   payload among them is the message,
 * - twice the bytes cost twice the work.
 *
 * @param framing The framing.
 * @param samples Messages that it can send, at least one. Short ones, an empty
 * one if it can be sent and some that hold its own special bytes find the most.
 * @param options What the end of the stream means, and how much is tried.
 * @returns How much was tried.
 * @throws {Error} If a promise is broken; the message lists each one with the
 * bytes and the cut that show it.
 *
 * @example Checking a framing
 * ```ts
 * import { line } from "@parley/parley/framing";
 * import { verifyFraming } from "@parley/parley/testing";
 * import { assertGreater } from "@std/assert";
 *
 * const samples = ["", "a", "hello", "a\rb"];
 * const report = verifyFraming(
 *   line(),
 *   samples.map((sample) => new TextEncoder().encode(sample)),
 * );
 * assertGreater(report.streams, 1000);
 * ```
 */
export function verifyFraming(
  framing: Framing,
  samples: Iterable<Uint8Array>,
  options: VerifyFramingOptions = {},
): VerifyFramingReport {
  const { eof = false, noiseCount = 200, seed = 1 } = options;
  const opening = copies(options.opening ?? []);
  const verification = new Verification(
    facing(opened(framing, opening.length, options), options.from),
    copies(samples),
    randomNumbers(seed),
    opening,
  );
  if (verification.samples.length === 0) {
    throw new OptionTypeError({
      action: "verify a framing without samples",
      reason: "there must be at least one",
    });
  }
  checkEncoder(verification);
  // Without frames there is nothing to decode, and every check would repeat it.
  if (verification.sound) {
    checkFrames(verification, eof);
    if (framing.boundary === "frame") checkMany(verification);
    checkCuts(verification);
    checkLimit(verification);
    checkIndependence(verification);
    checkNoise(verification, noiseCount);
    checkRefusals(verification);
    checkFirstByte(verification);
    checkEarlyLimit(verification);
  }
  // What one by one gives is known to be right now.
  if (verification.sound) checkMembers(verification);
  if (verification.sound) checkParts(verification);
  const costMeasured = verification.sound && checkCost(verification);
  verification.finish();
  const { streams, messages } = verification;
  return { streams, messages, costMeasured };
}

function copies(messages: Iterable<Uint8Array>): Uint8Array[] {
  return Array.from(messages, (message) => message.slice());
}

/** The framing after so many messages in the framing of the opening. */
function opened(
  framing: Framing,
  count: number,
  { openingFraming }: VerifyFramingOptions,
): Framing {
  if (openingFraming === undefined || count === 0) return framing;
  const first = typeof openingFraming === "string"
    ? parseFraming(openingFraming)
    : openingFraming;
  const [next, ...rest] = [...Array(count - 1).fill(first), framing];
  return sequence(first, next, ...rest);
}
