/**
 * What a frame's first two bytes have to fulfil (RFC 6455 sections 5.2 to 5.5).
 *
 * Each rule is checked as soon as its byte is here, so the same bytes give the same
 * error however they were cut.
 *
 * @module
 */

import type { ProtocolError } from "../../errors.ts";
import { malformed } from "../../framing/limits.ts";
import type { Side } from "../../framing/framing.ts";
import {
  FIN,
  MASKED,
  MAX_CONTROL_BYTES,
  OPCODES,
  RSV,
  RSV1,
} from "./frame_header.ts";

const NAMES: Readonly<Record<number, string>> = {
  [OPCODES.continuation]: "continuation",
  [OPCODES.text]: "text",
  [OPCODES.binary]: "binary",
  [OPCODES.close]: "close",
  [OPCODES.ping]: "ping",
  [OPCODES.pong]: "pong",
};

/** Whether an opcode is of a control frame. */
export function isControl(opcode: number): boolean {
  return (opcode & 0x8) !== 0;
}

/**
 * Checks the first byte: FIN, the reserved bits and the opcode.
 *
 * @param isInside Whether a message has begun in an earlier frame.
 * @param mayCompress Whether compression was agreed on.
 * @returns The error, or `undefined` if the byte is good.
 */
export function checkFirstByte(
  first: number,
  isInside: boolean,
  mayCompress: boolean,
): ProtocolError | undefined {
  const opcode = first & 0xf;
  const name = NAMES[opcode];
  if (name === undefined) {
    return malformed(`opcode ${opcode} is reserved`, Uint8Array.of(first));
  }
  const isData = opcode === OPCODES.text || opcode === OPCODES.binary;
  const allowed = mayCompress && isData ? RSV1 : 0;
  if ((first & RSV & ~allowed) !== 0) {
    return malformed(
      `a reserved bit is set in a ${name} frame`,
      Uint8Array.of(first),
      (first & RSV) === RSV1 && isData
        ? "the peer compresses, which was not agreed on"
        : undefined,
    );
  }
  if (isControl(opcode)) {
    return (first & FIN) !== 0 ? undefined : malformed(
      `a ${name} frame is fragmented, which control frames may not be`,
      Uint8Array.of(first),
    );
  }
  if (opcode === OPCODES.continuation && !isInside) {
    return malformed(
      "a continuation frame has no message to continue",
      Uint8Array.of(first),
    );
  }
  if (isData && isInside) {
    return malformed(
      `a ${name} frame begins a message before the last fragment of the one before`,
      Uint8Array.of(first),
    );
  }
  return undefined;
}

/**
 * Checks the second byte: the mask bit and a control frame's length.
 *
 * @param from The side that sends the frame: a client masks, a server does not.
 * @returns The error, or `undefined` if the byte is good.
 */
export function checkSecondByte(
  first: number,
  second: number,
  from: Side,
): ProtocolError | undefined {
  const opcode = first & 0xf;
  const isMasked = (second & MASKED) !== 0;
  if (isMasked !== (from === "client")) {
    return malformed(
      isMasked
        ? `a ${NAMES[opcode]} frame of a server is masked`
        : `a ${NAMES[opcode]} frame of a client is not masked`,
      Uint8Array.of(first, second),
    );
  }
  const length = second & 0x7f;
  if (isControl(opcode) && length > MAX_CONTROL_BYTES) {
    return malformed(
      `a ${
        NAMES[opcode]
      } frame is longer than the ${MAX_CONTROL_BYTES} bytes that control frames may have`,
      Uint8Array.of(first, second),
    );
  }
  if (opcode === OPCODES.close && length === 1) {
    return malformed(
      "a close frame of 1 byte has half a code",
      Uint8Array.of(first, second),
    );
  }
  return undefined;
}
