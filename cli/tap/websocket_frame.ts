/**
 * What is in a frame of WebSocket: its kind, and its payload without the mask.
 *
 * ```text
 * 81 85 37fa213d 7f9f4d5158   text: hello
 * 88 82 ........ ....         close 1000:
 * ```
 *
 * The framing `websocket` has found where the frame ends, and that it is valid.
 *
 * @module
 */

/** A frame as people and programs see it. */
export interface WebSocketFrame {
  /** What it is, such as `"text, more fragments follow"` or `"close 1000"`. */
  readonly text: string;
  /** The same for programs. */
  readonly fields: {
    readonly frame: string;
    readonly last: boolean;
    readonly masked: boolean;
    readonly compressed?: true;
    readonly code?: number;
  };
  /** Its payload in clear; behind the code if it is a close frame. */
  readonly payload: Uint8Array;
}

const KINDS: Readonly<Record<number, string>> = {
  0: "continuation",
  1: "text",
  2: "binary",
  8: "close",
  9: "ping",
  10: "pong",
};

const FIN = 0x80;
const COMPRESSED = 0x40;
const MASKED = 0x80;
const MASK_BYTES = 4;
const CODE_BYTES = 2;

/**
 * Looks into a frame.
 *
 * @returns What is in it; `undefined` if it is the HTTP head before the first frame.
 */
export function lookInto(frame: Uint8Array): WebSocketFrame | undefined {
  const [first = 0, second = 0] = frame;
  const kind = KINDS[first & 0x0f];
  // A head begins with "G" or "H". No frame does: a control frame is not compressed.
  if (kind === undefined || first === 0x48) return undefined;
  const isLast = (first & FIN) !== 0;
  const isCompressed = (first & COMPRESSED) !== 0;
  const isMasked = (second & MASKED) !== 0;
  const short = second & 0x7f;
  const begin = 2 + (short === 127 ? 8 : short === 126 ? 2 : 0);
  const payload = isMasked ? unmasked(frame, begin) : frame.subarray(begin);
  const code = kind === "close" && payload.length >= CODE_BYTES
    ? payload[0]! * 256 + payload[1]!
    : undefined;
  return {
    text: [
      code === undefined ? kind : `${kind} ${code}`,
      ...isCompressed ? ["compressed"] : [],
      ...isLast
        ? kind === "continuation" ? ["last"] : []
        : ["more fragments follow"],
    ].join(", "),
    fields: {
      frame: kind,
      last: isLast,
      masked: isMasked,
      ...isCompressed ? { compressed: true } : {},
      ...code === undefined ? {} : { code },
    },
    payload: code === undefined ? payload : payload.subarray(CODE_BYTES),
  };
}

function unmasked(frame: Uint8Array, begin: number): Uint8Array {
  const key = frame.subarray(begin, begin + MASK_BYTES);
  const payload = frame.slice(begin + MASK_BYTES);
  for (let i = 0; i < payload.length; i++) payload[i]! ^= key[i & 3]!;
  return payload;
}
