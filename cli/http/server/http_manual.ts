/**
 * The part of `http --help all` about the service. It is apart from the service
 * itself, which is loaded on demand.
 *
 * @module
 */

import type { Address } from "../../../mod.ts";
import type { Section } from "../../manual/manual.ts";

/** The details of `http --help all`. */
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
      "files: with ETag, Last-Modified and Range, index.html for a folder. Names that begin with a dot are hidden, except .well-known; links are followed inside the folder only",
    ],
    [
      "--ws echo:/chat",
      "a service of messages over WebSocket at a path of the same port, so that a page and its socket are one command; it takes the options of WebSocket, such as --origin and --deflate, and --max-message",
    ],
    [
      "deadlines",
      "--message-timeout bounds the head of a request, --idle-timeout (75s unless given) the wait for the next one, --send-timeout (60s unless given) a client that reads nothing",
    ],
  ],
}];

/**
 * Writes an address as a URL for a browser.
 *
 * @returns The URL; the address itself for a Unix socket, which has no URL.
 */
export function urlOf(address: Address): string {
  return String(address).replace(/^tcp:/, "http:").replace(/^tls:/, "https:");
}
