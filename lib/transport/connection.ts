/**
 * The contract of a transport: a two-way stream of bytes to one peer, and the
 * listener that accepts such connections. It knows nothing of messages.
 *
 * A transport is thin. It opens, reads, writes, closes and translates errors;
 * it has no queue, no retry, no timer and no log. Buffering, deadlines and
 * messages are added above it, once, for all transports.
 *
 * @module
 */

import type { Framing } from "../framing/framing.ts";
import type { Address } from "./address.ts";
import type { PeerCertificate, TlsCertificate } from "./tls/options.ts";

/** A two-way stream of bytes to one peer. */
export interface Connection {
  /** This end's address. */
  readonly localAddress: Address;
  /** The peer's address. */
  readonly remoteAddress: Address;
  /** The protocol that both ends chose, once TLS is agreed on (ALPN). */
  readonly alpn?: string | undefined;
  /**
   * The peer's certificate, once TLS is agreed on, if this end asked for one
   * and the runtime shows it.
   */
  readonly peerCertificate?: PeerCertificate | undefined;
  /**
   * Whether the peer's bytes ended without the peer's announcement, as far as
   * the transport can tell. TLS has such an announcement (`close_notify`),
   * which an attacker who cuts the connection cannot forge. A message that ends
   * only because the stream ends then counts as cut off.
   */
  readonly endedUnannounced?: boolean;
  /**
   * Whether {@linkcode Connection.abort} really resets the connection, as memory does
   * and TCP that was opened as `resettable`.
   */
  readonly canReset?: boolean | undefined;
  /**
   * How messages are framed, if the two ends have agreed on that in the handshake
   * (WebSocket). Messages over the connection are framed so, whatever framing its
   * user asks for.
   */
  readonly framing?: Framing | undefined;
  /**
   * Resolves once all resources are released after
   * {@linkcode Connection.close}, in transports that send an end of their own
   * (TLS). It never rejects.
   */
  readonly released?: Promise<void> | undefined;

  /**
   * Performs the handshake, in transports that have one (TLS). You can call it
   * any number of times. Reading and writing perform it if it was not called.
   *
   * @throws {ConnectionError} If the two ends cannot agree, with code `"tls"`
   * unless the link was lost.
   * @throws {ClosedError} If this end was closed.
   */
  handshake?(): Promise<void>;

  /**
   * Runs a step on the connection below before the handshake, such as reading a
   * header that precedes TLS. Call it before any other method.
   *
   * @param step Gets the connection below and returns the one to use from now
   * on.
   */
  prepare?(step: (line: Connection) => Promise<Connection>): Promise<void>;

  /**
   * Reads what has arrived. At most one read may be pending at a time.
   *
   * @param into The buffer, at least one byte long. It belongs to the
   * connection until the promise settles.
   * @returns How many bytes were read, at least 1, or `null` once the peer has
   * finished sending.
   * @throws {ConnectionError} If the link is lost, even if that is noticed only
   * now. Bytes that had arrived are read first. A lost link never looks like a
   * peer that has finished.
   * @throws {ClosedError} If this end was closed, also while the read was
   * pending.
   */
  read(into: Uint8Array): Promise<number | null>;

  /**
   * Writes some of the bytes. At most one write may be pending at a time.
   *
   * @param bytes The bytes, at least one. They are not copied, so they must not
   * change until the promise settles.
   * @returns How many of them were taken, at least 1, often fewer than all.
   * @throws {ConnectionError} If the link is lost, or the peer has closed; a
   * peer that closes is often noticed one write late.
   * @throws {ClosedError} If this end was closed, also while the write was
   * pending, or has finished sending.
   */
  write(bytes: Uint8Array): Promise<number>;

  /**
   * Finishes sending ("I am done, still listening"): after the bytes written so
   * far the peer reads the end of the stream. Reading goes on. You can call it
   * any number of times. On a lost link it does nothing.
   *
   * @returns Resolves once the system has taken the end, after a pending write
   * has settled.
   * @throws {ClosedError} If this end was closed.
   */
  closeWrite(): Promise<void>;

  /**
   * Gives the connection back to the system. A pending read or write rejects
   * with {@linkcode ClosedError}. May be called at any time, any number of
   * times.
   */
  close(): void;

  /**
   * As {@linkcode Connection.close}, and resets the connection where the
   * transport can, so that the peer does not take it for an orderly end;
   * {@linkcode Connection.canReset} says whether it can. Otherwise the peer reads the
   * end of the stream.
   */
  abort(): void;
}

/** Accepts the connections that peers open. */
export interface Listener {
  /** Where it listens, with the port that the system chose. */
  readonly address: Address;

  /**
   * Waits for the next connection. At most one call may be pending at a time.
   *
   * @returns The connection, owned by the caller.
   * @throws {ConnectionError} With code `"exhausted"` when the system is out of
   * descriptors or memory for now; the listener keeps working.
   * @throws {ClosedError} Once the listener is closed.
   */
  accept(): Promise<Connection>;

  /**
   * Changes the certificate for connections to come, in transports that have
   * one (TLS). Open connections keep theirs.
   *
   * @param certificate The certificate and its key.
   * @throws {ConnectionError} With code `"tls"` if either is invalid or the two
   * do not belong together; then nothing changes.
   */
  setCertificate?(certificate: TlsCertificate): Promise<void>;

  /** Stops listening. May be called any number of times. */
  close(): void;
}

/** Options for opening a connection. */
export interface DialOptions {
  /**
   * Whether the system probes an idle peer from time to time.
   *
   * @default {true}
   */
  readonly keepAlive?: boolean;
  /**
   * Whether small writes leave at once instead of waiting to be joined
   * (`TCP_NODELAY`). Frames are joined before they are written, so waiting
   * would only cost time: 40 ms per exchange on Linux.
   *
   * @default {true}
   */
  readonly noDelay?: boolean;
  /**
   * Whether `abort` resets the connection (RST), over TCP and what is above it. The
   * runtime's own sockets cannot, so `node:net` opens it, which is slower. Over TLS it
   * needs the engine `"node"`, which it chooses.
   *
   * @default {false}
   */
  readonly resettable?: boolean;
  /** Aborts the attempt, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options for listening. */
export interface ListenOptions {
  /**
   * How many connections the system queues before they are accepted.
   *
   * @default {511}
   */
  readonly backlog?: number;
  /**
   * As {@linkcode DialOptions.keepAlive}, for accepted connections.
   *
   * @default {true}
   */
  readonly keepAlive?: boolean;
  /**
   * As {@linkcode DialOptions.noDelay}, for accepted connections.
   *
   * @default {true}
   */
  readonly noDelay?: boolean;
  /**
   * As {@linkcode DialOptions.resettable}, for accepted connections. `listen` and
   * `serve` take it; `listenTcp`, which does not wait, refuses it.
   *
   * @default {false}
   */
  readonly resettable?: boolean;
  /**
   * Whether other listeners that set this option may share the port
   * (`SO_REUSEPORT`). The system then distributes connections among them. Needs
   * `--unstable-net`.
   *
   * @default {false}
   */
  readonly reusePort?: boolean;
}

/** Options for listening on a Unix socket. */
export interface UnixListenOptions {
  /**
   * Permissions of the socket's file, such as `0o660`. Write permission allows
   * connecting. Setting it needs `--allow-sys`.
   *
   * @default {as the umask leaves it}
   */
  readonly mode?: number;
}
