/**
 * How large the parts of a message may be that have to be held in memory.
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
   * Longest block of header fields in bytes: behind the first line, with the
   * empty line that ends it.
   *
   * @default {32_768}
   */
  readonly maxHeaderBytes?: number;
  /**
   * Most header fields, and most trailer fields.
   *
   * @default {100}
   */
  readonly maxFields?: number;
  /**
   * Longest chunk extension in bytes: what stands between a chunk's size and
   * its line end.
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
   * Largest body in bytes, without any chunked coding. The machine streams
   * bodies, so for it alone there is no bound; servers and clients set one.
   *
   * @default {Infinity}
   */
  readonly maxBodyBytes?: number;
}

/** How strictly a message is read, and how large it may be. */
export interface HttpReadOptions extends HttpLimits {
  /**
   * Whether a lone LF may end a line of a head or of trailers, as RFC 9112
   * section 2.2 allows. Off, since two readers that disagree about where a line
   * ends are how requests are smuggled. Chunk sizes always need CR LF.
   *
   * @default {false}
   */
  readonly bareLineFeed?: boolean;
}

/** Everything of {@linkcode HttpReadOptions}, defaults filled in. */
export type HttpReadSettings = Required<HttpReadOptions>;

/**
 * Fills in the defaults.
 *
 * @param options What the user gave.
 * @returns All settings.
 * @throws {RangeError} If a number is out of its range.
 */
export function readSettings(options: HttpReadOptions): HttpReadSettings {
  const settings: HttpReadSettings = {
    maxLineBytes: options.maxLineBytes ?? 8 * 1024,
    maxHeaderBytes: options.maxHeaderBytes ?? 32 * 1024,
    maxFields: options.maxFields ?? 100,
    maxExtensionBytes: options.maxExtensionBytes ?? 1024,
    maxTrailerBytes: options.maxTrailerBytes ?? 8 * 1024,
    maxBodyBytes: options.maxBodyBytes ?? Infinity,
    bareLineFeed: options.bareLineFeed ?? false,
  };
  // "GET / HTTP/1.1" has fourteen.
  checkSize("maxLineBytes", settings.maxLineBytes, 14);
  checkSize("maxHeaderBytes", settings.maxHeaderBytes, 2);
  checkSize("maxFields", settings.maxFields);
  checkSize("maxExtensionBytes", settings.maxExtensionBytes);
  checkSize("maxTrailerBytes", settings.maxTrailerBytes, 2);
  checkSize("maxBodyBytes", settings.maxBodyBytes);
  return settings;
}
