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

import { OptionTypeError } from "../../../check.ts";
import { Address, parseAddress } from "../../../transport/address.ts";

const WANTED = 'write for example "http://127.0.0.1:8080/path"';
const NO_SCHEME = "it has no scheme";

/** Why a text is not a URL, and what to write instead. */
interface Fault {
  readonly reason: string;
  readonly advice?: string;
}

/** Where a request goes. */
export class Target {
  /** The URL without its fragment, which stays with the user. */
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
 * @throws {TypeError} If it is not a URL of the schemes http and https, its port is
 * out of range, or it holds a password.
 */
export function parseTarget(input: string | URL): Target {
  if (input instanceof URL) return new Target(input);
  const url = URL.parse(input);
  if (url !== null) return new Target(url);
  throw new OptionTypeError({
    action: "request",
    address: `"${withoutSecrets(input)}"`,
    ...faultOf(input),
  });
}

/**
 * Reads what a tunnel shall lead to.
 *
 * @param text Host and port, such as `example.org:443`.
 * @returns Host and port as a CONNECT request has them.
 * @throws {TypeError | RangeError} If it is not a host and a port.
 */
export function parseAuthority(text: string): string {
  const { hostname, port } = parseAddress(`tcp://${text}`);
  if (port === 0) {
    throw new OptionTypeError({
      action: "ask for a tunnel to",
      address: text,
      reason: "port 0 is only for listening",
    });
  }
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

function faultOf(text: string): Fault {
  const [, scheme, authority = ""] = /^([^/?#]*:\/\/)?([^/?#]*)/.exec(text)!;
  const port = /:([^:\]]*)$/.exec(authority)?.[1];
  if (scheme === undefined) {
    return text.startsWith("/")
      ? { reason: "it is a path without a host", advice: WANTED }
      : { reason: NO_SCHEME, advice: `write for example "http://${text}"` };
  }
  if (port !== undefined && !isPort(port)) return { reason: badPort(port) };
  return { reason: "it is not a valid URL", advice: WANTED };
}

function isPort(text: string): boolean {
  return /^[0-9]*$/.test(text) && Number(text) <= 65535;
}

function badPort(port: string): string {
  return `the port "${port}" is not a number from 1 to 65535`;
}

function checkUrl(url: URL): void {
  const reason = urlFault(url);
  if (reason === undefined) return;
  throw new OptionTypeError({
    action: "request",
    address: `"${withoutSecrets(url.href)}"`,
    reason,
    advice: hasSecrets(url)
      ? 'send a header instead, such as { authorization: "Basic " + btoa("user:password") }'
      : reason === NO_SCHEME
      ? `write for example "http://${url.href}"`
      : undefined,
  });
}

/**
 * Why a URL cannot be requested.
 *
 * @returns The reason, or `undefined` if it can.
 */
export function urlFault(url: URL): string | undefined {
  const { port, protocol } = url;
  if (protocol !== "http:" && protocol !== "https:") {
    // "localhost:8080/" is a URL, of the scheme "localhost".
    return /^[^/]+:[0-9]+(\/|$)/.test(url.href)
      ? NO_SCHEME
      : `its scheme must be http or https, not "${protocol.slice(0, -1)}"`;
  }
  if (port === "0") return badPort(port);
  return hasSecrets(url)
    ? "a URL with a user name or password in it is not requested"
    : undefined;
}

/**
 * A URL to be shown in a message.
 *
 * @param url The URL, valid or not.
 * @returns The text without user name and password.
 */
export function withoutSecrets(url: string): string {
  return url.replace(/^([^/?#]*\/\/)?[^/?#]*@/, "$1");
}

function hasSecrets({ password, username }: URL): boolean {
  return username !== "" || password !== "";
}
