/**
 * What can be chosen for a relay of datagrams, and what it reports.
 *
 * @module
 */

import type { Address } from "../transport/address.ts";
import type { RelayDirection } from "./options.ts";

/** Something that happened on a relay of datagrams; `type` says what. */
export type DatagramRelayEvent =
  | {
    /** The first datagram of a peer came. */
    readonly type: "opened";
    /** The peer's address. */
    readonly peer: Address;
  }
  | {
    /** A peer was forgotten: it was quiet for too long, or the relay was closed. */
    readonly type: "closed";
    /** The peer's address. */
    readonly peer: Address;
    /** Which of the two. */
    readonly why: "self" | "timeout";
  }
  | {
    /** A datagram of a new peer was dropped because there are too many peers. */
    readonly type: "refused";
    /** The peer's address. */
    readonly peer: Address;
    /** How many there may be. */
    readonly maxPeers: number;
  }
  | {
    /** The system did not take or give a datagram; the relay goes on. */
    readonly type: "failed";
    /** The peer whose datagram it was, if it is known. */
    readonly peer?: Address;
    /** Why. */
    readonly error: unknown;
  };

/**
 * What the datagrams of one peer go through: faults, or a bound on their rate. It may
 * send a datagram now, later, more than once or not at all.
 */
export interface DatagramPassage {
  /**
   * Takes a datagram.
   *
   * @param direction Which way it goes.
   * @param bytes Its bytes, which are valid until the promise resolves.
   * @param send Sends one in this direction; it never rejects.
   * @returns Resolves when the next datagram may come. It must not reject.
   */
  pass(
    direction: RelayDirection,
    bytes: Uint8Array,
    send: (bytes: Uint8Array) => Promise<void>,
  ): Promise<void>;

  /** The peer is forgotten. */
  close(): void;
}

/** Options for `relayDatagrams`. */
export interface RelayDatagramsOptions {
  /**
   * How many peers there may be at once. Datagrams of further ones are dropped.
   *
   * @default {1_000}
   */
  readonly maxPeers?: number;
  /**
   * Called with every datagram before it is passed on. The bytes are valid during
   * the call only. It must not throw.
   */
  readonly onDatagram?:
    | ((peer: Address, direction: RelayDirection, bytes: Uint8Array) => void)
    | undefined;
  /** Called with every event. It must not throw. */
  readonly onEvent?: ((event: DatagramRelayEvent) => void) | undefined;
  /**
   * How long a peer may be quiet, in milliseconds and in both directions, before it
   * is forgotten; up to a quarter is added. `Infinity` for no bound.
   *
   * @default {60_000}
   */
  readonly peerTimeoutMs?: number;
  /**
   * Called before a datagram is received, which waits for the promise that it
   * returns. Meanwhile the system's queue holds datagrams and drops what does not
   * fit. It must neither throw nor reject.
   */
  readonly ready?: (() => Promise<void> | undefined) | undefined;
  /**
   * Called for each new peer. What it returns decides when and how often the peer's
   * datagrams are sent; `onDatagram` is called with those that are.
   */
  readonly through?:
    | ((peer: Address) => DatagramPassage | undefined)
    | undefined;
}

/** A relay of datagrams at work. */
export interface DatagramRelay extends AsyncDisposable {
  /** Where it receives, with the port that the system chose. */
  readonly address: Address;
  /** How many peers it knows now. */
  readonly peers: number;

  /**
   * Closes its sockets and forgets all peers.
   *
   * @returns Resolves once all is closed.
   */
  close(): Promise<void>;
}
