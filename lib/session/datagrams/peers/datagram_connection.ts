/**
 * Datagrams to and from one address, as a connection of which every read and every
 * write is a datagram.
 *
 * @module
 */

import { Address } from "../../../transport/address.ts";
import type { Connection } from "../../../transport/connection.ts";
import {
  type DatagramEndpoint,
  MAX_IPV6_DATAGRAM_BYTES,
} from "../../../transport/datagram_endpoint.ts";
import { everyInterfaceFor } from "../../../transport/ip.ts";
import { openDatagrams } from "../../../transport/open_datagrams.ts";
import { checkFits } from "../udp_address.ts";

/** Datagrams as a connection. It never ends by itself. */
export class DatagramConnection implements Connection {
  readonly remoteAddress: Address;
  readonly #endpoint: DatagramEndpoint;
  readonly #from: string;
  readonly #readsEmpty: boolean;
  // Larger than any datagram, so that none is cut off.
  readonly #into = new Uint8Array(MAX_IPV6_DATAGRAM_BYTES + 1);

  private constructor(
    endpoint: DatagramEndpoint,
    to: Address,
    readsEmpty: boolean,
  ) {
    this.#endpoint = endpoint;
    this.#readsEmpty = readsEmpty;
    this.remoteAddress = to;
    this.#from = String(to);
  }

  /**
   * Looks the address up and takes a free port.
   *
   * @param readsEmpty Whether an empty datagram is a read of 0 bytes; otherwise it is
   * left out.
   * @throws {ConnectionError} If the name cannot be looked up.
   */
  static async open(
    to: Address,
    readsEmpty: boolean,
  ): Promise<DatagramConnection> {
    const every = new Address("udp", everyInterfaceFor(to.hostname));
    const endpoint = openDatagrams(every, {});
    try {
      const resolved = await endpoint.resolve(to);
      return new DatagramConnection(endpoint, resolved, readsEmpty);
    } catch (error) {
      endpoint.close();
      throw error;
    }
  }

  get localAddress(): Address {
    return this.#endpoint.address;
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const { bytes, from } = await this.#endpoint.receive(this.#into);
      // Any other machine can send to this port too.
      if (String(from) !== this.#from) continue;
      if (bytes.length === 0 && !this.#readsEmpty) continue;
      const some = bytes.subarray(0, into.length);
      into.set(some);
      return some.length;
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    checkFits(bytes, this.remoteAddress);
    await this.#endpoint.send(bytes, this.remoteAddress);
    return bytes.length;
  }

  closeWrite(): Promise<void> {
    // Datagrams have no end.
    return Promise.resolve();
  }

  close(): void {
    this.#endpoint.close();
  }

  abort(): void {
    this.close();
  }
}
