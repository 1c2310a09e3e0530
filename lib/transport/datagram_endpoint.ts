/**
 * The contract of a datagram transport: sends and receives single packets, each
 * to or from an address of its own. It knows nothing of messages.
 *
 * As a transport of connections it is thin: no queue, no retry, no timer.
 *
 * @module
 */

import type { Address } from "./address.ts";

/**
 * Largest datagram over IPv4 in bytes: 65,535 without the headers of IPv4 (20)
 * and UDP (8).
 */
export const MAX_IPV4_DATAGRAM_BYTES: number = 65_507;

/**
 * Largest datagram over IPv6 in bytes: 65,535 without the header of UDP (8).
 * The header of IPv6 is not counted.
 */
export const MAX_IPV6_DATAGRAM_BYTES: number = 65_527;

/** A datagram that was received. */
export interface ReceivedDatagram {
  /** Its bytes: a view of the buffer that was received into. */
  readonly bytes: Uint8Array;
  /** The sender's address. */
  readonly from: Address;
}

/** Sends and receives datagrams. */
export interface DatagramEndpoint {
  /** Where it receives, with the port that the system chose. */
  readonly address: Address;

  /**
   * Resolves an address that datagrams can be sent to.
   *
   * @param to The destination: an IP address or a name.
   * @returns The address that {@linkcode ReceivedDatagram.from} of an answer
   * would have; without a promise, unless a name has to be looked up.
   * @throws {TypeError} If this endpoint cannot reach an address of this kind, or
   * if a link-local address has no interface and this machine is known to have
   * several (on Linux, with all permissions). Otherwise the system chooses one:
   * bind the socket to an address such as `fe80::1%eth0` to be sure.
   * @throws {RangeError} If the port is 0.
   * @throws {ConnectionError} If the name cannot be looked up.
   */
  resolve(to: Address): Address | Promise<Address>;

  /**
   * Sends one datagram. Any number of calls may be pending.
   *
   * @param bytes Its bytes, possibly empty. They are not copied, so they must
   * not change until the promise settles.
   * @param to From {@linkcode DatagramEndpoint.resolve}.
   * @throws {ConnectionError} If the system did not take it. Success does not
   * mean that it arrives.
   * @throws {ClosedError} If this end was closed.
   */
  send(bytes: Uint8Array, to: Address): Promise<void>;

  /**
   * Waits for one datagram. At most one call may be pending at a time.
   *
   * @param into The buffer, larger than any datagram, so that none is cut off.
   * @returns The datagram.
   * @throws {ConnectionError} If the system failed; the endpoint keeps working.
   * @throws {ClosedError} If this end was closed, also while the call was
   * pending.
   */
  receive(into: Uint8Array): Promise<ReceivedDatagram>;

  /**
   * Counts the datagrams that the system dropped because its queue for this
   * endpoint was full. Left out where the transport has no such count.
   *
   * @returns The count so far, or `undefined` if it is not known.
   */
  droppedBySystem?(): number | undefined;

  /**
   * Joins a multicast group: from now on its datagrams are received.
   *
   * @param group The group's IP address.
   * @param options Which interface, and how far own datagrams go.
   * @returns The membership.
   * @throws {TypeError} If the address is not a multicast address, or of the
   * wrong IP version.
   * @throws {RangeError} If an option is out of its range.
   * @throws {ConnectionError} If the system refuses.
   */
  joinMulticast(
    group: string,
    options: MulticastOptions,
  ): Promise<MulticastMembership>;

  /**
   * Gives the socket back to the system. May be called at any time, any number
   * of times.
   */
  close(): void;
}

/** Options for joining a multicast group. */
export interface MulticastOptions {
  /**
   * Which interface joins a group of IPv4, by its IPv4 address. `"0.0.0.0"`
   * leaves the choice to the system.
   *
   * @default {"0.0.0.0"}
   */
  readonly interfaceAddress?: string;
  /**
   * Which interface joins a group of IPv6, by its number, as `ip link` shows
   * it. 0 leaves the choice to the system.
   *
   * @default {0}
   */
  readonly interfaceIndex?: number;
  /**
   * How many routers the datagrams that this socket sends to groups of IPv4 may
   * pass, 0 to 255: 0 stays on this machine, 1 in this network. The runtime has
   * no such setting for IPv6.
   *
   * @default {1}
   */
  readonly ttl?: number;
}

/** A membership in a multicast group. It ends with the socket at the latest. */
export interface MulticastMembership extends AsyncDisposable {
  /** The group's IP address. */
  readonly group: string;

  /**
   * Leaves the group. You can call it any number of times.
   *
   * @returns Resolves once the system has left it.
   */
  leave(): Promise<void>;

  /**
   * Sets whether datagrams that this socket sends to groups are also delivered
   * on this machine.
   *
   * @param isOn Whether they are.
   * @returns Resolves once it is set.
   */
  setLoopback(isOn: boolean): Promise<void>;

  /**
   * Sets how many routers datagrams to groups of IPv4 may pass.
   *
   * @param ttl As {@linkcode MulticastOptions.ttl}.
   * @returns Resolves once it is set.
   * @throws {RangeError} If it is not an integer from 0 to 255.
   * @throws {TypeError} If this is a group of IPv6, where the runtime has no
   * such setting.
   */
  setTtl(ttl: number): Promise<void>;
}

/** Options for opening a datagram endpoint. */
export interface DatagramEndpointOptions {
  /**
   * Whether datagrams to multicast groups are also delivered on this machine,
   * to sockets that have joined. So programs on one machine hear each other,
   * and a program hears itself.
   *
   * @default {true}
   */
  readonly multicastLoopback?: boolean;
  /**
   * Whether the address may be bound although another socket has it
   * (`SO_REUSEADDR`); both must say so. Every one of them receives what is sent
   * to a multicast group, but only one of them what is sent to a single
   * address.
   *
   * @default {false}
   */
  readonly reuseAddress?: boolean;
}
