/**
 * MQTT 3.1.1 and 5: a type with flags, a varint, and what it announces.
 *
 * ```text
 * C0 00                       PINGREQ
 * 82 08  00 01 00 03 a / b 00   SUBSCRIBE, whose flags are 2
 * ```
 *
 * Most flags are reserved (section 2.1.3), and a peer that gets another value
 * must close the connection.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { PacketScanner } from "../formats/packet.ts";
import { type VarintLayout, VarintScanner } from "../formats/varint_reader.ts";
import { evidence, malformed, nameOf } from "../limits.ts";

/** The type, then a length of at most four bytes. */
export const MQTT_LAYOUT: VarintLayout = { bytes: 4, offset: 1, strict: false };

const PUBLISH = 3;
// Of PUBREL, SUBSCRIBE and UNSUBSCRIBE.
const WITH_FLAGS = [6, 8, 10];

/** Which first bytes there are: those with other flags are reserved. */
const FIRST = Uint8Array.from({ length: 256 }, (_, byte) => {
  const [type, flags] = [byte >> 4, byte & 0x0f];
  // A quality of service of 3 is reserved too.
  const isGood = type === PUBLISH
    ? (flags & 0x06) !== 0x06
    : flags === (WITH_FLAGS.includes(type) ? 2 : 0);
  return type > 0 && isGood ? 1 : 0;
});

/** Finds the end of a control packet. */
export class MqttScanner implements PacketScanner {
  readonly #varint: VarintScanner;
  #isChecked = false;

  constructor(maxMessageBytes: number) {
    this.#varint = new VarintScanner(MQTT_LAYOUT, maxMessageBytes);
  }

  get leastBytes(): number {
    return this.#varint.leastBytes;
  }

  reset(): void {
    this.#isChecked = false;
    this.#varint.reset();
  }

  scan(queue: ReadableQueue): boolean {
    if (!this.#isChecked) {
      if (!queue.has(1)) return false;
      const first = queue.byte(0);
      if (FIRST[first] === 0) throw reserved(queue, first);
      this.#isChecked = true;
    }
    return this.#varint.scan(queue);
  }
}

function reserved(queue: ReadableQueue, first: number): Error {
  const type = first >> 4;
  return malformed(
    type === 0
      ? `a packet of type 0 does not exist, and its first byte is ${
        nameOf(first)
      }`
      : `the flags ${first & 0x0f} of a packet of type ${type} are reserved`,
    evidence(queue, 1),
  );
}
