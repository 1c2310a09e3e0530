/**
 * A connection around another one: what a connection says of itself is what the inner
 * one says.
 *
 * @module
 */

import type { Framing } from "../framing/framing.ts";
import type { Address } from "../transport/address.ts";
import type { Connection } from "../transport/connection.ts";
import type { PeerCertificate } from "../transport/tls/options.ts";

/** Says what the inner connection says. */
export abstract class OuterConnection implements Connection {
  readonly handshake?: () => Promise<void>;
  readonly #inner: Connection;

  constructor(inner: Connection) {
    this.#inner = inner;
    if (inner.handshake !== undefined) {
      this.handshake = () => inner.handshake!();
    }
  }

  get localAddress(): Address {
    return this.#inner.localAddress;
  }

  get remoteAddress(): Address {
    return this.#inner.remoteAddress;
  }

  get alpn(): string | undefined {
    return this.#inner.alpn;
  }

  get peerCertificate(): PeerCertificate | undefined {
    return this.#inner.peerCertificate;
  }

  get endedUnannounced(): boolean {
    return this.#inner.endedUnannounced === true;
  }

  get framing(): Framing | undefined {
    return this.#inner.framing;
  }

  get canReset(): boolean {
    return this.#inner.canReset === true;
  }

  get released(): Promise<void> | undefined {
    return this.#inner.released;
  }

  abstract read(into: Uint8Array): Promise<number | null>;
  abstract write(bytes: Uint8Array): Promise<number>;
  abstract closeWrite(): Promise<void>;
  abstract close(): void;
  abstract abort(): void;
}
