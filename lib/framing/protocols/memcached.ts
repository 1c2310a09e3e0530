/**
 * Memcached: its text protocol with data blocks and meta commands, and its
 * binary protocol.
 *
 * ```text
 * set greeting 0 60 5 CR LF  hello CR LF       key, flags, expiry, size
 * VALUE greeting 0 5 CR LF  hello CR LF        key, flags, size, from the server
 * ms greeting 5 CR LF  hello CR LF             a meta command: key, size, flags
 * VA 5 CR LF  hello CR LF                      its answer: size, flags
 * get greeting CR LF                           a line, as everything else
 * 80 00 00 08 ...  00 00 00 08 ...             24 bytes of header, the length of the rest
 * ```
 *
 * A server's answer to one `get` is as many messages as it has values and lines.
 * A line may end with LF alone, as the server accepts it.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { PacketScanner } from "../formats/packet.ts";
import type { CodecOptions, Side } from "../framing.ts";
import { sideOf } from "../side.ts";
import { HeaderScanner, type PacketHeader } from "./packet_header.ts";
import {
  isSize,
  type LineRules,
  PayloadLineScanner,
  type ReadSize,
} from "./payload_lines.ts";
import { PhasedScanner, type Phases } from "./phases.ts";

const FROM_CLIENT: ReadonlyMap<string, ReadSize> = new Map([
  ...["set", "add", "replace", "append", "prepend"].map((verb) =>
    [verb, size(verb, 3, 4, 5)] as const
  ),
  ["cas", size("cas", 3, 5, 6)],
  // Any number of flags follows the size.
  ["ms", size("ms", 1, 2, Infinity)],
]);
const FROM_SERVER: ReadonlyMap<string, ReadSize> = new Map([
  ["VALUE", size("VALUE", 2, 3, 4)],
  ["VA", size("VA", 0, 1, Infinity)],
]);

/** A size among the words after a verb. */
function size(
  verb: string,
  at: number,
  fewest: number,
  most: number,
): ReadSize {
  return (words) => {
    const word = words[at];
    if (words.length < fewest || words.length > most || !isSize(word)) {
      return `${verb} must be followed by ${
        most === Infinity ? `at least ${fewest}` : `${fewest} or ${most}`
      } words, of which number ${at + 1} is a size`;
    }
    return BigInt(word);
  };
}

const BINARY: Readonly<Record<Side, PacketHeader>> = {
  client: binary(0x80),
  server: binary(0x81),
};

function binary(magic: number): PacketHeader {
  return {
    bytes: 24,
    lengthAt: 8,
    lengthBytes: 4,
    uncounted: 24,
    marks: [{ at: 0, values: [magic], what: "the magic byte" }],
  };
}

/** Makes the scanner of one direction. */
export function memcachedScanner(
  maxMessageBytes: number,
  options: CodecOptions,
): PacketScanner {
  const side = sideOf("memcached", options);
  const payloads = side === "client" ? FROM_CLIENT : FROM_SERVER;
  const rules: LineRules = {
    least: 1,
    acceptsLf: true,
    rule: (verb) => payloads.get(verb),
  };
  return new PhasedScanner(
    new TextOrBinary(
      new PayloadLineScanner(rules, maxMessageBytes),
      new HeaderScanner(BINARY[side], maxMessageBytes),
      BINARY[side].marks![0]!.values[0]!,
    ),
  );
}

/** The first byte of each packet tells the two protocols apart. */
class TextOrBinary implements Phases {
  constructor(
    readonly text: PayloadLineScanner,
    readonly binary: HeaderScanner,
    readonly magic: number,
  ) {}

  choose(queue: ReadableQueue): PacketScanner {
    return queue.byte(0) === this.magic ? this.binary : this.text;
  }

  accept(): void {}
}
