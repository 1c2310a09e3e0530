/**
 * TLS over any connection, by the runtime's `node:tls`.
 *
 * ```text
 * read() ◄─ queue ◄─ TLSSocket ◄─ wire ◄─ connection
 * write() ─────────► TLSSocket ─► wire ─► connection
 * ```
 *
 * The wire is ours, so that it can be closed in the middle of a handshake, small
 * writes leave at once, and three ends that `node:tls` takes for one are told
 * apart: the peer said that it has finished, the bytes just ended, the link was
 * lost.
 *
 * @module
 */

import type { TLSSocket } from "node:tls";
import { ClosedError, ConnectionError } from "../../errors.ts";
import { Address } from "../address.ts";
import type { Connection } from "../connection.ts";
import { translate } from "../os_error.ts";
import { peerCertificateOf } from "./certificate.ts";
import { ReadAhead } from "../read_ahead.ts";
import type { PeerCertificate } from "./options.ts";
import { type Wire, wireOf } from "./node_stream.ts";

// What is decrypted ahead of whoever reads.
const READ_AHEAD_BYTES = 256 * 1024;
// node:tls encrypts 48 KiB at a time, and a call costs as much time as 12 KiB
// do. A stalled peer shows within one piece.
const WRITE_BYTES = 4 * 48 * 1024;
// For the farewell of a connection whose peer takes no more bytes.
const FAREWELL_MS = 500;

/** Begins a handshake. */
export type BeginTls = (
  /** The line. */
  wire: Wire,
  /** To be told of the socket once both ends agree. */
  agreed: (socket: TLSSocket) => void,
  /** To be told why they cannot. */
  failed: (error: unknown) => void,
) => void | Promise<void>;

/** One end of TLS. */
export class TlsConnection implements Connection {
  #raw: Connection;
  readonly #begin: BeginTls;
  #address: Address | undefined;
  #wire: Wire | undefined;
  #socket: TLSSocket | undefined;
  #handshake: Promise<void> | undefined;
  #agree: (() => void) | undefined;
  // Calls that wait, to be told when there is nothing to wait for any more.
  readonly #waiting = new Set<() => void>();
  readonly #ahead = new ReadAhead(READ_AHEAD_BYTES);
  #wake: (() => void) | undefined;
  #bytesEnded = false;
  #lineError: unknown;
  #ended = false;
  #unannounced = false;
  #finishing: Promise<void> | undefined;
  #finished = false;
  #released: Promise<void> | undefined;
  #closed = false;
  #destroyed = false;
  #lost: unknown;
  // Why nothing can be written; what the peer has sent before is still read.
  #broken: unknown;
  #writing = false;
  #endTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Puts TLS onto a connection, which it owns from now on.
   *
   * @param raw The connection.
   * @param begin Begins the handshake.
   */
  constructor(raw: Connection, begin: BeginTls) {
    this.#raw = raw;
    this.#begin = begin;
  }

  get localAddress(): Address {
    return overTls(this.#raw.localAddress);
  }

  get remoteAddress(): Address {
    return this.#address ??= overTls(this.#raw.remoteAddress);
  }

  get alpn(): string | undefined {
    return this.#socket?.alpnProtocol || undefined;
  }

  get peerCertificate(): PeerCertificate | undefined {
    return this.#socket && peerCertificateOf(this.#socket);
  }

  get endedUnannounced(): boolean {
    return this.#unannounced;
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
    if (!this.#socket) await this.#ready("read from");
    while (this.#ahead.isEmpty) {
      if (this.#closed) throw this.#failure("read from");
      if (this.#lost !== undefined) throw this.#failure("read from");
      if (this.#ended) return null;
      await this.#more();
    }
    return this.#ahead.take(into);
  }

  async write(bytes: Uint8Array): Promise<number> {
    if (!this.#socket) await this.#ready("write to");
    if (this.#closed) throw this.#failure("write to");
    if (this.#finishing !== undefined) {
      throw new ClosedError({
        action: "write to",
        address: `${this.remoteAddress}`,
        reason: "this side has finished sending",
      });
    }
    if (this.#isMute) throw this.#failure("write to", this.#broken);
    const part = bytes.length > WRITE_BYTES
      ? bytes.subarray(0, WRITE_BYTES)
      : bytes;
    await this.#written(part);
    return part.length;
  }

  async closeWrite(): Promise<void> {
    const action = "finish sending to";
    if (this.#closed) throw this.#failure(action);
    if (!this.#socket) await this.#ready(action);
    // There is nobody left to tell.
    if (this.#isMute) return;
    this.#finishing ??= this.#finish();
    await this.#unlessMute(this.#finishing, action);
  }

  close(): void {
    if (this.#closed) return;
    // What is left to do is to say that this is the end, if anybody listens; or
    // why it came to nothing, which is on its way already.
    const isSilent = this.#finished || this.#writing || this.#isMute;
    const hasFailed = this.#socket === undefined && this.#lost !== undefined;
    this.#shut();
    if (hasFailed) this.#released = this.#leave(this.#flush());
    else if (isSilent || this.#socket === undefined) this.#destroy();
    else this.#released = this.#leave(this.#finishing ??= this.#finish());
  }

  // Without the word that TLS has for an end, which the peer notices.
  abort(): void {
    this.#shut();
    this.#destroy();
  }

  get #isMute(): boolean {
    return this.#lost !== undefined || this.#broken !== undefined;
  }

  async #shakeHands(): Promise<void> {
    if (this.#closed) throw this.#failure("shake hands with");
    const agreed = new Promise<void>((resolve, reject) => {
      this.#agree = resolve;
      this.#waiting.add(() => reject(this.#failure("shake hands with")));
    });
    agreed.catch(() => {});
    this.#wire = await wireOf(this.#raw, {
      room: () => this.#ahead.room(),
      ended: (error) => this.#lineEnded(error),
      broken: (error) => this.#lineBroken(error),
    });
    if (this.#closed) throw this.#failure("shake hands with");
    await this.#begin(
      this.#wire,
      (socket) => this.#agreed(socket),
      (error) => this.#fail(error),
    );
    await agreed;
  }

  async #ready(action: string): Promise<void> {
    try {
      await this.handshake();
    } catch (error) {
      throw this.#closed ? this.#failure(action) : error;
    }
  }

  #agreed(socket: TLSSocket): void {
    if (this.#closed || this.#lost !== undefined) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.on("error", (error: Error) => this.#fail(error));
    socket.on("end", () => this.#end());
    socket.on("data", (chunk: Uint8Array) => {
      this.#ahead.push(chunk);
      this.#wake?.();
    });
    this.#waiting.clear();
    this.#agree?.();
  }

  /** Waits until a chunk is there, or there will be none. */
  async #more(): Promise<void> {
    if (this.#bytesEnded) this.#endSoon();
    await new Promise<void>((resolve) => this.#wake = resolve);
    this.#wake = undefined;
  }

  /** The bytes of the line are over; what they say may still be on its way. */
  #lineEnded(error?: unknown): void {
    if (this.#closed) return;
    this.#lineError ??= error;
    this.#bytesEnded = true;
    this.#endSoon();
  }

  #lineBroken(error: unknown): void {
    if (this.#closed) return;
    this.#broken ??= error;
    this.#tellWaiting();
  }

  #endSoon(): void {
    this.#endTimer ??= setTimeout(() => {
      this.#endTimer = undefined;
      this.#endUnlessMore();
    }, 0);
  }

  /** Ends unless something that arrived before is still to be read. */
  #endUnlessMore(): void {
    if (this.#ended || this.#lost !== undefined) return;
    if (this.#socket === undefined) {
      return this.#fail(this.#lineError ?? new Error("unexpected end of file"));
    }
    if (!this.#ahead.isEmpty || this.#socket.readableLength > 0) return;
    if (this.#lineError !== undefined) return this.#fail(this.#lineError);
    this.#unannounced = true;
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  #fail(error: unknown): void {
    if (this.#closed || this.#lost !== undefined) return;
    this.#lost = error;
    this.#tellWaiting();
    this.#wake?.();
  }

  async #written(bytes: Uint8Array): Promise<void> {
    this.#writing = true;
    const written = new Promise<void>((resolve, reject) => {
      this.#socket!.write(
        bytes,
        (error?: Error | null) => error ? reject(error) : resolve(),
      );
    });
    try {
      await this.#unlessMute(written, "write to");
    } catch (error) {
      if (this.#closed) throw error;
      this.#broken ??= this.#lost ?? error;
      throw this.#failure("write to", this.#broken);
    } finally {
      this.#writing = false;
    }
  }

  async #finish(): Promise<void> {
    const socket = this.#socket!;
    await new Promise<void>((resolve) => {
      socket.once("close", resolve);
      socket.end(resolve);
    });
    if (this.#destroyed) return;
    await this.#flush();
    if (!this.#isMute) await this.#raw.closeWrite().catch(() => {});
    this.#finished = true;
  }

  /** Waits until the last word of TLS is on its way; a turn later it is known. */
  async #flush(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    await this.#wire?.flushed();
  }

  /** Closes once the last word is said, or takes too long. */
  async #leave(said: Promise<void>): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, FAREWELL_MS);
    await Promise.race([said, late]);
    clearTimeout(timer);
    this.#destroy();
  }

  #shut(): void {
    this.#closed = true;
    clearTimeout(this.#endTimer);
    this.#ahead.clear();
    this.#tellWaiting();
    this.#wake?.();
  }

  #tellWaiting(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const tell of waiting) tell();
  }

  #destroy(): void {
    this.#destroyed = true;
    this.#socket?.destroy();
    this.#wire?.destroy();
    this.#raw.close();
  }

  /** Gives up waiting when this end closes or nothing can be written. */
  async #unlessMute<T>(promise: Promise<T>, action: string): Promise<T> {
    let leave: (() => void) | undefined;
    const closed = new Promise<never>((_, reject) => {
      leave = () => reject(this.#failure(action, this.#broken));
      this.#waiting.add(leave);
    });
    try {
      return await Promise.race([promise, closed]);
    } finally {
      this.#waiting.delete(leave!);
    }
  }

  #failure(action: string, broken?: unknown): Error {
    const { remoteAddress } = this;
    if (this.#closed) {
      return new ClosedError({
        action,
        address: `${remoteAddress}`,
        reason: "it was closed by this side",
      });
    }
    const lost = this.#lost ?? broken;
    const cause = lost instanceof ConnectionError ? lost.cause ?? lost : lost;
    if (cause instanceof ConnectionError) {
      const { code, reason, option, advice } = cause;
      const address = `${remoteAddress}`;
      const parts = { action, address, reason, option, advice, cause };
      return new ConnectionError(code, parts);
    }
    return translate(cause, action, remoteAddress);
  }
}

function overTls(address: Address): Address {
  return address.transport === "tcp"
    ? new Address("tls", address.hostname, address.port)
    : address;
}
