/**
 * The heads of one role's messages: requests or responses.
 *
 * @module
 */

import type { ByteQueue } from "../../../bytes/byte_queue.ts";
import type { BodyLength } from "../body_length.ts";
import type { HttpEvent } from "../events.ts";
import type { HttpError } from "../http_error.ts";
import type { Forgiven } from "../http_limits.ts";
import type { Allowance } from "./allowance.ts";

/** A head that was read and checked. */
export interface TakenHead {
  readonly event: HttpEvent;
  /** How long the body behind it is; `undefined` if no body and no end follow. */
  readonly length: BodyLength | undefined;
}

/** Reads heads, and notes what they say in the state of the connection. */
export interface MessageHeads {
  /** Whether a part of a head was seen; an empty line before it does not count. */
  readonly begun: boolean;
  /** The last head as it came, also a refused one; a character for each byte. */
  readonly text: string;
  /** What the message may bring besides its body, if anything was counted. */
  readonly allowance: Allowance | undefined;
  /** Faults that were accepted in the message whose head came last. */
  readonly forgiven: readonly Forgiven[];

  /**
   * Takes a head off the front of the queue.
   *
   * @returns The head, or `undefined` if more bytes are needed.
   * @throws {HttpError} If it is malformed, or larger than the limits.
   */
  take(queue: ByteQueue): TakenHead | undefined;

  /** The error for a stream that ended inside a head. */
  cutOff(): HttpError;

  /** Notes that the message is over. */
  over(): void;

  /** Drops what is known of heads before. */
  forget(): void;
}
