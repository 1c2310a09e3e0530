/**
 * A socket of datagrams around another one. A subclass overrides what it does
 * otherwise.
 *
 * @module
 */

import type { Address } from "../address.ts";
import type {
  DatagramEndpoint,
  MulticastMembership,
  MulticastOptions,
  ReceivedDatagram,
} from "../datagram_endpoint.ts";

/** Says and does what the inner socket says and does. */
export abstract class OuterEndpoint implements DatagramEndpoint {
  readonly #inner: DatagramEndpoint;

  /** @param inner The socket, owned by this one from now on. */
  constructor(inner: DatagramEndpoint) {
    this.#inner = inner;
  }

  get address(): Address {
    return this.#inner.address;
  }

  resolve(to: Address): Address | Promise<Address> {
    return this.#inner.resolve(to);
  }

  send(bytes: Uint8Array, to: Address): Promise<void> {
    return this.#inner.send(bytes, to);
  }

  receive(into: Uint8Array): Promise<ReceivedDatagram> {
    return this.#inner.receive(into);
  }

  droppedBySystem(): number | undefined {
    return this.#inner.droppedBySystem?.();
  }

  joinMulticast(
    group: string,
    options: MulticastOptions,
  ): Promise<MulticastMembership> {
    return this.#inner.joinMulticast(group, options);
  }

  close(): void {
    this.#inner.close();
  }
}
