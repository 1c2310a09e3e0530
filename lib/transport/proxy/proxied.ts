/**
 * Connections that come through a proxy, with their client's address.
 *
 * @module
 */

import { checkDuration, checkInteger } from "../../check.ts";
import { ConnectionError, ProtocolError, TimeoutError } from "../../errors.ts";
import { SYSTEM_TIME } from "../../time/time.ts";
import type { Address } from "../address.ts";
import { Cidr } from "./cidr.ts";
import type { Connection } from "../connection.ts";
import { OuterConnection } from "../outer_connection.ts";
import { DEFAULT_MAX_PROXY_HEADER_BYTES } from "./header_limit.ts";
import { parseProxyHeader, type ProxyHeader } from "./proxy_protocol.ts";

/**
 * The default of {@linkcode ProxyProtocolOptions.timeoutMs}: 5 s. A proxy sends
 * the header first, before its client's bytes.
 */
export const DEFAULT_PROXY_TIMEOUT_MS: number = 5_000;

const READ = "read the PROXY header of";

/** Options for reading the PROXY protocol's header from trusted peers. */
export interface ProxyProtocolOptions {
  /**
   * Largest header in bytes.
   *
   * @default {2_048}
   */
  readonly maxHeaderBytes?: number;
  /**
   * Longest time in milliseconds until the header has arrived.
   *
   * @default {5_000}
   */
  readonly timeoutMs?: number;
  /**
   * The proxies, as IP addresses or ranges such as `"10.0.0.0/8"`. They must
   * send a header. From other peers a header is ordinary data, as it could be
   * forged.
   */
  readonly trusted: readonly string[];
}

/** Reads the headers of trusted proxies. */
export class ProxyReader {
  readonly #trusted: readonly Cidr[];
  readonly #maxHeaderBytes: number;
  readonly #timeoutMs: number;

  /**
   * Checks the options.
   *
   * @param options The trusted proxies and the limits.
   * @throws {TypeError} If a range is invalid.
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(options: ProxyProtocolOptions) {
    const {
      maxHeaderBytes = DEFAULT_MAX_PROXY_HEADER_BYTES,
      timeoutMs = DEFAULT_PROXY_TIMEOUT_MS,
      trusted,
    } = options;
    checkInteger("maxHeaderBytes", maxHeaderBytes, 107);
    checkDuration("timeoutMs", timeoutMs);
    this.#trusted = trusted.map((range) => new Cidr(range));
    this.#maxHeaderBytes = maxHeaderBytes;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Tells whether a peer is one of the proxies.
   *
   * @param peer The peer's address from the system.
   * @returns Whether it must send a header.
   */
  trusts(peer: Address): boolean {
    return this.#trusted.some((range) => range.has(peer.hostname));
  }

  /**
   * Reads the header.
   *
   * @param connection A connection from a proxy, before anything is read. The
   * result owns it; on failure it is aborted.
   * @returns The connection, with the client's address.
   * @throws {ProtocolError} If the header is missing or malformed.
   * @throws {TimeoutError} If it does not arrive in time.
   * @throws {ConnectionError} If the link is lost.
   */
  async read(connection: Connection): Promise<Connection> {
    const { remoteAddress } = connection;
    let late: TimeoutError | undefined;
    const timer = SYSTEM_TIME.setTimer(() => {
      late = new TimeoutError("proxy_header", this.#timeoutMs, {
        action: READ,
        address: String(remoteAddress),
        reason: `it did not come within ${this.#timeoutMs} ms`,
        option: "proxyProtocol.timeoutMs",
      });
      connection.abort();
    }, this.#timeoutMs);
    try {
      return await this.#read(connection);
    } catch (error) {
      connection.abort();
      throw late ?? error;
    } finally {
      SYSTEM_TIME.clearTimer(timer);
    }
  }

  async #read(connection: Connection): Promise<Connection> {
    // Bytes after the header in the same read belong to the client.
    const bytes = new Uint8Array(this.#maxHeaderBytes);
    for (let end = 0; end < bytes.length;) {
      const count = await connection.read(bytes.subarray(end));
      if (count === null) {
        const address = String(connection.remoteAddress);
        throw end === 0
          ? new ConnectionError("reset", {
            action: READ,
            address,
            reason: "the connection ended without one",
          })
          : new ProtocolError("truncated", {
            action: READ,
            address,
            reason: "the stream ended inside it",
          });
      }
      end += count;
      const received = bytes.subarray(0, end);
      const header = parseProxyHeader(received, this.#maxHeaderBytes);
      if (header === undefined) continue;
      return new ProxiedConnection(
        connection,
        header,
        received.subarray(header.size),
      );
    }
    // A header of at most maxHeaderBytes was returned or refused before.
    throw new ProtocolError("malformed", {
      action: READ,
      address: String(connection.remoteAddress),
      reason: `it is longer than ${bytes.length} bytes`,
      option: "proxyProtocol.maxHeaderBytes",
    });
  }
}

/** A connection with the addresses from a proxy's header. */
class ProxiedConnection extends OuterConnection {
  readonly #header: ProxyHeader;
  // The client's first bytes, which came with the header.
  #first: Uint8Array | undefined;

  constructor(
    connection: Connection,
    header: ProxyHeader,
    first: Uint8Array,
  ) {
    super(connection);
    this.#header = header;
    this.#first = first.length === 0 ? undefined : first;
  }

  override get localAddress(): Address {
    return this.#header.destination ?? super.localAddress;
  }

  override get remoteAddress(): Address {
    return this.#header.source ?? super.remoteAddress;
  }

  override read(into: Uint8Array): Promise<number | null> {
    const first = this.#first;
    if (first === undefined) return super.read(into);
    const count = Math.min(first.length, into.length);
    into.set(first.subarray(0, count));
    this.#first = count === first.length ? undefined : first.subarray(count);
    return Promise.resolve(count);
  }

  override close(): void {
    this.#first = undefined;
    super.close();
  }

  override abort(): void {
    this.#first = undefined;
    super.abort();
  }
}
