/**
 * What the client of NATS sends and receives its bytes through: a connection of
 * this library, with TLS once the server has introduced itself.
 *
 * The client's own transports need the npm build of Node's sockets, refuse client
 * certificates in Deno, and queue without bound what a slow server does not take.
 * This one counts what waits, so that the backbone can stop in time.
 *
 * ```text
 *   connecting ── TLS is there, if it has to be ──► connected
 *       └──── close(), a failure, much waits ───────────┴──► done
 * ```
 *
 * The parts of `@nats-io/nats-core/internal` that are in use here are public by
 * name, not by promise. So the minor version is pinned, no other file imports them,
 * and `tests/nats/nats_transport_test.ts` names them.
 *
 * @module
 */

import {
  type ConnectionOptions,
  DataBuffer,
  extractProtocolMessage,
  INFO,
  type NatsConnection as Client,
  NatsConnectionImpl,
  type Server,
  setTransportFactory,
  type Transport,
} from "@nats-io/nats-core/internal";
import { ConnectionError } from "../../errors.ts";
import { startTls } from "../../session/messages/start_tls.ts";
import { Address } from "../../transport/address.ts";
import type { Connection } from "../../transport/connection.ts";
import { dial } from "../../transport/open.ts";
import type { TlsDialOptions } from "../../transport/tls/options.ts";
import { WaitingFrames } from "./waiting_frames.ts";

/** A connection of the client, and what the backbone needs to know of it. */
export interface NatsConnection {
  /** The client's connection. */
  readonly nc: Client;
  /** Bytes that the system has not taken yet. */
  readonly waitingBytes: () => number;
  /** Whether what is published is still sent. */
  readonly isOpen: () => boolean;
}

/** What a connection is made with. */
export interface NatsDialOptions extends ConnectionOptions {
  /** The options of TLS; `undefined` uses TLS only if the server asks for it. */
  readonly secure: TlsDialOptions | undefined;
  /** The most bytes that may wait; with more, the connection is lost. */
  readonly mostWaitingBytes: number;
  /** Called when everything that waited has been written. */
  readonly drained: () => void;
}

/**
 * Connects to one server, once.
 *
 * @throws {ConnectionError} If no connection can be made.
 * @throws {Error} An error of the client, such as for credentials.
 */
export async function connectNats(
  options: NatsDialOptions,
): Promise<NatsConnection> {
  setTransportFactory({ factory: () => new NatsTransport() });
  const nc = await NatsConnectionImpl.connect(options);
  // Without reconnecting, a connection keeps its transport.
  const { protocol } = nc as unknown as NatsConnectionImpl;
  const transport = protocol.transport as NatsTransport;
  return {
    nc,
    waitingBytes: () => transport.waitingBytes,
    isOpen: () => !transport.isClosed && !nc.isClosed(),
  };
}

// Shown on the monitoring pages of the server.
const LANGUAGE = "parley";
const VERSION = "3.4";
const READ_BYTES = 64 * 1024;
// The introduction names all servers of a cluster: a few kilobytes.
const MOST_INFO_BYTES = 256 * 1024;

/** The bytes of one connection with a server. */
export class NatsTransport implements Transport {
  readonly lang = LANGUAGE;
  readonly version = VERSION;
  declare closeError?: Error;
  readonly #attempt = new AbortController();
  readonly #over = Promise.withResolvers<void | Error>();
  readonly #buffer = new Uint8Array(READ_BYTES);
  #state: "connecting" | "connected" | "done" = "connecting";
  #connection: Connection | undefined;
  #isEncrypted = false;
  // There once it is connected.
  #waiting: WaitingFrames | undefined;
  // What was read with the introduction, which the client wants to see too.
  #first: Uint8Array = new Uint8Array();
  #mostWaitingBytes = Infinity;

  get isClosed(): boolean {
    return this.#state === "done";
  }

  /** Bytes that the system has not taken yet. */
  get waitingBytes(): number {
    return this.#waiting?.bytes ?? 0;
  }

  isEncrypted(): boolean {
    return this.#isEncrypted;
  }

  closed(): Promise<void | Error> {
    return this.#over.promise;
  }

  async connect(server: Server, options: ConnectionOptions): Promise<void> {
    const { drained, mostWaitingBytes, secure } = options as NatsDialOptions;
    const { signal } = this.#attempt;
    this.#mostWaitingBytes = mostWaitingBytes;
    const to = new Address("tcp", server.hostname, server.port);
    this.#connection = await dial(to, { signal });
    if (this.isClosed) return this.#connection.close();
    try {
      const info = await this.#introduction(this.#connection, `${to}`);
      if (secure !== undefined || info.tls_required === true) {
        this.#connection = await startTls(this.#connection, {
          serverName: server.tlsName || server.hostname,
          ...secure,
          signal,
        });
        this.#isEncrypted = true;
      }
    } catch (error) {
      this.#connection.close();
      throw error;
    }
    if (this.isClosed) return this.#connection.close();
    this.#state = "connected";
    this.#waiting = new WaitingFrames(this.#connection, {
      drained,
      failed: (error) => this.#end(error),
    });
  }

  /** Reads up to the server's first line, without which TLS cannot start. */
  async #introduction(
    connection: Connection,
    address: string,
  ): Promise<{ tls_required?: boolean }> {
    for (;;) {
      const count = await connection.read(this.#buffer);
      if (count === null) break;
      const read = this.#buffer.subarray(0, count);
      this.#first = DataBuffer.concat(this.#first, read);
      const line = extractProtocolMessage(this.#first);
      const info = INFO.exec(line)?.[1];
      if (info !== undefined) return JSON.parse(info);
      if (line !== "" || this.#first.length > MOST_INFO_BYTES) break;
    }
    throw new ConnectionError("failed", {
      action: "connect to",
      address,
      reason: "what answers there is no NATS server",
    });
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    const connection = this.#connection!;
    let lost: unknown;
    let isRead = false;
    try {
      if (this.#first.length > 0) yield this.#first;
      while (!this.isClosed) {
        const count = await connection.read(this.#buffer);
        if (count === null) break;
        // Messages are views of what is read, and may be kept.
        yield this.#buffer.slice(0, count);
      }
      isRead = true;
    } catch (error) {
      lost = error;
      isRead = true;
    } finally {
      // Left by the client, which cannot make sense of the bytes, the loop would
      // leave a connection that is open and never read again.
      if (!isRead) lost = malformed(connection);
      this.#end(lost as Error | undefined);
    }
  }

  send(frame: Uint8Array): void {
    if (this.isClosed || frame.length === 0) return;
    if (this.waitingBytes + frame.length > this.#mostWaitingBytes) {
      return this.#end(overrun(this.#connection!, this.#mostWaitingBytes));
    }
    this.#waiting?.push(frame);
  }

  close(error?: Error): Promise<void> {
    this.#end(error);
    return Promise.resolve();
  }

  disconnect(): void {
    this.#end();
  }

  discard(): void {
    this.#end();
  }

  #end(error?: Error): void {
    if (this.#state === "done") return;
    // The client takes the end of an attempt for the end of a connection.
    const isOver = this.#state === "connected";
    this.#state = "done";
    if (error !== undefined) this.closeError = error;
    this.#waiting?.close();
    this.#attempt.abort(error);
    this.#connection?.close();
    if (isOver) this.#over.resolve(error);
  }
}

function malformed({ remoteAddress }: Connection): ConnectionError {
  return new ConnectionError("failed", {
    action: "understand",
    address: `${remoteAddress}`,
    reason: "its bytes are not those of a NATS server",
  });
}

function overrun(
  { remoteAddress }: Connection,
  limit: number,
): ConnectionError {
  return new ConnectionError("overrun", {
    action: "send to",
    address: `${remoteAddress}`,
    reason: `more than ${limit} bytes wait for it`,
  });
}
