/**
 * A socket of datagrams that fails as faults say.
 *
 * ```text
 *   receive ◄─ due ◄─ passage of the peer ◄─ pump ◄─ endpoint.receive
 *   send ─► passage of the peer ─► endpoint.send
 * ```
 *
 * The pump receives ahead of the program:
 *
 * ```text
 *         receive(), nothing is due          the socket fails
 *   idle ─────────────────────────► pumping ──────────────────► failed
 *    ▲ ▲        much is due            │                          │
 *    │ └───────────────────────────────┘                          │
 *    └───────────────── receive() throws the failure ─────────────┘
 *
 *   any ── close() ──► closed
 * ```
 *
 * @module
 */

import { ClosedError } from "../errors.ts";
import { Recent } from "../recent.ts";
import type { Side } from "../framing/framing.ts";
import { otherSide } from "../framing/side.ts";
import type { Address } from "../transport/address.ts";
import {
  type DatagramEndpoint,
  MAX_IPV6_DATAGRAM_BYTES,
  type ReceivedDatagram,
} from "../transport/datagram_endpoint.ts";
import { OuterEndpoint } from "../transport/udp/outer_endpoint.ts";
import { DatagramPassages } from "./datagram_passages.ts";
import {
  directionFrom,
  type Fault,
  type FaultDirection,
  type FaultEvent,
} from "./fault.ts";

// How many datagrams are due and not received yet; then the system's queue fills.
const MOST_DUE = 1_000;

/** A datagram that is due. */
interface Due {
  readonly bytes: Uint8Array;
  readonly from: Address;
}

/** What a socket with faults is made of. */
export interface EndpointParts {
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** The side that this program is. */
  readonly side?: Side | undefined;
  readonly only?: FaultDirection | undefined;
  readonly numberOf?: ((peer: Address) => number) | undefined;
  readonly onStrike?: ((event: FaultEvent, peer: Address) => void) | undefined;
}

type State =
  | { readonly type: "idle" | "pumping" | "closed" }
  | { readonly type: "failed"; readonly error: unknown };

/** A socket of datagrams with faults. */
export class FaultyEndpoint extends OuterEndpoint {
  readonly #endpoint: DatagramEndpoint;
  readonly #parts: EndpointParts;
  readonly #incoming: FaultDirection;
  readonly #outgoing: FaultDirection;
  readonly #peers = new Recent<DatagramPassages>((peer) => peer.close());
  readonly #due: Due[] = [];
  #state: State = { type: "idle" };
  #count = 0;
  #wake: (() => void) | undefined;

  constructor(endpoint: DatagramEndpoint, parts: EndpointParts) {
    super(endpoint);
    this.#endpoint = endpoint;
    this.#parts = parts;
    const { side = "client" } = parts;
    this.#outgoing = directionFrom(side);
    this.#incoming = directionFrom(otherSide(side));
  }

  override async send(bytes: Uint8Array, to: Address): Promise<void> {
    if (this.#isClosed()) throw this.#closedError("send to", to);
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

  override async receive(into: Uint8Array): Promise<ReceivedDatagram> {
    for (;;) {
      if (this.#isClosed()) throw this.#closedError("receive on", this.address);
      const due = this.#due.shift();
      if (due !== undefined) {
        into.set(due.bytes);
        return {
          bytes: into.subarray(0, due.bytes.length),
          from: due.from,
        };
      }
      if (this.#state.type === "failed") {
        const { error } = this.#state;
        this.#state = { type: "idle" };
        throw error;
      }
      if (this.#state.type === "idle") void this.#pump();
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  override close(): void {
    this.#state = { type: "closed" };
    for (const peer of this.#peers.clear()) peer.close();
    this.#endpoint.close();
    this.#wake?.();
  }

  #isClosed(): boolean {
    return this.#state.type === "closed";
  }

  /** Receives ahead of the program, as long as it takes what is due. */
  async #pump(): Promise<void> {
    this.#state = { type: "pumping" };
    const into = new Uint8Array(MAX_IPV6_DATAGRAM_BYTES + 1);
    try {
      while (!this.#isClosed() && this.#due.length < MOST_DUE) {
        const { bytes, from } = await this.#endpoint.receive(into);
        const arrive = (some: Uint8Array) => {
          this.#due.push({ bytes: some.slice(), from });
          this.#wake?.();
          return Promise.resolve();
        };
        await this.#peer(from).pass(this.#incoming, bytes, arrive);
      }
      this.#enter({ type: "idle" });
    } catch (error) {
      // The next call reports it, and begins again.
      this.#enter({ type: "failed", error });
      this.#wake?.();
    }
  }

  #enter(state: State): void {
    if (!this.#isClosed()) this.#state = state;
  }

  #peer(address: Address): DatagramPassages {
    const { faults, numberOf, only, onStrike, seed } = this.#parts;
    return this.#peers.of(String(address), () =>
      new DatagramPassages({
        ...{ faults, seed },
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
