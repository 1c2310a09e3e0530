import { MessageConnection } from "@parley/parley";
import { ByteSink, FrameDecoder, parseFraming } from "@parley/parley/framing";
import { memoryPair, verifyFraming } from "@parley/parley/testing";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";
import { codecSuite } from "../../support/codec_suite.ts";
import { oracleTest, Refusal, type Text } from "../../support/oracle.ts";

const MAIL = "Subject: hi\r\n\r\n..dot\r\n.\n.\r.\r\nend\r\n.\r\n";
const RECORD = "\x16\x03\x01\0\x03abc";

codecSuite({
  framing: "smtp",
  from: "client",
  samples: [
    "EHLO example.org\r\n",
    "MAIL FROM:<a@example.org> SIZE=100\r\n",
    "BDAT 5 LAST\r\nhello",
    "bdat 2\r\n\r\n",
    "BDAT 0 LAST\r\n",
    "\r\n",
    "dGVzdA==\r\n",
    "DATA x\r\n",
    "QUIT\r\n",
  ],
  reads: [
    [`MAIL FROM:<>\r\nDATA\r\n${MAIL}RSET\r\n`, [
      "MAIL FROM:<>\r\n",
      "DATA\r\n",
      MAIL,
      "RSET\r\n",
    ]],
    ["data \r\n.\r\ndata\r\n\r\n.\r\nQUIT\r\n", [
      "data \r\n",
      ".\r\n",
      "data\r\n",
      "\r\n.\r\n",
      "QUIT\r\n",
    ]],
    [`EHLO a\r\nSTARTTLS\r\n${RECORD}${RECORD}`, [
      "EHLO a\r\n",
      "STARTTLS\r\n",
      RECORD,
      RECORD,
    ]],
  ],
  rejects: [
    ["HELO a\n", "malformed", "an LF alone at position 7"],
    ["BDAT x\r\n", "malformed", "BDAT must be followed by a size"],
    ["BDAT 1 FIRST\r\n", "malformed", "BDAT must be followed by a size"],
    ["BDAT 1000\r\n", "too_large", "size of 1011 bytes"],
    [`${"a".repeat(1001)}`, "too_large", "limit of 1000 bytes"],
    [`DATA\r\n${"a".repeat(1001)}`, "too_large", "limit of 1000 bytes"],
    ["DATA\r\nhi\r\n.", "truncated", "after 5 bytes of a SMTP message"],
    ["DATA\r\nhi\n.\n", "truncated", "after 5 bytes"],
    [`${RECORD}EHLO`, "malformed", "the content type must be"],
  ],
  refuses: [
    ["EHLO", "it must be one whole SMTP message, and it ends after 4 bytes"],
    ["RSET\r\nRSET\r\n", "its packet ends after 6 bytes"],
  ],
});

Deno.test("smtp keeps every promise for a mail after DATA", () => {
  for (const mail of [".\r\n", MAIL, "\r\n.\r\n"]) {
    verifyFraming(parseFraming("smtp"), [latin1(mail)], {
      from: "client",
      opening: [latin1("DATA\r\n")],
    });
  }
});

codecSuite({
  framing: "smtp",
  from: "server",
  samples: [
    "220 mail.example.org ESMTP\r\n",
    "250-mail.example.org\r\n250-SIZE 1000\r\n250 HELP\r\n",
    "354\r\n",
    "250-a\r\n250\r\n",
  ],
  reads: [
    ["220 a\r\n250-a\r\n250 b\r\n221 bye\r\n", [
      "220 a\r\n",
      "250-a\r\n250 b\r\n",
      "221 bye\r\n",
    ]],
    [`220 ready\r\n${RECORD}${RECORD}`, ["220 ready\r\n", RECORD, RECORD]],
  ],
  rejects: [
    ["HTTP/1.1 400", "malformed", "this looks like an HTTP server"],
    ["22x", "malformed", 'three digits, and has "x" (78) at position 3'],
    ["220_", "malformed", "must be followed by a blank"],
    ["220 a\n", "malformed", "an LF alone at position 6"],
    [
      "250-a\r\n251 b\r\n",
      "malformed",
      "the same code, and this one differs at position 10",
    ],
    [`220-${"a".repeat(1000)}`, "too_large", "limit of 1000 bytes"],
    [`${"220-a\r\n".repeat(143)}`, "too_large", "limit of 1000 bytes"],
    [
      "250-a\r\n",
      "truncated",
      "after 7 bytes of a SMTP message of at least 12",
    ],
  ],
  refuses: [["250-a\r\n", "it ends after 7 bytes"]],
});

function line(text: Text): string {
  const line = text.while((c) => c !== "\n") + text.word("\n");
  if (!line.endsWith("\r\n")) throw new Refusal("malformed");
  return line;
}

function record(text: Text): string {
  const from = text.at;
  text.oneOf("\x14\x15\x16\x17\x18");
  text.oneOf("\x03");
  text.take(1);
  const [high, low] = latin1(text.take(2));
  const size = high! * 256 + low!;
  if (size > 16384 + 2048) throw new Refusal("malformed");
  text.take(size);
  return text.text.slice(from, text.at);
}

/** Reads with states kept beside the text, which are new for each stream. */
function reader(
  read: (text: Text, last: string | undefined) => string,
): (text: Text) => string {
  let stream: Text | undefined;
  let last: string | undefined;
  return (text) => {
    if (stream !== text) last = undefined;
    stream = text;
    const isTls = last?.startsWith("\x16") || text.next === "\x16";
    if (isTls && !/^data[ \t]*\r\n$/i.test(last ?? "")) {
      const message = record(text);
      // The first record stays the last message, so all that follow are records.
      if (last?.startsWith("\x16") !== true) last = message;
      return message;
    }
    return last = read(text, last);
  };
}

oracleTest({
  framing: "smtp",
  from: "client",
  read: reader((text, last) => {
    if (/^data[ \t]*\r\n$/i.test(last ?? "")) {
      const rest = text.text.slice(text.at);
      const end = /^(?:\.\r\n|[^]*?\r\n\.\r\n)/.exec(rest)?.[0];
      if (end === undefined) throw new Refusal("truncated");
      return text.take(end.length);
    }
    const command = line(text);
    const bdat = /^bdat(?=[ \t]|\r\n$)[ \t]*([^]*?)[ \t]*\r\n$/i.exec(command);
    if (bdat === null) return command;
    const size = /^(\d{1,20})(?:[ \t]+last)?$/i.exec(bdat[1]!)?.[1];
    if (size === undefined) throw new Refusal("malformed");
    if (Number(size) > 1_000_000) throw new Refusal("too_large");
    return command + text.take(Number(size));
  }),
  parts: fc.oneof(
    fc.constantFrom("EHLO a\r\n", "MAIL FROM:<>\r\n", "QUIT\r\n", "AUTH\r\n"),
    fc.array(
      fc.string({ unit: fc.constantFrom("a", ".", "\r", "\n"), maxLength: 5 }),
    ).map((lines) =>
      `DATA\r\n${[...lines, "."].join("\r\n")}\r\n`
        .replace(/^(DATA\r\n[^]*?\r\n\.\r\n)[^]*$/, "$1")
    ),
    fc.string({ unit: fc.constantFrom("a", "\r", "\n"), maxLength: 9 })
      .map((data) => `BDAT ${data.length}\r\n${data}`),
    { weight: 1, arbitrary: fc.constant(RECORD) },
  ),
});

oracleTest({
  framing: "smtp",
  from: "server",
  read: reader((text) => {
    const from = text.at;
    let code: string | undefined;
    for (;;) {
      const begin = text.at;
      for (let i = 0; i < 3; i++) {
        text.oneOf(code === undefined ? "0123456789" : code[i]!);
      }
      code ??= text.text.slice(begin, text.at);
      const isLast = text.oneOf(" -\r") !== "-";
      text.at = begin;
      line(text);
      if (isLast) return text.text.slice(from, text.at);
    }
  }),
  parts: fc.oneof(
    fc.constantFrom("220 a\r\n", "354\r\n", "550 no\r\n"),
    fc.array(fc.constantFrom("", "a", "b c"), { minLength: 1 }).map((lines) =>
      lines.map((text) => `250-${text}\r\n`).join("") + "250 end\r\n"
    ),
    { weight: 1, arbitrary: fc.constant(RECORD) },
  ),
});

const CLIENT = "MAIL FROM:<>\r\nRCPT TO:<a>\r\nDATA\r\n";

Deno.test("smtp takes what follows a refused DATA for commands if both directions are known", () => {
  const connection = {};
  const client = new FrameDecoder("smtp", { connection, from: "client" });
  const server = new FrameDecoder("smtp", { connection, from: "server" });
  const messages: string[] = [];
  const push = (decoder: FrameDecoder, text: string) => {
    decoder.push(latin1(text));
    for (let m; (m = decoder.next()) !== undefined;) {
      messages.push(fromLatin1(m));
    }
  };
  push(server, "220 a\r\n");
  // A group of commands, as of RFC 2920: the second answer is not the one to DATA.
  push(client, CLIENT);
  push(server, "250 ok\r\n550 no\r\n");
  push(server, "554 no valid recipients\r\n");
  push(client, "RSET\r\nDATA\r\n");
  push(server, "250 ok\r\n354 go\r\n");
  push(client, "RSET\r\n.\r\nQUIT\r\n");
  assertEquals(messages, [
    "220 a\r\n",
    "MAIL FROM:<>\r\n",
    "RCPT TO:<a>\r\n",
    "DATA\r\n",
    "250 ok\r\n",
    "550 no\r\n",
    "554 no valid recipients\r\n",
    "RSET\r\n",
    "DATA\r\n",
    "250 ok\r\n",
    "354 go\r\n",
    "RSET\r\n.\r\n",
    "QUIT\r\n",
  ]);
});

Deno.test("smtp takes what follows DATA for the mail if the other direction is not known", () => {
  const decoder = new FrameDecoder("smtp", { from: "client" });
  decoder.push(latin1(CLIENT + "QUIT\r\n"));
  const messages: string[] = [];
  for (let m; (m = decoder.next()) !== undefined;) messages.push(fromLatin1(m));
  assertEquals(messages.at(-1), "DATA\r\n");
});

Deno.test("a connection in smtp sends a command after a refused DATA, and only a mail after 354", async () => {
  const [near, far] = memoryPair();
  const options = { framing: "smtp", encoding: "text" } as const;
  await using client = new MessageConnection(near, options);
  await using server = new MessageConnection(far, {
    ...options,
    side: "server",
  });
  const say = async (
    from: typeof client,
    to: typeof client,
    message: string,
  ) => {
    await from.send(message);
    assertEquals(await to.receive(), message);
  };
  await say(server, client, "220 a\r\n");
  await say(client, server, "DATA\r\n");
  await say(server, client, "503 no\r\n");
  await say(client, server, "NOOP\r\n");
  await say(server, client, "250 ok\r\n");
  await say(client, server, "DATA\r\n");
  await say(server, client, "354 go\r\n");
  assertThrows(() => client.trySend("NOOP\r\n"), RangeError);
  await say(client, server, "hi\r\n.\r\n");
  await say(server, client, "250 ok\r\n");
  await say(client, server, "QUIT\r\n");
});

Deno.test("smtp refuses to send what is not one whole mail after DATA", () => {
  const encoder = parseFraming("smtp")
    .encoder({ from: "client", maxMessageBytes: 1000 });
  const sink = new ByteSink();
  encoder.encode(latin1("DATA\r\n"), sink);
  for (const message of ["hi\r\n", "hi\r\n.\r\nQUIT\r\n"]) {
    assertThrows(() => encoder.encode(latin1(message), sink), RangeError);
  }
  encoder.encode(latin1("hi\r\n.\r\n"), sink);
  encoder.encode(latin1("QUIT\r\n"), sink);
});
