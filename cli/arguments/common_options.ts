/**
 * The options that both executables have, with the same meaning.
 *
 * @module
 */

import { DEFAULT_FRAMING } from "../../mod.ts";
import { parseFraming } from "../../lib/framing/mod.ts";
import { durationIn } from "./durations.ts";
import { UsageError } from "../output/exit_code.ts";
import { FORMATS } from "../output/formats.ts";
import type { Section } from "./help.ts";
import { about, flag, oneOf, type Option, setting } from "./option.ts";
import { parseSize } from "./sizes.ts";

/** Where a message ends, and how large it may be. */
export const MESSAGE_OPTIONS = about("messages", {
  "frame": setting(
    "SPEC",
    DEFAULT_FRAMING,
    parseFraming,
    "where a message ends, see Framings",
  ),
  "max-message": setting(
    "SIZE",
    "1MiB",
    parseSize,
    "largest message, both ways: 1000, 64KiB, 16MiB",
  ),
});

/** How messages are typed and shown. */
export const FORMAT_OPTION = setting(
  "FORMAT",
  "text",
  oneOf(FORMATS),
  "how messages are typed and shown: text, json, hex or base64",
);

/** What is told, and how. */
export const LOG_OPTIONS = about("log and help", {
  "log": setting(
    "FORM",
    "text",
    oneOf(["text", "json"]),
    "form of lines on standard error: text or json",
  ),
  "quiet": flag("tell only what must be known", "q"),
  "verbose": flag("tell more", "v"),
  "help": flag("show this and exit", "h"),
  "version": flag("show the version and exit"),
});

/**
 * Describes a deadline.
 *
 * @param fallback Its default, as one would type it.
 * @param help What it is about.
 * @returns The option, in milliseconds; `Infinity` for `none`.
 */
export function deadline(
  fallback: string,
  help: string,
): Option<number> {
  return setting("DURATION", fallback, durationIn({ none: true }), help);
}

/**
 * Refuses options that mean nothing over UDP, where they would do nothing.
 *
 * @param given The options that were given.
 * @param streamOnly Those that are about streams and connections.
 * @throws {UsageError} If one of them was given.
 */
export function refuseStreamOptions(
  given: ReadonlySet<string>,
  streamOnly: readonly string[],
): void {
  if (given.has("frame")) {
    throw new UsageError(
      "--frame is for streams; over UDP one datagram is one message, so leave it out",
    );
  }
  const found = streamOnly.find((name) => given.has(name));
  if (found === undefined) return;
  throw new UsageError(
    `--${found} is for connections, and UDP has none; leave it out`,
  );
}

/** The framings, for `--help`. */
export const FRAMINGS: Section = {
  title: "Framings (both ends must use the same)",
  rows: [
    ["line", "ends with a line feed; line,crlf sends CR LF; both are read"],
    ["length:4", "binary length in 1, 2, 3, 4 or 8 bytes; length:4,le"],
    ["header:10", "decimal length in 10 characters; header:5,zero zero-filled"],
    ["delimiter:#*#", "ends with these bytes; \\n \\r \\t \\0 \\\\ \\, \\xHH"],
    ["fixed:30,pad=#", "30 bytes each, shorter ones filled up"],
    ["close", "one message: everything until the sender finishes"],
    ["raw", "no framing: whatever one read brings"],
    [
      "",
      "and varint, netstring, content-length, octet-count, slip, cobs, json-seq",
    ],
  ],
};

/** The ways to write an address that both executables take, for `--help`. */
export const ADDRESSES: Section = {
  title: "Addresses",
  rows: [
    [
      "tcp://HOST:PORT",
      "or HOST:PORT; an IPv6 address in brackets, [::1]:7342",
    ],
    ["tls://HOST:PORT", "the same over TLS"],
    ["udp://HOST:PORT", "datagrams: each is one message, and may be lost"],
    ["unix:PATH", "a Unix socket: programs of this machine only"],
    ["7342", "this machine only (loopback): tcp://127.0.0.1:7342"],
  ],
};
