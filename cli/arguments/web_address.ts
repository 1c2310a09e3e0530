/**
 * Addresses of web servers on the command line.
 *
 * @module
 */

import { Address } from "../../lib/start.ts";
import { UsageError } from "../output/failure.ts";
import { isTransport, TYPED_TRANSPORTS } from "./kinds.ts";

/**
 * Tells whether an address is one of a web server.
 *
 * @param text What was typed.
 * @returns Whether its scheme is `http:` or `https:`, be the rest right or not.
 */
export function isWebAddress(text: string): boolean {
  return /^https?:/i.test(text);
}

/**
 * Refuses what is nearly an address, and says what is meant.
 *
 * @param text What was typed, and is not {@linkcode isWebAddress}.
 * @throws {UsageError} If it has another scheme, or a path without one.
 */
export function checkScheme(text: string): void {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
  if (scheme !== undefined && !isTransport(scheme.toLowerCase())) {
    throw new UsageError(
      `cannot use address "${text}": its scheme must be ${
        TYPED_TRANSPORTS.join(", ")
      }, http or https, not "${scheme}"`,
    );
  }
  const begin = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1] ?? "";
  const isPath = /^[.~]/.test(text) || isTransport(begin.toLowerCase());
  if (scheme === undefined && !isPath && /^[^/]+\//.test(text)) {
    throw new UsageError(
      `"${text}" is not an address; for what is on a web server write: http://${text}`,
    );
  }
}

/**
 * Reads the address of something on a web server.
 *
 * @param insteadOfUser What to do in place of a name and password in it.
 * @throws {UsageError} If something is wrong with it.
 */
export function readUrl(
  text: string,
  insteadOfUser = "write it apart: --user NAME:PASSWORD",
): URL {
  const refused = (why: string) =>
    new UsageError(`cannot use address "${text}": ${why}`);
  const [, scheme, user, host, port] =
    /^(https?):\/\/(?:([^/?#]*)@)?(\[[^\]/?#]*\]?|[^:/?#]*)(?::([^/?#]*))?/i
      .exec(text) ?? [];
  if (scheme === undefined) {
    throw refused("write two slashes, such as http://127.0.0.1:8080/");
  }
  // The parser of URLs leaves out tabs and line ends, wherever they are.
  // deno-lint-ignore no-control-regex -- they are what this is about
  if (/[\x00-\x1f\x7f]/.test(text)) {
    throw refused(
      "it holds control characters; write them as %0A and the like",
    );
  }
  if (user !== undefined) {
    throw refused(
      `a name or password in it would be shown and logged wherever it goes; ${insteadOfUser}`,
    );
  }
  if (host === "") {
    throw refused("it has no host; write http://127.0.0.1:8080/");
  }
  // The parser of URLs takes a number for an IPv4 address.
  if (/^\d+$/.test(host!)) {
    throw refused(
      `"${host}" is not a host; for a port of this machine write ${scheme}://127.0.0.1:${host}/`,
    );
  }
  if (port !== undefined && !isPort(port)) {
    throw refused(`the port "${port}" is not a number from 1 to 65535`);
  }
  if (/^\[.*%/.test(host!)) {
    throw refused(
      "a zone such as %eth0 cannot be in a URL here, as a Host field has none; write an address without one",
    );
  }
  const url = URL.parse(text);
  if (url === null) throw refused(`"${host}" is not a host name or IP address`);
  return url;
}

/** The address of the server that a URL names. */
export function serverOf({ hostname, port, protocol }: URL): Address {
  return protocol === "https:"
    ? new Address("tls", hostname, Number(port || 443))
    : new Address("tcp", hostname, Number(port || 80));
}

function isPort(text: string): boolean {
  const port = /^\d+$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535;
}
