/**
 * One run of `verifyFraming`: what is checked, what was found.
 *
 * @module
 */

import { spacedHex } from "../bytes/hex.ts";
import { concat } from "@std/bytes/concat";
import { ByteSink } from "../bytes/byte_sink.ts";
import { DEFAULT_MAX_MESSAGE_BYTES } from "../framing/framing.ts";
import type { Encoder, Framing } from "../framing/framing.ts";
import { nameOf } from "../framing/name.ts";
import { cut, type Cuts, describeCuts } from "./cuts.ts";
import {
  describe,
  difference,
  type Outcome,
  outcomeOf,
  sameOutcome,
  type Taking,
} from "./outcome.ts";

const MOST_SHOWN = 12;
const MOST_BYTES_SHOWN = 48;

/** Bytes to be decoded, and where in them frames end. */
export interface Stream {
  /** The bytes. */
  readonly bytes: Uint8Array;
  /** The messages in it. */
  readonly samples: readonly Uint8Array[];
  /** Where each frame ends. */
  readonly ends: readonly number[];
}

/** One run: the framing, the samples, and the broken promises. */
export class Verification {
  /** How many streams were decoded. */
  streams = 0;
  /** How many messages came out of them. */
  messages = 0;
  /** The valid streams: all samples in one, or each by itself. */
  readonly valid: Stream[] = [];
  /** A limit that every sample passes. */
  readonly limit: number;
  /** Bytes of the longest sample or opening message. */
  readonly longestMessage: number;
  /** Bytes of the longest opening message, 0 without one. */
  readonly longestOpening: number;
  readonly #broken: string[] = [];

  constructor(
    readonly framing: Framing,
    readonly samples: readonly Uint8Array[],
    readonly random: (below: number) => number,
    /** Messages that come before the samples in every stream. */
    readonly opening: readonly Uint8Array[] = [],
  ) {
    this.longestOpening = longest(opening);
    this.longestMessage = Math.max(this.longestOpening, longest(samples));
    this.limit = Math.max(DEFAULT_MAX_MESSAGE_BYTES, this.longestMessage);
  }

  /** Whether no promise was found broken so far. */
  get sound(): boolean {
    return this.#broken.length === 0;
  }

  /**
   * Notes a broken promise; one that is noted already is not noted again.
   *
   * @param promise What does not hold, a sentence.
   * @param evidence What shows it.
   */
  breaks(promise: string, evidence: string): void {
    if (this.#broken.some((line) => line.startsWith(promise))) return;
    this.#broken.push(`${promise}: ${evidence}`);
  }

  /**
   * Decodes a stream to its end.
   *
   * @param cuts Where it is cut.
   * @returns What came out.
   */
  decode(
    bytes: Uint8Array,
    cuts: Cuts = [],
    limit: number = this.limit,
    taking: Taking = "next",
  ): Outcome {
    const outcome = outcomeOf(this.framing, cut(bytes, cuts), limit, taking);
    this.streams++;
    this.messages += outcome.messages.length;
    if (outcome.fault !== undefined) {
      this.breaks(
        `the decoder ${outcome.fault}`,
        `${show(bytes)}, ${describeCuts(cuts)}, limit ${limit}`,
      );
    }
    return outcome;
  }

  /**
   * Decodes a stream whole and cut, and compares.
   *
   * @param ways How it is cut.
   * @returns What came out of the whole stream.
   */
  compare(
    bytes: Uint8Array,
    ways: Iterable<Cuts>,
    limit: number = this.limit,
  ): Outcome {
    const whole = this.decode(bytes, [], limit);
    for (const cuts of ways) {
      const pieces = this.decode(bytes, cuts, limit);
      if (sameOutcome(this.framing, whole, pieces)) continue;
      this.breaks(
        "the result depends on the cuts",
        `${show(bytes)}, limit ${limit}, uncut gives ${describe(whole)}; ${
          describeCuts(cuts)
        } gives ${describe(pieces)}; ${difference(whole, pieces)}`,
      );
      break;
    }
    return whole;
  }

  /**
   * Encodes the opening messages, then others.
   *
   * @returns The bytes, all messages and where each frame ends.
   */
  encode(samples: readonly Uint8Array[], limit: number = this.limit): Stream {
    return encodeAll(
      this.framing.encoder({ maxMessageBytes: limit }),
      [...this.opening, ...samples],
    );
  }

  /** An encoder that has sent the opening messages. */
  opened(limit: number = this.limit): Encoder {
    const encoder = this.framing.encoder({ maxMessageBytes: limit });
    encodeAll(encoder, this.opening);
    return encoder;
  }

  /**
   * Runs something of the framing's own; what it throws is a broken promise.
   *
   * @param evidence The bytes and what is done with them.
   */
  attempt(evidence: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.breaks("it throws where it must not", `${error}; ${evidence}`);
    }
  }

  /**
   * Ends the run.
   *
   * @throws {Error} If a promise was broken.
   */
  finish(): void {
    if (this.sound) return;
    const lines = this.#broken.slice(0, MOST_SHOWN).map((line) =>
      `\n- ${line}`
    );
    throw new Error(
      `Framing "${
        nameOf(this.framing)
      }" breaks ${this.#broken.length} of its promises:${lines.join("")}`,
    );
  }
}

function encodeAll(encoder: Encoder, samples: readonly Uint8Array[]): Stream {
  const sink = new ByteSink();
  const ends: number[] = [];
  for (const sample of samples) {
    encoder.encode(sample, sink);
    ends.push(sink.length);
  }
  return { bytes: joined(sink), samples, ends };
}

/** The length of the longest message, 0 without messages. */
function longest(messages: readonly Uint8Array[]): number {
  return Math.max(0, ...messages.map((message) => message.length));
}

/**
 * The frame of a message of letters, all of them `a`, behind the opening ones.
 *
 * @returns The bytes, or `undefined` if the framing cannot send that message.
 */
export function letters(
  v: Verification,
  count: number,
): Uint8Array | undefined {
  try {
    return v.encode([new Uint8Array(count).fill(0x61)]).bytes;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The bytes of a sink in one array. */
export function joined(sink: ByteSink): Uint8Array {
  return concat(sink.pieces());
}

/**
 * Shows bytes to a person.
 *
 * @returns Their number and the first of them in hexadecimal.
 */
export function show(bytes: Uint8Array): string {
  const hex = spacedHex(bytes.subarray(0, MOST_BYTES_SHOWN));
  const more = bytes.length > MOST_BYTES_SHOWN ? " ..." : "";
  return `${bytes.length} bytes ${hex}${more}`;
}
