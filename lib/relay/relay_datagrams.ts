/**
 * Passes datagrams on between the peers of a socket and a target.
 *
 * ```text
 *   peer A ─┐                ┌─ socket A ─┐
 *           ├─► listening ◄──┤            ├─► target
 *   peer B ─┘    socket      └─ socket B ─┘
 * ```
 *
 * UDP has no connections, so each peer gets a socket of its own towards the target:
 * that is how an answer finds its way back. A peer that is quiet is forgotten.
 *
 * @module
 */

import { checkDuration, checkSize } from "../check.ts";
import {
  DEFAULT_PEER_TIMEOUT_MS,
  parseUdpAddress,
} from "../session/datagrams/udp_address.ts";
import { SYSTEM_TIME, type Timer } from "../time/time.ts";
import { Address } from "../transport/address.ts";
import type { DatagramEndpoint } from "../transport/datagram_endpoint.ts";
import { everyInterfaceFor } from "../transport/ip.ts";
import { openDatagrams } from "../transport/open_datagrams.ts";
import type {
  DatagramRelay,
  RelayDatagramsOptions,
} from "./datagram_options.ts";
import { receiveUntilClosed } from "./receive_datagrams.ts";
import { RelayedPeer } from "./relayed_peer.ts";

/**
 * The default of {@linkcode RelayDatagramsOptions.maxPeers}: 1,000, each of which
 * takes a socket.
 */
export const DEFAULT_MAX_PEERS: number = 1_000;

// How often peers are looked at: so much of the timeout may be added to it.
const LOOKS = 4;

/**
 * Passes datagrams on, unchanged, until it is closed. The runtime must be started
 * with `--unstable-net`.
 *
 * @param listen Where peers send to, such as `"udp://127.0.0.1:9001"`; port 0 asks the
 * system for one.
 * @param target Where their datagrams go. Only datagrams from this very address go
 * back. A name is looked up once.
 * @param options Bounds, and what sees the datagrams.
 * @returns The relay, receiving already.
 * @throws {TypeError} If an address is invalid, or the runtime was started without
 * `--unstable-net`.
 * @throws {RangeError} If a number is out of its range.
 * @throws {ConnectionError} If the system refuses the address, or the name cannot be
 * looked up.
 *
 * @example A question through a relay
 * ```ts
 * import { bindUdp, serveDatagrams } from "@parley/parley/udp";
 * import { relayDatagrams } from "@parley/parley/relay";
 * import { assertEquals } from "@std/assert";
 *
 * const text = { encoding: "text" } as const;
 * await using server = await serveDatagrams(
 *   "udp://127.0.0.1:0",
 *   text,
 *   (message, from, socket) => socket.send(message.toUpperCase(), from),
 * );
 * const sizes: number[] = [];
 * await using relay = await relayDatagrams("udp://127.0.0.1:0", server.address, {
 *   onDatagram: (_peer, _direction, bytes) => sizes.push(bytes.length),
 * });
 *
 * await using client = bindUdp("udp://127.0.0.1:0", text);
 * assertEquals(await client.request("hello", relay.address), "HELLO");
 * assertEquals(sizes, [5, 5]);
 * ```
 */
export async function relayDatagrams(
  listen: string | Address,
  target: string | Address,
  options: RelayDatagramsOptions = {},
): Promise<DatagramRelay> {
  const { maxPeers = DEFAULT_MAX_PEERS } = options;
  const { peerTimeoutMs = DEFAULT_PEER_TIMEOUT_MS } = options;
  checkSize("maxPeers", maxPeers, 1);
  checkDuration("peerTimeoutMs", peerTimeoutMs);
  const on = parseUdpAddress(listen, "bind");
  const asked = parseUdpAddress(target, "send to");
  const endpoint = openDatagrams(on, {});
  try {
    const to = await resolved(asked);
    return new RunningRelay(endpoint, to, options, { maxPeers, peerTimeoutMs });
  } catch (error) {
    endpoint.close();
    throw error;
  }
}

/** Looks the target up, as the sockets towards it would. */
async function resolved(target: Address): Promise<Address> {
  const endpoint = openTowards(target);
  try {
    return await endpoint.resolve(target);
  } finally {
    endpoint.close();
  }
}

/** Opens a socket at a free port that reaches an address. */
function openTowards({ hostname }: Address): DatagramEndpoint {
  return openDatagrams(new Address("udp", everyInterfaceFor(hostname)), {});
}

class RunningRelay implements DatagramRelay {
  readonly #endpoint: DatagramEndpoint;
  readonly #target: Address;
  readonly #options: RelayDatagramsOptions;
  readonly #maxPeers: number;
  readonly #peerTimeoutMs: number;
  readonly #peers = new Map<string, RelayedPeer>();
  readonly #receiving: Promise<void>;
  #timer: Timer;
  #isClosed = false;

  constructor(
    endpoint: DatagramEndpoint,
    target: Address,
    options: RelayDatagramsOptions,
    bounds: { readonly maxPeers: number; readonly peerTimeoutMs: number },
  ) {
    this.#endpoint = endpoint;
    this.#target = target;
    this.#options = options;
    this.#maxPeers = bounds.maxPeers;
    this.#peerTimeoutMs = bounds.peerTimeoutMs;
    this.#receiving = receiveUntilClosed(
      endpoint,
      ({ bytes, from }) => this.#received(bytes, from),
      () => options.ready?.(),
      (error) => options.onEvent?.({ type: "failed", error }),
    );
  }

  get address(): Address {
    return this.#endpoint.address;
  }

  get peers(): number {
    return this.#peers.size;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    SYSTEM_TIME.clearTimer(this.#timer);
    this.#endpoint.close();
    const ended = [...this.#peers].map(([name]) => this.#forget(name, "self"));
    await Promise.all([this.#receiving, ...ended]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #received(bytes: Uint8Array, from: Address): Promise<void> {
    const name = String(from);
    const peer = this.#peers.get(name) ?? this.#admit(from, name);
    await peer?.toServer(bytes);
  }

  #admit(from: Address, name: string): RelayedPeer | undefined {
    const { onDatagram, onEvent } = this.#options;
    if (this.#isClosed) return undefined;
    if (this.#peers.size >= this.#maxPeers) {
      onEvent?.({ type: "refused", peer: from, maxPeers: this.#maxPeers });
      return undefined;
    }
    try {
      const peer = new RelayedPeer({
        back: this.#endpoint,
        out: openTowards(this.#target),
        peer: from,
        target: this.#target,
        through: this.#options.through?.(from),
        ready: () => this.#options.ready?.(),
        onDatagram: (direction, bytes) => onDatagram?.(from, direction, bytes),
        onError: (error) => onEvent?.({ type: "failed", peer: from, error }),
      });
      this.#peers.set(name, peer);
      onEvent?.({ type: "opened", peer: from });
      this.#timer ??= this.#lookLater();
      return peer;
    } catch (error) {
      onEvent?.({ type: "failed", peer: from, error });
      return undefined;
    }
  }

  #lookLater(): Timer {
    return SYSTEM_TIME.setTimer(() => {
      const since = SYSTEM_TIME.now() - this.#peerTimeoutMs;
      for (const [name, peer] of this.#peers) {
        if (peer.lastMs <= since) void this.#forget(name, "timeout");
      }
      this.#timer = this.#peers.size === 0 ? undefined : this.#lookLater();
    }, this.#peerTimeoutMs / LOOKS);
  }

  async #forget(name: string, why: "self" | "timeout"): Promise<void> {
    const peer = this.#peers.get(name)!;
    this.#peers.delete(name);
    const closed = peer.close();
    // Now, as its next datagram makes it a new peer, perhaps before this one's socket
    // is closed.
    this.#options.onEvent?.({ type: "closed", peer: peer.address, why });
    await closed;
  }
}
