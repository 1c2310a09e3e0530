/**
 * nmea-simple: writes sentences of a few types, one in a line of base64.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import { Buffer } from "node:buffer";
import { encodeNmeaPacket, parseNmeaSentence } from "nmea-simple";

// Read first, so that all fields are as the package wants them.
const SENTENCES = [
  "GPGLL,5057.970,N,00146.110,E,142451,A",
  "GPVTG,210.43,T,210.43,M,5.65,N,,,A",
  "GPHDT,123.456,T",
];
for (const sentence of SENTENCES) {
  const sum = Buffer.from(sentence).reduce((sum, byte) => sum ^ byte, 0);
  const checksum = sum.toString(16).toUpperCase().padStart(2, "0");
  const packet = parseNmeaSentence(`$${sentence}*${checksum}`);
  for (const talker of ["GP", "GL", "GN"]) {
    const text = encodeNmeaPacket(packet, talker);
    console.log(Buffer.from(`${text}\r\n`).toString("base64"));
  }
}
