import { parseFraming } from "@parley/parley/framing";
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { OptionTypeError } from "../../lib/check.ts";

for (
  const [text, canonical] of [
    ["header", "header:10"],
    ["header:10,right", "header:10,right"],
    ["header:5,zero,right", "header:5,zero"],
    ["length", "length:4"],
    ["length:04", "length:4"],
    ["length:4,be", "length:4"],
    ["length:2,be,inclusive", "length:2,inclusive"],
    ["length:4,inclusive,le", "length:4,le,inclusive"],
    ["length:2,adjust=-2", "length:2,inclusive"],
    ["length:2,strip=2", "length:2"],
    ["length:4,mask=0xFFFFFFFF,unit=1,tail=0", "length:4"],
    ["length:5,tail=2,mask=255,unit=4", "length:5,mask=0xff,unit=4,tail=2"],
    ["line,eof,crlf", "line,crlf,eof"],
    ["delimiter:\\x23\\x2A#", "delimiter:#*#"],
    ["delimiter:\\x0a", "delimiter:\\n"],
    ["delimiter:\\,", "delimiter:\\,"],
    ["delimiter::", "delimiter::"],
    ["delimiter:\\|", "delimiter:\\|"],
    ["delimiter:\\x7c|\\x23,eof,keep", "delimiter:\\||#,keep,eof"],
    ["length:2,tail=2,crc=16-x25", "length:2,adjust=2,crc=16-x25"],
    ["length:2,inclusive,tail=4,crc=32", "length:2,adjust=2,crc=32"],
    ["cobs,crc=32-le", "cobs,crc=32-le"],
    ["delimiter: ,eof", "delimiter: ,eof"],
    ["delimiter:€", "delimiter:\\xe2\\x82\\xac"],
    ["fixed:30,pad=\\,", "fixed:30,pad=\\,"],
    ["fixed:30,pad==", "fixed:30,pad=="],
    ["fixed:30,pad=\\x00", "fixed:30,pad=\\0"],
  ] as const
) {
  Deno.test(`parseFraming() reads ${text} as ${canonical}`, () => {
    assertEquals(parseFraming(text).toString(), canonical);
    assertEquals(parseFraming(canonical).toString(), canonical);
  });
}

for (
  const [text, part] of [
    ["", 'there is no framing ""; there are raw, close, fixed, line'],
    ["lenght:4", 'there is no framing "lenght" (did you mean "length"?)'],
    ["lin", 'did you mean "line"?'],
    ["LINE", 'did you mean "line"?'],
    ["netstrings", 'did you mean "netstring"?'],
    ["jsonseq", 'did you mean "json-seq"?'],
    ["rsp", 'did you mean "resp"?'],
    ["mgtt", 'did you mean "mqtt"?'],
    ["redis,le", 'the protocol "redis" takes no value and no options'],
    ["kafka:4", 'the protocol "kafka" takes no value and no options'],
    ["xyzzy", 'there is no framing "xyzzy"; there are'],
    ["xyzzy", "ber, mllp, fix, and protocols such as redis and mqtt"],
    [
      "length:9",
      "it must be an integer from 1 to 8; the form is length:1 to 8",
    ],
    [
      "length:1,mask=0x100",
      "cannot use mask of 256: it must be an integer from 1 to 255",
    ],
    [
      "length:2,mask=0xf0",
      "cannot use mask of 240: it must be one less than a power of two",
    ],
    ["length:4,mask=0", "it must be an integer from 1 to 4294967295"],
    ["length:4,mask=0xg", 'option "mask" "0xg" is not a number'],
    ["length:4,unit=0", "cannot use unit of 0"],
    ["length:4,tail=-1", "cannot use tail of -1"],
    ["length:x", 'the value "x" is not a number'],
    ["length:", 'the value "" is not a number'],
    ["length:4.0", 'the value "4.0" is not a number'],
    ["length:4,lle", 'there is no option "lle" (did you mean "le"?)'],
    ["length:4,le,be", 'options "le" and "be" exclude each other'],
    ["length:4,little", 'there is no option "little" (did you mean "le"?)'],
    ["length:4,littleendian", 'did you mean "le"?'],
    ["length:4,big", 'there is no option "big" (did you mean "be"?)'],
    ["length:4,Network", 'did you mean "be"?'],
    ["length:4,le=1", 'option "le" takes no value'],
    ["length:4,offset", 'option "offset" needs a value'],
    ["length:4,offset=", 'option "offset" needs a value'],
    ["length:4,offset=a", 'option "offset" "a" is not a number'],
    ["length:4,offset=-1", "cannot use offset of -1"],
    ["length:4,le,le", 'option "le" is given twice'],
    ["length:4,", 'there is no option ""'],
    ["line:80", 'it takes no value "80"'],
    ["raw,eof", 'option "eof" does not apply to it, only to line, delimiter'],
    ["line,crc=32", 'option "crc" does not apply to it, only to fixed, header'],
    [
      "length:2,crc=16",
      'there is no checksum "16"; there are 16-ccitt, 16-x25',
    ],
    ["length:2,crc=16-modbu", 'did you mean "16-modbus"?'],
    ["length:2,crc", 'option "crc" needs a value'],
    [
      "length:2,tail=2,crc=32",
      'options "tail" and "crc" contradict each other: checksum 32 has 4 bytes, and the tail 2',
    ],
    ["fixed:8,pad=#,crc=32", 'options "pad" and "crc" contradict each other'],
    ["redis,crc=32", 'the protocol "redis" takes no value and no options'],
    ["delimiter:a|", "cannot use a delimiter of 0 bytes"],
    [
      "delimiter:a|ab",
      'cannot use the delimiters "ab" and "a": the second one is complete before the first one',
    ],
    ["delimiter:a|a", "they are the same"],
    ["delimiter:a,kepe", 'there is no option "kepe" (did you mean "keep"?)'],
    [
      "fixed",
      "the size is missing; the form is fixed:BYTES[,pad=BYTE|,crc=NAME]",
    ],
    ["fixed:0", "it must be an integer from 1 to 2147483647"],
    ["fixed:3,pad=##", 'option "pad" must be one byte, not 2'],
    ["fixed:3,pad=é", 'option "pad" must be one byte, not 2'],
    ["delimiter", "cannot use a delimiter of 0 bytes"],
    ["delimiter:a,b", 'there is no option "b"'],
    ["delimiter:\\q", 'cannot read escape "\\q"'],
    ["delimiter:\\x1", 'cannot read escape "\\x"'],
    ["delimiter:\\", 'cannot read escape "\\"'],
    ["header:0", "from 1 to 32"],
  ] as const
) {
  Deno.test(`parseFraming() refuses ${JSON.stringify(text)} and says why`, () => {
    const error = assertThrows(() => parseFraming(text), TypeError, part);
    assertEquals(
      error.message.startsWith(`Cannot use framing "${text}": `),
      true,
    );
    assertEquals(error.message.endsWith("."), false);
  });
}

Deno.test("parseFraming() reads any delimiter and padding back from toString()", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 });
  fc.assert(fc.property(bytes, fc.boolean(), (bytes, eof) => {
    const text = `delimiter:${
      Array.from(bytes, (b) => `\\x${b.toString(16).padStart(2, "0")}`).join("")
    }${eof ? ",eof" : ""}`;
    const canonical = parseFraming(text).toString();
    assertEquals(/^[\x20-\x7e]+$/.test(canonical), true);
    assertEquals(parseFraming(canonical).toString(), canonical);
  }));
});

Deno.test("parseFraming() gives a framing or throws a TypeError for any text", () => {
  const part = fc.constantFrom(
    ..."raw close fixed line delimiter header length : , = \\ x 4 le pad eof"
      .split(" "),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string())), (parts) => {
      try {
        const canonical = parseFraming(parts.join("")).toString();
        assertEquals(parseFraming(canonical).toString(), canonical);
      } catch (error) {
        assertEquals((error as Error).name, "TypeError");
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("parseFraming() gives the parts of its errors, those of a factory's error in the reason", () => {
  for (
    const [text, reason, advice] of [
      [
        "length:4,lee",
        /^there is no option "lee" \(did you mean "le"\?\)$/,
        "the form is length:",
      ],
      [
        "header:33",
        /^cannot use digits of 33: it must be an integer/,
        "the form is header:",
      ],
      [
        "delimiter:",
        /^cannot use a delimiter of 0 bytes: it must have 1/,
        "the form is delimiter:",
      ],
      [
        "delimiter:\\q",
        /^cannot read escape "\\q": it must be one of/,
        "the form is delimiter:",
      ],
      [
        "qqqqqqqq",
        /^there is no framing "qqqqqqqq"$/,
        "there are raw,",
      ],
    ] as const
  ) {
    const error = assertThrows(() => parseFraming(text), OptionTypeError);
    assertEquals(error.action, `use framing "${text}"`);
    assertMatch(error.reason, reason);
    assertEquals(error.advice?.slice(0, advice.length), advice);
  }
});

Deno.test("parseFraming() suggests only what is near", () => {
  for (const text of ["lps", "tcp", "abc", "xml", "to"]) {
    const { message } = assertThrows(() => parseFraming(text)) as Error;
    assertEquals(message.includes("did you mean"), false, message);
  }
});
