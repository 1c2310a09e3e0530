/**
 * Names of protocols as framings, held against encoders that others have
 * written.
 *
 * @module
 */

import { FrameDecoder, parseFraming, PROTOCOLS } from "@parley/parley/framing";
import { assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import dns from "dns-packet";
import fc from "fast-check";
import { cutAt, fromLatin1 } from "../../support/chunkings.ts";
import { decodeAll, encodeAll } from "../../support/codec_suite.ts";

for (const { name } of PROTOCOLS) {
  Deno.test(`the framing of protocol ${name} has that name and no options`, () => {
    assertEquals(parseFraming(name).toString(), name);
    assertEquals(parseFraming(name).boundary, "frame");
    assertThrows(() => parseFraming(`${name},x`), TypeError);
  });
}

Deno.test("the protocols are listed by their names, with a port where there is one", () => {
  const names = PROTOCOLS.map(({ name }) => name);
  assertEquals(names, names.toSorted());
  for (const { port, summary } of PROTOCOLS) {
    assertEquals(port === undefined || (port > 0 && port < 65536), true);
    assertEquals(/^[^.]{10,70}$/.test(summary), true, summary);
  }
});

/** The same protocol, written as the framing that it is made of. */
const CANONICAL: Readonly<Record<string, readonly [string, string]>> = {
  dap: ["content-length", "Content-Length: 2\r\n\r\n{}"],
  dns: ["length:2", "\0\x02hi"],
  irc: ["line,crlf", "PING a\r\n"],
  iso8583: ["length:2", "\0\x040800"],
  kafka: ["length:4", "\0\0\0\x02hi"],
  ldap: ["ber", "\x30\x05\x02\x01\x01\x42\0"],
  lsp: ["content-length", "Content-Length: 2\r\n\r\n{}"],
  minecraft: ["varint:3", "\x02\0\x01"],
  redis: ["resp", "+PONG\r\n"],
};

for (const [name, [canonical, stream]] of Object.entries(CANONICAL)) {
  Deno.test(`${name} reads and writes what ${canonical} does, under its own name`, () => {
    const bytes = Uint8Array.from(stream, (c) => c.charCodeAt(0));
    const { messages, error } = decodeAll(name, [bytes]);
    assertEquals(error, undefined);
    assertEquals(messages, decodeAll(canonical, [bytes]).messages);
    assertEquals(messages.length, 1);
    const message = Uint8Array.from(messages[0]!, (c) => c.charCodeAt(0));
    assertEquals(fromLatin1(encodeAll(name, [message])), stream);
    const cut = decodeAll(name, [bytes.slice(0, 1)]).error;
    assertEquals(cut?.includes(`(${name})`), true);
  });
}

Deno.test("dns finds the messages that dns-packet writes, in 3000 random streams", () => {
  const label = fc.string({
    unit: fc.constantFrom(..."abcxyz019-".split("")),
    minLength: 1,
    maxLength: 20,
  });
  const query = fc.tuple(
    fc.nat(65535),
    fc.array(label, { minLength: 1, maxLength: 4 }),
  )
    .map(([id, labels]) => ({
      type: "query" as const,
      id,
      questions: [{ type: "A" as const, name: labels.join(".") }],
    }));
  fc.assert(
    fc.property(
      fc.array(query, { maxLength: 5 }),
      fc.array(fc.nat(300), { maxLength: 6 }),
      (queries, places) => {
        const stream = queries.flatMap((query) => [...dns.streamEncode(query)]);
        const decoder = new FrameDecoder("dns");
        const names: string[] = [];
        for (const chunk of cutAt(Uint8Array.from(stream), places)) {
          decoder.push(chunk);
          for (let m; (m = decoder.next()) !== undefined;) {
            names.push(dns.decode(Buffer.from(m)).questions![0]!.name);
          }
        }
        assertEquals(decoder.end(), undefined);
        assertEquals(names, queries.map(({ questions }) => questions[0]!.name));
      },
    ),
    { numRuns: 3000 },
  );
});
