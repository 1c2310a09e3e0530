/**
 * What the command line asks of a web server.
 *
 * @module
 */

import { Address } from "../../../lib/start.ts";
import { type Kind, refuseOthers } from "../../arguments/kinds.ts";
import {
  CLIENT_OPTIONS,
  type ClientOptions,
} from "../../client/client_option_table.ts";
import { UsageError } from "../../output/failure.ts";
import { checkPair } from "../../tls/tls_options.ts";
import { readUrl } from "../../arguments/web_address.ts";

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
  readonly options: ClientOptions;
}

/**
 * Reads the command line of a client that asks a web server.
 *
 * @param text The address as it was typed.
 * @param typed The operands after it.
 * @param given The options that were given.
 * @returns What it asks for.
 * @throws {UsageError} If something is wrong with it: then nothing is sent.
 */
export function readHttpCommand(
  text: string,
  typed: readonly string[],
  given: ReadonlySet<string>,
  options: ClientOptions,
): HttpCommand {
  const url = readUrl(text);
  if (typed.length > 0) {
    throw new UsageError(
      `"${
        typed[0]
      }" is one argument too many; a body is given with --data, and an address with spaces or & in it in quotes`,
    );
  }
  const isSecure = url.protocol === "https:";
  // A redirect may lead to where there is TLS.
  const isTls = isSecure || options.location;
  const kinds: readonly Kind[] = isTls ? ["http", "https"] : ["http"];
  refuseOthers(CLIENT_OPTIONS, given, new Set(kinds), String(url));
  checkPair(given);
  const method = options.head
    ? "HEAD"
    : options.method ?? (hasBody(given) ? "POST" : "GET");
  checkTogether(method, given, options);
  const port = Number(url.port || (isSecure ? 443 : 80));
  const address = new Address(isTls ? "tls" : "tcp", url.hostname, port);
  const headers = [...options.header, ...authorization(options)];
  return { url, address, method, headers, given, options };
}

function hasBody(given: ReadonlySet<string>): boolean {
  return given.has("data") || given.has("form");
}

function authorization({ header, user }: ClientOptions): [string, string][] {
  if (user === undefined) return [];
  if (header.some(([name]) => /^authorization$/i.test(name))) {
    throw new UsageError(
      "--user and --header Authorization do not go together; leave one out",
    );
  }
  const basic = new TextEncoder().encode(user).toBase64();
  return [["Authorization", `Basic ${basic}`]];
}

function checkTogether(
  method: string,
  given: ReadonlySet<string>,
  options: ClientOptions,
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
  if (given.has("data") && given.has("form")) {
    both("data", "form", "each is the whole body");
  }
  if (given.has("form") && /^(GET|HEAD|TRACE)$/.test(method)) {
    both("form", "method", `${method} has no body that would mean anything`);
  }
  if (given.has("include") && given.has("raw")) {
    both("include", "raw", "--raw shows everything");
  }
  if (given.has("data") && /^(GET|HEAD|TRACE)$/.test(method)) {
    both("data", "method", `${method} has no body that would mean anything`);
  }
  if (given.has("continue-at")) {
    if (options.output === undefined || options.output === "-") {
      throw new UsageError("--continue-at needs --output FILE");
    }
    if (method !== "GET") {
      both("continue-at", "method", "only what is got can be continued");
    }
    if (options.compressed) {
      both("continue-at", "compressed", "the file holds decompressed bytes");
    }
  }
  if (options.output === "") {
    throw new UsageError("--output needs the name of a file");
  }
}
