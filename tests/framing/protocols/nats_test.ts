import fc from "fast-check";
import { codecSuite } from "../../support/codec_suite.ts";
import { oracleTest, Refusal } from "../../support/oracle.ts";

codecSuite({
  framing: "nats",
  samples: [
    "PING\r\n",
    "+OK\r\n",
    "-ERR 'Unknown Protocol Operation'\r\n",
    'INFO {"server_id":"a"}\r\n',
    'CONNECT {"verbose":false}\r\n',
    "SUB greet 1\r\n",
    "PUB greet 5\r\nhello\r\n",
    "pub greet inbox 0\r\n\r\n",
    "MSG greet 1 5\r\nhello\r\n",
    "MSG greet 1 inbox 2\r\n\r\n\r\n",
    "HPUB greet 12 17\r\nNATS/1.0\r\n\r\nhello\r\n",
    "HMSG greet 1 inbox 12 12\r\nNATS/1.0\r\n\r\n\r\n",
  ],
  golden: [["PUB a 2\r\nhi\r\n", "PUB a 2\r\nhi\r\n"]],
  reads: [
    ["PING\r\nMSG a 1 2\r\nhi\r\n+OK\r\n", [
      "PING\r\n",
      "MSG a 1 2\r\nhi\r\n",
      "+OK\r\n",
    ]],
    ["PUB  a\t1 \r\nx\r\n", ["PUB  a\t1 \r\nx\r\n"]],
  ],
  rejects: [
    ["GET / HTTP/1.1\r\n", "malformed", "this looks like an HTTP client"],
    [
      "PONGS\r\n",
      "malformed",
      "a line must begin with PUB, MSG, HPUB, HMSG, INFO",
    ],
    ["PING\n", "malformed", "an LF alone at position 5"],
    [
      "PUB a\r\n",
      "malformed",
      "PUB must be followed by 2 or 3 words, of which the last one is a size",
    ],
    ["PUB a b c 1\r\n", "malformed", "2 or 3 words"],
    ["PUB a -1\r\n", "malformed", "the last one is a size"],
    ["HMSG a 1 x 5\r\n", "malformed", "of which the last two are sizes"],
    [
      "HPUB a 6 5\r\n",
      "malformed",
      "its headers of 6 bytes are longer than all its 5",
    ],
    [
      "PUB a 2\r\nhix\r\n",
      "malformed",
      'must be followed by CR LF, not by "x" (78) and byte 0d',
    ],
    ["PUB a 2\r\nhi\rx", "malformed", 'not by byte 0d and "x"'],
    ["PIN", "truncated", "after 3 bytes of a NATS message"],
    ["PUB a 5\r\nhel", "truncated", "of at least 16"],
    ["PUB a 1000\r\n", "too_large", "size of 1014 bytes"],
    [
      "PUB a 99999999999999999999\r\n",
      "too_large",
      "size of 100000000000000000029 bytes",
    ],
    [`INFO ${"x".repeat(1000)}`, "too_large", "limit of 1000 bytes"],
  ],
  refuses: [
    ["", "it must be one whole NATS message, and it ends after 0 bytes"],
    ["PUB a 2\r\nh", "it ends after 10 bytes"],
    ["PING\r\nPING\r\n", "its packet ends after 6 bytes"],
  ],
});

oracleTest({
  framing: "nats",
  read(text) {
    const from = text.at;
    const line = text.while((c) => c !== "\n");
    text.word("\n");
    if (!line.endsWith("\r")) throw new Refusal("malformed");
    const form =
      /^(?:(?:ping|pong|\+ok|-err|info|connect|sub|unsub)(?:[ \t][^]*)?|(?:pub(?:[ \t]+[^ \t]+){1,2}|msg(?:[ \t]+[^ \t]+){2,3})[ \t]+(\d{1,20})[ \t]*|(?:hpub(?:[ \t]+[^ \t]+){1,2}|hmsg(?:[ \t]+[^ \t]+){2,3})[ \t]+(\d{1,20})[ \t]+(\d{1,20})[ \t]*)\r$/i
        .exec(line);
    if (form === null) throw new Refusal("malformed");
    const [, body, headers, all] = form;
    if (Number(headers ?? 0) > Number(all ?? 0)) throw new Refusal("malformed");
    const size = body ?? all;
    if (size !== undefined) {
      if (Number(size) > 1_000_000) throw new Refusal("too_large");
      text.take(Number(size));
      if (text.take(2) !== "\r\n") throw new Refusal("malformed");
    }
    return text.text.slice(from, text.at);
  },
  parts: fc.oneof(
    fc.constantFrom(
      "PING\r\n",
      "+OK\r\n",
      "-ERR 'x'\r\n",
      "SUB a 1\r\n",
      "INFO {}\r\n",
    ),
    fc.tuple(
      fc.constantFrom("PUB a", "pub a b", "MSG a 1", "MSG a 1 b"),
      fc.string({ unit: fc.constantFrom("a", "\r", "\n", "5"), maxLength: 9 }),
    ).map(([head, body]) => `${head} ${body.length}\r\n${body}\r\n`),
    fc.tuple(
      fc.constantFrom("HPUB a", "HMSG a 1 b"),
      fc.string({ unit: fc.constantFrom("a", "\r", "\n", "5"), maxLength: 9 }),
    ).map(([head, body]) =>
      `${head} 12 ${12 + body.length}\r\nNATS/1.0\r\n\r\n${body}\r\n`
    ),
  ),
});
