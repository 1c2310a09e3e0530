/**
 * The hosts under which the page of a tap may be asked for.
 *
 * A page of an attacker can send requests here by a name of its own that leads to this
 * machine (DNS rebinding). Such a request has that name as its host. An IP address
 * cannot be misled, so where the page listens on every interface, each one is right.
 *
 * @module
 */

import type { Address } from "../../../mod.ts";

const IP_HOST = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])$/i;

/** Where a page listens. */
export class PageHosts {
  readonly #bound: Address;
  readonly #names: ReadonlySet<string>;

  /**
   * @param asked The address on the command line.
   * @param bound The address that it was resolved to.
   */
  constructor(asked: Address, bound: Address) {
    this.#bound = bound;
    const names = [asked.hostname, bound.hostname, "localhost", "127.0.0.1"];
    this.#names = new Set(names.map((name) => hostOf(name).toLowerCase()));
  }

  /** Whether other machines can reach it. */
  get isPublic(): boolean {
    return !/^(?:::1$|127\.)/.test(this.#bound.hostname);
  }

  /** The host and port for a browser on this machine. */
  get here(): string {
    return this.#isEveryInterface
      ? this.at("127.0.0.1")
      : this.at(this.#bound.hostname);
  }

  /** The host and port of one of the machine's addresses. */
  at(hostname: string): string {
    return `${hostOf(hostname)}:${this.#bound.port}`;
  }

  /** Whether a request for that host and port is for this page. */
  has(host: string): boolean {
    const port = `:${this.#bound.port}`;
    // A URL leaves out the port of http:.
    const [name, isOurs] = host.endsWith(port)
      ? [host.slice(0, -port.length), true]
      : [host, port === ":80"];
    return isOurs &&
      (this.#names.has(name) || this.#isEveryInterface && IP_HOST.test(name));
  }

  get #isEveryInterface(): boolean {
    return /^(?:::|0\.0\.0\.0)$/.test(this.#bound.hostname);
  }
}

function hostOf(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}
