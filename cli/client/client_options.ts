/**
 * The command line of `parley-client`.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import { readAddress } from "../arguments/address.ts";
import { type Arguments, parseArguments } from "../arguments/parse.ts";
import {
  checkDatagrams,
  checkMessages,
  checkTls,
  STREAM_OPTIONS,
} from "./client_checks.ts";
import { CLIENT_OPTIONS } from "./client_option_table.ts";
import {
  ADDRESSES,
  FRAMINGS,
  refuseStreamOptions,
} from "../arguments/common_options.ts";
import { UsageError } from "../output/exit_code.ts";
import { formatNamed } from "../output/formats.ts";
import { checkGroup, GROUP_SECTION } from "../udp/group_options.ts";
import type { Manual } from "../arguments/help.ts";
import { HTTP_SECTION } from "../http/client/http_client_options.ts";
import {
  checkScheme,
  type HttpCommand,
  isWebAddress,
  readHttpCommand,
  refuseHttpOptions,
} from "../http/client/http_command.ts";

/** What `--help` says. */
export const CLIENT_MANUAL: Manual = {
  name: "parley-client",
  usage: "ADDRESS [MESSAGE...] [options]",
  summary: "sends messages over a socket and shows the replies",
  examples: [
    "parley-client 7342 hello",
    "parley-client 7342 'one' 'two' --frame length:4 --timeout 3s",
    "parley-client 7342 --frame header:10 < lines.txt",
    "parley-client udp://127.0.0.1:7342 hello --timeout 200ms --attempts 5",
    "parley-client tls://localhost:7343 hello --ca cert.pem",
    "parley-client http://127.0.0.1:8080/ --raw",
    "parley-client 7342                    (a prompt; Ctrl-D to finish)",
  ],
  operands: [
    {
      ...ADDRESSES,
      rows: [
        ...ADDRESSES.rows,
        [
          "http://HOST/PATH",
          "asks a web server, with https: over TLS; see HTTP",
        ],
      ],
    },
    FRAMINGS,
  ],
  options: CLIENT_OPTIONS,
  details: [
    {
      title: "What is sent, and when it ends",
      rows: [
        ["MESSAGE...", "sends each, shows one reply per message, finishes"],
        [
          "a pipe or file",
          "each input line is a message; at its end finishes sending and shows what comes until the server finishes",
        ],
        [
          "a terminal",
          "the same with a prompt: Ctrl-D finishes sending, Ctrl-C leaves",
        ],
        [
          "-- MESSAGE...",
          "for messages that begin with a dash",
        ],
        ["--frame close", "all input is one message"],
        [
          "--frame raw",
          "input is sent as it comes and chunks are shown as they come, without line ends added; replies cannot be counted, so after MESSAGE... the client finishes sending and shows what comes until the server finishes",
        ],
        [
          "over UDP",
          "each message is a datagram, sent again until its reply comes; then the next one's turn has come. The server may get it more than once, and reply more than once: so the message after one that was sent again, or had no reply, leaves from a new port",
        ],
      ],
    },
    {
      title: "Output, by --format",
      rows: [
        [
          "",
          "Messages go to standard output, everything else to standard error.",
        ],
        [
          "text",
          "the message and a line feed; control bytes are escaped on a terminal and untouched otherwise",
        ],
        ["hex, base64", "one line per message"],
        [
          "json",
          'one object per line: message (or base64, if it is not UTF-8), bytes, at; input lines are "text" or {"message": "text"} or {"base64": "..."}',
        ],
      ],
    },
    GROUP_SECTION,
    HTTP_SECTION,
    {
      title: "Permissions",
      rows: [[
        "",
        "the network; the environment variable NO_COLOR; reading and writing files: Unix sockets are some, certificates and --data are read, --output is written, and no other is touched.",
      ]],
    },
  ],
};

/** What a client is asked to do. */
export interface ClientCommand {
  /** The server's address. */
  readonly address: Address;
  /** The messages of the command line. */
  readonly messages: readonly Uint8Array[];
  /** The options that were given. */
  readonly given: ReadonlySet<string>;
  /** The options' values. */
  readonly options: Arguments<typeof CLIENT_OPTIONS>["options"];
}

/**
 * Reads the command line of the client.
 *
 * @param args The command line.
 * @returns What it asks for.
 * @throws {Failure} If something is wrong with it, or a message cannot be
 * expressed in the framing: then nothing is sent.
 */
export function parseClientArguments(
  args: readonly string[],
): ClientCommand | HttpCommand {
  const { given, operands, options } = parseArguments(args, CLIENT_OPTIONS);
  const [where, ...typed] = operands;
  if (where === undefined) {
    throw new UsageError(
      "there is no address; write ADDRESS MESSAGE, such as: 7342 hello",
    );
  }
  if (isWebAddress(where)) {
    return readHttpCommand(where, typed, given, options);
  }
  checkScheme(where);
  const address = readAddress(where);
  refuseHttpOptions(address, given);
  if (address.port === 0 && address.transport !== "unix") {
    throw new UsageError(
      `cannot connect to ${address}: port 0 is only for listening, the port must be from 1 to 65535`,
    );
  }
  const isUdp = address.transport === "udp";
  if (isUdp) refuseStreamOptions(given, STREAM_OPTIONS);
  else if (given.has("attempts")) {
    throw new UsageError(
      `--attempts is for UDP, and ${address.transport} loses nothing; leave it out`,
    );
  }
  checkGroup(address, given, options.interface);
  checkTls(address, given);
  if (given.has("proxy-source") && !given.has("proxy-protocol")) {
    throw new UsageError(
      "--proxy-source is for --proxy-protocol; write for example: --proxy-protocol --proxy-source 192.0.2.1:5000",
    );
  }
  const { frame } = options;
  if (frame.boundary === "close" && typed.length > 1) {
    throw new UsageError(
      `--frame close carries one message and there are ${typed.length}; write for example: --frame line`,
    );
  }
  const format = formatNamed(options.format, false);
  const encoder = new TextEncoder();
  const messages = typed.map((text, i) =>
    atMessage(i + 1, () => format.parse(encoder.encode(text)))
  );
  if (isUdp) checkDatagrams(messages, address, options["max-message"]);
  else checkMessages(messages, frame, options["max-message"]);
  return { address, messages, given, options };
}

function atMessage<T>(number: number, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const { message } = cause as Error;
    throw new UsageError(`message ${number}: ${message}`, { cause });
  }
}
