import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ProtocolError } from "../../../lib/errors.ts";
import { Address } from "../../../lib/transport/address.ts";
import {
  encodeProxyHeader,
  parseProxyHeader,
} from "../../../lib/transport/proxy/proxy_protocol.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const hex = (text: string) =>
  Uint8Array.from(
    text.trim().split(/\s+/),
    (byte) => Number.parseInt(byte, 16),
  );

const SIGNATURE = "0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a";
const CLIENT = new Address("tcp", "192.0.2.1", 56324);
const SERVER = new Address("tcp", "198.51.100.2", 443);

Deno.test("parseProxyHeader() reads the specification's examples", () => {
  const cases: [Uint8Array, string, string][] = [
    [
      ascii("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n"),
      "tcp://192.0.2.1:56324",
      "tcp://198.51.100.2:443",
    ],
    [
      ascii("PROXY TCP6 2001:db8::1 ::1 65535 0\r\n"),
      "tcp://[2001:db8::1]:65535",
      "tcp://[::1]:0",
    ],
    [ascii("PROXY UNKNOWN\r\n"), "undefined", "undefined"],
    [ascii("PROXY UNKNOWN ffff:f... 1 2\r\n"), "undefined", "undefined"],
    [
      hex(`${SIGNATURE} 21 11 00 0c c0 00 02 01 c6 33 64 02 dc 04 01 bb`),
      "tcp://192.0.2.1:56324",
      "tcp://198.51.100.2:443",
    ],
    [hex(`${SIGNATURE} 20 00 00 00`), "undefined", "undefined"],
    // A health check may carry addresses, which are then not the client's.
    [
      hex(`${SIGNATURE} 20 11 00 0c c0 00 02 01 c6 33 64 02 dc 04 01 bb`),
      "undefined",
      "undefined",
    ],
  ];
  for (const [bytes, source, destination] of cases) {
    const header = parseProxyHeader(bytes)!;
    assertEquals(String(header.source), source);
    assertEquals(String(header.destination), destination);
    assertEquals(header.size, bytes.length);
  }
});

Deno.test("parseProxyHeader() gives the TLVs and what follows stays outside", () => {
  const header = parseProxyHeader(
    hex(
      `${SIGNATURE} 21 11 00 15 c0 00 02 01 c6 33 64 02 dc 04 01 bb 02 00 02 68 69 04 00 01 00 47 45 54`,
    ),
  )!;
  assertEquals(header.size, 16 + 0x15);
  assertEquals(header.tlvs, [
    { type: 2, value: ascii("hi") },
    { type: 4, value: Uint8Array.of(0) },
  ]);
});

Deno.test("parseProxyHeader() asks for more at every cut of every header", () => {
  for (
    const bytes of [
      encodeProxyHeader(1, CLIENT, SERVER),
      encodeProxyHeader(2, CLIENT, SERVER),
      encodeProxyHeader(1, undefined, undefined),
      encodeProxyHeader(2, undefined, undefined),
    ]
  ) {
    for (let end = 0; end < bytes.length; end++) {
      assertEquals(parseProxyHeader(bytes.subarray(0, end)), undefined);
    }
    assertEquals(parseProxyHeader(bytes)?.size, bytes.length);
  }
});

// What load balancers send to check a server's health, and proxies that do not
// know their client: the block is skipped whole.
for (
  const [what, block] of [
    ["LOCAL of TCP over IPv4 without addresses", "20 11 00 00"],
    ["LOCAL with bytes that are not TLVs", "20 00 00 05 01 02 03 04 05"],
    ["LOCAL with half of a TLV", "20 00 00 02 01 00"],
    [
      "LOCAL with addresses and TLVs",
      `20 11 00 21 03 00 04 61 62 63 64 ea 00 17 01 ${"00 ".repeat(22)}`,
    ],
    ["LOCAL of an unknown family", "20 51 00 03 00 00 00"],
    ["LOCAL of an unknown protocol", "20 1f 00 01 ff"],
    ["PROXY of no family", "21 00 00 00"],
    ["PROXY of no family with bytes that are no TLVs", "21 00 00 03 ff ff ff"],
    ["PROXY of no family, but of streams", "21 01 00 02 ff ff"],
  ] as const
) {
  Deno.test(`parseProxyHeader() skips the block of ${what}`, () => {
    const bytes = hex(`${SIGNATURE} ${block}`);
    const data = ascii("hello");
    const header = parseProxyHeader(Uint8Array.of(...bytes, ...data));

    assertEquals(header, {
      version: 2,
      source: undefined,
      destination: undefined,
      tlvs: [],
      size: bytes.length,
    });
    for (let end = 0; end < bytes.length; end++) {
      assertEquals(parseProxyHeader(bytes.subarray(0, end)), undefined);
    }
  });
}

Deno.test("parseProxyHeader() reads a header above 2 KiB where the limit allows it", () => {
  // A client certificate in a TLV, as HAProxy sends it.
  const value = new Uint8Array(3_000).fill(7);
  const size = 12 + 3 + value.length;
  const start = hex(`${SIGNATURE} 21 11`);
  const bytes = Uint8Array.of(
    ...start,
    ...[size >> 8, size & 255],
    ...new Uint8Array(12),
    ...[0x20, value.length >> 8, value.length & 255],
    ...value,
  );

  assertEquals(parseProxyHeader(bytes, 4096)?.tlvs, [{ type: 0x20, value }]);
  assertThrows(() => parseProxyHeader(bytes), ProtocolError, "limit of 2048");
});

Deno.test("parseProxyHeader() refuses what is no header", () => {
  const cases: [Uint8Array, RegExp][] = [
    [ascii("GET / HTTP/1.1\r\n"), /neither of the two signatures/],
    [ascii("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\n"), /no known form/],
    [ascii("PROXY TCP4 192.0.2.1  198.51.100.2 1 2\r\n"), /no known form/],
    [ascii("PROXY TCP5 192.0.2.1 198.51.100.2 1 2\r\n"), /no known form/],
    [ascii("PROXY TCP4 192.0.2.256 198.51.100.2 1 2\r\n"), /192\.0\.2\.256/],
    [ascii("PROXY TCP4 ::1 198.51.100.2 1 2\r\n"), /"::1" is not an address/],
    [ascii("PROXY TCP6 1.2.3.4 ::1 1 2\r\n"), /"1\.2\.3\.4" is not an address/],
    [ascii("PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n"), /65536 is not a port/],
    [ascii("PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n"), /no known form/],
    [ascii(`PROXY UNKNOWN ${"x".repeat(100)}`), /longer than 107 bytes/],
    [hex(`${SIGNATURE} 11 11 00 00`), /version is not 2/],
    [hex(`${SIGNATURE} 22 11 00 00`), /command is unknown/],
    [hex(`${SIGNATURE} 21 41 00 00`), /family is unknown/],
    [hex(`${SIGNATURE} 21 11 00 04 01 02 03 04`), /need 12 bytes/],
    [hex(`${SIGNATURE} 21 11 00 0e ${"00 ".repeat(12)}01 00`), /is cut off/],
    [
      hex(`${SIGNATURE} 21 11 00 0f ${"00 ".repeat(12)}01 00 01`),
      /TLVs is cut off/,
    ],
  ];
  for (const [bytes, why] of cases) {
    const error = assertThrows(() => parseProxyHeader(bytes), ProtocolError);
    assertEquals(error.code, "malformed");
    assertEquals(why.test(error.message), true, error.message);
  }
});

Deno.test("parseProxyHeader() refuses a size above the limit before it arrives", () => {
  const error = assertThrows(
    () => parseProxyHeader(hex(`${SIGNATURE} 21 11 ff ff`)),
    ProtocolError,
    "declared size of 65551 bytes exceeds the limit of 2048 bytes",
  );
  assertEquals(error.code, "too_large");
});

Deno.test("parseProxyHeader() gives a header, nothing, or ProtocolError for any bytes", () => {
  const starts = fc.constantFrom(hex(SIGNATURE), ascii("PROXY "), ascii(""));
  fc.assert(
    fc.property(starts, fc.uint8Array({ maxLength: 60 }), (a, b) => {
      try {
        parseProxyHeader(Uint8Array.of(...a, ...b));
      } catch (error) {
        assertInstanceOf(error, ProtocolError);
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("encodeProxyHeader() writes what parseProxyHeader() reads back", () => {
  const port = fc.integer({ min: 0, max: 65535 });
  const four = fc.ipV4().map((host) => [host, host] as const);
  const six = fc.ipV6().map((host) => [host, "2001:db8::7"] as const);
  fc.assert(
    fc.property(fc.oneof(four, six), port, port, (hosts, from, to) => {
      const source = new Address("tcp", hosts[0], from);
      const destination = new Address("tcp", hosts[1], to);
      for (const version of [1, 2] as const) {
        const bytes = encodeProxyHeader(version, source, destination);
        const header = parseProxyHeader(bytes)!;
        const same = encodeProxyHeader(2, header.source, header.destination);
        assertEquals(same, encodeProxyHeader(2, source, destination));
        assertEquals(header.size, bytes.length);
        assertEquals(header.source?.port, from);
      }
    }),
  );
});

Deno.test("encodeProxyHeader() refuses names and mixed families", () => {
  const name = new Address("tcp", "localhost", 1);
  const six = new Address("tcp", "::1", 1);
  for (const other of [name, six]) {
    assertThrows(
      () => encodeProxyHeader(2, CLIENT, other),
      TypeError,
      "IP addresses of the same family",
    );
  }
});
