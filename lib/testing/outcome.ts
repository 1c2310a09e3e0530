/**
 * What comes out of a framing for given bytes, in a form that can be compared.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { FrameDecoder } from "../framing/frame_decoder.ts";
import type { Framing } from "../framing/framing.ts";
import { CountingQueue, EndlessLoop } from "./counting_queue.ts";

/** What a decoder made of a stream. */
export interface Outcome {
  /** The messages, one character for each byte. */
  readonly messages: readonly string[];
  /** `"clean"`, or the error with its code and its whole text. */
  readonly end: string;
  /** Code of the error, if it is one that a framing may raise. */
  readonly code: string | undefined;
  /** Reason of that error. */
  readonly reason: string | undefined;
  /** What a decoder must never do and did, if anything. */
  readonly fault: string | undefined;
  /** How many bytes had been pushed at the end or error. */
  readonly pushed: number;
  /** How many bytes had been taken by the last message. */
  readonly messagesEnd: number;
  /** How many bytes had been taken in all. */
  readonly taken: number;
}

/** How messages are taken out of a decoder. */
export type Taking = "next" | "batch";

// Each byte becomes a character of its own; which one does not matter.
const CHARACTERS = new TextDecoder("latin1");

/** Writes bytes as one character each, so that messages compare as strings. */
export function characters(bytes: Uint8Array): string {
  return CHARACTERS.decode(bytes);
}

/**
 * Feeds chunks to a new decoder, to the end of the stream.
 *
 * @returns What came out.
 */
export function outcomeOf(
  framing: Framing,
  chunks: readonly Uint8Array[],
  maxMessageBytes: number,
  taking: Taking = "next",
): Outcome {
  const before = chunks.map((chunk) => chunk.slice());
  const collector = new Collector();
  let end = "clean";
  let code: string | undefined;
  let reason: string | undefined;
  let fault: string | undefined;
  let pushed = 0;
  const queue = new CountingQueue();
  try {
    const decoder = new FrameDecoder(framing, {
      badFrames: "fail",
      maxMessageBytes,
      queue,
    });
    for (const chunk of chunks) {
      pushed += chunk.length;
      decoder.push(chunk);
      if (taking === "batch") collector.takeBatches(decoder, pushed);
      else collector.drain(decoder, pushed, () => decoder.next());
    }
    collector.drain(decoder, pushed, () => decoder.end());
  } catch (error) {
    end = String(error);
    if (error instanceof EndlessLoop) fault = `never returns: ${error.message}`;
    else if (error instanceof ProtocolError) {
      code = error.code;
      reason = error.reason;
      end = `${code} at ${error.details.streamOffset}: ${error.message}`;
    } else if (error instanceof EndlessMessages) {
      fault = "gives messages without end";
    } else fault = `throws ${end} instead of a ProtocolError`;
  }
  fault ??= collector.fault(maxMessageBytes);
  if (chunks.some((chunk, i) => !isSame(chunk, before[i]!))) {
    fault ??= "writes to the bytes that it was given";
  }
  const { messages, messagesEnd } = collector;
  return {
    messages,
    end,
    code,
    reason,
    fault,
    pushed,
    messagesEnd,
    taken: queue.offset,
  };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}

/** A decoder has given more messages than there can be. */
class EndlessMessages extends Error {}

/** The messages of one stream, and the views that were given for them. */
class Collector {
  readonly messages: string[] = [];
  messagesEnd = 0;
  readonly #views: Uint8Array[] = [];

  drain(
    decoder: FrameDecoder,
    pushed: number,
    next: () => Uint8Array | undefined,
  ): void {
    for (let message; (message = next()) !== undefined;) {
      this.#add(message, pushed);
      this.messagesEnd = decoder.queue.offset;
    }
  }

  takeBatches(decoder: FrameDecoder, pushed: number): void {
    const batch: Uint8Array[] = [];
    // Full ones and others, which end in different places.
    for (let most = 1; decoder.nextBatch(batch, most) > 0; most++) {
      for (const message of batch.splice(0)) this.#add(message, pushed);
      this.messagesEnd = decoder.queue.offset;
    }
  }

  /** What is wrong with the messages that were given. */
  fault(maxMessageBytes: number): string | undefined {
    for (const [i, view] of this.#views.entries()) {
      if (view.length > maxMessageBytes) {
        return `gives a message of ${view.length} bytes against a limit of ${maxMessageBytes}`;
      }
      if (characters(view) !== this.messages[i]) {
        return `changes message ${i + 1} after it was given`;
      }
    }
    return undefined;
  }

  #add(message: Uint8Array, pushed: number): void {
    this.#views.push(message);
    this.messages.push(characters(message));
    // No framing makes two messages of one byte, or one of none but at the end.
    if (this.messages.length > pushed + 1) throw new EndlessMessages();
  }
}

/**
 * Tells whether two outcomes are the same.
 *
 * @param framing The framing; without boundaries only the bytes count.
 * @param a One outcome.
 * @returns Whether messages and end are equal.
 */
export function sameOutcome(framing: Framing, a: Outcome, b: Outcome): boolean {
  if (a.end !== b.end) return false;
  if (framing.boundary === "none") {
    return a.messages.join("") === b.messages.join("");
  }
  return a.messages.length === b.messages.length &&
    a.messages.every((message, i) => message === b.messages[i]);
}

/**
 * Says where two outcomes differ.
 *
 * @returns The first message that differs, or the ends.
 */
export function difference(whole: Outcome, pieces: Outcome): string {
  const most = Math.max(whole.messages.length, pieces.messages.length);
  for (let i = 0; i < most; i++) {
    const [a, b] = [whole.messages[i], pieces.messages[i]];
    if (a !== b) return `message ${i + 1} is ${quoted(a)} and ${quoted(b)}`;
  }
  return `the end is ${whole.end} and ${pieces.end}`;
}

/**
 * Describes an outcome for a person.
 *
 * @returns Messages and end on one line.
 */
export function describe({ messages, end }: Outcome): string {
  const shown = messages.slice(0, 4).map(quoted);
  if (messages.length > shown.length) shown.push("...");
  return `${messages.length} messages [${shown.join(", ")}] and then ${end}`;
}

function quoted(message: string | undefined): string {
  if (message === undefined) return "missing";
  return JSON.stringify(
    message.length <= 24 ? message : `${message.slice(0, 24)}...`,
  );
}
