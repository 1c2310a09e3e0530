/**
 * The options that both executables have, with the same meaning.
 *
 * @module
 */

import type { MessageOptions } from "../../mod.ts";
import {
  DEFAULT_FRAMING,
  DEFAULT_MAX_BUFFERED_BYTES,
  DEFAULT_MAX_MESSAGE_BYTES,
  framingOf,
} from "../../lib/start.ts";
import { FORMATS } from "../output/views/format_names.ts";
import { durationIn, writtenDuration } from "./durations.ts";
import {
  about,
  choice,
  type Extras,
  flag,
  type Option,
  optional,
  setting,
  type ValuesOf,
} from "./option.ts";
import { parseSize, writtenSize } from "./sizes.ts";
import { oneOf } from "./values.ts";

const badFrames = oneOf(["fail", "skip"]);

/** Where a message ends, how large it may be, and what a bad one does. */
export const MESSAGE_OPTIONS = about({ subject: "messages" }, {
  "frame": setting(
    "SPEC",
    { value: framingOf(DEFAULT_FRAMING), text: DEFAULT_FRAMING },
    framingOf,
    "where a message ends: line, length:4, ...; see help frames",
    {
      usual: true,
      load: () => import("../../lib/framing/mod.ts"),
      sets: ["framing"],
      appliesTo: ["framed"],
      instead: {
        ws: "a frame of WebSocket is one message",
        datagrams: "one datagram is one message",
        http: "HTTP itself says where a message ends",
      },
    },
  ),
  "max-message": setting(
    "SIZE",
    writtenSize(DEFAULT_MAX_MESSAGE_BYTES),
    parseSize,
    "largest message, both ways: 64KiB, 16MiB",
    {
      usual: true,
      appliesTo: ["messages", "datagrams"],
      instead: { http: "--max-body bounds a body" },
    },
  ),
  "bad-frames": optional(
    "POLICY",
    badFrames,
    "what happens at a frame that breaks the framing: fail ends the connection, skip drops it and goes on, where the next one can be found; skip for slip, cobs and json-seq unless given",
    { appliesTo: ["messages"], words: badFrames.words },
  ),
  "max-buffered": setting(
    "SIZE",
    writtenSize(DEFAULT_MAX_BUFFERED_BYTES),
    parseSize,
    "most bytes that wait for a peer that does not read; more ends the connection",
    { appliesTo: ["messages"] },
  ),
});

const RAW_INSTEAD = { http: "--raw shows the bytes" };

/**
 * Gives the options of messages as the library takes them. Both executables
 * open and serve connections with the result.
 */
export function messageSettings(
  options: ValuesOf<typeof MESSAGE_OPTIONS>,
): MessageOptions {
  const badFrames = options["bad-frames"];
  return {
    ...(badFrames === undefined ? {} : { badFrames }),
    framing: options.frame,
    maxBufferedBytes: options["max-buffered"],
    maxMessageBytes: options["max-message"],
  };
}

/** Options that show and cut reads and writes, to see that TCP has no messages. */
export const WIRE_OPTIONS = about(
  { subject: "reads and writes", appliesTo: ["messages"] },
  {
    "chunks": flag("shows the bytes of each read, on standard error", {
      instead: RAW_INSTEAD,
    }),
    "annotate": {
      ...flag(
        "draws the bytes of each message, both ways, with the parts of its frame, on standard error",
        { instead: RAW_INSTEAD },
      ),
      appliesTo: ["framed", "ws"],
    },
    "read-size": optional(
      "SIZE",
      parseSize,
      "reads at most this many bytes at once: cuts what this end receives",
      { instead: RAW_INSTEAD },
    ),
    "write-size": optional(
      "SIZE",
      parseSize,
      "writes at most this many bytes at once: cuts what the other end receives",
    ),
    "write-delay": optional(
      "DURATION",
      durationIn({}),
      "waits between two writes, so that the network does not join them",
    ),
  },
);

/** What a help text says of the formats in which messages are only shown. */
export const VIEWS_HELP = "msgpack, cbor or protobuf";

/** How messages are typed and shown. */
export const FORMAT_OPTION: Option<typeof FORMATS[number]> = choice(
  "FORMAT",
  "text",
  oneOf(FORMATS),
  `text, json, hex or base64; and to show messages only, ${VIEWS_HELP}`,
  { usual: true },
);

/** How long to try again to connect. */
export const RETRY_OPTION: Option<number> = setting(
  "DURATION",
  { value: 0, text: "0s" },
  durationIn({ zero: true }),
  "tries again to connect for this long, while the server is not there yet",
  {
    instead: {
      datagrams: "there is no connection, and --attempts sends again",
    },
  },
);

/** The options that every command has. */
export const HELP_OPTIONS = {
  "help": flag(
    "shows the options used most and exits; --help all shows everything",
    { letter: "h", words: ["all"] },
  ),
  "version": flag("shows the version and exits"),
} as const;

/** Options for log and help. */
export const LOG_OPTIONS = about({ subject: "log and help" }, {
  "log": choice(
    "FORM",
    "text",
    oneOf(["text", "json"]),
    "form of lines on standard error: text or json",
  ),
  "quiet": flag("prints only what is necessary", {
    letter: "q",
    usual: true,
    contradicts: "verbose",
  }),
  "verbose": flag("prints more", { letter: "v", usual: true }),
  ...HELP_OPTIONS,
});

/**
 * Describes a deadline.
 *
 * @param ms Its default in milliseconds; `Infinity` for none.
 * @returns The option, in milliseconds; `Infinity` for `none`.
 */
export function deadline(
  ms: number,
  help: string,
  extras: Extras = {},
): Option<number> {
  return setting(
    "DURATION",
    writtenDuration(ms),
    durationIn({ none: true }),
    help,
    extras,
  );
}
