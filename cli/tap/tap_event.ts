/**
 * What a tap sees, and who looks at it.
 *
 * ```text
 *   relay ─► reads ─► TappedConnection ─► messages, errors ─► views
 *                                                             display, page, ...
 * ```
 *
 * A view has the members that it needs. It gets everything synchronously while the
 * bytes wait to be passed on, so it must be quick, must not wait, and must copy the
 * bytes that it keeps.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import type { FaultEvent } from "../../lib/testing/mod.ts";
import type {
  RelayDirection,
  RelayReport,
  WatchedError,
  WatchedMessage,
} from "../../lib/relay/mod.ts";

import type { WebSocketFrame } from "./websocket_frame.ts";

/** A message on a tapped connection. Its bytes are valid during the call only. */
export interface TapMessage extends WatchedMessage {
  /** The connection's number, from 1. */
  readonly connection: number;
  /** When its last byte was read. */
  readonly at: Date;
  /**
   * For the first message of the server after one of the client, the milliseconds
   * since that one: how long the answer took.
   */
  readonly answerMs: number | undefined;
  /**
   * What the frame is, if the framing is `websocket`. The message is then its payload
   * in clear.
   */
  readonly webSocket?: WebSocketFrame | undefined;
}

/** Bytes on a tapped connection that do not fit the framing. */
export interface TapError extends WatchedError {
  /** The connection's number, from 1. */
  readonly connection: number;
  /** When they were read. */
  readonly at: Date;
}

/** A fault that strikes a tapped connection, before what it strikes passes. */
export interface TapStrike extends FaultEvent {
  /** When it struck. */
  readonly at: Date;
}

/** How a tapped connection ended. */
export interface TapEnd {
  /** The connection's number, from 1. */
  readonly connection: number;
  /** What the relay says of it. */
  readonly report: RelayReport;
  /** Whether there was a connection to the target. */
  readonly wasJoined: boolean;
}

/** Looks at what a tap sees. */
export interface TapView {
  /** Whether messages of a direction are looked at now, and not only counted. */
  wants(direction: RelayDirection): boolean;
  /** A connection was opened. */
  opened?(connection: number, peer: Address): void;
  /** Bytes of one read. */
  chunk?(
    connection: number,
    direction: RelayDirection,
    bytes: Uint8Array,
  ): void;
  /** A message that some view wants. */
  message?(message: TapMessage): void;
  /** Messages that no view wanted. */
  skipped?(direction: RelayDirection, count: number): void;
  /** Bytes that do not fit the framing. */
  error?(error: TapError): void;
  /** A fault strikes what passes next. */
  fault?(strike: TapStrike): void;
  /** One side has finished sending. */
  finished?(connection: number, direction: RelayDirection): void;
  /** A connection is over. */
  closed?(end: TapEnd): void;
}
