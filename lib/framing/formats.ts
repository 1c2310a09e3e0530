/**
 * The table of framings by name.
 *
 * @module
 */

import {
  CHECKSUM_NAMES,
  type ChecksumName,
  checksumOf,
} from "./checksum/crc.ts";
import { withChecksum } from "./checksum/with_checksum.ts";
import { cobs } from "./formats/cobs.ts";
import { contentLength } from "./formats/content_length.ts";
import { decimalHeader } from "./formats/decimal_header.ts";
import { delimiter } from "./formats/delimiter.ts";
import { unescape } from "./grammar/escapes.ts";
import { fixedLength } from "./formats/fixed_length.ts";
import { ber } from "./formats/ber.ts";
import { dle } from "./formats/dle.ts";
import { hdlc } from "./formats/hdlc.ts";
import { fix } from "./formats/fix.ts";
import { jsonValues } from "./formats/json_values.ts";
import { mllp } from "./formats/mllp.ts";
import { recordMarking } from "./formats/record_marking.ts";
import { resp } from "./formats/resp.ts";
import type { Framing } from "./framing.ts";
import { type FramingArguments, wrong } from "./grammar/arguments.ts";
import { jsonSequence } from "./formats/json_sequence.ts";
import { type LengthBytes, lengthPrefix } from "./formats/length_prefix.ts";
import { line } from "./formats/line.ts";
import { nearest } from "../nearest.ts";
import { netstring } from "./formats/netstring.ts";
import { octetCount } from "./formats/octet_count.ts";
import { raw } from "./formats/raw.ts";
import { slip } from "./formats/slip.ts";
import { syslog } from "./formats/syslog.ts";
import { untilClose } from "./formats/until_close.ts";
import { varintPrefix } from "./formats/varint_prefix.ts";

// What people write for a byte order; the short word is named to them.
const LITTLE = ["little", "littleendian", "little-endian", "lsb", "intel"];
const BIG = ["big", "bigendian", "big-endian", "msb", "network", "net"];

/** How a framing is written and made. */
export interface Format {
  /** What may be written, for messages. */
  readonly form: string;

  /**
   * Makes the framing.
   *
   * @param given The value and the options.
   * @returns The framing.
   * @throws {TypeError | RangeError} If one of them is wrong.
   */
  make(given: FramingArguments): Framing;
}

/** The framings by name, in the order in which they are listed. */
export const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ["raw", { form: "raw", make: () => raw() }],
  ["close", { form: "close", make: () => untilClose() }],
  ["fixed", {
    form: "fixed:BYTES[,pad=BYTE|,crc=NAME]",
    make(given) {
      const bytes = given.number();
      if (bytes === undefined) throw wrong("the size is missing");
      const pad = given.text("pad");
      if (pad === undefined) return summed(given, fixedLength({ bytes }));
      if (given.text("crc") !== undefined) {
        throw wrong(
          'options "pad" and "crc" contradict each other: a checksum may end with the padding byte',
        );
      }
      return fixedLength({ bytes, pad: one(pad) });
    },
  }],
  ["line", {
    form: "line[,crlf][,eof]",
    make: (given) => line({ crlf: given.flag("crlf"), eof: given.flag("eof") }),
  }],
  ["delimiter", {
    form:
      "delimiter:BYTES[|BYTES...][,keep][,eof], with \\, \\| for these characters and \\xHH for any byte",
    make: (given) =>
      delimiter(given.alternatives(), {
        eof: given.flag("eof"),
        keep: given.flag("keep"),
      }),
  }],
  ["header", {
    form: "header:DIGITS[,zero|,right][,crc=NAME]",
    make(given) {
      const digits = given.number();
      const zero = given.flag("zero");
      const right = given.flag("right");
      const framing = decimalHeader({
        zero,
        ...(right ? { align: "right" } : {}),
        ...(digits === undefined ? {} : { digits }),
      });
      return summed(given, framing);
    },
  }],
  ["length", {
    form:
      "length:1 to 8[,be|,le][,inclusive][,offset=N][,adjust=N][,strip=N][,mask=N][,unit=N][,tail=N][,crc=NAME]",
    make(given) {
      const bytes = given.number() as LengthBytes | undefined;
      const { adjust = 0 } = given.integer("adjust");
      const { tail = 0 } = given.integer("tail");
      const summed = checksum(given);
      if (summed !== undefined) checkTail(tail, summed);
      const framing = lengthPrefix({
        ...(bytes === undefined ? {} : { bytes }),
        littleEndian: littleEndian(given),
        inclusive: given.flag("inclusive"),
        ...given.integer("offset"),
        ...given.integer("strip"),
        ...given.integer("mask"),
        ...given.integer("unit"),
        // A tail that is verified is at the end of what the checksum is for.
        ...(summed === undefined
          ? { adjust, tail }
          : { adjust: adjust + tail }),
      });
      return summed === undefined ? framing : withChecksum(framing, summed);
    },
  }],
  ["varint", {
    form: "varint[:1 to 10][,offset=N][,strict][,strip=0][,crc=NAME]",
    make(given) {
      const bytes = given.number();
      const framing = varintPrefix({
        ...(bytes === undefined ? {} : { bytes }),
        ...given.integer("offset"),
        strict: given.flag("strict"),
        ...given.integer("strip") as { strip?: 0 },
      });
      return summed(given, framing);
    },
  }],
  ["netstring", anyBytes("netstring", () => netstring())],
  ["content-length", anyBytes("content-length", () => contentLength())],
  ["octet-count", anyBytes("octet-count", () => octetCount())],
  ["syslog", { form: "syslog", make: () => syslog() }],
  ["slip", anyBytes("slip", () => slip())],
  ["cobs", anyBytes("cobs", () => cobs())],
  ["hdlc", anyBytes("hdlc", () => hdlc())],
  ["dle", anyBytes("dle", () => dle())],
  ["json-seq", { form: "json-seq", make: () => jsonSequence() }],
  ["json", { form: "json", make: () => jsonValues() }],
  ["resp", { form: "resp", make: () => resp() }],
  ["rpc", anyBytes("rpc", () => recordMarking())],
  ["ber", { form: "ber", make: () => ber() }],
  ["mllp", { form: "mllp", make: () => mllp() }],
  ["fix", { form: "fix", make: () => fix() }],
]);

/** A framing without options of its own, in whose messages a checksum fits. */
function anyBytes(name: string, make: () => Framing): Format {
  return {
    form: `${name}[,crc=NAME]`,
    make: (given) => summed(given, make()),
  };
}

/** The framing with a checksum, if one is given. */
function summed(given: FramingArguments, framing: Framing): Framing {
  const name = checksum(given);
  return name === undefined ? framing : withChecksum(framing, name);
}

function checksum(given: FramingArguments): ChecksumName | undefined {
  const name = given.text("crc");
  if (name === undefined) return undefined;
  for (const known of CHECKSUM_NAMES) if (known === name) return known;
  const near = nearest(name, CHECKSUM_NAMES);
  throw wrong(
    `there is no checksum "${name}"` +
      (near === undefined ? "" : ` (did you mean "${near}"?)`) +
      `; there are ${CHECKSUM_NAMES.join(", ")}`,
  );
}

/** Refuses a tail in which the checksum does not fit exactly. */
function checkTail(tail: number, name: ChecksumName): void {
  const { bytes } = checksumOf(name);
  if (tail === 0 || tail === bytes) return;
  throw wrong(
    `options "tail" and "crc" contradict each other: checksum ${name} has ${bytes} bytes, and the tail ${tail}`,
  );
}

function one(text: string): number {
  const bytes = unescape(text);
  if (bytes.length === 1) return bytes[0]!;
  throw wrong(`option "pad" must be one byte, not ${bytes.length}`);
}

/** Which byte comes first. Big-endian is the default, and may be written out. */
function littleEndian(given: FramingArguments): boolean {
  const isLittle = given.flag("le", LITTLE);
  if (!given.flag("be", BIG)) return isLittle;
  if (!isLittle) return false;
  throw wrong('options "le" and "be" exclude each other');
}
