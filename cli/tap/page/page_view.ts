/**
 * Keeps what a tap sees for its page.
 *
 * @module
 */

import type { Address } from "../../../mod.ts";
import {
  explainFrame,
  type Framing,
  parseFraming,
} from "../../../lib/framing/mod.ts";
import type {
  RelayDirection,
  WatchedFramings,
} from "../../../lib/relay/mod.ts";
import { sideOf, strikeText } from "../../faults/fault_text.ts";
import { badFrame } from "../../output/frames/bad_frame.ts";
import { errorText } from "../../output/error_text.ts";
import type {
  TapEnd,
  TapError,
  TapMessage,
  TapStrike,
  TapView,
} from "../tap_event.ts";
import { type FrameRing, MOST_FRAME_BYTES, placeOf } from "./frame_ring.ts";

// So many characters of a message are shown in its row.
const SHOWN_CHARACTERS = 160;
// So many cut marks fit into a block.
const MOST_CUTS = 64;

/** Where the reads of one direction of a connection ended. */
interface Reads {
  bytes: number;
  // Ends that may lie inside a frame that has not passed yet.
  ends: number[];
}

/** Gives everything to a ring. */
export class PageView implements TapView {
  readonly #ring: FrameRing;
  readonly #framing: Readonly<Record<RelayDirection, Framing>>;
  readonly #now: () => Date;
  readonly #reads = new Map<string, Reads>();

  constructor(ring: FrameRing, framing: WatchedFramings, now: () => Date) {
    this.#ring = ring;
    this.#now = now;
    this.#framing = {
      toServer: framingOf(framing.toServer),
      toClient: framingOf(framing.toClient),
    };
  }

  wants(): boolean {
    return true;
  }

  opened(connection: number, peer: Address): void {
    const at = this.#now().toISOString();
    this.#ring.add({ kind: "open", connection, peer: String(peer), at });
  }

  chunk(
    connection: number,
    direction: RelayDirection,
    bytes: Uint8Array,
  ): void {
    const reads = this.#readsOf(connection, direction);
    reads.bytes += bytes.length;
    if (reads.ends.length < MOST_CUTS) reads.ends.push(reads.bytes);
  }

  message(found: TapMessage): void {
    const { connection, direction, frame, message, number, offset } = found;
    const end = offset + frame.length;
    const reads = this.#readsOf(connection, direction);
    const cuts = reads.ends
      .filter((at) => at > offset && at < end)
      .map((at) => at - offset);
    reads.ends = reads.ends.filter((at) => at > end);
    const kept = frame.slice(0, MOST_FRAME_BYTES);
    const framing = this.#framing[direction];
    const isWhole = kept.length === frame.length && !found.isRaw;
    this.#ring.add(
      {
        kind: "message",
        connection,
        to: receiverOf(direction),
        number,
        at: found.at.toISOString(),
        bytes: message.length,
        frameBytes: frame.length,
        cuts,
        ...found.answerMs === undefined ? {} : { answerMs: found.answerMs },
        text:
          (found.webSocket === undefined ? "" : `${found.webSocket.text}: `) +
          textOf(message),
      },
      {
        bytes: kept,
        explain: () =>
          isWhole
            ? explainFrame(framing, kept, placeOf(direction, number))
            : [],
      },
    );
  }

  error({ at, connection, direction, error, number }: TapError): void {
    const from = direction === "toServer" ? "client" : "server";
    const frame = badFrame(error, this.#framing[direction], from);
    this.#ring.add({
      kind: "error",
      connection,
      to: receiverOf(direction),
      number,
      at: at.toISOString(),
      frameBytes: frame.bytes.length,
      cuts: [],
      text: errorText(error),
    }, { bytes: frame.bytes, explain: () => frame.parts });
  }

  fault(strike: TapStrike): void {
    const { at, connection } = strike;
    const to = sideOf(strike);
    this.#ring.add({
      kind: "fault",
      connection,
      ...to && { to },
      at: at.toISOString(),
      text: strikeText(strike),
    });
  }

  finished(connection: number, direction: RelayDirection): void {
    this.#ring.add({
      kind: "end",
      connection,
      to: receiverOf(direction),
      at: this.#now().toISOString(),
      text: direction === "toServer"
        ? "the client has finished sending"
        : "the server has finished sending",
    });
  }

  closed({ connection, report, wasJoined }: TapEnd): void {
    const { error, failed } = report;
    const side = failed === "server" && !wasJoined ? "target" : failed;
    this.#ring.add({
      kind: "end",
      connection,
      at: this.#now().toISOString(),
      text: failed === undefined
        ? "closed"
        : `the ${side} failed: ${errorText(error)}`,
    });
    for (const direction of ["toServer", "toClient"] as const) {
      this.#reads.delete(`${connection} ${direction}`);
    }
  }

  #readsOf(connection: number, direction: RelayDirection): Reads {
    const key = `${connection} ${direction}`;
    let reads = this.#reads.get(key);
    if (reads === undefined) {
      reads = { bytes: 0, ends: [] };
      this.#reads.set(key, reads);
    }
    return reads;
  }
}

function framingOf(framing: Framing | string): Framing {
  return typeof framing === "string" ? parseFraming(framing) : framing;
}

function receiverOf(direction: RelayDirection): "server" | "client" {
  return direction === "toServer" ? "server" : "client";
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** The beginning of a message: text, or bytes in hexadecimal. */
function textOf(message: Uint8Array): string {
  const begin = message.subarray(0, SHOWN_CHARACTERS);
  try {
    // A character may be cut off at the end.
    return UTF8.decode(begin, { stream: begin.length < message.length });
  } catch {
    return begin.subarray(0, SHOWN_CHARACTERS / 4).toHex()
      .replaceAll(/../g, "$& ").trimEnd();
  } finally {
    UTF8.decode();
  }
}
