/**
 * The sending half of a datagram socket: encode, find out where to, check, send.
 *
 * @module
 */

import type { Encoding } from "../../encoding/encoding.ts";
import { checkSendSize } from "../../framing/limits.ts";
import { type Address, parseAddress } from "../../transport/address.ts";
import {
  type DatagramEndpoint,
  MAX_IPV4_DATAGRAM_BYTES,
  MAX_IPV6_DATAGRAM_BYTES,
} from "../../transport/datagram_endpoint.ts";
import { ipVersion, isMulticast } from "../../transport/ip.ts";
import type { DatagramSettings } from "./datagram_options.ts";
import { within } from "../../time/within.ts";

function unawaited(): void {}

/** Sends the datagrams of one socket. */
export class DatagramSender<T> {
  /** Bytes that the system has taken. */
  bytes = 0;
  /** Datagrams that the system has taken. */
  datagrams = 0;
  readonly #endpoint: DatagramEndpoint;
  readonly #encoding: Encoding<T>;
  readonly #maxMessageBytes: number;
  readonly #onUnsent = (error: unknown): never => {
    if (--this.#sending === 0) this.#whenSent?.();
    throw error;
  };
  // Whoever sends to one peer by its string has it parsed once only.
  #lastText = "";
  #lastAddress: Address | undefined;
  #sending = 0;
  #whenSent: (() => void) | undefined;

  constructor(endpoint: DatagramEndpoint, settings: DatagramSettings<T>) {
    this.#endpoint = endpoint;
    this.#encoding = settings.encoding;
    this.#maxMessageBytes = settings.maxMessageBytes;
  }

  /**
   * Encodes a message.
   *
   * @param message The message.
   * @returns Its bytes, possibly the caller's own.
   * @throws {TypeError} If it is none of the encoding.
   * @throws {RangeError} If it is above the limit.
   */
  encode(message: T): Uint8Array {
    const bytes = this.#encoding.encode(message);
    checkSendSize(bytes.length, this.#maxMessageBytes);
    return bytes;
  }

  /**
   * Finds out where a message goes.
   *
   * @param to The address a caller gave.
   * @returns As of {@linkcode DatagramEndpoint.resolve}.
   * @throws {TypeError} If it is no address of UDP, or not to be reached.
   * @throws {RangeError} If the port is 0.
   */
  target(to: string | Address): Address | Promise<Address> {
    if (typeof to !== "string") {
      return this.#endpoint.resolve(parseUdpAddress(to, "send to"));
    }
    if (to !== this.#lastText || this.#lastAddress === undefined) {
      this.#lastAddress = parseUdpAddress(to, "send to");
      this.#lastText = to;
    }
    return this.#endpoint.resolve(this.#lastAddress);
  }

  /**
   * Sends a datagram.
   *
   * @param bytes Its bytes; not to be changed until the promise settles.
   * @param to From {@linkcode DatagramSender.target}.
   * @returns When the system has taken it.
   * @throws {RangeError} At once, if no datagram of IP can hold it.
   */
  send(bytes: Uint8Array, to: Address): Promise<void> {
    checkFits(bytes, to);
    this.#sending++;
    const sent = this.#endpoint.send(bytes, to)
      .then(() => this.#sent(bytes.length), this.#onUnsent);
    // Who does not await a send is not to be ended by a network that is down.
    sent.catch(unawaited);
    return sent;
  }

  /**
   * Waits until the system has taken all that is being sent. What it does not
   * take in time is lost, as datagrams are.
   *
   * @param timeoutMs How long to wait.
   */
  async flush(timeoutMs: number): Promise<void> {
    if (this.#sending === 0) return;
    const sent = new Promise<void>((resolve) => this.#whenSent = resolve);
    const limit = within(timeoutMs, undefined, () => undefined);
    await limit.race(sent).catch(() => {});
    limit.clear();
  }

  #sent(bytes: number): void {
    this.datagrams++;
    this.bytes += bytes;
    if (--this.#sending === 0) this.#whenSent?.();
  }
}

/**
 * Reads an address for UDP.
 *
 * @param address An address; the short forms of a string mean UDP here.
 * @param action What it is wanted for, for the message.
 * @returns The address.
 * @throws {TypeError} If it is none, or one of another transport.
 */
export function parseUdpAddress(
  address: string | Address,
  action: string,
): Address {
  const parsed = typeof address === "string"
    // In the short forms it is this function that says which transport is meant.
    ? parseAddress(
      /^(?:unix:|[^:/]+:\/\/)/.test(address) ? address : `udp://${address}`,
    )
    : address;
  if (parsed.transport === "udp") return parsed;
  throw new TypeError(
    `Cannot ${action} ${parsed} with datagrams: the address must be one such as "udp://127.0.0.1:9001"`,
  );
}

/**
 * Refuses before sending what the system would refuse with less to say.
 *
 * @param bytes A datagram's bytes.
 * @param to Where it goes.
 * @throws {RangeError} If no datagram of that IP version can hold them.
 */
export function checkFits(bytes: Uint8Array, to: Address): void {
  if (bytes.length <= MAX_IPV4_DATAGRAM_BYTES) return;
  const version = ipVersion(to.hostname);
  const limit = version === 4
    ? MAX_IPV4_DATAGRAM_BYTES
    : MAX_IPV6_DATAGRAM_BYTES;
  if (bytes.length <= limit) return;
  throw new RangeError(
    `Cannot send a datagram of ${bytes.length} bytes to ${to}: over IPv${version} it can hold ${limit} bytes at most`,
  );
}

/**
 * Refuses to ask many at once.
 *
 * @param to Who is to be asked.
 * @throws {TypeError} If it is everybody or a group.
 */
export function checkSingle(to: Address): void {
  if (to.hostname !== "255.255.255.255" && !isMulticast(to.hostname)) return;
  throw new TypeError(
    `Cannot ask ${to}: many may answer, each from an address of its own, so send to it and receive the answers`,
  );
}

/**
 * Looks a name up no longer than a signal says.
 *
 * @param found From {@linkcode DatagramSender.target}.
 * @param signal The signal.
 * @returns What was found.
 * @throws {unknown} The signal's reason, or why nothing was found.
 */
export async function foundWithin(
  found: Promise<Address>,
  signal: AbortSignal | undefined,
): Promise<Address> {
  const limit = within(Infinity, signal, () => undefined);
  try {
    return await limit.race(found);
  } finally {
    limit.clear();
  }
}
