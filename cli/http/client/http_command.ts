/**
 * What the command line asks of a web server.
 *
 * @module
 */

import { Address } from "../../../mod.ts";
import { TLS_ONLY } from "../../client/client_checks.ts";
import type { ClientCommand } from "../../client/client_options.ts";
import { UsageError } from "../../output/exit_code.ts";
import { GROUP_OPTIONS } from "../../udp/group_options.ts";
import { checkPair } from "../../tls/tls_files.ts";
import { HTTP_OPTIONS } from "./http_client_options.ts";

/** What a client is asked to do by HTTP. */
export interface HttpCommand {
  /** What is asked for. */
  readonly url: URL;
  /** Where that is: a `tls:` address if TLS may be needed, else a `tcp:` one. */
  readonly address: Address;
  /** The method. */
  readonly method: string;
  /** The header fields that were given. */
  readonly headers: readonly [name: string, value: string][];
  /** The options that were given. */
  readonly given: ReadonlySet<string>;
  /** The options' values. */
  readonly options: ClientCommand["options"];
}

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
 * Refuses what is nearly an address, with what is meant.
 *
 * @param text What was typed, and is no {@linkcode isWebAddress}.
 * @throws {UsageError} If it has another scheme, or a path and none.
 */
export function checkScheme(text: string): void {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
  if (scheme !== undefined && !/^(tcp|tls|udp|unix)$/i.test(scheme)) {
    throw new UsageError(
      `cannot use address "${text}": its scheme must be tcp, tls, udp, unix, http or https, not "${scheme}"`,
    );
  }
  if (scheme === undefined && /^(?!unix:)[^/]+\//.test(text)) {
    throw new UsageError(
      `"${text}" is no address; for what is on a web server write: http://${text}`,
    );
  }
}

/**
 * Refuses options of HTTP for other addresses.
 *
 * @param address The address.
 * @param given The options that were given.
 * @throws {UsageError} If there is such an option.
 */
export function refuseHttpOptions(
  address: Address,
  given: ReadonlySet<string>,
): void {
  const found = Object.keys(HTTP_OPTIONS).find((name) => given.has(name));
  if (found === undefined) return;
  throw new UsageError(
    `--${found} is for HTTP, and ${address} is not; write http://HOST:PORT/PATH, or leave it out`,
  );
}

/**
 * Reads the command line of a client that asks a web server.
 *
 * @param text The address as it was typed.
 * @param typed The operands behind it.
 * @param given The options that were given.
 * @param options The options' values.
 * @returns What it asks for.
 * @throws {UsageError} If something is wrong with it: then nothing is sent.
 */
export function readHttpCommand(
  text: string,
  typed: readonly string[],
  given: ReadonlySet<string>,
  options: ClientCommand["options"],
): HttpCommand {
  const url = parseUrl(text);
  if (typed.length > 0) {
    throw new UsageError(
      `"${
        typed[0]
      }" is one argument too many; a body is given with --data, and an address with spaces or & in it in quotes`,
    );
  }
  refuseOthers(given);
  const isSecure = url.protocol === "https:";
  // A redirect may lead to where there is TLS.
  const isTls = isSecure || options.location;
  if (isTls) checkPair(given);
  else refuseTls(url, given);
  const method = options.head
    ? "HEAD"
    : options.method ?? (options.data === undefined ? "GET" : "POST");
  checkTogether(method, given, options);
  const port = Number(url.port || (isSecure ? 443 : 80));
  const address = new Address(isTls ? "tls" : "tcp", url.hostname, port);
  return { url, address, method, headers: options.header, given, options };
}

function parseUrl(text: string): URL {
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
      "a name or password in it would be shown and logged wherever it goes; send a header field instead, with what base64 makes of NAME:PASSWORD: --header 'Authorization: Basic ...'",
    );
  }
  if (host === "") {
    throw refused("it has no host; write http://127.0.0.1:8080/");
  }
  // The parser of URLs takes a number for an IPv4 address.
  if (/^\d+$/.test(host!)) {
    throw refused(
      `"${host}" is no host; for a port of this machine write ${scheme}://127.0.0.1:${host}/`,
    );
  }
  if (port !== undefined && !isPort(port)) {
    throw refused(`the port "${port}" is not a number from 1 to 65535`);
  }
  const url = URL.parse(text);
  if (url === null) throw refused(`"${host}" is no host name or IP address`);
  return url;
}

function isPort(text: string): boolean {
  const port = /^\d+$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535;
}

const FOR_UDP = "that is for UDP";

/** Options that mean nothing over HTTP, and why. */
const NOT_OVER_HTTP: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["attempts", ...Object.keys(GROUP_OPTIONS)].map((name) => [name, FOR_UDP]),
  ),
  "frame": "HTTP says itself where a message ends",
  "max-message": "the largest body is that of --max-body",
  "format": "a body is shown as it comes, and --raw shows everything",
  "message-timeout": "--timeout bounds the whole of it",
  "send-timeout": "--timeout bounds the whole of it",
  "proxy-protocol": "the header would come before the request",
  "proxy-source": "that is for --proxy-protocol",
  "read-size": "--raw shows the bytes",
  "chunks": "--raw shows the bytes",
  "alpn": "the protocol is http/1.1",
};

function refuseOthers(given: ReadonlySet<string>): void {
  const found = Object.keys(NOT_OVER_HTTP).find((name) => given.has(name));
  if (found === undefined) return;
  throw new UsageError(
    `--${found} means nothing over HTTP: ${NOT_OVER_HTTP[found]}; leave it out`,
  );
}

function refuseTls(url: URL, given: ReadonlySet<string>): void {
  const found = TLS_ONLY.find((name) => given.has(name));
  if (found === undefined) return;
  throw new UsageError(
    `--${found} is for TLS, and ${url} is not; write https://HOST/PATH, or leave it out`,
  );
}

function checkTogether(
  method: string,
  given: ReadonlySet<string>,
  options: HttpCommand["options"],
): void {
  const both = (one: string, other: string, why: string) => {
    throw new UsageError(
      `--${one} and --${other} do not go together: ${why}; leave one out`,
    );
  };
  if (given.has("head")) {
    const why = "a request for the header fields alone has a method of its own";
    if (options.method !== undefined && options.method !== "HEAD") {
      both("head", "method", why);
    }
    if (given.has("data")) both("head", "data", "it sends no body");
    if (given.has("output")) {
      both("head", "output", "there is no body to write");
    }
  }
  if (given.has("data") && /^(GET|HEAD|TRACE)$/.test(method)) {
    both("data", "method", `${method} has no body that would mean anything`);
  }
  if (options.output === "") {
    throw new UsageError("--output needs the name of a file");
  }
}
