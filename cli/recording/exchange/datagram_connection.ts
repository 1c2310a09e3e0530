/**
 * Datagrams to and from one machine, as a connection of which every read and every
 * write is a datagram.
 *
 * @module
 */

import {
  bindUdp,
  type DatagramSocket,
} from "../../../lib/session/datagrams/mod.ts";
import type { Address, Connection } from "../../../mod.ts";

/** Datagrams as a connection. It never ends by itself. */
export class DatagramConnection implements Connection {
  readonly remoteAddress: Address;
  readonly #socket: DatagramSocket;

  constructor(to: Address) {
    this.remoteAddress = to;
    const any = to.hostname.includes(":") ? "udp://[::]:0" : "udp://0.0.0.0:0";
    this.#socket = bindUdp(any);
  }

  get localAddress(): Address {
    return this.#socket.address;
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const datagram = await this.#socket.receive();
      if (datagram === undefined) return null;
      const { message } = datagram;
      // A read has at least one byte.
      if (message.length === 0) continue;
      const bytes = message.subarray(0, into.length);
      into.set(bytes);
      return bytes.length;
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#socket.send(bytes, this.remoteAddress);
    return bytes.length;
  }

  closeWrite(): Promise<void> {
    // Datagrams have no end.
    return Promise.resolve();
  }

  close(): void {
    // It waits for what is being sent.
    this.#socket.close().catch(() => {});
  }

  abort(): void {
    this.close();
  }
}
