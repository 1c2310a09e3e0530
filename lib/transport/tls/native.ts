/**
 * TLS on `Deno.startTls`, `Deno.connectTls` and `Deno.listenTls`.
 *
 * @module
 */

import type { Address } from "../address.ts";
import type { Connection, Listener, ListenOptions } from "../connection.ts";
import { finishedHere, isUnannouncedEnd, translate } from "../os_error.ts";
import { zoneOf } from "../ip.ts";
import { RAW } from "../raw_calls.ts";
import { SocketConnection } from "../socket.ts";
import { addressIn, backlogOf, sharingOf } from "../tcp/tcp_socket.ts";
import { checkPem } from "./certificate.ts";
import type { TlsCertificate, TlsListenOptions } from "./options.ts";

// Waits 1 ms, 2 ms and so on: a fifth of a second in all.
const REOPEN_ATTEMPTS = 20;

/** One end of TLS. */
export class NativeTlsConnection extends SocketConnection<Deno.NetAddr> {
  readonly #conn: Deno.TlsConn;
  #handshake: Promise<void> | undefined;
  #alpn: string | undefined;
  #unannounced = false;
  #closed = false;
  #finished = false;

  /**
   * Takes ownership of a socket.
   *
   * @param conn The socket.
   * @param zone The interface of link-local addresses, if it is known.
   */
  constructor(conn: Deno.TlsConn, zone: string | undefined) {
    super(conn, addressIn("tls", zone));
    this.#conn = conn;
  }

  get alpn(): string | undefined {
    return this.#alpn;
  }

  get endedUnannounced(): boolean {
    return this.#unannounced;
  }

  handshake(): Promise<void> {
    this.#handshake ??= this.#shakeHands();
    return this.#handshake;
  }

  // Not all that write() throws comes from the runtime.
  override get [RAW](): undefined {
    return undefined;
  }

  override async write(bytes: Uint8Array): Promise<number> {
    // The runtime only reports that there is no stream to write to.
    if (this.#finished && !this.#closed) {
      throw finishedHere("write to", this.remoteAddress);
    }
    return await super.write(bytes);
  }

  override async closeWrite(): Promise<void> {
    await super.closeWrite();
    this.#finished = true;
  }

  override close(): void {
    this.#closed = true;
    super.close();
  }

  protected override isEnd(error: unknown): boolean {
    const isEnd = isUnannouncedEnd(error);
    if (isEnd) this.#unannounced = true;
    return isEnd;
  }

  async #shakeHands(): Promise<void> {
    const { remoteAddress } = this;
    try {
      const { alpnProtocol } = await this.#conn.handshake();
      this.#alpn = alpnProtocol ?? undefined;
    } catch (error) {
      throw translate(error, "shake hands with", remoteAddress);
    }
  }
}

/** Accepts connections of clients. */
export class NativeTlsListener implements Listener {
  readonly address: Address;
  readonly #options: TlsListenOptions & ListenOptions;
  #listener: Deno.TlsListener;
  #reopening: Promise<void> | undefined;
  #closed = false;

  /**
   * Listens.
   *
   * @param certificate The certificate to show.
   * @param options Protocols and backlog.
   * @throws {ConnectionError} If the system refuses, or the certificate is
   * invalid.
   */
  constructor(
    on: Address,
    certificate: TlsCertificate,
    options: TlsListenOptions & ListenOptions,
  ) {
    this.#options = options;
    this.#listener = open(on, certificate, options);
    const addressOf = addressIn("tls", zoneOf(on.hostname));
    this.address = addressOf(this.#listener.addr);
  }

  async accept(): Promise<Connection> {
    const zone = zoneOf(this.address.hostname);
    for (;;) {
      const listener = this.#listener;
      try {
        const connection = new NativeTlsConnection(
          await listener.accept(),
          zone,
        );
        // The handshake has begun already; its outcome is handled elsewhere.
        connection.handshake().catch(() => {});
        return connection;
      } catch (error) {
        // Another listener takes over, with another certificate.
        await this.#reopening;
        if (listener !== this.#listener && !this.#closed) continue;
        throw translate(error, "accept on", this.address);
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#listener[Symbol.dispose]();
  }

  async setCertificate(certificate: TlsCertificate): Promise<void> {
    checkPem(certificate, "listen on", this.address);
    await this.#reopening;
    if (this.#closed) return;
    // A socket keeps its certificate. This one only tests the new certificate:
    // afterwards there is no way back.
    open(this.address, certificate, this.#options, 0).close();
    const reopened = this.#reopen(certificate);
    this.#reopening = reopened.catch(() => {}).finally(() =>
      this.#reopening = undefined
    );
    await reopened;
  }

  async #reopen(certificate: TlsCertificate): Promise<void> {
    this.#listener.close();
    for (let attempt = 1;; attempt++) {
      // A pending accept releases the port a few turns after closing.
      await new Promise((resolve) => setTimeout(resolve, attempt));
      if (this.#closed) return;
      try {
        this.#listener = open(this.address, certificate, this.#options);
        return;
      } catch (error) {
        if (attempt === REOPEN_ATTEMPTS) throw error;
      }
    }
  }
}

function open(
  address: Address,
  { cert, key }: TlsCertificate,
  options: TlsListenOptions & ListenOptions,
  port = address.port,
): Deno.TlsListener {
  const { alpn = [] } = options;
  const tcpBacklog = backlogOf(options);
  const sharing = sharingOf(address, options);
  try {
    return Deno.listenTls({
      hostname: address.hostname,
      port,
      cert,
      key,
      tcpBacklog,
      ...sharing,
      ...(alpn.length === 0 ? {} : { alpnProtocols: [...alpn] }),
    });
  } catch (error) {
    throw translate(error, "listen on", address);
  }
}
