/**
 * A connection that speaks WebSocket once its handshake is done. Its bytes are
 * frames; {@linkcode WebSocketConnection.framing} reads and writes them.
 *
 * ```text
 *   line ── handshake() ──► agreed: bytes behind the handshake, then the line's
 *                └────────► refused: every call fails
 * ```
 *
 * @module
 */

import type { Side } from "../../framing/framing.ts";
import { WebSocketFraming } from "../../websocket/speaking/websocket_framing.ts";
import { Address } from "../address.ts";
import type { Connection } from "../connection.ts";
import type { PeerCertificate } from "../tls/options.ts";
import { termsOf } from "./terms.ts";
import type { WebSocketOptions } from "./options.ts";
import type { Agreed } from "./client_handshake.ts";

/** Performs the handshake over a line. */
export type Agree = (
  line: Connection,
  /** Aborted when the connection is closed. */
  gone: AbortSignal,
) => Promise<Agreed>;

/** One end of a WebSocket connection. */
export class WebSocketConnection implements Connection {
  readonly localAddress: Address;
  /** How messages are framed, once the handshake is done. */
  framing: WebSocketFraming | undefined;
  readonly #agree: Agree;
  readonly #options: WebSocketOptions;
  readonly #side: Side;
  readonly #gone = new AbortController();
  #line: Connection;
  #remoteAddress: Address;
  #agreed: Promise<void> | undefined;
  // What came behind the handshake and was not read yet.
  #rest: Uint8Array | undefined;

  constructor(
    line: Connection,
    side: Side,
    options: WebSocketOptions,
    agree: Agree,
  ) {
    this.#line = line;
    this.#agree = agree;
    this.#options = options;
    this.#side = side;
    this.localAddress = over(line.localAddress);
    this.#remoteAddress = over(line.remoteAddress);
  }

  get remoteAddress(): Address {
    return this.#remoteAddress;
  }

  get alpn(): string | undefined {
    return this.#line.alpn;
  }

  get peerCertificate(): PeerCertificate | undefined {
    return this.#line.peerCertificate;
  }

  get canReset(): boolean {
    return this.#line.canReset === true;
  }

  get released(): Promise<void> | undefined {
    return this.#line.released;
  }

  handshake(): Promise<void> {
    return this.#agreed ??= this.#shakeHands();
  }

  async prepare(
    step: (line: Connection) => Promise<Connection>,
  ): Promise<void> {
    const line = this.#line;
    if (line.prepare !== undefined) await line.prepare(step);
    else this.#line = await step(line);
    this.#remoteAddress = over(this.#line.remoteAddress);
  }

  read(into: Uint8Array): Promise<number | null> {
    if (this.framing !== undefined && this.#rest === undefined) {
      return this.#line.read(into);
    }
    return this.#readFirst(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.framing !== undefined) return this.#line.write(bytes);
    return this.handshake().then(() => this.#line.write(bytes));
  }

  async closeWrite(): Promise<void> {
    await this.handshake();
    await this.#line.closeWrite();
  }

  close(): void {
    this.#gone.abort();
    this.#line.close();
  }

  abort(): void {
    this.#gone.abort();
    this.#line.abort();
  }

  async #shakeHands(): Promise<void> {
    await this.#line.handshake?.();
    const agreed = await this.#agree(this.#line, this.#gone.signal);
    const { compression, origin, prepared, protocol, rest, target } = agreed;
    if (rest.length > 0) this.#rest = rest;
    this.framing = new WebSocketFraming({
      compression,
      origin,
      peer: String(this.#remoteAddress),
      ...termsOf(this.#options),
      prepared,
      protocol,
      side: this.#side,
      target,
    });
  }

  async #readFirst(into: Uint8Array): Promise<number | null> {
    await this.handshake();
    const rest = this.#rest;
    if (rest === undefined) return await this.#line.read(into);
    const count = Math.min(rest.length, into.length);
    into.set(rest.subarray(0, count));
    this.#rest = count < rest.length ? rest.subarray(count) : undefined;
    return count;
  }
}

/** The address of the line, as one of WebSocket. */
function over({ hostname, port, transport }: Address): Address {
  return new Address(transport === "tls" ? "wss" : "ws", hostname, port);
}
