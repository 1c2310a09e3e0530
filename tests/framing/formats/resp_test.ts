import fc from "fast-check";
import { codecSuite } from "../../support/codec_suite.ts";
import { oracleTest, Refusal, type Text } from "../../support/oracle.ts";

const nested = (levels: number) => "*1\r\n".repeat(levels) + "+\r\n";

codecSuite({
  framing: "resp",
  samples: [
    "+OK\r\n",
    "+\r\n",
    "-ERR no\r\n",
    ":-7\r\n",
    "$5\r\nhello\r\n",
    "$0\r\n\r\n",
    "$-1\r\n",
    "*-1\r\n",
    "*0\r\n",
    "*2\r\n$3\r\nGET\r\n$1\r\n\n\r\n",
    "*2\r\n*1\r\n:1\r\n%0\r\n",
    "_\r\n",
    "#t\r\n",
    ",1.5\r\n",
    "(123\r\n",
    "!2\r\nno\r\n",
    "=5\r\ntxt:a\r\n",
    "%1\r\n+k\r\n:1\r\n",
    "~1\r\n+a\r\n",
    ">1\r\n+a\r\n",
    "|1\r\n+k\r\n+v\r\n*1\r\n:3\r\n",
    "|0\r\n:1\r\n",
    "$?\r\n;4\r\nHell\r\n;1\r\no\r\n;0\r\n",
    "*?\r\n:1\r\n*1\r\n:2\r\n.\r\n",
    "*2\r\n%?\r\n+a\r\n:1\r\n.\r\n$?\r\n;0\r\n",
  ],
  golden: [["*1\r\n$4\r\nPING\r\n", "*1\r\n$4\r\nPING\r\n"]],
  reads: [
    ["+OK\r\n:1\r\n$2\r\nhi\r\n", ["+OK\r\n", ":1\r\n", "$2\r\nhi\r\n"]],
    ["*0\r\n*0\r\n", ["*0\r\n", "*0\r\n"]],
    ["*2\r\n*0\r\n*?\r\n.\r\n+a\r\n", ["*2\r\n*0\r\n*?\r\n.\r\n", "+a\r\n"]],
    [nested(100), [nested(100)]],
  ],
  rejects: [
    [
      "PING\r\n",
      "malformed",
      'must begin with one of + - : $ * _ # , ( ! = ~ % > |, not with "P"',
    ],
    ["+OK\n", "malformed", "an LF without a CR at position 4"],
    [
      "+O\rK\r\n",
      "malformed",
      'its CR at position 3 must be followed by LF, not by "K"',
    ],
    ["$5\r\nhelloworld", "malformed", 'must be followed by CR LF, not by "w"'],
    [
      "$5\r\nhello\r\r",
      "malformed",
      "CR at position 10 must be followed by LF",
    ],
    [
      "$\r\n",
      "malformed",
      'the "$" (24) must be followed by a length and CR LF, and has byte 0d at position 2',
    ],
    ["$-2\r\n", "malformed", 'has "2" (32) at position 3'],
    ["$-\r\n", "malformed", "has byte 0d at position 3"],
    ["$-11\r\n", "malformed", "at position 4"],
    ["$05\r\n", "malformed", "must not begin with zero"],
    ["$+5\r\n", "malformed", 'has "+" (2b) at position 2'],
    ["*1a\r\n", "malformed", 'has "a" (61) at position 3'],
    ["*1\n", "malformed", "has byte 0a at position 3"],
    ["~-1\r\n", "malformed", "at position 2"],
    ["|?\r\n", "malformed", "at position 2"],
    [`*${"1".repeat(21)}\r\n`, "malformed", "more than 20 digits"],
    [".\r\n", "malformed", 'a "." must follow a streamed array'],
    ["*1\r\n.\r\n", "malformed", 'a "." must follow a streamed array'],
    ["*?\r\n..", "malformed", 'a "." must be followed by CR LF'],
    ["%?\r\n+a\r\n.\r\n", "malformed", "ends after a key"],
    [";1\r\na\r\n", "malformed", 'a ";" must follow a streamed string'],
    ["$?\r\n:1\r\n", "malformed", 'must begin with ";"'],
    ["$?\r\n;?\r\n", "malformed", "at position 6"],
    [nested(101), "malformed", "nested deeper than 100 levels"],
    ["+OK\r\n-E", "truncated", "message 2 at byte 5"],
    ["$5\r\nhel", "truncated", "after 7 bytes of a RESP value of at least 11"],
    ["*2\r\n:1\r\n", "truncated", "of at least 11"],
    ["*?\r\n", "truncated", "of at least 7"],
    ["$994\r\n", "too_large", "declared size of 1002 bytes"],
    ["*1\r\n$990\r\n", "too_large", "declared size of 1002 bytes"],
    [`+${"x".repeat(998)}`, "too_large", "longer than the limit of 1000 bytes"],
    [
      "*1099511627776\r\n",
      "too_large",
      'its "*" (2a) of 1099511627776 elements makes it longer than the limit of 1000 bytes',
    ],
    ["%1099511627776\r\n", "too_large", "of 1099511627776 elements"],
    ["*333\r\n", "too_large", "of 333 elements"],
    [
      "*99999999999999999999\r\n",
      "too_large",
      "of 99999999999999999999 elements",
    ],
    [
      "$99999999999999999999\r\n",
      "too_large",
      "size of 99999999999999999999 bytes",
    ],
    ["*2\r\n*330\r\n", "too_large", "of 330 elements"],
  ],
  refuses: [
    ["", "it must be one whole RESP value, and it ends after 0 bytes"],
    ["PING\r\n", 'not with "P"'],
    ["+OK\r\n+OK\r\n", "its packet ends after 5 bytes"],
    ["*1\r\n", "it ends after 4 bytes"],
    ["$5\r\nhello", "it ends after 9 bytes"],
  ],
});

/** One value of the specification of RESP 3, by recursive descent. */
function value(text: Text, levels: number): void {
  const line = () => {
    const content = text.while((c) => c !== "\r" && c !== "\n");
    text.word("\r\n");
    return content;
  };
  const length = (special: string) => {
    if (special.includes(text.next) && text.next !== "") {
      const word = text.take(1);
      if (word === "-") text.word("1");
      text.word("\r\n");
      return word;
    }
    const digits = text.oneOf("0123456789");
    const more = digits === "0" ? "" : text.while((c) => c >= "0" && c <= "9");
    if (more.length > 19) throw new Refusal("malformed");
    text.word("\r\n");
    if (Number(digits + more) > 1_000_000) throw new Refusal("too_large");
    return Number(digits + more);
  };
  const several = (count: number) => {
    if (levels === 100) throw new Refusal("malformed");
    for (let i = 0; i < count; i++) value(text, levels + 1);
  };
  const type = text.oneOf("+-:_#,($!=*~>%|");
  switch (type) {
    case "$":
    case "!":
    case "=": {
      const size = length(type === "$" ? "-?" : "");
      if (size === "-") return;
      if (size !== "?") {
        text.take(size as number);
        text.word("\r\n");
        return;
      }
      for (;;) {
        text.word(";");
        const part = length("") as number;
        if (part === 0) return;
        text.take(part);
        text.word("\r\n");
      }
    }
    case "*":
    case "~":
    case ">":
    case "%":
    case "|": {
      const count = length(
        type === "*" ? "-?" : type === "~" || type === "%" ? "?" : "",
      );
      if (count === "-") return;
      if (count !== "?") {
        const each = type === "%" || type === "|" ? 2 : 1;
        const all = each * (count as number) + (type === "|" ? 1 : 0);
        return all === 0 ? undefined : several(all);
      }
      several(0);
      let read = 0;
      for (; text.next !== "."; read++) value(text, levels + 1);
      if (type === "%" && read % 2 === 1) throw new Refusal("malformed");
      text.word(".\r\n");
      return;
    }
    default:
      line();
  }
}

const leaf = fc.constantFrom(
  "+OK\r\n",
  "-ERR x\r\n",
  ":12\r\n",
  "_\r\n",
  "#t\r\n",
  "$-1\r\n",
  "*-1\r\n",
  "$3\r\na\r\n\r\n",
  "$0\r\n\r\n",
  "=5\r\ntxt:a\r\n",
  "$?\r\n;2\r\nab\r\n;0\r\n",
);
const { any } = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.tuple(
      fc.constantFrom("*", "~", ">", "%", "|", "*?", "~?", "%?"),
      fc.array(tie("any"), { maxLength: 4 }),
    ).map(([type, values]) => {
      const [kind, streamed] = type;
      if (kind === "|") values = [...values, ...values, "+v\r\n"];
      if (kind === "%") values = [...values, ...values];
      const count = kind === "|"
        ? (values.length - 1) / 2
        : kind === "%"
        ? values.length / 2
        : values.length;
      return streamed
        ? `${type}\r\n${values.join("")}.\r\n`
        : `${type}${count}\r\n${values.join("")}`;
    }),
  ),
}));

oracleTest({
  framing: "resp",
  read(text) {
    const from = text.at;
    value(text, 0);
    return text.text.slice(from, text.at);
  },
  parts: any,
});
