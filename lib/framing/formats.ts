/**
 * The table of framings by name.
 *
 * @module
 */

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
    form: "fixed:BYTES[,pad=BYTE]",
    make(given) {
      const bytes = given.number();
      if (bytes === undefined) throw wrong("the size is missing");
      const pad = given.text("pad");
      return fixedLength({ bytes, pad: pad === undefined ? pad : one(pad) });
    },
  }],
  ["line", {
    form: "line[,crlf][,eof]",
    make: (given) => line({ crlf: given.flag("crlf"), eof: given.flag("eof") }),
  }],
  ["delimiter", {
    form: "delimiter:BYTES[,eof], with \\, for a comma and \\xHH for any byte",
    make: (given) => delimiter(given.bytes(), { eof: given.flag("eof") }),
  }],
  ["header", {
    form: "header:DIGITS[,zero|,right]",
    make(given) {
      const digits = given.number();
      const zero = given.flag("zero");
      const right = given.flag("right");
      return decimalHeader({
        zero,
        ...(right ? { align: "right" } : {}),
        ...(digits === undefined ? {} : { digits }),
      });
    },
  }],
  ["length", {
    form:
      "length:1 to 8[,be|,le][,inclusive][,offset=N][,adjust=N][,strip=N][,mask=N][,unit=N][,tail=N]",
    make(given) {
      const bytes = given.number() as LengthBytes | undefined;
      return lengthPrefix({
        ...(bytes === undefined ? {} : { bytes }),
        littleEndian: littleEndian(given),
        inclusive: given.flag("inclusive"),
        ...given.integer("offset"),
        ...given.integer("adjust"),
        ...given.integer("strip"),
        ...given.integer("mask"),
        ...given.integer("unit"),
        ...given.integer("tail"),
      });
    },
  }],
  ["varint", {
    form: "varint[:1 to 10][,offset=N][,strict][,strip=0]",
    make(given) {
      const bytes = given.number();
      return varintPrefix({
        ...(bytes === undefined ? {} : { bytes }),
        ...given.integer("offset"),
        strict: given.flag("strict"),
        ...given.integer("strip") as { strip?: 0 },
      });
    },
  }],
  ["netstring", { form: "netstring", make: () => netstring() }],
  ["content-length", { form: "content-length", make: () => contentLength() }],
  ["octet-count", { form: "octet-count", make: () => octetCount() }],
  ["syslog", { form: "syslog", make: () => syslog() }],
  ["slip", { form: "slip", make: () => slip() }],
  ["cobs", { form: "cobs", make: () => cobs() }],
  ["hdlc", { form: "hdlc", make: () => hdlc() }],
  ["dle", { form: "dle", make: () => dle() }],
  ["json-seq", { form: "json-seq", make: () => jsonSequence() }],
  ["json", { form: "json", make: () => jsonValues() }],
  ["resp", { form: "resp", make: () => resp() }],
  ["rpc", { form: "rpc", make: () => recordMarking() }],
  ["ber", { form: "ber", make: () => ber() }],
  ["mllp", { form: "mllp", make: () => mllp() }],
  ["fix", { form: "fix", make: () => fix() }],
]);

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
