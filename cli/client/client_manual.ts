/**
 * What `parley-client ADDRESS --help` says, by the kind of the address.
 *
 * @module
 */

import { applicable, type Kind } from "../arguments/kinds.ts";
import { splitPlace } from "../arguments/place.ts";
import { HTTP_SECTION } from "../http/client/http_client_options.ts";
import { isWebAddress } from "../arguments/web_address.ts";
import type { Manual, Section } from "../manual/manual.ts";
import { GROUP_SECTION } from "../udp/group_options.ts";
import { CLIENT_OPTIONS } from "./client_option_table.ts";

const OUTPUT: Section = {
  title: "Output",
  rows: [
    ["", "Messages go to standard output, everything else to standard error."],
    [
      "text",
      "the message and a line feed; control bytes are escaped on a terminal and untouched otherwise",
    ],
    ["hex, base64", "one line per message"],
    [
      "json",
      'one object per line: message (or base64, if it is not UTF-8), bytes, at; input lines are "text" or {"message": "text"} or {"base64": "..."}',
    ],
    ["msgpack, cbor, protobuf", "read-only: values as text, see help formats"],
  ],
};

const WHAT_IS_SENT: Section = {
  title: "What is sent, and when it ends",
  rows: [
    ["MESSAGE...", "sends each, shows one reply per message, finishes"],
    [
      "a pipe or file",
      "each input line is a message; at its end finishes sending and shows what comes until the server finishes",
    ],
    ["a terminal", "the same with a prompt: Ctrl-D finishes, Ctrl-C leaves"],
    ["-- MESSAGE...", "for messages that begin with a dash"],
  ],
};

const PERMISSIONS: Section = {
  title: "Permissions",
  rows: [[
    "",
    "the network; the environment variable NO_COLOR; reading and writing files: Unix sockets are files, certificates and --data are read, --output, --record and --pcapng are written, and no other file is touched.",
  ]],
};

function manual(
  parts:
    & Pick<Manual, "usage" | "examples" | "operands" | "summary">
    & { readonly kinds: readonly Kind[]; readonly details: readonly Section[] },
): Manual {
  const { kinds, details, ...rest } = parts;
  return {
    name: "parley-client",
    options: applicable(CLIENT_OPTIONS, kinds),
    ...rest,
    details: [...details, PERMISSIONS],
  };
}

const MESSAGES: Manual = manual({
  usage: "ADDRESS [MESSAGE...] [options]",
  summary: "sends messages over a connection and shows the replies",
  examples: [
    "parley-client 7342 hello",
    "parley-client 7342 'one' 'two' --frame length:4 --timeout 3s",
    "parley-client 7342 --frame header:10 < lines.txt",
    "parley-client tls://localhost:7343 hello --ca cert.pem",
    "parley-client 7342                    (a prompt; Ctrl-D to finish)",
  ],
  operands: [WHAT_IS_SENT],
  kinds: ["messages", "framed", "stream", "tls"],
  details: [
    {
      title: "Framings close and raw",
      rows: [
        ["--frame close", "all input is one message"],
        [
          "--frame raw",
          "input is sent as it comes and chunks are shown as they come, without line ends added; replies cannot be counted, so after MESSAGE... the client finishes sending and shows what comes until the server finishes",
        ],
      ],
    },
    OUTPUT,
  ],
});

const WEBSOCKET: Manual = manual({
  usage: "ws://HOST:PORT/PATH [MESSAGE...] [options]",
  summary: "sends messages over a WebSocket and shows the replies",
  examples: [
    "parley-client ws://127.0.0.1:8080/chat hello",
    "parley-client wss://example.org/feed --header 'Authorization: Bearer x'",
    "parley-client ws://127.0.0.1:8080    (a prompt; Ctrl-D to finish)",
  ],
  operands: [WHAT_IS_SENT],
  kinds: ["messages", "stream", "tls", "ws"],
  details: [
    {
      title: "WebSocket",
      rows: [
        [
          "",
          "A message is sent as text if it is UTF-8, and as binary otherwise. Both kinds are shown alike.",
        ],
      ],
    },
    OUTPUT,
  ],
});

const UDP: Manual = manual({
  usage: "udp://HOST:PORT [MESSAGE...] [options]",
  summary: "sends datagrams and shows the replies",
  examples: [
    "parley-client udp://127.0.0.1:7342 hello --timeout 200ms --attempts 5",
    "parley-client udp:7342 hello",
    "parley-client udp://239.1.2.3:9001 'who is there?'",
  ],
  operands: [WHAT_IS_SENT],
  kinds: ["datagrams"],
  details: [
    {
      title: "Replies",
      rows: [
        [
          "",
          "Each message is a datagram, sent again until its reply comes; then the next one follows. The server may get it more than once, and reply more than once: so the message after one that was sent again, or had no reply, leaves from a new port.",
        ],
      ],
    },
    GROUP_SECTION,
    OUTPUT,
  ],
});

const HTTP: Manual = manual({
  usage: "http://HOST/PATH [options]",
  summary: "asks a web server and shows the answer",
  examples: [
    "parley-client http://127.0.0.1:8080/ --raw",
    "parley-client https://example.org/file.tar.gz --output file.tar.gz",
    "parley-client http://127.0.0.1:8080/ --data '{\"a\": 1}'",
  ],
  operands: [],
  kinds: ["http", "https"],
  details: [HTTP_SECTION],
});

/**
 * Finds the manual for an address.
 *
 * @param where The address, or only its scheme.
 * @returns The manual for addresses of its kind.
 */
export function manualFor(operand: string): Manual {
  const [, where] = splitPlace(operand);
  if (isWebAddress(where)) return HTTP;
  if (/^wss?:/i.test(where)) return WEBSOCKET;
  return /^udp:/i.test(where) ? UDP : MESSAGES;
}
