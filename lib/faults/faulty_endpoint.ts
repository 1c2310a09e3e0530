/**
 * A socket of datagrams that fails as faults say.
 *
 * ```text
 *   receive ◄─ due ◄─ passage of the peer ◄─ pump ◄─ endpoint.receive
 *   send ─► passage of the peer ─► endpoint.send
 * ```
 *
 * @module
 */

import { ClosedError } from "../errors.ts";
import type { Address } from "../transport/address.ts";
import {
  type DatagramEndpoint,
  MAX_IPV6_DATAGRAM_BYTES,
  type MulticastMembership,
  type MulticastOptions,
  type ReceivedDatagram,
} from "../transport/datagram_endpoint.ts";
import { checkFaults } from "./check_faults.ts";
import { type DatagramFaults, DatagramPassages } from "./datagram_passages.ts";
import {
  directionFrom,
  type Fault,
  type FaultDirection,
  type FaultEvent,
} from "./fault.ts";
import { Recent } from "../recent.ts";
import { checkedNumbers, type FaultOptions, faultsOf } from "./with_faults.ts";

// How many datagrams are due and not received yet; then the system's queue fills.
const MOST_DUE = 1_000;

/** Options for {@linkcode withDatagramFaults}. */
export interface DatagramFaultOptions
  extends Omit<FaultOptions, "connection" | "onStrike"> {
  /**
   * Gives the number of a peer, from 1: faults take each peer address for a connection.
   *
   * @default {the order in which peers are first seen}
   */
  readonly numberOf?: ((peer: Address) => number) | undefined;
  /** Called with each strike and the peer, before what it strikes is passed on. */
  readonly onStrike?: ((event: FaultEvent, peer: Address) => void) | undefined;
}

/**
 * Puts faults onto a socket of datagrams: drop, duplicate, reorder, corrupt and delay.
 * Each datagram is a message, and each peer address a connection.
 *
 * @param endpoint The socket, such as `wrap` of `bindUdp` and `serveDatagrams` gives.
 * What is returned owns it.
 * @param faults What happens, as objects or as `parseFault` reads them.
 * @param options The seed, and the side that this program is.
 * @returns The socket with faults.
 * @throws {TypeError} If a fault is invalid, or cannot strike datagrams.
 * @throws {RangeError} If the seed is out of its range.
 *
 * @example A server that answers everything twice
 * ```ts
 * import { bindUdp, serveDatagrams } from "@parley/parley/udp";
 * import { withDatagramFaults } from "@parley/parley/testing";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serveDatagrams("udp://127.0.0.1:0", {
 *   encoding: "text",
 *   wrap: (endpoint) =>
 *     withDatagramFaults(endpoint, ["to-client:duplicate:100%"], { side: "server" }),
 * }, (message, from, socket) => socket.send(message, from));
 *
 * await using client = bindUdp("udp://127.0.0.1:0", { encoding: "text" });
 * await client.send("hello", server.address);
 * const received: string[] = [];
 * for await (const { message } of client) {
 *   if (received.push(message) === 2) break;
 * }
 * assertEquals(received, ["hello", "hello"]);
 * ```
 */
export function withDatagramFaults(
  endpoint: DatagramEndpoint,
  faults: readonly (Fault | string)[],
  options: DatagramFaultOptions = {},
): DatagramEndpoint {
  const { seed } = checkedNumbers({ seed: options.seed });
  const known = faultsOf(faults);
  checkFaults(known, "datagrams");
  return new FaultyEndpoint(endpoint, known, seed, options);
}

/**
 * Makes the faults of the datagrams of one peer, for a program between a peer and a
 * server, such as `through` of `relayDatagrams`.
 *
 * @param faults What happens.
 * @param options The seed, and the peer's number.
 * @returns What the peer's datagrams go through.
 * @throws {TypeError} If a fault is invalid, or cannot strike datagrams.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example A relay that loses the first request
 * ```ts
 * import { relayDatagrams } from "@parley/parley/relay";
 * import { datagramFaults } from "@parley/parley/testing";
 * import { bindUdp, serveDatagrams } from "@parley/parley/udp";
 * import { assertEquals } from "@std/assert";
 *
 * const text = { encoding: "text" } as const;
 * await using server = await serveDatagrams(
 *   "udp://127.0.0.1:0",
 *   text,
 *   (message, from, socket) => socket.send(message.toUpperCase(), from),
 * );
 * await using relay = await relayDatagrams("udp://127.0.0.1:0", server.address, {
 *   through: () => datagramFaults(["to-server:drop:100%,message=1"]),
 * });
 *
 * await using client = bindUdp("udp://127.0.0.1:0", text);
 * const reply = await client.request("hello", relay.address, { timeoutMs: 200 });
 * assertEquals(reply, "HELLO"); // the second attempt
 * ```
 */
export function datagramFaults(
  faults: readonly (Fault | string)[],
  options: Omit<FaultOptions, "side"> = {},
): DatagramFaults {
  const known = faultsOf(faults);
  checkFaults(known, "datagrams");
  const { onStrike = () => {}, only } = options;
  const numbers = checkedNumbers(options);
  return new DatagramPassages({ ...numbers, faults: known, only, onStrike });
}

/** A datagram that is due. */
interface Due {
  readonly bytes: Uint8Array;
  readonly from: Address;
}

class FaultyEndpoint implements DatagramEndpoint {
  readonly #endpoint: DatagramEndpoint;
  readonly #faults: readonly Fault[];
  readonly #seed: number;
  readonly #options: DatagramFaultOptions;
  readonly #incoming: FaultDirection;
  readonly #outgoing: FaultDirection;
  readonly #peers = new Recent<DatagramPassages>((peer) => peer.close());
  readonly #due: Due[] = [];
  #count = 0;
  #isClosed = false;
  #isReceiving = false;
  #failure: unknown;
  #wake: (() => void) | undefined;

  constructor(
    endpoint: DatagramEndpoint,
    faults: readonly Fault[],
    seed: number,
    options: DatagramFaultOptions,
  ) {
    this.#endpoint = endpoint;
    this.#faults = faults;
    this.#seed = seed;
    this.#options = options;
    const { side = "client" } = options;
    this.#outgoing = directionFrom(side);
    this.#incoming = directionFrom(side === "client" ? "server" : "client");
  }

  get address(): Address {
    return this.#endpoint.address;
  }

  resolve(to: Address): Address | Promise<Address> {
    return this.#endpoint.resolve(to);
  }

  async send(bytes: Uint8Array, to: Address): Promise<void> {
    if (this.#isClosed) throw this.#closedError("send to", to);
    let failure: unknown;
    // What is sent at once may fail; what is sent later is lost then, as on a network.
    await this.#peer(to).pass(
      this.#outgoing,
      bytes,
      (some) =>
        this.#endpoint.send(some, to).catch((error) => {
          failure = error;
        }),
    );
    if (failure !== undefined) throw failure;
  }

  async receive(into: Uint8Array): Promise<ReceivedDatagram> {
    for (;;) {
      if (this.#isClosed) throw this.#closedError("receive on", this.address);
      const due = this.#due.shift();
      if (due !== undefined) {
        into.set(due.bytes);
        return {
          bytes: into.subarray(0, due.bytes.length),
          from: due.from,
        };
      }
      const failure = this.#failure;
      this.#failure = undefined;
      if (failure !== undefined) throw failure;
      if (!this.#isReceiving) void this.#pump();
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  droppedBySystem(): number | undefined {
    return this.#endpoint.droppedBySystem?.();
  }

  joinMulticast(
    group: string,
    options: MulticastOptions,
  ): Promise<MulticastMembership> {
    return this.#endpoint.joinMulticast(group, options);
  }

  close(): void {
    this.#isClosed = true;
    for (const peer of this.#peers.clear()) peer.close();
    this.#endpoint.close();
    this.#wake?.();
  }

  /** Receives ahead of the program, as long as it takes what is due. */
  async #pump(): Promise<void> {
    this.#isReceiving = true;
    const into = new Uint8Array(MAX_IPV6_DATAGRAM_BYTES + 1);
    try {
      while (!this.#isClosed && this.#due.length < MOST_DUE) {
        const { bytes, from } = await this.#endpoint.receive(into);
        const arrive = (some: Uint8Array) => {
          this.#due.push({ bytes: some.slice(), from });
          this.#wake?.();
          return Promise.resolve();
        };
        await this.#peer(from).pass(this.#incoming, bytes, arrive);
      }
    } catch (error) {
      // The next call reports it, and begins again.
      this.#failure = error;
      this.#wake?.();
    } finally {
      this.#isReceiving = false;
    }
  }

  #peer(address: Address): DatagramPassages {
    const { numberOf, only, onStrike } = this.#options;
    return this.#peers.of(String(address), () =>
      new DatagramPassages({
        faults: this.#faults,
        seed: this.#seed,
        connection: numberOf?.(address) ?? ++this.#count,
        only,
        onStrike: (event) => onStrike?.(event, address),
      }));
  }

  #closedError(action: string, address: Address): ClosedError {
    return new ClosedError({
      action,
      address: String(address),
      reason: "it was closed by this side",
    });
  }
}
