/**
 * TLS over any connection, by the runtime's `node:tls`.
 *
 * ```text
 * read() ◄── TlsReceiver ◄─ TLSSocket ◄─ wire ◄─ connection
 * write() ─► TlsSender ───► TLSSocket ─► wire ─► connection
 *
 *        handshake()             the ends agree
 * new ───────────────► agreeing ────────────────► open
 *  │                      │ they cannot            │ the link or TLS fails
 *  │                      └───────────► lost ◄─────┘
 *  │                                     │
 *  └── close() or abort(), from any ─────┴──► closing ──► closed
 *                                             (announces the end)
 * ```
 *
 * The wire is a stream of this library. So it can be closed in the middle of a
 * handshake, small writes leave at once, and three kinds of end can be
 * distinguished that `node:tls` reports alike: the peer announced the end, the
 * bytes just ended, the link was lost.
 *
 * @module
 */

import type { TLSSocket } from "node:tls";
import { ConnectionError } from "../../errors.ts";
import { Address } from "../address.ts";
import type { Connection } from "../connection.ts";
import { closedHere, finishedHere, translate } from "../os_error.ts";
import { peerCertificateOf } from "./certificate.ts";
import { TlsReceiver } from "./node_receiver.ts";
import { TlsSender } from "./node_sender.ts";
import { type BeginTls, type Wire, wireOf } from "./node_stream.ts";
import type { PeerCertificate } from "./options.ts";
import { Waiting } from "../waiting.ts";

// For announcing the end to a peer that reads no more bytes.
const FAREWELL_MS = 500;

type State = "new" | "agreeing" | "open" | "lost" | "closing" | "closed";

/** One end of TLS. */
export class TlsConnection implements Connection {
  #raw: Connection;
  readonly #begin: BeginTls;
  #state: State = "new";
  // Why the state is, or was, "lost".
  #lost: unknown;
  #handshake: Promise<void> | undefined;
  #wire: Wire | undefined;
  #socket: TLSSocket | undefined;
  #sender: TlsSender | undefined;
  readonly #receiver: TlsReceiver;
  readonly #waiting = new Waiting();
  #released: Promise<void> | undefined;
  #address: Address | undefined;

  /**
   * Puts TLS onto a connection, which it owns from now on.
   *
   * @param begin Begins the handshake.
   */
  constructor(raw: Connection, begin: BeginTls) {
    this.#raw = raw;
    this.#begin = begin;
    this.#receiver = new TlsReceiver({
      held: () => this.#socket?.readableLength,
      failed: (error) => this.#fail(error),
    });
  }

  get localAddress(): Address {
    return tlsAddress(this.#raw.localAddress);
  }

  get remoteAddress(): Address {
    return this.#address ??= tlsAddress(this.#raw.remoteAddress);
  }

  get alpn(): string | undefined {
    return this.#socket?.alpnProtocol || undefined;
  }

  get peerCertificate(): PeerCertificate | undefined {
    return this.#socket && peerCertificateOf(this.#socket);
  }

  get endedUnannounced(): boolean {
    return this.#receiver.endedUnannounced;
  }

  get released(): Promise<void> | undefined {
    return this.#released;
  }

  handshake(): Promise<void> {
    this.#handshake ??= this.#shakeHands();
    return this.#handshake;
  }

  async prepare(
    step: (line: Connection) => Promise<Connection>,
  ): Promise<void> {
    this.#raw = await step(this.#raw);
    this.#address = undefined;
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.#sender === undefined) await this.#ready("read from");
    const receiver = this.#receiver;
    while (receiver.isEmpty) {
      if (this.#isClosed || this.#state === "lost") {
        throw this.#failure("read from");
      }
      if (receiver.hasEnded) return null;
      await receiver.more();
    }
    return receiver.take(into);
  }

  async write(bytes: Uint8Array): Promise<number> {
    const action = "write to";
    const sender = this.#sender ?? await this.#ready(action);
    if (this.#isClosed) throw this.#failure(action);
    if (sender.hasFinished) throw finishedHere(action, this.remoteAddress);
    if (this.#isMute) throw this.#failure(action);
    try {
      return await sender.write(bytes, (done) => this.#until(done, action));
    } catch (error) {
      if (this.#isClosed) throw error;
      sender.breakOff(this.#lost ?? error);
      throw this.#failure(action);
    }
  }

  async closeWrite(): Promise<void> {
    const action = "finish sending to";
    if (this.#isClosed) throw this.#failure(action);
    const sender = this.#sender ?? await this.#ready(action);
    // The peer cannot be reached any more.
    if (this.#isMute) return;
    await this.#until(sender.finish(), action);
  }

  close(): void {
    if (this.#isClosed) return;
    const before = this.#state;
    const sender = this.#sender;
    this.#shut();
    if (sender === undefined && before === "lost") {
      // An alert with the reason is on its way to the peer already.
      this.#released = this.#leave(this.#flush());
    } else if (before === "open" && sender?.canSayGoodbye) {
      this.#released = this.#leave(sender.finish());
    } else this.#destroy();
  }

  // Without TLS's announcement of the end, which the peer notices.
  abort(): void {
    this.#shut();
    this.#raw.abort();
    this.#destroy();
  }

  get canReset(): boolean {
    return this.#raw.canReset === true;
  }

  get #isClosed(): boolean {
    return this.#state === "closing" || this.#state === "closed";
  }

  /** Whether nothing can be written any more. */
  get #isMute(): boolean {
    return this.#lost !== undefined || this.#sender?.isBroken === true;
  }

  async #shakeHands(): Promise<void> {
    const action = "shake hands with";
    if (this.#isClosed) throw this.#failure(action);
    this.#state = "agreeing";
    const { promise, resolve } = Promise.withResolvers<void>();
    const agreed = this.#until(promise, action);
    agreed.catch(() => {});
    this.#wire = await wireOf(this.#raw, {
      room: () => this.#receiver.room(),
      ended: (error) => {
        if (!this.#isClosed) this.#receiver.lineEnded(error);
      },
      broken: (error) => this.#lineBroken(error),
    });
    if (!this.#isClosed) {
      try {
        await this.#begin(
          this.#wire,
          (socket) => this.#agreed(socket, resolve),
          (error) => this.#fail(error),
        );
      } catch (error) {
        // A certificate that the runtime cannot read, for example.
        this.#fail(error);
      }
    }
    await agreed;
  }

  async #ready(action: string): Promise<TlsSender> {
    try {
      await this.handshake();
    } catch (error) {
      throw this.#isClosed ? this.#failure(action) : error;
    }
    return this.#sender!;
  }

  #agreed(socket: TLSSocket, resolve: () => void): void {
    if (this.#state !== "agreeing") {
      socket.destroy();
      return;
    }
    this.#state = "open";
    this.#socket = socket;
    this.#sender = new TlsSender(socket, () => this.#finishLine());
    socket.on("error", (error: Error) => this.#fail(error));
    socket.on("end", () => this.#receiver.end());
    socket.on("data", (chunk: Uint8Array) => this.#receiver.push(chunk));
    resolve();
  }

  #lineBroken(error: unknown): void {
    if (this.#isClosed) return;
    // In a handshake the reason may be on its way, to be read before the end.
    if (this.#sender === undefined) return;
    this.#sender.breakOff(error);
    this.#waiting.end();
  }

  #fail(error: unknown): void {
    if (this.#isClosed || this.#state === "lost") return;
    this.#state = "lost";
    this.#lost = error;
    this.#waiting.end();
    this.#receiver.end();
  }

  async #finishLine(): Promise<void> {
    if (this.#state === "closed") return;
    await this.#flush();
    if (!this.#isMute) await this.#raw.closeWrite().catch(() => {});
  }

  /** Waits until what TLS wrote is on its way; it shows a turn later. */
  async #flush(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    await this.#wire?.flushed();
  }

  /** Closes once the end is announced, or that takes too long. */
  async #leave(said: Promise<void>): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, FAREWELL_MS);
    await Promise.race([said, late]);
    clearTimeout(timer);
    this.#destroy();
  }

  #shut(): void {
    this.#state = "closing";
    this.#waiting.end();
    this.#receiver.drop();
  }

  #destroy(): void {
    this.#state = "closed";
    this.#socket?.destroy();
    this.#wire?.destroy();
    this.#raw.close();
  }

  /** Waits until this end closes or nothing can be written any more. */
  #until<T>(promise: Promise<T>, action: string): Promise<T> {
    return this.#waiting.race(promise, () => this.#failure(action));
  }

  #failure(action: string): Error {
    const address = `${this.remoteAddress}`;
    if (this.#isClosed) return closedHere(action, address);
    const lost = this.#lost ?? this.#sender?.why;
    const cause = lost instanceof ConnectionError ? lost.cause ?? lost : lost;
    return translate(cause, action, address);
  }
}

function tlsAddress(address: Address): Address {
  return address.transport === "tcp"
    ? new Address("tls", address.hostname, address.port)
    : address;
}
