import { FrameDecoder } from "@parley/parley/framing";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";
import { codecSuite } from "../../support/codec_suite.ts";
import { oracleTest, Refusal } from "../../support/oracle.ts";

/** From the documentation of receivers, with the checksums printed there. */
const SENTENCES = [
  "$GPGLL,5057.970,N,00146.110,E,142451,A*27\r\n",
  "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n",
  "!AIVDM,1,1,,A,14eG;o@034o8sd<L9i:a;WF>062D,0*7D\r\n",
  "$PMTK\r\n",
  "$\r\n",
  "$A*41\r\n",
  `\\s:r3669961*${sum("s:r3669961")}\\$A*41\r\n`,
  "\\\\!A\r\n",
];

function sum(text: string): string {
  const xor = latin1(text).reduce((all, byte) => all ^ byte, 0);
  return xor.toString(16).toUpperCase().padStart(2, "0");
}

codecSuite({
  framing: "nmea",
  samples: SENTENCES,
  golden: SENTENCES.map((sentence) => [sentence, sentence] as const),
  reads: [
    [SENTENCES.join(""), SENTENCES],
    ["$K*4b\r\n$K*4B\r\n", ["$K*4b\r\n", "$K*4B\r\n"]],
  ],
  rejects: [
    ["GET / HTTP/1.1\r\n", "malformed", "this looks like an HTTP client"],
    ["5057.970,N", "malformed", 'begins with "$" or "!", not with "5" (35)'],
    ["$A\n", "malformed", "and has byte 0a at position 3"],
    ["$A\rB", "malformed", "and has byte 0d at position 3"],
    ["$A\xff", "malformed", "and has byte ff at position 3"],
    ["$A*42\r\n", "malformed", 'its checksum must be "41", and is "42"'],
    ["$A*4\r\n", "malformed", 'must be "41", and is "4"'],
    ["$A*411\r\n", "malformed", 'must be "41", and is "411"'],
    ["\\s:r*00\\$A\r\n", "malformed", 'its checksum must be "3B"'],
    ["\\s:r\r\n", "malformed", "a TAG block must end"],
    ["\\s:r\\A\r\n", "malformed", "a TAG block must end"],
    [`$${"A".repeat(1000)}`, "too_large", "limit of 1000 bytes"],
    ["$A*41\r", "truncated", "after 6 bytes of a NMEA sentence of at least 7"],
  ],
  refuses: [
    ["$A*42\r\n", "its checksum must be"],
    ["$A\r\n$B\r\n", "its packet ends after 4 bytes"],
  ],
});

oracleTest({
  framing: "nmea",
  read(text) {
    const from = text.at;
    text.oneOf("$!\\");
    text.while((c) => c >= " " && c <= "~");
    text.word("\r\n");
    const sentence = text.text.slice(from, text.at - 2);
    const parts = /^(?:\\([^\\]*)\\)?[$!]([^]*)$/.exec(sentence);
    if (parts === null) throw new Refusal("malformed");
    for (const part of parts.slice(1)) {
      const [, data, given] = /^([^*]*)\*([^]*)$/.exec(part ?? "") ?? [];
      if (data !== undefined && given!.toUpperCase() !== sum(data)) {
        throw new Refusal("malformed");
      }
    }
    return sentence + "\r\n";
  },
  parts: fc.oneof(
    fc.constantFrom(...SENTENCES),
    fc.string({ unit: fc.constantFrom("A", ",", "9", "\\"), maxLength: 9 })
      .map((data) => `$${data}*${sum(data)}\r\n`),
  ),
});

Deno.test("nmea begins with the next sentence if the stream begins inside one", () => {
  const bad: string[] = [];
  const decoder = new FrameDecoder("nmea", {
    badFrames: "skip",
    onBadFrame: (error) => bad.push(error.reason),
  });
  decoder.push(latin1("46.110,E*27\r\n$A*41\r\n$A*42\r\n$PMTK\r\n"));
  const sentences: string[] = [];
  for (let m; (m = decoder.next()) !== undefined;) {
    sentences.push(fromLatin1(m));
  }
  assertEquals(sentences, ["$A*41\r\n", "$PMTK\r\n"]);
  assertEquals(bad.length, 2);
});
