import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  Address,
  parseAddress,
  type Transport,
} from "../../lib/transport/address.ts";
import { transportsOf } from "../../lib/transport/transports.ts";

/** Text, what it means (a path for "unix"), and its canonical form. */
const FORMS: readonly [
  text: string,
  transport: Transport,
  host: string,
  port: number,
  canonical: string,
][] = [
  ["7342", "tcp", "127.0.0.1", 7342, "tcp://127.0.0.1:7342"],
  ["0", "tcp", "127.0.0.1", 0, "tcp://127.0.0.1:0"],
  ["65535", "tcp", "127.0.0.1", 65535, "tcp://127.0.0.1:65535"],
  ["007342", "tcp", "127.0.0.1", 7342, "tcp://127.0.0.1:7342"],
  [":7342", "tcp", "::", 7342, "tcp://[::]:7342"],
  ["host:7342", "tcp", "host", 7342, "tcp://host:7342"],
  ["Host.Example:80", "tcp", "host.example", 80, "tcp://host.example:80"],
  ["host_1-a:80", "tcp", "host_1-a", 80, "tcp://host_1-a:80"],
  ["10.0.0.1:80", "tcp", "10.0.0.1", 80, "tcp://10.0.0.1:80"],
  ["0.0.0.0:80", "tcp", "0.0.0.0", 80, "tcp://0.0.0.0:80"],
  ["[::1]:80", "tcp", "::1", 80, "tcp://[::1]:80"],
  ["[FE80::A]:80", "tcp", "fe80::a", 80, "tcp://[fe80::a]:80"],
  ["[fe80::1%Eth0]:80", "tcp", "fe80::1%Eth0", 80, "tcp://[fe80::1%Eth0]:80"],
  ["[fe80::1%25eth0]:80", "tcp", "fe80::1%eth0", 80, "tcp://[fe80::1%eth0]:80"],
  ["[fe80::1%25]:80", "tcp", "fe80::1%25", 80, "tcp://[fe80::1%25]:80"],
  [
    "[::ffff:1.2.3.4]:80",
    "tcp",
    "::ffff:1.2.3.4",
    80,
    "tcp://[::ffff:1.2.3.4]:80",
  ],
  ["tcp://7342", "tcp", "127.0.0.1", 7342, "tcp://127.0.0.1:7342"],
  ["tcp://:7342", "tcp", "::", 7342, "tcp://[::]:7342"],
  ["tcp://host:7342", "tcp", "host", 7342, "tcp://host:7342"],
  ["TCP://host:7342", "tcp", "host", 7342, "tcp://host:7342"],
  ["tls://example.org:443", "tls", "example.org", 443, "tls://example.org:443"],
  ["tls://[::1]:443", "tls", "::1", 443, "tls://[::1]:443"],
  ["udp://[::1]:9001", "udp", "::1", 9001, "udp://[::1]:9001"],
  ["udp://9001", "udp", "127.0.0.1", 9001, "udp://127.0.0.1:9001"],
  ["unix:/run/app.sock", "unix", "/run/app.sock", 0, "unix:/run/app.sock"],
  ["unix:app.sock", "unix", "app.sock", 0, "unix:app.sock"],
  ["unix:/a b/C:1", "unix", "/a b/C:1", 0, "unix:/a b/C:1"],
];

for (const [text, transport, host, port, canonical] of FORMS) {
  Deno.test(`parseAddress() reads "${text}" as ${canonical}`, () => {
    const address = parseAddress(text);
    const isUnix = transport === "unix";

    assertEquals(address.transport, transport);
    assertEquals(address.hostname, isUnix ? "" : host);
    assertEquals(address.path, isUnix ? host : "");
    assertEquals(address.port, port);
    assertEquals(String(address), canonical);
    assertEquals(parseAddress(canonical), address);
  });
}

const WRITE =
  'write for example "tcp://127.0.0.1:7342", "host:7342", ":7342" or "7342"';
const NO_PORT = `it has no port; ${WRITE}`;
const NO_ADDRESS = `it is not an address; ${WRITE}`;
const BRACKETS =
  'an IPv6 address needs brackets and a port; write for example "[::1]:7342"';
const PATH = 'a path needs its scheme; write for example "unix:/run/app.sock"';
const port = (text: string) =>
  `the port "${text}" is not a number from 0 to 65535`;
const SCHEMES = (["host", "url", "path"] as const).flatMap(transportsOf).join(
  ", ",
)
  .replace(/, (\w+)$/, " or $1");
const scheme = (text: string) => `its scheme must be ${SCHEMES}, not "${text}"`;

const REFUSED: readonly [text: string, why: string][] = [
  ["", NO_ADDRESS],
  [" ", NO_ADDRESS],
  [":", NO_ADDRESS],
  ["/", PATH],
  ["/run/app.sock", PATH],
  ["host", NO_PORT],
  ["host:", NO_PORT],
  ["tcp://host", NO_PORT],
  ["1e3", NO_PORT],
  ["-1", NO_PORT],
  ["[::1]", NO_PORT],
  ["[::1]:", NO_PORT],
  ["::", BRACKETS],
  ["::1", BRACKETS],
  ["tls://fe80::1", BRACKETS],
  ["::1:7342", BRACKETS],
  ["fe80::1%eth0", BRACKETS],
  ["::ffff:127.0.0.1", BRACKETS],
  ["[::1]7342", NO_ADDRESS],
  ["[::1]x:7342", NO_ADDRESS],
  ["[::1", NO_ADDRESS],
  ["[:::1]:7342", '":::1" is not an IPv6 address'],
  ["[1:2:3]:7342", '"1:2:3" is not an IPv6 address'],
  ["[dead]:7342", '"dead" is not an IPv6 address'],
  ["[127.0.0.1]:7342", '"127.0.0.1" is not an IPv6 address'],
  ["[]:7342", '"" is not an IPv6 address'],
  ["[fe80::1%]:7342", '"fe80::1%" is not an IPv6 address'],
  ["host:80:90", NO_ADDRESS],
  ["host:80/", NO_ADDRESS],
  ["tcp://host:80/path", NO_ADDRESS],
  ["user@host:80", NO_ADDRESS],
  ["a b:80", NO_ADDRESS],
  ["host: 80", NO_ADDRESS],
  ["host:http", port("http")],
  ["host:-1", port("-1")],
  ["host:+80", port("+80")],
  ["host:8.0", port("8.0")],
  ["host:0x50", port("0x50")],
  ["host:١", port("١")],
  ["ftp://host:80", scheme("ftp")],
  ["http://host:80", `${scheme("http")}; write tcp://host:80`],
  ["HTTP://host", `${scheme("HTTP")}; write tcp://host:80`],
  ["https://[::1]/a?b", `${scheme("https")}; write tls://[::1]:443`],
  ["https://:8443/", `${scheme("https")}; write tls://:8443`],
  ["http://user:pass@host/", scheme("http")],
  ["https://", scheme("https")],
  ["ws+tcp://host:80", scheme("ws+tcp")],
];

for (const [text, why] of REFUSED) {
  Deno.test(`parseAddress() refuses "${text}" and says what is wrong`, () => {
    const error = assertThrows(() => parseAddress(text), TypeError);

    assertEquals(error.message, `Cannot use address "${text}": ${why}`);
  });
}

Deno.test("parseAddress() reads the addresses of WebSocket", () => {
  const forms = [
    ["ws://:8080/chat", "ws://[::]:8080/chat"],
    ["ws://8080", "ws://127.0.0.1:8080"],
    ["ws://Example.org", "ws://example.org:80"],
    ["wss://example.org/chat?room=1", "wss://example.org:443/chat?room=1"],
    ["ws://[::1]/", "ws://[::1]:80/"],
    ["ws://host:80?x", "ws://host:80/?x"],
    ["ws://host:80/a%2fb/?x=/../%c3%a9", "ws://host:80/a%2fb/?x=/../%c3%a9"],
  ] as const;
  for (const [text, canonical] of forms) {
    const address = parseAddress(text);
    assertEquals(String(address), canonical);
    assertEquals(parseAddress(canonical), address);
  }
  for (
    const text of ["ws://u:p@host/", "ws://host/#a", "ws://host/ä", "ws://"]
  ) {
    assertThrows(() => parseAddress(text), TypeError, text);
  }
});

Deno.test("parseAddress() refuses a path of WebSocket that no client asks for, and says which one it asks for", () => {
  for (
    const [path, asked] of [
      ["/../x", "/x"],
      ["/a/./b", "/a/b"],
      ["/a/%2e%2e/b?c", "/b?c"],
      ["/a\\b", "/a/b"],
    ] as const
  ) {
    const error = assertThrows(
      () => parseAddress(`wss://host:1${path}`),
      TypeError,
    );
    assertStringIncludes(
      error.message,
      `a client that opens it asks for ${asked}; write wss://host:1${asked}`,
    );
  }
});

Deno.test("parseAddress() refuses an empty path and shows a path", () => {
  const error = assertThrows(() => parseAddress("unix:"), TypeError);

  assertEquals(
    error.message,
    'Cannot use an empty path: write for example "unix:/run/app.sock"',
  );
});

for (const text of ["65536", "70000", "host:99999999999999999999"]) {
  Deno.test(`parseAddress() refuses the port of "${text}" with RangeError`, () => {
    const number = Number(text.replace("host:", ""));
    const error = assertThrows(() => parseAddress(text), RangeError);

    assertEquals(
      error.message,
      `Cannot use port ${number}: it must be an integer from 0 to 65535`,
    );
  });
}

Deno.test("Address refuses a port that is no integer from 0 to 65535", () => {
  for (const number of [-1, 65536, 1.5, NaN, Infinity]) {
    const error = assertThrows(
      () => new Address("tcp", "host", number),
      RangeError,
    );
    assertEquals(
      error.message,
      `Cannot use port ${number}: it must be an integer from 0 to 65535`,
    );
  }
});

Deno.test("Address refuses an empty host name", () => {
  const error = assertThrows(() => new Address("udp", "", 1), TypeError);

  assertEquals(
    error.message,
    'Cannot use an empty host name: write for example "127.0.0.1"',
  );
});

Deno.test("Address leaves out the brackets of an IPv6 address", () => {
  const address = new Address("tcp", "[::1]", 80);

  assertEquals(address.hostname, "::1");
  assertEquals(String(address), "tcp://[::1]:80");
});

Deno.test("Address of an end in memory is printed by its name", () => {
  assertEquals(String(new Address("memory", "client-1")), "memory:client-1");
});
