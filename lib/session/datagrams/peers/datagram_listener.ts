/**
 * Datagrams from many machines, as connections: one for each address that they come
 * from, until it is closed.
 *
 * @module
 */

import { ClosedError } from "../../../errors.ts";
import type { Address } from "../../../transport/address.ts";
import type { Connection, Listener } from "../../../transport/connection.ts";
import { Outage } from "../../../time/outage.ts";
import type { Time } from "../../../time/time.ts";
import type { Datagram, DatagramEvent } from "../datagram_options.ts";
import type { DatagramSocket } from "../datagram_socket.ts";

// What waits for a peer that is not read from; further datagrams are dropped and told.
const MOST_DATAGRAMS = 256;
const MOST_BYTES = 1024 * 1024;
// Those that no connection was accepted for yet.
const MOST_PEERS = 1_000;

/** Accepts peers by their first datagram. */
export class DatagramListener implements Listener {
  readonly #socket: DatagramSocket;
  readonly #readsEmpty: boolean;
  readonly #onEvent: ((event: DatagramEvent) => void) | undefined;
  readonly #peers = new Map<string, Peer>();
  readonly #new: Peer[] = [];
  #wake: (() => void) | undefined;
  // For the next call of accept.
  #failure: unknown;
  #isClosed = false;
  #dropped = 0;

  /**
   * Receives from now on.
   *
   * @param socket The socket, owned by the listener.
   * @param readsEmpty Whether an empty datagram is a read of 0 bytes; otherwise it is
   * left out.
   * @param onEvent Called with each datagram that is dropped.
   */
  constructor(
    socket: DatagramSocket,
    readsEmpty: boolean,
    onEvent?: (event: DatagramEvent) => void,
    time?: Time,
  ) {
    this.#socket = socket;
    this.#readsEmpty = readsEmpty;
    this.#onEvent = onEvent;
    void this.#receive(new Outage(socket.signal, time));
  }

  /** How many datagrams there was no room for. */
  get dropped(): number {
    return this.#dropped + this.#socket.stats.dropped;
  }

  get address(): Address {
    return this.#socket.address;
  }

  async accept(): Promise<Connection> {
    while (this.#new.length === 0) {
      if (this.#isClosed) throw this.#closed();
      const failure = this.#failure;
      this.#failure = undefined;
      if (failure !== undefined) throw failure;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#new.shift()!;
  }

  /** Accepts no more; the peers that were accepted go on. */
  close(): void {
    this.#isClosed = true;
    for (const peer of this.#new.splice(0)) peer.close();
    this.#wake?.();
    this.#closeIfIdle();
  }

  /** Receives until the socket is closed, also after failures of the system. */
  async #receive(outage: Outage): Promise<void> {
    while (!this.#socket.signal.aborted) {
      try {
        const datagram = await this.#socket.receive();
        if (datagram === undefined) return;
        outage.ends();
        this.#received(datagram);
      } catch (error) {
        if (outage.begins()) {
          this.#failure = error;
          this.#wake?.();
        }
        await outage.pause();
      }
    }
  }

  #received({ from, message }: Datagram): void {
    if (message.length === 0 && !this.#readsEmpty) return;
    const name = String(from);
    const known = this.#peers.get(name);
    const refusal = known !== undefined
      ? known.received(message)
      : this.#isClosed
      ? undefined
      : this.#accepted(name, from, message);
    if (refusal === undefined) return;
    this.#dropped++;
    const bytes = message.length;
    this.#onEvent?.({ type: "dropped", from, bytes, reason: refusal });
  }

  /** Takes a new peer; gives the reason if there is no room for it. */
  #accepted(
    name: string,
    from: Address,
    first: Uint8Array,
  ): string | undefined {
    if (this.#new.length >= MOST_PEERS) {
      return `${MOST_PEERS} peers wait to be accepted`;
    }
    const peer = new Peer(this.#socket, from, () => {
      this.#peers.delete(name);
      this.#closeIfIdle();
    });
    peer.received(first);
    this.#peers.set(name, peer);
    this.#new.push(peer);
    this.#wake?.();
    return undefined;
  }

  #closeIfIdle(): void {
    if (!this.#isClosed || this.#peers.size > 0) return;
    // It waits for what is being sent.
    this.#socket.close().catch(() => {});
  }

  #closed(): ClosedError {
    return new ClosedError({
      action: "accept on",
      address: String(this.address),
      reason: "it was closed",
    });
  }
}

/** Datagrams to and from one address. */
class Peer implements Connection {
  readonly remoteAddress: Address;
  readonly #socket: DatagramSocket;
  readonly #onClose: () => void;
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #wake: (() => void) | undefined;
  #isClosed = false;

  constructor(socket: DatagramSocket, from: Address, onClose: () => void) {
    this.remoteAddress = from;
    this.#socket = socket;
    this.#onClose = onClose;
  }

  get localAddress(): Address {
    return this.#socket.address;
  }

  /** Takes a datagram; gives the reason if there is no room for it. */
  received(datagram: Uint8Array): string | undefined {
    const bytes = this.#waitingBytes + datagram.length;
    if (this.#waiting.length === MOST_DATAGRAMS || bytes > MOST_BYTES) {
      return `${this.#waiting.length} datagrams of ${this.#waitingBytes} bytes wait for the peer's reader`;
    }
    this.#waitingBytes = bytes;
    this.#waiting.push(datagram);
    this.#wake?.();
    return undefined;
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#waiting.length === 0) {
      if (this.#isClosed) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const datagram = this.#waiting.shift()!;
    this.#waitingBytes -= datagram.length;
    const bytes = datagram.subarray(0, into.length);
    into.set(bytes);
    return bytes.length;
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
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.#wake?.();
    this.#onClose();
  }

  abort(): void {
    this.close();
  }
}
