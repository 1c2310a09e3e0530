/**
 * What a datagram socket can be told, and what it tells.
 *
 * @module
 */

import type { Encoding } from "../../encoding/encoding.ts";
import { type EncodingLike, parseEncoding } from "../../encoding/parse.ts";
import { checkSize } from "../../check.ts";
import type { Address } from "../../transport/address.ts";
import {
  type DatagramEndpointOptions,
  MAX_IPV6_DATAGRAM_BYTES,
} from "../../transport/datagram_endpoint.ts";

/**
 * The default of {@linkcode DatagramOptions.maxQueuedDatagrams}: 256, what
 * Linux's own queue holds of small ones.
 */
export const DEFAULT_MAX_QUEUED_DATAGRAMS: number = 256;

/** The default of {@linkcode DatagramOptions.maxQueuedBytes}: 1 MiB. */
export const DEFAULT_MAX_QUEUED_BYTES: number = 1024 * 1024;

/**
 * A message and who sent it.
 *
 * @typeParam T Type of a message.
 */
export interface Datagram<T = Uint8Array> {
  /** Size of the message on the wire, in bytes. */
  readonly bytes: number;
  /** Who sent it, or so it says: anyone can write any address there. */
  readonly from: Address;
  /** The message. */
  readonly message: T;
}

/** A datagram that nobody was given; `type` tells why. */
export type DatagramEvent =
  | {
    /** It was no message of the encoding, or above `maxMessageBytes`. */
    readonly type: "refused";
    /** Who sent it. */
    readonly from: Address;
    /** Its size. */
    readonly bytes: number;
    /** What was wrong with it: a `ProtocolError`, or what the encoding threw. */
    readonly error: unknown;
  }
  | {
    /** There was no room for it. */
    readonly type: "dropped";
    /** Who sent it. */
    readonly from: Address;
    /** Its size. */
    readonly bytes: number;
    /** Which limit was reached. */
    readonly reason: string;
  };

/** What went over a datagram socket so far. */
export interface DatagramStats {
  /** Bytes received, those of refused and dropped datagrams included. */
  readonly bytesIn: number;
  /** Bytes that the system has taken for sending. */
  readonly bytesOut: number;
  /** Datagrams received, refused and dropped ones included. */
  readonly datagramsIn: number;
  /** Datagrams that the system has taken for sending. */
  readonly datagramsOut: number;
  /**
   * Datagrams dropped because there was no room. What the system drops because
   * nobody reads is not among them: it does not tell.
   */
  readonly dropped: number;
  /** Datagrams that were no message of the encoding, or too large. */
  readonly refused: number;
}

/**
 * Options for `bindUdp`.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 */
export interface DatagramOptions<E extends EncodingLike = "bytes">
  extends DatagramEndpointOptions {
  /**
   * How a datagram's bytes become a value: `"bytes"` (`Uint8Array`), `"text"`
   * (strict UTF-8), `"json"`, or an encoding of your own.
   *
   * @default {"bytes"}
   */
  readonly encoding?: E;
  /**
   * Largest message in bytes, received or sent. However large it is, IPv4 takes
   * no more than 65,507 and IPv6 no more than 65,527.
   *
   * @default {65_527}
   */
  readonly maxMessageBytes?: number;
  /**
   * As {@linkcode DatagramOptions.maxQueuedDatagrams}, in bytes.
   *
   * @default {1_048_576}
   */
  readonly maxQueuedBytes?: number;
  /**
   * How many datagrams may wait to be received once the socket reads without
   * being asked to, which it does from its first `request` on; one more is
   * dropped. Before that, they wait in the system's queue.
   *
   * @default {256}
   */
  readonly maxQueuedDatagrams?: number;
  /**
   * Called for every datagram that is refused or dropped. It must not throw.
   *
   * @default {they are only counted}
   */
  readonly onEvent?: (event: DatagramEvent) => void;
}

/**
 * The options with all defaults filled in.
 *
 * @typeParam T Type of a message.
 */
export class DatagramSettings<T> {
  readonly encoding: Encoding<T>;
  readonly maxMessageBytes: number;
  readonly maxQueuedBytes: number;
  readonly maxQueuedDatagrams: number;
  readonly onEvent: ((event: DatagramEvent) => void) | undefined;

  /**
   * Checks the options.
   *
   * @param options The options.
   * @throws {TypeError} If the encoding does not exist.
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(options: DatagramOptions<EncodingLike>) {
    const {
      encoding = "bytes",
      maxMessageBytes = MAX_IPV6_DATAGRAM_BYTES,
      maxQueuedBytes = DEFAULT_MAX_QUEUED_BYTES,
      maxQueuedDatagrams = DEFAULT_MAX_QUEUED_DATAGRAMS,
      onEvent,
    } = options;
    checkSize("maxMessageBytes", maxMessageBytes, 1);
    checkSize("maxQueuedBytes", maxQueuedBytes, 1);
    checkSize("maxQueuedDatagrams", maxQueuedDatagrams, 1);
    this.encoding = parseEncoding(encoding) as Encoding<T>;
    this.maxMessageBytes = maxMessageBytes;
    this.maxQueuedBytes = maxQueuedBytes;
    this.maxQueuedDatagrams = maxQueuedDatagrams;
    this.onEvent = onEvent;
  }
}
