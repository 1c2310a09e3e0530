/**
 * A connection around another one. A subclass overrides what it does otherwise.
 *
 * @module
 */

import type { Framing } from "../framing/framing.ts";
import type { Address } from "./address.ts";
import type { Connection } from "./connection.ts";
import type { PeerCertificate } from "./tls/options.ts";

/** Says and does what the inner connection says and does. */
export abstract class OuterConnection implements Connection {
  readonly handshake?: () => Promise<void>;
  readonly #inner: Connection;

  /** @param inner The connection, owned by this one from now on. */
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

  read(into: Uint8Array): Promise<number | null> {
    return this.#inner.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#inner.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#inner.closeWrite();
  }

  close(): void {
    this.#inner.close();
  }

  abort(): void {
    this.#inner.abort();
  }
}
