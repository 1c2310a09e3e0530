/**
 * What comes out of a framing for given bytes, in a form that can be compared.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { FrameDecoder } from "../framing/frame_decoder.ts";
import type { Framing } from "../framing/framing.ts";

/** What a decoder made of a stream. */
export interface Outcome {
  /** The messages, one character for each byte. */
  readonly messages: readonly string[];
  /** `"clean"`, or the error with its code and its whole text. */
  readonly end: string;
  /** Code of the error, if it is one that a framing may raise. */
  readonly code: string | undefined;
  /** What a decoder must never do and did, if anything. */
  readonly fault: string | undefined;
}

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
): Outcome {
  const decoder = new FrameDecoder(framing, {
    badFrames: "fail",
    maxMessageBytes,
  });
  const views: Uint8Array[] = [];
  const messages: string[] = [];
  // No framing makes two messages of one byte, or one of none but at the end.
  let most = 1;
  const drain = (next: () => Uint8Array | undefined): boolean => {
    for (let message; (message = next()) !== undefined;) {
      views.push(message);
      messages.push(characters(message));
      if (messages.length > most) return false;
    }
    return true;
  };
  let end = "clean";
  let code: string | undefined;
  let fault: string | undefined;
  try {
    for (const chunk of chunks) {
      most += chunk.length;
      decoder.push(chunk);
      if (!drain(() => decoder.next())) fault = "gives messages without end";
      if (fault !== undefined) break;
    }
    if (fault === undefined && !drain(() => decoder.end())) {
      fault = "gives messages without end";
    }
  } catch (error) {
    end = String(error);
    if (error instanceof ProtocolError) {
      code = error.code;
      end = `${code} at ${error.details.streamOffset}: ${error.message}`;
    } else fault = `throws ${end} instead of a ProtocolError`;
  }
  for (const [i, view] of views.entries()) {
    if (view.length > maxMessageBytes) {
      fault ??=
        `gives a message of ${view.length} bytes against a limit of ${maxMessageBytes}`;
    }
    if (characters(view) !== messages[i]) {
      fault ??= `changes message ${i + 1} after it was given`;
    }
  }
  return { messages, end, code, fault };
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
 * Describes an outcome for a person.
 *
 * @returns Messages and end on one line.
 */
export function describe({ messages, end }: Outcome): string {
  const shown = messages.slice(0, 4).map((message) =>
    JSON.stringify(
      message.length <= 24 ? message : `${message.slice(0, 24)}...`,
    )
  );
  if (messages.length > shown.length) shown.push("...");
  return `${messages.length} messages [${shown.join(", ")}] and then ${end}`;
}
