/**
 * What the command line says about the service `http`, and what it refuses.
 *
 * Apart from the service itself, which only those load who use it.
 *
 * @module
 */

import type { Address } from "../../../mod.ts";
import { UsageError } from "../../output/exit_code.ts";
import type { Section } from "../../arguments/help.ts";

/** What `--help` says. */
export const HTTP_SECTION: Section = {
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
};

/** The options that only this service has. */
const HTTP_ONLY = ["root", "index", "max-body"];

/** Options about messages, and why there are none of them here. */
const MESSAGE_ONLY: Readonly<Record<string, string>> = {
  "frame": "HTTP has a framing of its own",
  "max-message":
    "HTTP has requests; --max-body is the bound of what one brings",
  "message": "the answer of http is a page or a file",
  "every": "HTTP answers and never speaks first",
  "count": "HTTP answers and never speaks first",
};

/**
 * Refuses options of this service for others, and of others for this one.
 *
 * @param name The service.
 * @param addresses Where it is to listen.
 * @param given The options that were given.
 * @throws {UsageError} If there is such an option.
 */
export function checkHttp(
  name: string,
  addresses: readonly Address[],
  given: ReadonlySet<string>,
): void {
  if (name !== "http") {
    const found = HTTP_ONLY.find((option) => given.has(option));
    if (found === undefined) return;
    throw new UsageError(
      `--${found} is for the service http, and this is ${name}; leave it out`,
    );
  }
  for (const [option, why] of Object.entries(MESSAGE_ONLY)) {
    if (!given.has(option)) continue;
    throw new UsageError(
      `--${option} is for messages, and ${why}; leave it out`,
    );
  }
  const udp = addresses.find(({ transport }) => transport === "udp");
  if (udp !== undefined) {
    throw new UsageError(
      `http cannot be served on ${udp}: HTTP/1.1 needs connections, and UDP has none; use a tcp: address`,
    );
  }
  if (given.has("index") && !given.has("root")) {
    throw new UsageError(
      "--index lists the folders below --root, and there is none; write for example: --root . --index",
    );
  }
}

/**
 * Writes an address as a browser takes it.
 *
 * @param address Where the server listens.
 * @returns The URL; the address itself where there is none, as for a Unix socket.
 */
export function urlOf(address: Address): string {
  return String(address).replace(/^tcp:/, "http:").replace(/^tls:/, "https:");
}
