/**
 * A connection whose messages are framed by what its two ends have agreed on, or by
 * what its address says.
 *
 * @module
 */

import type { Framing } from "../../framing/framing.ts";
import type { Address } from "../../transport/address.ts";
import type { Connection } from "../../transport/connection.ts";
import type { PeerCertificate } from "../../transport/tls/options.ts";

/**
 * Gives a connection a framing, unless it has one: what the two ends have agreed on
 * stays. Nothing but reading, writing and closing is passed on, so it comes after the
 * handshake.
 */
export function framedBy(
  connection: Connection,
  framing: Framing | undefined,
): Connection {
  return framing === undefined || connection.framing !== undefined
    ? connection
    : new FramedLine(connection, framing);
}

/** The same bytes as of another connection, with a framing. */
export class FramedLine implements Connection {
  readonly framing: Framing;
  readonly #line: Connection;

  constructor(line: Connection, framing: Framing) {
    this.#line = line;
    this.framing = framing;
  }

  get localAddress(): Address {
    return this.#line.localAddress;
  }

  get remoteAddress(): Address {
    return this.#line.remoteAddress;
  }

  get alpn(): string | undefined {
    return this.#line.alpn;
  }

  get peerCertificate(): PeerCertificate | undefined {
    return this.#line.peerCertificate;
  }

  get endedUnannounced(): boolean {
    return this.#line.endedUnannounced === true;
  }

  get canReset(): boolean {
    return this.#line.canReset === true;
  }

  get released(): Promise<void> | undefined {
    return this.#line.released;
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#line.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#line.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#line.closeWrite();
  }

  close(): void {
    this.#line.close();
  }

  abort(): void {
    this.#line.abort();
  }
}
