/**
 * Options, events and counts of datagram sockets.
 *
 * @module
 */

import type { Encoding } from "../../encoding/encoding.ts";
import { type EncodingLike, parseEncoding } from "../../encoding/parse.ts";
import { checkSize } from "../../check.ts";
import { SYSTEM_TIME, type Time } from "../../time/time.ts";
import type { Address } from "../../transport/address.ts";
import {
  type DatagramEndpoint,
  type DatagramEndpointOptions,
  MAX_IPV6_DATAGRAM_BYTES,
} from "../../transport/datagram_endpoint.ts";

/**
 * The default of {@linkcode DatagramOptions.maxQueuedDatagrams}: 256, as many
 * small ones as Linux's own queue holds.
 */
const DEFAULT_MAX_QUEUED_DATAGRAMS: number = 256;

/** The default of {@linkcode DatagramOptions.maxQueuedBytes}: 1 MiB. */
const DEFAULT_MAX_QUEUED_BYTES: number = 1024 * 1024;

/**
 * A message and who sent it.
 *
 * @typeParam T Type of a message.
 */
export interface Datagram<T = Uint8Array> {
  /** Size of the message on the wire, in bytes. */
  readonly bytes: number;
  /** The sender's address. It can be forged: UDP does not check it. */
  readonly from: Address;
  /** The message. */
  readonly message: T;
}

/** Something that happened on a datagram socket; `type` says what. */
export type DatagramEvent =
  | {
    /** A datagram could not be decoded, or was above `maxMessageBytes`. */
    readonly type: "refused";
    /** Its sender. */
    readonly from: Address;
    /** Its size in bytes. */
    readonly bytes: number;
    /** What was wrong with it: a `ProtocolError`, or what the encoding threw. */
    readonly error: unknown;
  }
  | {
    /** A datagram was dropped because there was no room for it. */
    readonly type: "dropped";
    /** Its sender. */
    readonly from: Address;
    /** Its size in bytes. */
    readonly bytes: number;
    /** Why there was no room. */
    readonly reason: string;
    /** The option that is the limit, such as `maxQueuedDatagrams`. */
    readonly option?: string;
  }
  | {
    /** A `send` failed whose promise nothing looked at, as in `void socket.send()`. */
    readonly type: "unsent";
    /** Where the message was to go, as `send` was given it. */
    readonly to: string | Address;
    /** What `send` rejected with. */
    readonly error: unknown;
  }
  | {
    /** A request got no reply in time and is sent again. */
    readonly type: "resent";
    /** Where it goes. */
    readonly to: Address;
    /** Which attempt begins: 2 for the first time that it is sent again. */
    readonly attempt: number;
    /** How often it is sent at most. */
    readonly attempts: number;
  };

/** What went over a datagram socket so far. */
export interface DatagramStats {
  /** Bytes received, those of refused and dropped datagrams included. */
  readonly bytesIn: number;
  /** Bytes that the system has accepted for sending. */
  readonly bytesOut: number;
  /** Datagrams received, refused and dropped ones included. */
  readonly datagramsIn: number;
  /** Datagrams that the system has accepted for sending. */
  readonly datagramsOut: number;
  /**
   * Datagrams dropped by this socket because there was no room. Those that the
   * system dropped are not among them.
   */
  readonly dropped: number;
  /**
   * Datagrams that the system dropped because its queue was full, or `undefined`
   * if it cannot be known: only Linux counts them, and the runtime lets only a
   * program with all permissions (`--allow-all`) read the count.
   */
  readonly droppedBySystem: number | undefined;
  /** Datagrams that could not be decoded, or were too large. */
  readonly refused: number;
  /** How often a request was sent again. */
  readonly resent: number;
  /** Calls of `send` that failed and whose promise nothing looked at. */
  readonly unsent: number;
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
   * (strict UTF-8), `"json"`, or an encoding of your own. In an options object
   * that is written outside the call, a name needs `as const`, or the object a
   * type such as `DatagramOptions<"text">`: TypeScript widens it to `string` otherwise.
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
   * As {@linkcode DatagramOptions.maxQueuedDatagrams}, in bytes; at least 1.
   *
   * @default {1_048_576}
   */
  readonly maxQueuedBytes?: number;
  /**
   * How many datagrams may wait to be received; at least 1. One more is dropped.
   * It matters from the first `request` on, when the socket begins to read
   * without being asked to. Before that, datagrams wait in the system's queue.
   *
   * @default {256}
   */
  readonly maxQueuedDatagrams?: number;
  /**
   * Called for every datagram that is refused or dropped, for every `send` that
   * fails without being awaited, and every request that is sent again. It must not
   * throw.
   *
   * @default {all are counted in `stats`; of a `send` that failed by a mistake of
   * the program there is a line on standard error}
   */
  readonly onEvent?: (event: DatagramEvent) => void;
  /**
   * Puts something between the system's socket and this one, such as a recorder. It is
   * called once with the endpoint, which the result owns from then on.
   */
  readonly wrap?:
    | ((endpoint: DatagramEndpoint) => DatagramEndpoint)
    | undefined;
}

/** The options with all defaults filled in, and checked. */
export class DatagramSettings<T, S> {
  readonly encoding: Encoding<T, S>;
  readonly maxMessageBytes: number;
  readonly maxQueuedBytes: number;
  readonly maxQueuedDatagrams: number;
  readonly onEvent: ((event: DatagramEvent) => void) | undefined;
  /** Where time comes from. */
  readonly time: Time;

  constructor(
    options: DatagramOptions<EncodingLike>,
    time: Time = SYSTEM_TIME,
  ) {
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
    this.encoding = parseEncoding(encoding) as unknown as Encoding<T, S>;
    this.maxMessageBytes = maxMessageBytes;
    this.maxQueuedBytes = maxQueuedBytes;
    this.maxQueuedDatagrams = maxQueuedDatagrams;
    this.onEvent = onEvent;
    this.time = time;
  }
}
