import fc from "fast-check";
import { codecSuite } from "../../support/codec_suite.ts";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";
import { oracleTest, Refusal } from "../../support/oracle.ts";

/** A message with right length and checksum; `|` stands for SOH. */
function message(body: string, begin = "FIX.4.4", length = body.length) {
  const head = `8=${begin}|9=${length}|${body}`.replaceAll("|", "\x01");
  return `${head}10=${checksum(head)}\x01`;
}

function checksum(text: string): string {
  const sum = latin1(text).reduce((a, b) => a + b, 0);
  return String(sum % 256).padStart(3, "0");
}

const heartbeat = "8=FIX.4.4\x019=5\x0135=0\x0110=163\x01";
// From the FIX specification's own example of a checksum.
const logon = message(
  "35=A|34=1|49=A|52=20261126-12:00:00|56=B|98=0|108=30|",
  "FIXT.1.1",
);

codecSuite({
  framing: "fix",
  samples: [
    heartbeat,
    logon,
    message(""),
    message("96=\0\xff10=000|"),
    message("35=0|", "FIX.4.2", "00005" as unknown as number),
  ],
  golden: [[heartbeat, heartbeat]],
  reads: [[heartbeat + logon, [heartbeat, logon]]],
  rejects: [
    ["9=5", "malformed", 'position 1 must be "8" (38) of "8=FIX", not "9"'],
    ["8=FAX", "malformed", 'position 4 must be "I" (49)'],
    ["8=FIX\n", "malformed", "has byte 0a at position 6"],
    [`8=FIX${"4".repeat(16)}`, "malformed", "at position 21"],
    ["8=FIX.4.4\x0135=0", "malformed", 'must be "9" (39) of "9="'],
    ["8=FIX.4.4\x019=\x01", "malformed", "has byte 01 at position 13"],
    ["8=FIX.4.4\x019=-5", "malformed", 'has "-" (2d) at position 13'],
    ["8=FIX.4.4\x019=5x", "malformed", 'has "x" (78) at position 14'],
    [`8=FIX.4.4\x019=${"1".repeat(21)}`, "malformed", "more than 20 digits"],
    [message("35=0"), "malformed", 'must end with SOH (01), not with "0"'],
    [
      "8=FIX.4.4\x019=5\x0135=0\x0111=163\x01",
      "malformed",
      'must be "0" (30) of "10="',
    ],
    [
      "8=FIX.4.4\x019=5\x0135=0\x0110=164\x01",
      "malformed",
      'its CheckSum (10) must be "163" and SOH (01), and is "164" and byte 01',
    ],
    [
      "8=FIX.4.4\x019=5\x0135=0\x0110=163|",
      "malformed",
      'and is "163" and "|" (7c)',
    ],
    [
      "8=FIX.4.4\x019=6\x0135=0\x0110=163\x018",
      "malformed",
      "must end with SOH",
    ],
    ["8=F", "truncated", "after 3 bytes of a FIX message of at least 17"],
    [
      heartbeat.slice(0, -1),
      "truncated",
      "after 25 bytes of a FIX message of at least 26",
    ],
    ["8=FIX.4.4\x019=985\x01", "too_large", "declared size of 1008 bytes"],
    [
      `8=FIX.4.4\x019=${"9".repeat(20)}\x01`,
      "too_large",
      "size of 99999999999999999999 bytes",
    ],
  ],
  refuses: [
    ["", "it must be one whole FIX message, and it ends after 0 bytes"],
    [heartbeat.slice(0, -1), "it ends after 25 bytes"],
    [heartbeat + heartbeat, "its packet ends after 26 bytes"],
    [heartbeat.replace("163", "000"), "its CheckSum (10)"],
  ],
});

oracleTest({
  framing: "fix",
  read(text) {
    const from = text.at;
    text.word("8=FIX");
    const version = text.while((c) => c >= " " && c <= "~");
    if (version.length > 15) throw new Refusal("malformed");
    text.word("\x01");
    text.word("9=");
    const digits = text.while((c) => c >= "0" && c <= "9");
    if (digits.length > 20) throw new Refusal("malformed");
    if (digits === "") text.oneOf("0123456789");
    text.word("\x01");
    if (Number(digits) > 1_000_000) throw new Refusal("too_large");
    text.take(Number(digits));
    const before = text.text.slice(from, text.at);
    const trailer = text.take(7);
    if (!before.endsWith("\x01") || trailer !== `10=${checksum(before)}\x01`) {
      throw new Refusal("malformed");
    }
    return before + trailer;
  },
  parts: fc.tuple(
    fc.constantFrom("FIX.4.2", "FIXT.1.1", "FIX"),
    fc.array(fc.tuple(fc.nat(999), fc.uint8Array({ maxLength: 8 })), {
      maxLength: 5,
    }),
  ).map(([begin, fields]) =>
    message(
      fields.map(([tag, value]) =>
        `${tag}=${fromLatin1(value.filter((b) => b !== 1 && b !== 0x7c))}\x01`
      ).join(""),
      begin,
    )
  ),
});
