/**
 * What `help TOPIC` shows: what concerns many commands.
 *
 * @module
 */

import { TYPED_TRANSPORTS, type TypedTransport } from "../arguments/kinds.ts";
import { TRANSPORTS } from "../../lib/start.ts";
import { FRAMING_NAMES, PROTOCOLS } from "../../lib/framing/mod.ts";
import { exitCodeSection } from "./exit_code_section.ts";
import { FAULTS } from "./topics/faults.ts";
import type { Section } from "./manual.ts";

/** The framings that have a row; all others are named behind them. */
const EXPLAINED: Section["rows"] = [
  ["line", "ends with a line feed; line,crlf sends CR LF; both are read"],
  ["length:4", "binary length in 1 to 8 bytes; length:4,le"],
  ["header:10", "decimal length in 10 characters; header:5,zero zero-filled"],
  [
    "delimiter:#*#",
    "ends with these bytes; \\n \\r \\t \\0 \\\\ \\, \\| \\xHH",
  ],
  ["delimiter:A|B", "ends with A or B; delimiter:A|B,keep shows it too"],
  ["fixed:30,pad=#", "30 bytes each, shorter ones filled up"],
  ["close", "one message: everything until the sender finishes"],
  ["raw", "no framing: each read is a message"],
  [
    "length:2,crc=16-ccitt",
    "a checksum ends each message; also 16-x25, 16-modbus, 32, 32-le",
  ],
  ["A then B", 'one message in A, all others in B: "fixed:8 then length:4"'],
];

const OTHERS = FRAMING_NAMES.filter((name) =>
  !EXPLAINED.some(([form]) => form.split(/[:,]/)[0] === name)
);

/** The framings. */
const FRAMINGS: Section = {
  title: "Framings (--frame; both ends must use the same)",
  rows: [
    ...EXPLAINED,
    [
      "",
      `and ${OTHERS.join(", ")}; or a protocol's name, see help protocols`,
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

/** The formats of messages, as an executable shows them. */
const SHOWN_FORMATS: Section["rows"] = [
  [
    "text",
    "the message and a line feed; control bytes are escaped on a terminal and untouched otherwise",
  ],
  ["hex, base64", "one line per message"],
  [
    "json",
    "one object per line: message (or base64, if it is not UTF-8), bytes, at",
  ],
  [
    "msgpack, cbor",
    "the values in a message, as JSON or as CBOR's diagnostic notation: h'00ff' are bytes, 1(\"x\") has a tag",
  ],
  [
    "protobuf",
    'the fields in a message by their numbers, as it has no schema: {1: 150, 2: "text", 3: {1: 7}}; text, messages and bytes are told apart by what is in them',
  ],
  [
    "",
    "msgpack, cbor and protobuf are read-only. What is something else is shown in hexadecimal, with a note that says why.",
  ],
];

const SERVER_FORMATS: Section = {
  title: "Formats (--format of the service print and of tap)",
  rows: SHOWN_FORMATS,
};

const CLIENT_FORMATS: Section = {
  title: "Formats (--format; how messages are typed and shown)",
  rows: [
    ...SHOWN_FORMATS,
    [
      "typed as json",
      'each line of input is "text" or {"message": "text"} or {"base64": "..."}',
    ],
    ["typed as hex", 'two digits for each byte, such as "68 65 6c 6c 6f"'],
  ],
};

/** What there is to say of the addresses of a transport. */
const MEANT: Readonly<Partial<Record<TypedTransport, string>>> = {
  tcp: "or HOST:PORT, or HOST PORT; an IPv6 address in brackets, [::1]:7342",
  udp: "or udp:PORT; datagrams: each is one message, and may be lost",
  unix:
    "a Unix socket: programs of this machine only; the client takes the path of an existing socket alone",
  ws: "WebSocket, whose messages need no --frame",
};

/** How the addresses of each transport are written, all that can be. */
const WRITTEN: Section["rows"] = TYPED_TRANSPORTS.map((transport) => {
  const { form, isTls } = TRANSPORTS[transport];
  const place = { host: "//HOST:PORT", url: "//HOST:PORT/PATH", path: "PATH" };
  return [
    `${transport}:${place[form as keyof typeof place]}`,
    MEANT[transport] ??
      (isTls ? "the same over TLS" : "connections of bytes"),
  ];
});

const ADDRESSES: Section = {
  title: "Addresses",
  rows: [
    ...WRITTEN,
    ["7342", "this machine only (loopback): tcp://127.0.0.1:7342"],
    [
      "FRAME@ADDRESS",
      "an address with a framing of its own, in place of --frame: length:4@7342, line@unix:app.sock; an @ of the framing is written \\x40",
    ],
  ],
};

const SERVER_ADDRESSES: Section = {
  ...ADDRESSES,
  rows: [
    ...ADDRESSES.rows,
    [":7342", "every interface, IPv4 and IPv6, so other machines too"],
    ["0", "a free port; the first line of the log shows it"],
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

/** The grammar of scripts. */
const SCRIPTS: Section = {
  title: "Scripts (parley-client talk, parley-server play)",
  rows: [
    [
      "",
      "A script is a text file. Each line is a statement, a setting, a comment that begins with #, or blank. All of it is read before anything is opened; a mistake is shown with line and column.",
    ],
    ["send VALUE", "sends a message"],
    ["expect PATTERN", "waits for the next message, which must fit"],
    ["none", "fails if a message comes within the time of within"],
    ["pause DURATION", "waits"],
    ["finish", "finishes sending, and still receives"],
    ["close", "ends the connection"],
    [
      "within DURATION ...",
      "bounds the statement behind it; alone on a line, all statements below it; --timeout without",
    ],
    [
      "frame SPEC, max-message SIZE",
      "for the connections that are opened below it; --frame and --max-message without",
    ],
    [
      "connect ADDRESS as NAME",
      "opens a connection besides that of the command line, whose address is {{address}}; then NAME: send VALUE and so on are about it. Without as NAME it is the one of statements without a name",
    ],
    [
      "VALUE",
      'one blank, then the rest of the line as it is; or a JSON string, such as "a\\tb"; or text ..., hex 00 ff, base64 AP8=, file PATH, which is relative to the script',
    ],
    [
      "PATTERN",
      "a VALUE; json {...}; /REGEXP/ with the flags i, m, s, u, v; any; any as NAME; end, once the peer has finished sending; reset, once it has cut the connection",
    ],
    [
      "json {...}",
      'objects may have more members, arrays have the same length; "{{*}}" fits any value',
    ],
    [
      "{{NAME}}",
      'is replaced by the value of NAME, of --set NAME=VALUE or captured: by "{{NAME}}" in json, by a group (?<NAME>...) of a regular expression, by any as NAME. A name that has a value captures no more: the same value is expected',
    ],
    [
      "a regular expression",
      "looks at the first 64 KiB of a message, for at most 1 s",
    ],
  ],
  lines: [
    "# login.talk                 parley-client talk login.talk 7342",
    "frame length:4",
    "within 2s",
    'send {"hello": 1}',
    'expect json {"welcome": true, "id": "{{id}}"}',
    'send {"get": "{{id}}"}',
    String.raw`expect /^\{"ok":(?<answer>true|1),/`,
    "send hex 00 ff 10",
    String.raw`expect "two lines\nin JSON quotes"`,
    "within 300ms none",
    "finish",
    "expect end",
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
    "formats": name === "parley-server" ? SERVER_FORMATS : CLIENT_FORMATS,
    "addresses": name === "parley-server" ? SERVER_ADDRESSES : CLIENT_ADDRESSES,
    "exit-codes": exitCodeSection(),
    "tls": TLS,
    "scripts": SCRIPTS,
    ...name === "parley-server" ? { "faults": FAULTS } : {},
  };
}
