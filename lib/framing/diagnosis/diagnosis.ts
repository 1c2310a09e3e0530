/**
 * Describes where a stream broke and what its bytes look like.
 *
 * "Frame too long" is the best-known useless message of the field: a declared
 * size of 1,195,725,856 is `GET ` read as an integer, so an HTTP client is
 * talking to this port. The guesses here are for people; no program depends on
 * them.
 *
 * @module
 */

import { spacedHex } from "../../bytes/hex.ts";
import { ProtocolError } from "../../errors.ts";
import { firstBytesOf, type Place } from "./first_bytes.ts";
import type { Framing } from "../framing.ts";
import { looksLike, readGreeting } from "./greeting.ts";
import { nameOf } from "../name.ts";

/** An error's place, and which message it is about. */
export interface Situation extends Place {
  /** The framing. */
  readonly framing: Framing;
  /** The message in question, counting from 1. */
  readonly messageNumber: number;
}

/**
 * Adds the place to an error.
 *
 * @param situation Where it was.
 * @returns An error with the same code, a complete message and all details; the
 * given one if it is complete already.
 */
export function diagnose(
  error: ProtocolError,
  situation: Situation,
): ProtocolError {
  const { details } = error;
  if (details.messageNumber !== undefined) return error;
  const { messageNumber, streamOffset } = situation;
  const name = nameOf(situation.framing);
  const firstBytes = firstBytesOf(error, situation);
  const hint = guessPeer(situation, firstBytes) ?? details.hint ??
    guessLength(error, name, firstBytes);
  const advice = [
    firstBytes.length === 0 ? undefined : `it begins ${show(firstBytes)}`,
    details.bytesBefore === undefined
      ? undefined
      : `the bytes before it are ${show(details.bytesBefore)}`,
    hint,
  ].filter((part) => part !== undefined).join("; ");
  return new ProtocolError(error.code, {
    action: `decode message ${messageNumber} at byte ${streamOffset} (${name})`,
    reason: error.reason,
    option: error.option,
    advice: advice === "" ? error.advice : advice,
    framing: hint === details.hint ? error.framing : undefined,
  }, {
    ...details,
    messageNumber,
    streamOffset,
    firstBytes,
    ...(hint === undefined ? {} : { hint }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  });
}

function show(bytes: Uint8Array): string {
  const text = Array.from(
    bytes,
    (b) => b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : ".",
  );
  return `${spacedHex(bytes)} "${text.join("")}"`;
}

/** What sends that, if the stream begins like another protocol. */
function guessPeer(
  { greeting, message, messageNumber }: Situation,
  firstBytes: Uint8Array,
): string | undefined {
  const found = message !== undefined && messageNumber === 1
    ? readGreeting(firstBytes, true)
    : greeting;
  return found === undefined || found === "undecided"
    ? undefined
    : looksLike(found);
}

function guessLength(
  error: ProtocolError,
  framing: string,
  bytes: Uint8Array,
): string | undefined {
  const length = /^length:([1-8])/.exec(framing);
  if (length === null || error.code !== "too_large" || bytes.length === 0) {
    return undefined;
  }
  const width = Number(length[1]);
  const field = bytes.subarray(0, width);
  if (!framing.includes("offset=") && width > 1 && field.length === width) {
    if (field.every((b) => (b >= 0x20 && b < 0x7f) || b === 10 || b === 13)) {
      return `the length bytes read ${
        JSON.stringify(String.fromCharCode(...field))
      }: is the peer sending text?`;
    }
    const little = framing.includes(",le");
    let other = 0;
    for (let i = 0; i < width; i++) {
      other = other * 256 + field[little ? i : width - 1 - i]!;
    }
    if (other <= (error.details.limitBytes ?? 0)) {
      return `as a ${
        little ? "big" : "little"
      }-endian number the length would be ${other}: another byte order?`;
    }
  }
  return "a frame that long needs a larger limit, or the peers disagree about the framing";
}
