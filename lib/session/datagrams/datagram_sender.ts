/**
 * The sending half of a datagram socket: encode, find out where to, check,
 * send.
 *
 * @module
 */

import type { Encoding } from "../../encoding/encoding.ts";
import { checkSendSize } from "../../framing/limits.ts";
import type { Time } from "../../time/time.ts";
import { within } from "../../time/within.ts";
import type { Address } from "../../transport/address.ts";
import type { DatagramEndpoint } from "../../transport/datagram_endpoint.ts";
import type { DatagramSettings } from "./datagram_options.ts";
import { checkFits, parseUdpAddress } from "./udp_address.ts";

/** Sends the datagrams of one socket. */
export class DatagramSender<S> {
  /** Bytes that the system has accepted. */
  bytes = 0;
  /** Datagrams that the system has accepted. */
  datagrams = 0;
  readonly #endpoint: DatagramEndpoint;
  readonly #encoding: Encoding<unknown, S>;
  readonly #maxMessageBytes: number;
  readonly #onUnsent = (error: unknown): never => {
    if (--this.#sending === 0) this.#whenSent?.();
    throw error;
  };
  // A program that sends to one peer by a string has it parsed only once.
  #lastText = "";
  #lastAddress: Address | undefined;
  #target: Address | "none" | "several" = "none";
  #sending = 0;
  #whenSent: (() => void) | undefined;

  constructor(
    endpoint: DatagramEndpoint,
    settings: DatagramSettings<unknown, S>,
  ) {
    this.#endpoint = endpoint;
    this.#encoding = settings.encoding;
    this.#maxMessageBytes = settings.maxMessageBytes;
  }

  /**
   * The address that was sent to, if it was a single one.
   */
  get onlyTarget(): Address | undefined {
    return typeof this.#target === "string" ? undefined : this.#target;
  }

  /**
   * Encodes a message.
   *
   * @returns Its bytes, possibly the caller's own.
   * @throws {TypeError} If the encoding cannot encode it.
   * @throws {RangeError} If it is above the limit.
   */
  encode(message: S): Uint8Array {
    const bytes = this.#encoding.encode(message);
    checkSendSize(bytes.length, this.#maxMessageBytes);
    return bytes;
  }

  /**
   * Finds out where a message goes.
   *
   * @param to The address that a caller gave.
   * @returns As of {@linkcode DatagramEndpoint.resolve}.
   * @throws {TypeError} If it is not an address of UDP, or cannot be reached.
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
   * @returns When the system has accepted it.
   * @throws {RangeError} At once, if no datagram of IP can hold it.
   */
  send(bytes: Uint8Array, to: Address): Promise<void> {
    checkFits(bytes, to);
    if (to !== this.#target) this.#noteTarget(to);
    this.#sending++;
    return this.#endpoint.send(bytes, to)
      .then(() => this.#sent(bytes.length), this.#onUnsent);
  }

  /**
   * Waits until the system has accepted all that is being sent. What it does
   * not accept in time is lost, as datagrams are.
   *
   * @param timeoutMs How long to wait.
   */
  async flush(timeoutMs: number, time: Time): Promise<void> {
    if (this.#sending === 0) return;
    const sent = new Promise<void>((resolve) => this.#whenSent = resolve);
    const limit = within(timeoutMs, undefined, () => undefined, time);
    await limit.race(sent).catch(() => {});
    limit.clear();
  }

  #noteTarget(to: Address): void {
    const known = this.#target;
    if (known === "none") this.#target = to;
    else if (known === "several") return;
    else if (known.hostname !== to.hostname || known.port !== to.port) {
      this.#target = "several";
    }
  }

  #sent(bytes: number): void {
    this.datagrams++;
    this.bytes += bytes;
    if (--this.#sending === 0) this.#whenSent?.();
  }
}
