import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { codecSuite, decodeAll } from "../../support/codec_suite.ts";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";
import { oracleTest, Refusal, type Text } from "../../support/oracle.ts";

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

codecSuite({
  framing: "json",
  // The line feed behind a value is needed for reading a number only.
  shortest: (text) => /^[-\d]/.test(text) ? `${text}\n` : text,
  samples: [
    "{}",
    "[]",
    "1",
    "-0.5e+10",
    '""',
    '"a"',
    "true",
    "null",
    '{"a":1}',
    "[1,\n2]",
    '"\\"]\\\\\\u00e9"',
    '{"a":"}\\"","b":[{},[ ]]}',
  ],
  golden: [['{"a":1}', '{"a":1}\n'], ["12", "12\n"]],
  reads: [
    ['{"a":1}{"b":2}[3]"4"5 ', ['{"a":1}', '{"b":2}', "[3]", '"4"', "5"]],
    ["1 2\n3\r\n\t4\n", ["1", "2", "3", "4"]],
    ['1"a"2[3]4{}', ["1", '"a"', "2", "[3]", "4", "{}"]],
    ["truefalsenull", ["true", "false", "null"]],
    ['{\n  "a": [\n    1\n  ]\n}\n3\n', ['{\n  "a": [\n    1\n  ]\n}', "3"]],
    ['{ "" : -0 , "\xc3\xa9" : 1E5 }', ['{ "" : -0 , "\xc3\xa9" : 1E5 }']],
    [" \r\n\t", []],
    [nested(100), [nested(100)]],
  ],
  rejects: [
    ["hello", "malformed", 'position 1 must hold a value, not "h" (68)'],
    ["{}x", "malformed", "message 2 at byte 2"],
    [
      "1,2",
      "malformed",
      'message 2 at byte 1 (json): position 1 must hold a value, not ","',
    ],
    ["[1 2]", "malformed", 'position 4 must hold a "," or "]", not "2"'],
    ['{"a" 1}', "malformed", 'position 6 must hold a ":"'],
    ["{a:1}", "malformed", 'position 2 must hold a key in quotes or "}"'],
    ['{"a":1,}', "malformed", "position 8 must hold a key in quotes"],
    ['{"a":1]', "malformed", 'a "," or "}", not "]"'],
    ["[1,]", "malformed", 'position 4 must hold a value, not "]"'],
    ["[1}", "malformed", 'a "," or "]", not "}"'],
    ["01 ", "malformed", 'position 2 must hold the end of a number, not "1"'],
    ["1-2 ", "malformed", "the end of a number"],
    ["1a ", "malformed", "the end of a number"],
    ["1. ", "malformed", "position 3 must hold a digit, not byte 20"],
    ["-a", "malformed", "position 2 must hold a digit"],
    ["1e+,", "malformed", "a digit"],
    ["nul1", "malformed", 'position 4 must hold a letter of "null", not "1"'],
    ['"\\x"', "malformed", "behind a backslash"],
    ['"\\u12g4"', "malformed", "four hexadecimal digits"],
    ['"a\nb"', "malformed", "an escape in place of a control character"],
    [
      "\xef\xbb\xbf{}",
      "malformed",
      "position 1 must hold a value, not byte ef",
    ],
    [nested(101), "malformed", "nested deeper than 100 levels"],
    ["1", "truncated", "after a number of 1 bytes"],
    ["[1", "truncated", "after 2 bytes of a JSON value"],
    ["tru", "truncated", "after 3 bytes"],
    ['{} "', "truncated", "message 2 at byte 3"],
    ["-", "truncated", "after 1 bytes of a JSON value"],
    [`"${"x".repeat(999)}"`, "too_large", "limit of 1000 bytes"],
    ["1".repeat(1001), "too_large", "limit of 1000 bytes"],
  ],
  refuses: [
    ["", "it ends inside a value, after 0 bytes"],
    [" 1", "position 1 must hold a value"],
    ["1 ", "its value ends after 1 bytes"],
    ["{}{}", "its value ends after 2 bytes"],
    ["[1", "it ends inside a value, after 2 bytes"],
    ["-", "it ends inside a value, after 1 bytes"],
    ["hello", "position 1 must hold a value"],
    [nested(101), "nested deeper than 100 levels"],
  ],
});

Deno.test("json reads a number of exactly the limit when a blank follows it", () => {
  assertEquals(decodeAll("json", [latin1("123 ")], 3).messages, ["123"]);
  assertEquals(decodeAll("json", [latin1("123[")], 3).messages, ["123"]);
  assertEquals(
    decodeAll("json", [latin1("1234")], 3).error?.startsWith("too_large"),
    true,
  );
});

/** One value of JSON's grammar, by recursive descent. */
function value(text: Text, levels: number): void {
  const blanks = () => text.while((c) => " \t\r\n".includes(c));
  const list = (end: string, item: () => void) => {
    if (levels === 100) throw new Refusal("malformed");
    text.take(1);
    blanks();
    if (text.next === end) return text.take(1);
    do {
      blanks();
      item();
      blanks();
    } while (text.oneOf(`,${end}`) === ",");
  };
  const digits = () => {
    text.oneOf("0123456789");
    text.while((c) => c >= "0" && c <= "9");
  };
  switch (text.next) {
    case "[":
      list("]", () => value(text, levels + 1));
      break;
    case "{":
      list("}", () => {
        if (text.next !== '"') throw new Refusal("malformed");
        value(text, levels + 1);
        blanks();
        text.oneOf(":");
        blanks();
        value(text, levels + 1);
      });
      break;
    case '"':
      text.take(1);
      while (text.next !== '"') {
        if (text.peek() < " ") throw new Refusal("malformed");
        if (text.take(1) !== "\\") continue;
        if (text.oneOf('"\\/bfnrtu') !== "u") continue;
        for (let i = 0; i < 4; i++) text.oneOf("0123456789abcdefABCDEF");
      }
      text.take(1);
      break;
    case "t":
      text.word("true");
      break;
    case "f":
      text.word("false");
      break;
    case "n":
      text.word("null");
      break;
    default:
      if (text.next === "-") text.take(1);
      if (text.oneOf("0123456789") !== "0") {
        text.while((c) => c >= "0" && c <= "9");
      }
      if (text.next === ".") {
        text.take(1);
        digits();
      }
      if ("eE".includes(text.next)) {
        text.take(1);
        if ("+-".includes(text.next)) text.take(1);
        digits();
      }
      if (/[\w.+-]/.test(text.next)) throw new Refusal("malformed");
  }
}

oracleTest({
  framing: "json",
  read(text) {
    text.while((c) => " \t\r\n".includes(c));
    if (text.isAtEnd) return undefined;
    const from = text.at;
    value(text, 0);
    return text.text.slice(from, text.at);
  },
  parts: fc.oneof(
    fc.json().map((text) => fromLatin1(new TextEncoder().encode(text))),
    fc.tuple(fc.jsonValue(), fc.constantFrom(0, 1, 2)).map(([value, indent]) =>
      fromLatin1(new TextEncoder().encode(JSON.stringify(value, null, indent)))
    ),
    fc.constantFrom(" ", "\n", "1", "-2.5e3", "true", '"', "[[[[", "]", "{}"),
    fc.integer({ min: 98, max: 102 }).map(nested),
  ),
});

Deno.test("json gives only texts that JSON.parse() reads, and all of them", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.nat(2), (values, indent) => {
      const stream = values.map((value) => JSON.stringify(value, null, indent))
        .join(indent === 0 ? " " : "\n") + "\n";
      const bytes = new TextEncoder().encode(stream);
      const { messages, error } = decodeAll("json", [bytes]);
      assertEquals(error, undefined);
      assertEquals(
        messages.map((text) =>
          JSON.parse(new TextDecoder().decode(latin1(text)))
        ),
        JSON.parse(JSON.stringify(values)),
      );
    }),
    { numRuns: 3000 },
  );
});
