/**
 * Compares what comes with what was recorded, message by message.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import {
  FrameDecoder,
  type Framing,
  type Side,
} from "../../../lib/framing/mod.ts";
import type { ConnectionTurns } from "../../../lib/recording/mod.ts";
import { Failure } from "../../output/failure.ts";
import { excerpt, firstDifference } from "../exchange/difference.ts";
import { type Ignored, withoutIgnored } from "../exchange/ignore.ts";
import type { OtherEnd } from "../exchange/receiver.ts";

/** How messages are compared. */
export interface ExpectationOptions {
  /** The framing, or datagrams; without either all bytes are one message. */
  readonly framing: Framing | "datagrams" | undefined;
  /** The side that sends them. */
  readonly from: Side;
  readonly ignored: readonly Ignored[];
  readonly maxMessageBytes: number;
}

/** What one connection is expected to receive. */
export class Expectation {
  /** The first difference, in words; `undefined` while there is none. */
  difference: string | undefined;
  readonly #recorded: Iterator<Uint8Array>;
  readonly #ignored: readonly Ignored[];
  readonly #name: string;
  readonly #otherEnd: OtherEnd | undefined;
  readonly #isWhole: boolean;
  #number = 0;
  // Without framing: what has come so far.
  #bytes: Uint8Array[] = [];
  #bytesLeft: number;

  constructor(turns: ConnectionTurns, options: ExpectationOptions) {
    this.#ignored = options.ignored;
    this.#name = `connection ${turns.connection}`;
    this.#otherEnd = turns.otherEnd;
    this.#isWhole = options.framing === undefined;
    this.#recorded = this.#isWhole
      ? [concat(turns.received)].values()
      : messagesOf(turns.received, options);
    // What differs by being longer needs no more than a little of it.
    this.#bytesLeft = 1024 +
      turns.received.reduce((sum, { length }) => sum + length, 0);
  }

  /** Compares a message that has come; without framing, takes bytes. */
  received(message: Uint8Array): void {
    if (!this.#isWhole) return this.#compare(message);
    const some = message.subarray(0, Math.max(0, this.#bytesLeft));
    this.#bytesLeft -= some.length;
    this.#bytes.push(some.slice());
  }

  /**
   * Nothing more comes.
   *
   * @param otherEnd How the other side has ended, if it has.
   * @param failure Why nothing more comes, in words, if it was not the end.
   */
  finish(otherEnd: OtherEnd | undefined, failure: string | undefined): void {
    if (this.#isWhole) this.#compare(concat(this.#bytes));
    if (failure !== undefined) {
      this.difference ??= `${this.#name}: ${failure}`;
    }
    const { done, value } = this.#recorded.next();
    if (done !== true) {
      this.difference ??= `${this.#messageName()} did not come: recorded ${
        excerpt(value)
      }, now ${otherEnd === "reset" ? "a reset" : "the end"}`;
    }
    const recorded = this.#otherEnd;
    if (recorded !== undefined && recorded !== otherEnd) {
      this.difference ??= `${this.#name} ends differently: recorded ${
        wordsOf(recorded)
      }, now ${wordsOf(otherEnd)}`;
    }
  }

  #compare(message: Uint8Array): void {
    this.#number++;
    if (this.difference !== undefined) return;
    const { done, value: recorded } = this.#recorded.next();
    if (done === true) {
      this.difference = `${this.#name} has one message more than recorded: ${
        excerpt(message)
      }`;
      return;
    }
    let before: Uint8Array;
    let now: Uint8Array;
    try {
      before = withoutIgnored(recorded, this.#ignored);
      now = withoutIgnored(message, this.#ignored);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.difference = `${this.#name}: ${error.text}`;
      return;
    }
    const at = firstDifference(before, now);
    if (at === -1) return;
    const place = this.#ignored.length === 0
      ? ` at byte ${at}`
      : ` at byte ${at} of what is compared`;
    this.difference = `${
      this.#isWhole ? this.#name : `message ${this.#number} of ${this.#name}`
    } differs${place}: recorded ${excerpt(before, at)}, now ${
      excerpt(now, at)
    }`;
  }

  #messageName(): string {
    return this.#isWhole
      ? this.#name
      : `message ${this.#number + 1} of ${this.#name}`;
  }
}

function wordsOf(end: OtherEnd | undefined): string {
  return end === undefined
    ? "still open"
    : end === "end"
    ? "the end"
    : "a reset";
}

/** The recorded messages. Those before an error are expected, and nothing after. */
function* messagesOf(
  chunks: readonly Uint8Array[],
  options: ExpectationOptions,
): Generator<Uint8Array> {
  const { framing, from, maxMessageBytes } = options;
  if (framing === "datagrams") return yield* chunks;
  const decoder = new FrameDecoder(framing!, {
    from,
    maxMessageBytes,
    onBadFrame: () => {},
  });
  try {
    for (const chunk of chunks) {
      decoder.push(chunk);
      for (let m; (m = decoder.next()) !== undefined;) yield m;
    }
    for (let m; (m = decoder.end()) !== undefined;) yield m;
  } catch {
    // A recording may be cut off, or what was recorded may not fit the framing.
  }
}
