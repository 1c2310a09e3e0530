/**
 * A UDP socket under load.
 *
 * ```text
 *   open ── close() ──────────────────────────► closed
 *     └──── a datagram could not be sent ─────► failed
 * ```
 *
 * @module
 */

import { Address } from "../../transport/address.ts";
import type { DatagramEndpoint } from "../../transport/datagram_endpoint.ts";
import { everyInterfaceFor } from "../../transport/ip.ts";
import { openDatagrams } from "../../transport/open_datagrams.ts";
import { endedBy, type Link, type LinkEnd, type LinkReceiver } from "./link.ts";

const LARGEST_BYTES = 65_536;
// Datagrams that the system has not taken yet.
const MOST_PENDING = 64;
const DONE = Promise.resolve();

/** Binds a socket of its own, which sends to one address. */
export async function openDatagramLink(address: Address): Promise<Link> {
  const every = new Address("udp", everyInterfaceFor(address.hostname));
  const endpoint = openDatagrams(every, {});
  try {
    // A name is looked up once, and not for each message.
    return new DatagramLink(endpoint, await endpoint.resolve(address));
  } catch (error) {
    endpoint.close();
    throw error;
  }
}

type State =
  | { readonly type: "open" | "closed" }
  // A datagram could not be sent.
  | { readonly type: "failed"; readonly error: unknown };

class DatagramLink implements Link {
  bytesIn = 0;
  bytesOut = 0;
  readonly #endpoint: DatagramEndpoint;
  readonly #to: Address;
  #pending = 0;
  #state: State = { type: "open" };
  #room: PromiseWithResolvers<void> | undefined;

  constructor(endpoint: DatagramEndpoint, to: Address) {
    this.#endpoint = endpoint;
    this.#to = to;
  }

  get isFull(): boolean {
    return this.#pending >= MOST_PENDING;
  }

  send(messages: Uint8Array[]): Promise<void> {
    // The bytes are the caller's, and the system takes them later.
    for (const message of messages) void this.#send(message.slice());
    return this.isFull
      ? (this.#room ??= Promise.withResolvers()).promise
      : DONE;
  }

  async run(to: LinkReceiver): Promise<LinkEnd> {
    const into = new Uint8Array(LARGEST_BYTES);
    try {
      for (;;) {
        const { bytes } = await this.#endpoint.receive(into);
        this.bytesIn += bytes.length;
        to.answers([bytes]);
      }
    } catch (error) {
      const state = this.#state;
      this.abort();
      switch (state.type) {
        case "open":
          return endedBy(error);
        case "closed":
          return { kind: undefined };
        case "failed":
          return endedBy(state.error);
      }
    }
  }

  close(): Promise<void> {
    this.abort();
    return DONE;
  }

  abort(): void {
    this.#end({ type: "closed" });
  }

  #end(state: State): void {
    if (this.#state.type !== "open") return;
    this.#state = state;
    this.#endpoint.close();
    this.#room?.resolve();
  }

  async #send(bytes: Uint8Array): Promise<void> {
    this.#pending++;
    try {
      await this.#endpoint.send(bytes, this.#to);
      this.bytesOut += bytes.length;
    } catch (error) {
      // The system does not send there, so another message would fail likewise.
      this.#end({ type: "failed", error });
    }
    this.#pending--;
    if (this.isFull || this.#room === undefined) return;
    this.#room.resolve();
    this.#room = undefined;
  }
}
