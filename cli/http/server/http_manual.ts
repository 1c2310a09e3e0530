/**
 * What `http --help` says about the service.
 *
 * Apart from the service itself, which only those load who use it.
 *
 * @module
 */

import type { Address } from "../../../mod.ts";
import type { Section } from "../../manual/manual.ts";

/** What `http --help` says. */
export const HTTP_DETAILS: readonly Section[] = [{
  title: "The service http",
  rows: [
    [
      "",
      "HTTP/1.1 for browsers and other clients, over TLS at a tls:// address. Each request has a line in the log.",
    ],
    [
      "without --root",
      "any path is a page that shows what was sent, byte for byte",
    ],
    [
      "with --root",
      "files: with ETag, Last-Modified and Range, index.html for a folder. Names that begin with a dot are hidden, but for .well-known; links are followed inside the folder only",
    ],
    [
      "deadlines",
      "--message-timeout bounds the head of a request, --idle-timeout (75s if it is not given) waiting for the next one, --send-timeout (then 60s) a client that takes nothing",
    ],
  ],
}];

/**
 * Writes an address as a browser takes it.
 *
 * @param address Where the server listens.
 * @returns The URL; the address itself for a Unix socket, which has no URL.
 */
export function urlOf(address: Address): string {
  return String(address).replace(/^tcp:/, "http:").replace(/^tls:/, "https:");
}
