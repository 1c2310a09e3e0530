/**
 * What a decoder of WebSocket works with.
 *
 * @module
 */

import type { Side } from "../../framing/framing.ts";
import type { CloseStatus } from "./close_status.ts";

/**
 * The default of {@linkcode WebSocketDecoderOptions.maxFragments}: 4 MiB in
 * fragments of 64 bytes, which test suites send, has 65,536.
 */
export const DEFAULT_MAX_FRAGMENTS: number = 131_072;

/** Receives the control frames. */
export interface ControlReceiver {
  /** A ping came, to be answered with a pong of the same payload. */
  ping(payload: Uint8Array): void;
  /** A pong came. */
  pong(payload: Uint8Array): void;
  /** A close frame came: no message follows. */
  close(status: CloseStatus): void;
}

/** Decompresses the payloads of one stream, in order. */
export interface Inflater {
  /**
   * Decompresses one message.
   *
   * @param payload What was received, without the bytes that RFC 7692 leaves out.
   * @param most The largest result in bytes.
   * @returns The payload, or `undefined` if it would be larger.
   * @throws If the bytes are not DEFLATE data.
   */
  inflate(payload: Uint8Array, most: number): Uint8Array | undefined;
}

/** Options for `WebSocketDecoder`. */
export interface WebSocketDecoderOptions {
  /** The side that sends the frames. */
  readonly from: Side;
  /** Largest message in bytes, of all fragments, decompressed. */
  readonly maxMessageBytes: number;
  /**
   * Most fragments of a message.
   *
   * @default {131_072}
   */
  readonly maxFragments?: number | undefined;
  /** Receives the control frames. */
  readonly control: ControlReceiver;
  /** Decompresses, if compression was agreed on. */
  readonly inflater?: Inflater | undefined;
}
