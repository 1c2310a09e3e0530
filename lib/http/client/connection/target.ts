/**
 * What a URL says to a client: where to connect, and what to ask for there.
 *
 * ```text
 * http://example.org:8080/a%20b?q=1#part
 *        └── tcp ──────┘└─ path ──┘└─┘ stays here
 *        └── Host ─────┘
 * ```
 *
 * @module
 */

import { Address } from "../../../transport/address.ts";

const WANTED = 'write for example "http://127.0.0.1:8080/path"';

/** Where a request goes. */
export class Target {
  /** The URL without its fragment, which is nobody's business but the user's. */
  readonly href: string;
  /** Scheme, host and port: what a connection can be used for. */
  readonly origin: string;
  /** Where to connect. */
  readonly address: Address;
  /** The value of `Host`: with the port where it is not the scheme's own. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  /** The fragment with its `#`, or nothing; a redirect may inherit it. */
  readonly fragment: string;
  /** What to call it in a message; without the query, which may hold a secret. */
  readonly name: string;

  /**
   * Reads a URL.
   *
   * @param url The URL.
   * @throws {TypeError} If it cannot be asked for.
   */
  constructor(url: URL) {
    checkUrl(url);
    const isTls = url.protocol === "https:";
    const port = url.port === "" ? (isTls ? 443 : 80) : Number(url.port);
    this.address = new Address(isTls ? "tls" : "tcp", url.hostname, port);
    this.origin = url.origin;
    this.host = url.host;
    this.path = url.pathname + url.search;
    this.fragment = url.hash;
    this.name = url.origin + url.pathname;
    this.href = url.origin + this.path;
  }
}

/**
 * Reads a URL.
 *
 * @param input The URL, or its text.
 * @returns Where it leads.
 * @throws {TypeError} If it is no URL of the schemes http and https, its port is
 * none, or it holds a password.
 */
export function parseTarget(input: string | URL): Target {
  if (input instanceof URL) return new Target(input);
  const url = URL.parse(input);
  if (url !== null) return new Target(url);
  throw new TypeError(`Cannot request "${input}": ${faultOf(input)}`);
}

function faultOf(text: string): string {
  const [, scheme, authority = ""] = /^([^/?#]*:\/\/)?([^/?#]*)/.exec(text)!;
  const port = /:([^:\]]*)$/.exec(authority)?.[1];
  if (scheme === undefined) {
    return text.startsWith("/")
      ? `it is a path without a host; ${WANTED}`
      : `it has no scheme; write for example "http://${text}"`;
  }
  if (port !== undefined && !isPort(port)) {
    return `the port "${port}" is not a number from 1 to 65535`;
  }
  return `it is no URL; ${WANTED}`;
}

function isPort(text: string): boolean {
  return /^[0-9]*$/.test(text) && Number(text) <= 65535;
}

function checkUrl(url: URL): void {
  const { hostname, password, port, protocol, username } = url;
  if (protocol !== "http:" && protocol !== "https:") {
    // "localhost:8080/" is a URL, of the scheme "localhost".
    const isHost = /^[^/]+:[0-9]+(\/|$)/.test(url.href);
    throw new TypeError(
      isHost
        ? `Cannot request "${url.href}": it has no scheme; write for example "http://${url.href}"`
        : `Cannot request "${url.href}": its scheme must be http or https, not "${
          protocol.slice(0, -1)
        }"`,
    );
  }
  if (port === "0") {
    throw new TypeError(
      `Cannot request "${url.href}": the port "0" is not a number from 1 to 65535`,
    );
  }
  if (username !== "" || password !== "") {
    // Not repeated: what stands there is a secret.
    throw new TypeError(
      `Cannot request a URL of ${hostname} with a user name or password in it: send a header instead, such as { authorization: "Basic " + btoa("user:password") }`,
    );
  }
}
