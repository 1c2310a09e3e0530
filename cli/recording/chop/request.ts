/**
 * What is sent again and again: steps of bytes, each after what has to come before it.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import { ByteSink, type Framing } from "../../../lib/framing/mod.ts";
import type { ConnectionTurns } from "../../../lib/recording/mod.ts";
import { errorText } from "../../output/error_text.ts";
import { EXIT } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";

/** One step of a request. */
export interface RequestStep {
  /** What is sent. */
  readonly bytes: Uint8Array;
  /** Where it begins in the whole request. */
  readonly offset: number;
  /** How much has to have been received before. */
  readonly after: number;
}

/** A request, and what is known of its answer. */
export interface ChopRequest {
  /** All of its bytes. */
  readonly bytes: Uint8Array;
  readonly steps: readonly RequestStep[];
  /** The framing of the request, if it has one. */
  readonly framing: Framing | undefined;
  /** The framing of the answer; without one its bytes are counted. */
  readonly answerFraming: Framing | undefined;
  /** How many messages, or bytes, the answer should have. */
  readonly expected: number;
  /** Whether sending is finished after the last step. */
  readonly ends: boolean;
}

/**
 * Makes a request of messages.
 *
 * @throws {Failure} If one cannot be expressed in the framing.
 */
export function requestOfMessages(
  messages: readonly string[],
  framing: Framing,
  answerFraming: Framing,
  maxMessageBytes: number,
): ChopRequest {
  const sink = new ByteSink();
  try {
    const encoder = framing.encoder({ maxMessageBytes, from: "client" });
    for (const message of messages) {
      encoder.encode(new TextEncoder().encode(message), sink);
    }
  } catch (cause) {
    throw new Failure(EXIT.framing, `--message: ${errorText(cause)}`, {
      cause,
    });
  }
  const bytes = concat(sink.pieces());
  const isCounted = answerFraming.boundary === "frame";
  return {
    bytes,
    steps: [{ bytes, offset: 0, after: 0 }],
    framing,
    answerFraming: isCounted ? answerFraming : undefined,
    // Without boundaries only the end or the timeout says that all has come.
    expected: isCounted ? messages.length : Infinity,
    ends: framing.boundary !== "frame",
  };
}

/** Makes a request of what a recorded client has sent. */
export function requestOfRecording(
  turns: ConnectionTurns,
  framing: Framing | undefined,
  answerFraming: Framing | undefined,
): ChopRequest {
  const steps: { bytes: Uint8Array[]; after: number }[] = [];
  for (const turn of turns.turns) {
    if (turn.do !== "send") continue;
    const last = steps.at(-1);
    // Where the client's own writes ended does not matter.
    if (last?.after === turn.after) last.bytes.push(turn.bytes);
    else steps.push({ bytes: [turn.bytes], after: turn.after });
  }
  let offset = 0;
  const placed = steps.map(({ after, bytes }) => {
    const step = { after, bytes: concat(bytes), offset };
    offset += step.bytes.length;
    return step;
  });
  return {
    bytes: concat(placed.map(({ bytes }) => bytes)),
    steps: placed,
    framing,
    answerFraming: turns.unit === "messages" ? answerFraming : undefined,
    expected: turns.receivedCount,
    ends: turns.turns.some((turn) => turn.do === "end"),
  };
}
