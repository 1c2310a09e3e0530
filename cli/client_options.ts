/**
 * The command line of `parley-client`.
 *
 * @module
 */

import { type Address, ByteSink, type Framing } from "../mod.ts";
import { readAddress } from "./address.ts";
import { type Arguments, parseArguments } from "./arguments.ts";
import {
  ADDRESSES,
  deadline,
  FORMAT_OPTION,
  FRAMINGS,
  LOG_OPTIONS,
  MESSAGE_OPTIONS,
} from "./common_options.ts";
import { EXIT, Failure, UsageError } from "./exit_code.ts";
import { formatNamed } from "./formats.ts";
import type { Manual } from "./help.ts";
import { flag, optional } from "./options.ts";
import { parseSize } from "./sizes.ts";

const OPTIONS = {
  ...MESSAGE_OPTIONS,
  "format": FORMAT_OPTION,
  "timeout": deadline("none", "bounds connecting, and the wait for each reply"),
  "connect-timeout": deadline("10s", "bounds connecting"),
  "idle-timeout": deadline(
    "none",
    "gives up after so long without a byte in either direction",
  ),
  "message-timeout": deadline(
    "none",
    "gives up when a message, once begun, is not complete after so long",
  ),
  "send-timeout": deadline(
    "none",
    "gives up when the server has not read for so long what waits for it",
  ),
  "read-size": optional("SIZE", parseSize, "reads at most so much at once"),
  "chunks": flag("shows what each read brings, on standard error"),
  ...LOG_OPTIONS,
} as const;

/** What `--help` says. */
export const CLIENT_MANUAL: Manual = {
  name: "parley-client",
  usage: "ADDRESS [MESSAGE...] [options]",
  summary: "sends messages over TCP, in any framing, and shows the replies",
  examples: [
    "parley-client 7342 hello",
    "parley-client 7342 'one' 'two' --frame length:4 --timeout 3s",
    "parley-client 7342 --frame header:10 < lines.txt",
    "parley-client 7342                    (a prompt; Ctrl-D to finish)",
  ],
  sections: [
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
          "",
          "With --frame close all input is one message. With --frame raw input is sent as it comes and chunks are shown as they come, without line ends added; replies cannot be counted, so after MESSAGE... the client finishes sending and shows what comes until the server finishes. A message that begins with a dash goes behind --.",
        ],
      ],
    },
    {
      title: "Output",
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
    ADDRESSES,
    FRAMINGS,
    {
      title: "Permissions",
      rows: [[
        "",
        "the network; the environment variable NO_COLOR. No file is read or written.",
      ]],
    },
  ],
  options: OPTIONS,
};

/** What a client is asked to do. */
export interface ClientCommand {
  /** The server's address. */
  readonly address: Address;
  /** The messages of the command line. */
  readonly messages: readonly Uint8Array[];
  /** The options' values. */
  readonly options: Arguments<typeof OPTIONS>["options"];
}

/**
 * Reads the command line of the client.
 *
 * @param args The command line.
 * @returns What it asks for.
 * @throws {Failure} If something is wrong with it, or a message cannot be
 * expressed in the framing: then nothing is sent.
 */
export function parseClientArguments(args: readonly string[]): ClientCommand {
  const { operands, options } = parseArguments(args, OPTIONS);
  const [where, ...typed] = operands;
  if (where === undefined) {
    throw new UsageError(
      "there is no address; write ADDRESS MESSAGE, such as: 7342 hello",
    );
  }
  const address = readAddress(where);
  if (address.port === 0 && address.transport !== "unix") {
    throw new UsageError(
      `cannot connect to ${address}: port 0 is only for listening, the port must be from 1 to 65535`,
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
  checkMessages(messages, frame, options["max-message"]);
  return { address, messages, options };
}

function atMessage<T>(number: number, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const { message } = cause as Error;
    throw new UsageError(`message ${number}: ${message}`, { cause });
  }
}

/** Encodes the messages once for nothing, so that none is sent if one cannot be. */
function checkMessages(
  messages: readonly Uint8Array[],
  framing: Framing,
  maxMessageBytes: number,
): void {
  const sink = new ByteSink();
  try {
    const encoder = framing.encoder({ maxMessageBytes });
    for (const message of messages) encoder.encode(message, sink);
  } catch (cause) {
    throw cannotSend(cause);
  }
}

/**
 * Describes a message that the framing cannot express.
 *
 * @param cause What the encoder threw.
 * @returns The failure; other errors as they are.
 */
export function cannotSend(cause: unknown): unknown {
  if (!(cause instanceof RangeError)) return cause;
  return new Failure(
    EXIT.framing,
    `${cause.message}; see --frame and --max-message`,
    { cause },
  );
}
