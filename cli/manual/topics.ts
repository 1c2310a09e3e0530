/**
 * What `help TOPIC` shows: what concerns many commands.
 *
 * @module
 */

import { PROTOCOLS } from "../../lib/framing/mod.ts";
import { exitCodeSection } from "./exit_code_section.ts";
import type { Section } from "./manual.ts";

/** The framings. */
const FRAMINGS: Section = {
  title: "Framings (--frame; both ends must use the same)",
  rows: [
    ["line", "ends with a line feed; line,crlf sends CR LF; both are read"],
    ["length:4", "binary length in 1 to 8 bytes; length:4,le"],
    ["header:10", "decimal length in 10 characters; header:5,zero zero-filled"],
    ["delimiter:#*#", "ends with these bytes; \\n \\r \\t \\0 \\\\ \\, \\xHH"],
    ["fixed:30,pad=#", "30 bytes each, shorter ones filled up"],
    ["close", "one message: everything until the sender finishes"],
    ["raw", "no framing: each read is a message"],
    ["A then B", 'one message in A, all others in B: "fixed:8 then length:4"'],
    [
      "",
      "and varint, netstring, content-length, octet-count, slip, cobs, hdlc, dle, json, json-seq, resp, rpc, ber, mllp, fix; or a protocol's name, see help protocols",
    ],
  ],
};

/** The protocols whose names are framings. */
const PROTOCOL_NAMES: Section = {
  title: "Protocols (--frame NAME; what one message is)",
  rows: PROTOCOLS.map(({ name, port, summary }) => [
    name,
    port === undefined ? summary : `${summary}; port ${port}`,
  ]),
};

/** The ways to write an address. */
const ADDRESSES: Section = {
  title: "Addresses",
  rows: [
    [
      "tcp://HOST:PORT",
      "or HOST:PORT, or HOST PORT; an IPv6 address in brackets, [::1]:7342",
    ],
    ["tls://HOST:PORT", "the same over TLS"],
    [
      "udp://HOST:PORT",
      "or udp:PORT; datagrams: each is one message, and may be lost",
    ],
    [
      "unix:PATH",
      "a Unix socket: programs of this machine only; the client takes the path of an existing socket alone",
    ],
    ["7342", "this machine only (loopback): tcp://127.0.0.1:7342"],
  ],
};

const SERVER_ADDRESSES: Section = {
  ...ADDRESSES,
  rows: [
    ...ADDRESSES.rows,
    [":7342", "every interface, IPv4 and IPv6, so other machines too"],
    ["0", "a free port, which the first line of the log tells"],
  ],
};

const CLIENT_ADDRESSES: Section = {
  ...ADDRESSES,
  rows: [
    ...ADDRESSES.rows,
    ["http://HOST/PATH", "asks a web server, with https: over TLS"],
  ],
};

const TLS: Section = {
  title: "TLS",
  rows: [
    [
      "to try it",
      "parley-server cert --out . makes cert.pem and key.pem for localhost; then: parley-server echo tls://localhost:7343 --cert cert.pem --key key.pem, and parley-client tls://localhost:7343 hello --ca cert.pem",
    ],
    [
      "--ca FILE",
      "of the client: authorities to trust besides the well-known ones. Of the server, with --require-client-cert: authorities that issue the clients' certificates",
    ],
    ["--cert, --key", "this end's certificate and its private key, in PEM"],
    [
      "--server-name",
      "of the client: the name that must be in the server's certificate, if it is not the address's",
    ],
    ["--alpn", "protocols to agree on, preferred first"],
    [
      "--insecure",
      "of the client: accepts any certificate; an attacker on the path can then read and change everything",
    ],
    ["SIGHUP", "the server reads --cert and --key again"],
  ],
};

/**
 * Finds the topics of an executable.
 *
 * @returns The topics by name.
 */
export function topicsOf(name: string): Readonly<Record<string, Section>> {
  return {
    "frames": FRAMINGS,
    "protocols": PROTOCOL_NAMES,
    "addresses": name === "parley-server" ? SERVER_ADDRESSES : CLIENT_ADDRESSES,
    "exit-codes": exitCodeSection(),
    "tls": TLS,
  };
}
