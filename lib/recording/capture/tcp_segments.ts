/**
 * Makes up the TCP segments that would have carried a recorded connection.
 *
 * ```text
 *   open ─► SYN, SYN ACK, ACK ─► data, each acknowledged ─► FIN of one side, FIN of the other
 *                                       │
 *                                       └── reset ─► RST
 * ```
 *
 * A recording is taken above TCP, so nothing is lost, late or sent again in it. Sequence
 * numbers count from 0 so that those in two captures can be compared.
 *
 * @module
 */

import type { Side } from "../../framing/framing.ts";
import { otherSide } from "../../framing/side.ts";
import { FLAG, type PacketEnd, tcpPacket } from "./ip_packet.ts";
import type { Flow } from "./packet_ends.ts";

// An IPv4 packet holds 65,535 bytes with its headers.
const MOST_BYTES = 65_000;
// Largest segment 65,460, and a window of 0xffff times 128, so that no segment exceeds
// what the other side offers.
const OPTIONS = [2, 4, 0xff, 0xb4, 1, 3, 3, 7];

/** One TCP connection in a capture. */
export class TcpSegments {
  readonly #flow: Flow;
  // The next byte of each side. A SYN counts as one byte, and so does a FIN.
  readonly #next = { client: 0, server: 0 };
  readonly #hasEnded = { client: false, server: false };
  #isOver = false;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  /** The handshake. */
  *open(): Generator<Uint8Array> {
    yield this.#segment("client", FLAG.syn, { options: OPTIONS });
    this.#next.client++;
    const flags = FLAG.syn | FLAG.ack;
    yield this.#segment("server", flags, { options: OPTIONS });
    this.#next.server++;
    yield this.#segment("client", FLAG.ack);
  }

  /** A connection that is refused. */
  *refuse(): Generator<Uint8Array> {
    yield this.#segment("client", FLAG.syn, { options: OPTIONS });
    this.#next.client++;
    yield this.#segment("server", FLAG.rst | FLAG.ack);
    this.#isOver = true;
  }

  /** Bytes to a side, and their acknowledgement. */
  *send(to: Side, bytes: Uint8Array): Generator<Uint8Array> {
    const from = otherSide(to);
    // A recording written by hand may go on after an end.
    if (this.#isOver || this.#hasEnded[from]) return;
    for (let at = 0; at < bytes.length; at += MOST_BYTES) {
      const payload = bytes.subarray(at, at + MOST_BYTES);
      yield this.#segment(from, FLAG.psh | FLAG.ack, { payload });
      this.#next[from] += payload.length;
      yield this.#segment(to, FLAG.ack);
    }
  }

  /** The end of what goes to a side. */
  *end(to: Side): Generator<Uint8Array> {
    const from = otherSide(to);
    if (this.#isOver || this.#hasEnded[from]) return;
    this.#hasEnded[from] = true;
    yield this.#segment(from, FLAG.fin | FLAG.ack);
    this.#next[from]++;
    yield this.#segment(to, FLAG.ack);
  }

  /** The end of both directions, if they have not ended yet. */
  *close(): Generator<Uint8Array> {
    yield* this.end("server");
    yield* this.end("client");
    this.#isOver = true;
  }

  /** The end by force, noticed by a side. */
  *reset(to: Side): Generator<Uint8Array> {
    if (this.#isOver) return;
    this.#isOver = true;
    yield this.#segment(otherSide(to), FLAG.rst | FLAG.ack);
  }

  #segment(
    from: Side,
    flags: number,
    more: {
      readonly options?: readonly number[];
      readonly payload?: Uint8Array;
    } = {},
  ): Uint8Array {
    const isAck = (flags & FLAG.ack) !== 0;
    const ends: Record<Side, PacketEnd> = this.#flow;
    return tcpPacket(ends[from], ends[otherSide(from)], {
      flags,
      sequence: this.#next[from] >>> 0,
      acknowledged: isAck ? this.#next[otherSide(from)] >>> 0 : 0,
      ...more,
    });
  }
}
