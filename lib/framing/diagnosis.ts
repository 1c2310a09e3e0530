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

import type { ReadableQueue } from "../bytes/readable_queue.ts";
import { ProtocolError } from "../errors.ts";
import { evidence, SHOWN_BYTES } from "./limits.ts";

/** The place of a decoder's error. */
export interface Situation {
  /** The framing's canonical string. */
  readonly framing: string;
  /** The message in question, counting from 1. */
  readonly messageNumber: number;
  /** Where it begins in the stream, in bytes. */
  readonly streamOffset: number;
  /**
   * The bytes not yet taken, if the stream has ended. Before the end, only the
   * decoder knows which bytes caused its error. More may have arrived or not,
   * so the error would depend on the network's cuts.
   */
  readonly rest: ReadableQueue | undefined;
  /** The message, if the frame was fine and its content was not. */
  readonly message: Uint8Array | undefined;
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
  if (error.details.messageNumber !== undefined) return error;
  const { framing, messageNumber, streamOffset } = situation;
  const firstBytes = firstBytesOf(error, situation);
  const hint = error.details.hint ??
    guess(error, framing, firstBytes, messageNumber);
  return new ProtocolError(
    error.code,
    `Cannot decode message ${messageNumber} at byte ${streamOffset} (${framing}): ${error.message}` +
      (firstBytes.length === 0 ? "" : `; it begins ${show(firstBytes)}`) +
      (hint === undefined ? "" : `; ${hint}`),
    {
      ...error.details,
      messageNumber,
      streamOffset,
      firstBytes,
      ...(hint === undefined ? {} : { hint }),
      ...(error.cause === undefined ? {} : { cause: error.cause }),
    },
  );
}

function firstBytesOf(error: ProtocolError, situation: Situation): Uint8Array {
  const { message, rest } = situation;
  if (message !== undefined) return message.slice(0, SHOWN_BYTES);
  if (error.details.firstBytes !== undefined) return error.details.firstBytes;
  return rest === undefined ? new Uint8Array(0) : evidence(rest, SHOWN_BYTES);
}

function show(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0"));
  const text = Array.from(
    bytes,
    (b) => b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : ".",
  );
  return `${hex.join(" ")} "${text.join("")}"`;
}

const HTTP = /^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE) ?/;

function guess(
  error: ProtocolError,
  framing: string,
  bytes: Uint8Array,
  messageNumber: number,
): string | undefined {
  if (bytes.length === 0) return undefined;
  const peer = messageNumber === 1 ? guessPeer(bytes) : undefined;
  if (peer !== undefined) return `this looks like ${peer}`;
  const length = /^length:([1-8])/.exec(framing);
  if (length !== null && error.code === "too_large") {
    return guessLength(framing, bytes, Number(length[1]), error);
  }
  return undefined;
}

/** Guesses the peer from its first bytes, which may be cut off. */
function guessPeer(bytes: Uint8Array): string | undefined {
  const text = String.fromCharCode(...bytes);
  if (HTTP.test(text)) return "an HTTP client";
  if (text.startsWith("HTTP")) return "an HTTP server";
  if (text.startsWith("SSH-")) return "an SSH peer";
  // A framing of digits refuses the first byte and never sees the second.
  if (bytes.length > 1 && bytes[1] !== 0x03) return undefined;
  if (bytes[0] === 0x16) return "TLS sent to a plain port";
  // 0x15 is an alert, a TLS server's answer to bytes that are not TLS.
  if (bytes[0] === 0x15) return "TLS answering plain text";
  return undefined;
}

function guessLength(
  framing: string,
  bytes: Uint8Array,
  width: number,
  error: ProtocolError,
): string | undefined {
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
  return "a frame that long needs a larger maxMessageBytes, or the peers disagree about the framing";
}
