/**
 * How large the parts of a message may be that have to be held in memory, and
 * how strictly a message is read.
 *
 * @module
 */

import { checkSize } from "../../check.ts";

/** Limits of the parts of a message, all of them inclusive. */
export interface HttpLimits {
  /**
   * Longest request line or status line in bytes, without its line end.
   *
   * @default {8_192}
   */
  readonly maxLineBytes?: number;
  /**
   * Longest block of header fields in bytes: everything after the first line,
   * with the empty line that ends it.
   *
   * @default {32_768}
   */
  readonly maxHeaderBytes?: number;
  /**
   * Most lines of header fields, and most lines of trailer fields.
   *
   * @default {100}
   */
  readonly maxFields?: number;
  /**
   * Longest chunk extension in bytes: everything between a chunk's size and its
   * line end.
   *
   * @default {1_024}
   */
  readonly maxExtensionBytes?: number;
  /**
   * Longest block of trailer fields in bytes, with the empty line that ends it.
   *
   * @default {8_192}
   */
  readonly maxTrailerBytes?: number;
  /**
   * Most bytes of one message in all that are neither its head nor its body:
   * chunk extensions, trailer fields, and the informational responses (1xx)
   * before a response. Without this limit a body of one megabyte in chunks of one
   * byte could bring a gigabyte of extensions.
   *
   * @default {16_384}
   */
  readonly maxOverheadBytes?: number;
  /**
   * Largest body in bytes, without any chunked coding. The machine streams
   * bodies and sets no limit by itself; servers and clients do.
   *
   * @default {Infinity}
   */
  readonly maxBodyBytes?: number;
}

/** How strictly a message is read, and how large it may be. */
export interface HttpReadOptions extends HttpLimits {
  /**
   * Whether a lone LF may end a line of a head or of trailers, as RFC 9112
   * section 2.2 allows. Off, because requests are smuggled past readers that
   * disagree about where a line ends. Chunk sizes always need CR LF.
   *
   * @default {false}
   */
  readonly bareLineFeed?: boolean;
}

/** How strictly a client reads responses, and how large they may be. */
export interface HttpResponseReadOptions extends HttpReadOptions {
  /**
   * Whether faults are accepted that browsers and curl accept:
   *
   * - blanks after a chunk's size;
   * - the same `Content-Length` more than once;
   * - the transfer coding `identity`;
   * - control bytes other than NUL, CR and LF in a field's value.
   *
   * What was accepted is listed by name, see {@linkcode Forgiven}. For responses
   * only: a server that accepts such requests can be made to see other requests
   * than a proxy in front of it.
   *
   * @default {false}
   */
  readonly lenient?: boolean;
}

/** A fault that was accepted because of {@linkcode HttpResponseReadOptions.lenient}. */
export type Forgiven =
  | "chunk_size_blanks"
  | "repeated_content_length"
  | "identity_coding"
  | "control_byte";

/** All options of reading, defaults filled in. */
export type HttpReadSettings = Required<HttpResponseReadOptions>;

/**
 * Fills in the defaults.
 *
 * @param options What the user gave.
 * @returns All settings.
 * @throws {RangeError} If a number is out of its range.
 */
export function readSettings(
  options: HttpResponseReadOptions,
): HttpReadSettings {
  if (options === NO_OPTIONS) return defaults ??= readSettings({});
  if (isChecked(options)) return options;
  const { bareLineFeed = false, lenient = false } = options;
  const size = (
    name: keyof HttpLimits,
    otherwise: number,
    least?: number,
  ): number => checkSize(name, options[name] ?? otherwise, least);
  const settings: HttpReadSettings = {
    // "GET / HTTP/1.1" has fourteen.
    maxLineBytes: size("maxLineBytes", 8 * 1024, 14),
    maxHeaderBytes: size("maxHeaderBytes", 32 * 1024, 2),
    maxFields: size("maxFields", 100),
    maxExtensionBytes: size("maxExtensionBytes", 1024),
    maxTrailerBytes: size("maxTrailerBytes", 8 * 1024, 2),
    maxOverheadBytes: size("maxOverheadBytes", 16 * 1024),
    maxBodyBytes: size("maxBodyBytes", Infinity),
    bareLineFeed,
    lenient,
  };
  CHECKED.add(settings);
  return settings;
}

/** No options, which need not be checked for each connection. */
export const NO_OPTIONS: HttpResponseReadOptions = {};

// A server checks its options once and not for each connection.
let defaults: HttpReadSettings | undefined;
const CHECKED = new WeakSet<HttpResponseReadOptions>();

function isChecked(
  options: HttpResponseReadOptions,
): options is HttpReadSettings {
  return CHECKED.has(options);
}
