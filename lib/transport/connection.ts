/**
 * The contract of a transport: a two-way stream of bytes to one peer, and what
 * gives such connections. It knows nothing of messages.
 *
 * A transport is thin. It opens, reads, writes, closes and translates errors;
 * it has no queue, no retry, no timer and no log. Buffering, deadlines and
 * messages are added above it, once, for all transports.
 *
 * @module
 */

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
   * The peer's certificate, once TLS is agreed on, where this end asked for one
   * and the runtime shows it.
   */
  readonly peerCertificate?: PeerCertificate | undefined;
  /**
   * Whether the peer's bytes ended without the peer saying so, as far as the
   * transport can tell: TLS has a word for it, and whoever cuts the line in
   * between cannot say it. What is over only because the stream is must then be
   * taken for cut off.
   */
  readonly endedUnannounced?: boolean;
  /**
   * Resolves once everything is given back after {@linkcode Connection.close},
   * in transports that have a last word to say (TLS); it never rejects.
   */
  readonly released?: Promise<void> | undefined;

  /**
   * Agrees with the peer on what has to be agreed on before the first byte, in
   * transports where there is such a thing (TLS). May be called any number of
   * times. Reading and writing wait for it, also when it was not called.
   *
   * @throws {ConnectionError} If they cannot agree, with code `"tls"` unless the
   * link was lost.
   * @throws {ClosedError} If this end was closed.
   */
  handshake?(): Promise<void>;

  /**
   * Does something on the line below before the handshake, such as reading a
   * header that comes before TLS. To be called first of all.
   *
   * @param step Does it, and gives what is the line from now on.
   */
  prepare?(step: (line: Connection) => Promise<Connection>): Promise<void>;

  /**
   * Reads what has arrived. At most one read may be pending at a time.
   *
   * @param into Where to; at least one byte long, and the connection's until
   * the promise settles.
   * @returns How many bytes were read, at least 1, or `null` once the peer has
   * finished sending.
   * @throws {ConnectionError} If the link is lost, also when it was lost before
   * and only noticed now. What had arrived is read first; a link that was lost
   * never looks like a peer that has finished.
   * @throws {ClosedError} If this end was closed, also while the read was pending.
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
   * far the peer reads the end of the stream. Reading goes on. May be called any
   * number of times, and when the link is lost: there is nobody left to tell.
   *
   * @returns When the system was told, which is not before a pending write
   * settles.
   * @throws {ClosedError} If this end was closed.
   */
  closeWrite(): Promise<void>;

  /**
   * Gives the connection back to the system. A pending read or write rejects
   * with {@linkcode ClosedError}. May be called at any time, any number of times.
   */
  close(): void;

  /**
   * As {@linkcode Connection.close}, and tells the peer by a reset that this was
   * no orderly end, where the transport can do so. Memory can; TCP in this
   * runtime cannot, so there the peer reads an end where it may expect more.
   */
  abort(): void;
}

/** Gives the connections that peers open. */
export interface Listener {
  /** Where it listens, with the port that the system chose. */
  readonly address: Address;

  /**
   * Waits for the next connection. At most one call may be pending at a time.
   *
   * @returns The connection, owned by the caller.
   * @throws {ConnectionError} With code `"exhausted"` when the system is out of
   * descriptors or memory for the moment: the listener lives on.
   * @throws {ClosedError} Once the listener is closed.
   */
  accept(): Promise<Connection>;

  /**
   * Shows another certificate from the next connection on, where the transport
   * has such a thing (TLS). Open connections are left alone.
   *
   * @param certificate The certificate and its key.
   * @throws {ConnectionError} With code `"tls"` if the two do not belong
   * together or are none; then nothing changes.
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
  /** Ends the attempt when it is aborted, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options for listening. */
export interface ListenOptions {
  /**
   * How many connections the system keeps ready that were not accepted yet.
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
   * Whether others may listen on the same port, with this option as well
   * (`SO_REUSEPORT`): the system then deals connections out among them. Needs
   * `--unstable-net`.
   *
   * @default {false}
   */
  readonly reusePort?: boolean;
}

/** Options for listening on a Unix socket. */
export interface UnixListenOptions {
  /**
   * Permissions of the socket's file, such as `0o660`; whoever may write to it
   * may connect. Setting it needs `--allow-sys`.
   *
   * @default {as the umask leaves it}
   */
  readonly mode?: number;
}
