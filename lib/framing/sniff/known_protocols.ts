/**
 * Protocols that are known by the first bytes of a direction. Both what a sniffer
 * guesses and what an error says of a stream come from this table.
 *
 * @module
 */

import type { Side } from "../framing.ts";

/** A character that is not a byte, in place of any digit. */
const DIGIT = "\uffff";
const BITS_OF_DIGIT = 4;

/** How a direction of a protocol begins. */
export interface KnownBeginning {
  /**
   * The first bytes, one character each, of which {@linkcode DIGIT} stands for any
   * digit; a number stands for that many bytes with any value.
   */
  readonly begin: readonly (string | number)[];
  /** The side that begins so, if it matters. */
  readonly from?: Side;
  /** The string of its framing, if there is one. */
  readonly framing?: string;
  /** What else is among the first 1024 bytes. */
  readonly holds?: string;
  /** What sends it, as an error says it; only beginnings that errors look for. */
  readonly peer?: string;
  /** The name of the protocol. */
  readonly protocol: string;
}

const HTTP_CLIENT = "an HTTP client";
const HTTP_METHODS = [
  ...["GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "PATCH "],
  ...["CONNECT ", "TRACE "],
];

/** The beginnings, the more special ones of a protocol first. */
export const KNOWN_BEGINNINGS: readonly KnownBeginning[] = [
  {
    begin: ["GET "],
    from: "client",
    framing: "websocket",
    holds: "upgrade: websocket",
    protocol: "WebSocket",
  },
  ...HTTP_METHODS.map((begin) => ({
    begin: [begin],
    peer: HTTP_CLIENT,
    protocol: "HTTP/1",
  })),
  { begin: ["PRI * HTTP/2"], peer: HTTP_CLIENT, protocol: "HTTP/2" },
  { begin: ["HTTP/"], peer: "an HTTP server", protocol: "HTTP/1" },
  { begin: ["SSH-"], peer: "an SSH peer", protocol: "SSH" },
  {
    begin: ["\x16\x03"],
    framing: "tls",
    peer: "TLS sent to a plain port",
    protocol: "TLS",
  },
  {
    // An alert, with which a TLS server answers plain text.
    begin: ["\x15\x03"],
    framing: "tls",
    peer: "TLS answering plain text; use a tls: or wss: address",
    protocol: "TLS",
  },
  { begin: ["PROXY TCP"], protocol: "the PROXY protocol" },
  { begin: ["\r\n\r\n\0\r\nQUIT\n"], protocol: "the PROXY protocol" },
  ...["\0\x03\0\0", "\x04\xd2\x16\x2f", "\x04\xd2\x16\x30", "\0\x03\0\x02"].map(
    (version) => ({
      begin: ["\0\0", 2, version],
      from: "client" as const,
      framing: "postgres",
      protocol: "PostgreSQL",
    }),
  ),
  ...["5.", "8.", "9.", "10.", "11.", "12."].map((version) => ({
    begin: [3, `\0\x0a${version}`],
    from: "server" as const,
    framing: "mysql",
    protocol: "MySQL",
  })),
  // A command or a reply; the replies that are lines are known by their words.
  ...[
    ...[`*${DIGIT}\r\n$`, `*${DIGIT}${DIGIT}\r\n$`, `$${DIGIT}\r\n`],
    ...[`$${DIGIT}${DIGIT}\r\n`, "+OK\r\n", "+PONG\r\n", "-ERR "],
  ].map((begin) => ({
    begin: [begin],
    framing: "redis",
    protocol: "Redis",
  })),
  { begin: ["AMQP"], from: "client", framing: "amqp", protocol: "AMQP" },
  ...[1, 2].map((size) => ({
    begin: ["\x10", size, "\0\x04MQTT"],
    from: "client" as const,
    framing: "mqtt",
    protocol: "MQTT",
  })),
  {
    begin: ["220"],
    from: "server",
    framing: "smtp",
    holds: "smtp",
    protocol: "SMTP",
  },
  ...["EHLO ", "HELO ", "ehlo ", "helo "].map((begin) => ({
    begin: [begin],
    from: "client" as const,
    framing: "smtp",
    protocol: "SMTP",
  })),
  {
    begin: ["220"],
    from: "server",
    framing: "line,crlf",
    holds: "ftp",
    protocol: "FTP",
  },
  {
    begin: ["INFO {"],
    from: "server",
    framing: "nats",
    protocol: "NATS",
  },
  ...["CONNECT\n", "CONNECT\r\n", "STOMP\n", "STOMP\r\n"].map((begin) => ({
    begin: [begin],
    from: "client" as const,
    framing: "stomp",
    protocol: "STOMP",
  })),
  {
    begin: ["Content-Length: "],
    framing: "lsp",
    holds: '"jsonrpc"',
    protocol: "the Language Server Protocol",
  },
  {
    begin: ["Content-Length: "],
    framing: "dap",
    holds: '"seq"',
    protocol: "the Debug Adapter Protocol",
  },
  // A priority, at once or behind a length.
  ...[1, 2, 3].flatMap((digits) => [
    `<${DIGIT.repeat(digits)}>`,
    `${DIGIT.repeat(digits + 1)} <${DIGIT}`,
  ]).map((begin) => ({
    begin: [begin],
    from: "client" as const,
    framing: "syslog",
    protocol: "syslog",
  })),
  { begin: ["8=FIX"], framing: "fix", protocol: "FIX" },
  { begin: ["\x0bMSH|"], framing: "mllp", protocol: "HL7" },
  ...["$GP", "$GN", "!AIVDM"].map((begin) => ({
    begin: [begin],
    framing: "nmea",
    protocol: "NMEA 0183",
  })),
  {
    // A bind request: a sequence, a message number, an application tag.
    begin: ["0", 1, "\x02\x01", 1, "`"],
    from: "client",
    framing: "ldap",
    protocol: "LDAP",
  },
  ...["\xdd\x07\0\0", "\xd4\x07\0\0"].map((opcode) => ({
    begin: [12, opcode],
    from: "client" as const,
    framing: "mongodb",
    protocol: "MongoDB",
  })),
  {
    begin: [4, "\x64\xff\xff"],
    from: "client",
    framing: "9p",
    protocol: "9P",
  },
  ...["\x01", "\x02", "\x09"].map((bind) => ({
    begin: ["\0\0\0", 1, `\0\0\0${bind}`],
    from: "client" as const,
    framing: "smpp",
    protocol: "SMPP",
  })),
  {
    // A capabilities exchange.
    begin: ["\x01", 4, "\0\x01\x01"],
    from: "client",
    framing: "diameter",
    protocol: "Diameter",
  },
  {
    begin: ["\xf9\xbe\xb4\xd9"],
    framing: "bitcoin",
    protocol: "Bitcoin",
  },
  { begin: ["\xff".repeat(16)], framing: "bgp", protocol: "BGP" },
  ...["\x01\0\0\0", "\x02\0\0\0"].map((stream) => ({
    begin: [stream],
    from: "server" as const,
    framing: "docker",
    protocol: "Docker",
  })),
  {
    // ApiVersions, with which a client begins.
    begin: ["\0\0", 2, "\0\x12\0"],
    from: "client",
    framing: "kafka",
    protocol: "Kafka",
  },
  ...["\x01\0\0\x01\0\0\0\0", "\x01\x20\0\x01\0\0\0\0"].map((query) => ({
    begin: [4, query],
    from: "client" as const,
    framing: "dns",
    protocol: "DNS",
  })),
  ...["STORED\r\n", "VALUE ", "VERSION "].map((begin) => ({
    begin: [begin],
    from: "server" as const,
    framing: "memcached",
    protocol: "memcached",
  })),
  ...["NICK ", "CAP LS", "USER "].map((begin) => ({
    begin: [begin],
    from: "client" as const,
    framing: "irc",
    protocol: "IRC",
  })),
  { begin: ["* OK "], from: "server", protocol: "IMAP" },
  {
    begin: ["+OK "],
    from: "server",
    framing: "line,crlf",
    holds: "pop",
    protocol: "POP3",
  },
];

const MOST_HELD = 1024;

/** How many bits the first bytes tell, or 0 if they do not begin so. */
export function bitsOfBeginning(
  { begin, holds }: KnownBeginning,
  bytes: Uint8Array,
): number {
  let at = 0;
  let bits = 0;
  for (const part of begin) {
    if (typeof part === "number") {
      at += part;
      continue;
    }
    for (let i = 0; i < part.length; i++) {
      const byte = bytes[at++];
      if (part[i] === DIGIT) {
        if (byte === undefined || byte < 0x30 || byte > 0x39) return 0;
        bits += BITS_OF_DIGIT;
      } else if (byte !== part.charCodeAt(i)) return 0;
      else bits += 8;
    }
  }
  if (holds === undefined) return bits;
  const text = String.fromCharCode(...bytes.subarray(0, MOST_HELD));
  return text.toLowerCase().includes(holds) ? bits + 8 * holds.length : 0;
}
