/**
 * Protocols whose packets do not all look the same: which scanner finds the end
 * of a packet depends on its first bytes and on the packets before it.
 *
 * ```text
 *              ┌────────── the packet is taken: accept ◄────────┐
 *              ▼                                                │
 * ───────► choose ── by the first bytes ──► a scanner ──► its end is found
 * ```
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { PacketScanner } from "../formats/packet.ts";
import { TLS } from "./headers.ts";
import { HeaderScanner } from "./packet_header.ts";

/** The phases of one direction of a connection. */
export interface Phases {
  /**
   * Chooses a scanner for the next packet.
   *
   * @param queue At least one byte of the packet.
   * @returns The scanner, at its beginning, or `undefined` when more bytes are
   * needed.
   */
  choose(queue: ReadableQueue): PacketScanner | undefined;

  /**
   * Notes a packet that is taken or sent.
   *
   * @param queue The bytes, the packet in front.
   * @param scanner The one that has found its end.
   */
  accept(queue: ReadableQueue, scanner: PacketScanner): void;
}

/** Finds the end of a packet with the scanner that the phases choose. */
export class PhasedScanner implements PacketScanner {
  readonly #phases: Phases;
  #current: PacketScanner | undefined;

  constructor(phases: Phases) {
    this.#phases = phases;
  }

  get leastBytes(): number {
    return this.#current?.leastBytes ?? 1;
  }

  scan(queue: ReadableQueue): boolean {
    if (this.#current === undefined) {
      if (!queue.has(1)) return false;
      this.#current = this.#phases.choose(queue);
    }
    return this.#current?.scan(queue) ?? false;
  }

  accept(queue: ReadableQueue): void {
    this.#phases.accept(queue, this.#current!);
  }

  reset(): void {
    this.#current?.reset();
    this.#current = undefined;
  }
}

/** Finds the end of a packet of one size. */
export class SizeScanner implements PacketScanner {
  constructor(readonly leastBytes: number) {}

  scan(queue: ReadableQueue): boolean {
    return queue.has(this.leastBytes);
  }

  reset(): void {}
}

// The content type of a handshake, with which each side begins.
const HANDSHAKE = 0x16;

/**
 * What follows once both sides have agreed on TLS: records until the end.
 * They are shown as they are, as the TLS library reads them and this one cannot.
 */
export class Encrypted {
  readonly records: HeaderScanner;
  #hasBegun = false;

  constructor(maxMessageBytes: number) {
    this.records = new HeaderScanner(TLS, maxMessageBytes);
  }

  /**
   * Tells whether the next packet is a TLS record.
   *
   * @param queue At least its first byte.
   * @param mayBegin Whether TLS may begin here.
   */
  isNext(queue: ReadableQueue, mayBegin: boolean): boolean {
    return this.#hasBegun || (mayBegin && queue.byte(0) === HANDSHAKE);
  }

  /** Notes a packet; after the first record nothing else can come. */
  accept(scanner: PacketScanner): void {
    if (scanner === this.records) this.#hasBegun = true;
  }
}
