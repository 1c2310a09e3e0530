/**
 * Datagrams to and from one peer as a connection that carries messages: one datagram,
 * one message.
 *
 * A connection is a stream of bytes, so each datagram stands behind its length in it,
 * in both directions. The connection says so by its framing, and no other framing is
 * used.
 *
 * ```text
 *   datagram ─► 00 00 00 05 h e l l o ─► read    the framing takes the length off
 *   datagram ◄─ 00 00 00 05 h e l l o ◄─ write   and writes it
 *
 *   open ── closeWrite() ──► answering ── quiet for 1 s ──► ended
 *     └──── no datagram for peerTimeoutMs ────────────────►
 *
 *   any of them ── close() or abort() ──► closed
 * ```
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import type {
  CodecOptions,
  Decoder,
  Encoder,
  Framing,
} from "../../../framing/framing.ts";
import { checkSendSize, SendSizeError } from "../../../framing/limits.ts";
import { lengthPrefix } from "../../../framing/formats/length_prefix.ts";
import { SYSTEM_TIME, type Time, type Timer } from "../../../time/time.ts";
import type { Address } from "../../../transport/address.ts";
import type { Connection } from "../../../transport/connection.ts";
import {
  MAX_IPV4_DATAGRAM_BYTES,
  MAX_IPV6_DATAGRAM_BYTES,
} from "../../../transport/datagram_endpoint.ts";

const LENGTH_BYTES = 4;

/**
 * How long a peer may take for each further answer once this side has finished
 * sending, which no datagram can tell it.
 */
const LAST_ANSWER_MS = 1_000;

const NOTHING = new Uint8Array(0);

/** Datagrams behind their lengths. */
class DatagramFraming implements Framing {
  readonly boundary = "frame";
  readonly #prefixed = lengthPrefix({ bytes: LENGTH_BYTES });
  readonly #maxDatagramBytes: number;

  constructor(maxDatagramBytes: number) {
    this.#maxDatagramBytes = maxDatagramBytes;
  }

  decoder(options: CodecOptions): Decoder {
    return this.#prefixed.decoder(options);
  }

  encoder(options: CodecOptions): Encoder {
    const encoder = this.#prefixed.encoder(options);
    const limit = this.#maxDatagramBytes;
    return {
      encode(message, sink) {
        checkSendSize(message.length, options.maxMessageBytes);
        if (message.length > limit) throw tooLong(message.length, limit);
        encoder.encode(message, sink);
      },
    };
  }

  toString(): string {
    return "datagrams";
  }
}

function tooLong(length: number, limit: number): SendSizeError {
  return new SendSizeError({
    action: `send message of ${length} bytes`,
    reason: `a datagram holds ${limit} bytes at most`,
  });
}

/** A connection of which every read and every write is a datagram, as messages. */
export class FramedDatagrams implements Connection {
  readonly framing: Framing;
  readonly #datagrams: Connection;
  readonly #peerTimeoutMs: number;
  readonly #time: Time;
  // What was read and did not fit, and what was written of a datagram so far.
  #unread: Uint8Array = NOTHING;
  #unsent: Uint8Array = NOTHING;
  #state: "open" | "answering" | "ended" | "closed" = "open";
  #timer: Timer;
  #lastMs: number;
  // Ends a pending read.
  #end: (() => void) | undefined;

  constructor(
    datagrams: Connection,
    peerTimeoutMs: number,
    time: Time = SYSTEM_TIME,
  ) {
    this.#datagrams = datagrams;
    this.#peerTimeoutMs = peerTimeoutMs;
    this.#time = time;
    this.#lastMs = time.now();
    this.framing = new DatagramFraming(
      datagrams.remoteAddress.hostname.includes(":")
        ? MAX_IPV6_DATAGRAM_BYTES
        : MAX_IPV4_DATAGRAM_BYTES,
    );
  }

  get localAddress(): Address {
    return this.#datagrams.localAddress;
  }

  get remoteAddress(): Address {
    return this.#datagrams.remoteAddress;
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.#unread.length === 0) {
      const frame = new Uint8Array(LENGTH_BYTES + MAX_IPV6_DATAGRAM_BYTES);
      const count = await this.#receive(frame.subarray(LENGTH_BYTES));
      if (count === null) return null;
      new DataView(frame.buffer).setUint32(0, count);
      this.#unread = frame.subarray(0, LENGTH_BYTES + count);
    }
    const some = this.#unread.subarray(0, into.length);
    into.set(some);
    this.#unread = this.#unread.subarray(some.length);
    return some.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    // Not kept: the bytes belong to the caller again once this resolves.
    let rest = concat([this.#unsent, bytes]);
    for (;;) {
      if (rest.length < LENGTH_BYTES) break;
      const end = LENGTH_BYTES +
        new DataView(rest.buffer, rest.byteOffset).getUint32(0);
      if (rest.length < end) break;
      await this.#datagrams.write(rest.subarray(LENGTH_BYTES, end));
      this.#lastMs = this.#time.now();
      rest = rest.subarray(end);
    }
    this.#unsent = rest.slice();
    return bytes.length;
  }

  closeWrite(): Promise<void> {
    if (this.#state === "open") this.#state = "answering";
    this.#lastMs = this.#time.now();
    this.#look();
    return Promise.resolve();
  }

  close(): void {
    this.#stopWaiting();
    this.#datagrams.close();
  }

  abort(): void {
    this.#stopWaiting();
    this.#datagrams.abort();
  }

  /** Sets no timer any more, also if this side finishes sending afterwards. */
  #stopWaiting(): void {
    this.#state = "closed";
    this.#time.clearTimer(this.#timer);
  }

  /** Receives a datagram, or `null` if the peer is quiet for too long. */
  async #receive(into: Uint8Array): Promise<number | null> {
    if (this.#state === "ended") return null;
    if (this.#state === "closed") return await this.#datagrams.read(into);
    const quiet = new Promise<null>((resolve) => {
      this.#end = () => resolve(null);
    });
    this.#look();
    const count = await Promise.race([this.#datagrams.read(into), quiet]);
    this.#end = undefined;
    this.#lastMs = this.#time.now();
    return count;
  }

  /** Ends a pending read if there was no datagram for too long, or looks again then. */
  #look(): void {
    this.#time.clearTimer(this.#timer);
    if (this.#end === undefined || this.#state === "closed") return;
    const mostMs = this.#state === "open"
      ? this.#peerTimeoutMs
      : LAST_ANSWER_MS;
    const leftMs = this.#lastMs + mostMs - this.#time.now();
    if (leftMs <= 0) {
      this.#state = "ended";
      return this.#end();
    }
    this.#timer = this.#time.setTimer(() => this.#look(), leftMs);
  }
}
