/**
 * The framing `mqtt`, held against a second implementation. What `mqtt-packet` writes
 * is in `tests/e2e/protocols/mqtt_test.ts`.
 *
 * @module
 */

import fc from "fast-check";
import { fromLatin1 } from "../../support/chunkings.ts";
import { codecSuite } from "../../support/codec_suite.ts";
import { oracleTest, Refusal } from "../../support/oracle.ts";

const PUBLISH = "\x30\x05\0\x01ahi";
const LONG = `\x3d\x80\x01${"a".repeat(128)}`;

codecSuite({
  framing: "mqtt",
  samples: ["\xc0\0", "\xd0\0", PUBLISH, LONG, "\x82\x06\0\x01\0\x01a\0"],
  golden: [["\xc0\0", "\xc0\0"], [PUBLISH, PUBLISH]],
  reads: [[PUBLISH + LONG + "\xe0\0", [PUBLISH, LONG, "\xe0\0"]]],
  rejects: [
    ["\0", "malformed", "a packet of type 0 does not exist"],
    ["\x36", "malformed", "the flags 6 of a packet of type 3 are reserved"],
    ["\x80", "malformed", "the flags 0 of a packet of type 8 are reserved"],
    ["\xc1", "malformed", "the flags 1 of a packet of type 12 are reserved"],
    ["HTTP/", "malformed", "this looks like an HTTP server"],
    ["\x30\xff\xff\xff\xff", "malformed", "4 bytes"],
    ["\x30\xe8\x07", "too_large", "size of 1003 bytes"],
    ["\x30\x05he", "truncated", "after 4 bytes of a MQTT packet of at least 7"],
  ],
  refuses: [
    ["\x30\x05he", "it must be one whole MQTT packet, and it ends after 4"],
    ["\x80\0", "the flags 0 of a packet of type 8 are reserved"],
    ["\xc0\0\xc0\0", "its packet ends after 2 bytes"],
  ],
});

oracleTest({
  framing: "mqtt",
  read(text) {
    const from = text.at;
    const first = text.take(1).charCodeAt(0);
    const [type, flags] = [first >> 4, first & 15];
    const wanted = [6, 8, 10].includes(type) ? [2] : [0];
    const isRight = type === 3
      ? ((flags >> 1) & 3) < 3
      : type > 0 && wanted.includes(flags);
    if (!isRight) throw new Refusal("malformed");
    let size = 0;
    for (let i = 0;; i++) {
      const byte = text.take(1).charCodeAt(0);
      if (i === 3 && byte > 127) throw new Refusal("malformed");
      size += (byte & 127) * 128 ** i;
      if (byte < 128) break;
    }
    if (size + text.at - from > 1024 * 1024) throw new Refusal("too_large");
    text.take(size);
    return text.text.slice(from, text.at);
  },
  parts: fc.oneof(
    fc.constantFrom("\xc0\0", "\xe0\0", PUBLISH, LONG),
    fc.tuple(
      fc.constantFrom("\x30", "\x32", "\x34", "\x62", "\x82", "\x40"),
      fc.uint8Array({ maxLength: 200 }),
    ).map(([first, bytes]) => {
      const size = bytes.length;
      return first +
        (size < 128
          ? String.fromCharCode(size)
          : String.fromCharCode(128 + size % 128, size >> 7)) +
        fromLatin1(bytes);
    }),
  ),
});
